/* echo.h: the conversation that the stream servers have with a client. */
#ifndef ECHO_H
#define ECHO_H

#include <stdio.h>

#include "escape.h"
#include "lines.h"
#include "report.h"

/* Says, from errno, why a conversation ends before its time; DOING is what the client failed to do.
 * Does not end the program, not even after Ctrl+C: the other conversations go on. */
static inline void dismiss(const char *doing, double patience)
{
    if (errno == EMSGSIZE)
        say("the client sent a title of more than %d bytes", TITLE_SIZE);
    else if (errno == ETIMEDOUT)
        say("the client did not %s within %g s", doing, patience);
    else
        say("the client did not %s: %s", doing, strerror(errno));
}

/* Says once, a moment after Ctrl+C, why the server has not ended: the conversations under way have
 * SECONDS, until DEADLINE (of seconds_from_now()). */
static inline void say_grace(double seconds, double deadline)
{
    static bool said;
    if (said || seconds_from_now(seconds - 0.2) < deadline)
        return;
    said = true;
    say("conversations under way have %g s to end; a second Ctrl+C ends them at once", seconds);
}

/* Prints the LENGTH bytes of TITLE as a line of its own, also beside other threads; says so if it
 * has no newline at its end. Exits only if standard output cannot be written. flockfile(3) */
static inline void print_title(const char *title, size_t length)
{
    bool whole = title[length - 1] == '\n';
    flockfile(stdout);
    print_escaped(stdout, title, whole ? length - 1 : length);
    putchar('\n');
    funlockfile(stdout);
    flush_or_exit();
    if (!whole)
        say("the client's last title has no newline");
}

/* Talks with the client behind the connected socket PEER, to the end of its stream: prints
 * each title, and sends it back. A client that sends too much, or takes more than PATIENCE
 * seconds for a title or for its echo, or breaks off, is said. Exits only if standard output
 * cannot be written. */
static inline void converse(int peer, double patience)
{
    struct lines lines = { .fd = peer, .patience = patience };
    char *title;
    ssize_t length;
    while ((length = read_line(&lines, &title)) > 0) {
        print_title(title, (size_t)length);
        if (send_line(&lines, title, (size_t)length) < 0) {
            dismiss("take its echo", patience);
            return;
        }
    }
    if (length < 0)
        dismiss("finish a title", patience);
}

#endif
