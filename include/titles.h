/* titles.h: what the clients send. */
#ifndef TITLES_H
#define TITLES_H

#include "start.h"

enum { TITLE_SIZE = 255 }; /* bytes, the newline at its end not counted */

static char *TITLES[] = { "War and Peace", "Pride and Prejudice", "The Sound and the Fury", NULL };

/* puts(3), but exits with a message if that fails. */
static inline void print_line(const char *line)
{
    puts(line);
    check_output();
}

/* The titles that the user has given in OPERANDS, or else TITLES. One with a newline in it, or a
 * longer one, is wrong usage. */
static inline char **titles_from(char **operands)
{
    for (char **next = operands; *next != NULL; next++)
        if (strchr(*next, '\n') != NULL || strlen(*next) > TITLE_SIZE)
            errx(WRONG_USAGE, "a title is one line of at most %d bytes", TITLE_SIZE);
    return *operands != NULL ? operands : TITLES;
}

#endif
