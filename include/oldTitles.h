/* oldTitles.h: what the clients send. */
#ifndef OLD_TITLES_H
#define OLD_TITLES_H

#include <string.h>

#include "begin.h"
#include "lines.h"

static char *TITLES[] = { "War and Peace", "Pride and Prejudice", "The Sound and the Fury", NULL };

/* The titles that the user gave from ARGUMENTS on, to a NULL, or else TITLES. One with a newline in
 * it, or of more than TITLE_SIZE bytes, is wrong usage. */
static inline char **titles_from(char **arguments)
{
    for (char **next = arguments; *next != NULL; next++)
        if (strchr(*next, '\n') != NULL || strlen(*next) > TITLE_SIZE)
            wrong_usage("a title is one line of at most %d bytes", TITLE_SIZE);
    return *arguments != NULL ? arguments : TITLES;
}

#endif
