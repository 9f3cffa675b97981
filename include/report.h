/* report.h: say what failed, what to do next, and stop. All of it goes to standard error. */
#ifndef REPORT_H
#define REPORT_H

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oldEnding.h"

/* Prints a line, of TEXT and ARGS, with "PROGRAM: " before it if NAMED, and ": REASON" behind it
 * for a REASON (an error number) other than 0. Leaves errno as it is. A tick (patience.h) that
 * interrupted the writing would cost the line: it has to wait. (On Linux sigprocmask(2) is of the
 * calling thread alone.) Another thread's line waits too. strerror(3), flockfile(3),
 * program_invocation_short_name(3) */
static inline void print_message(bool named, int reason, const char *text, va_list args)
{
    int before = errno;
    sigset_t tick, mask;
    sigemptyset(&tick);
    sigaddset(&tick, SIGALRM);
    sigprocmask(SIG_BLOCK, &tick, &mask);
    flockfile(stderr);
    if (named)
        fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, text, args);
    if (reason != 0)
        fprintf(stderr, ": %s", strerror(reason));
    fputc('\n', stderr);
    funlockfile(stderr);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    errno = before;
}

/* Prints "PROGRAM: TEXT". */
static inline void say(const char *text, ...) __attribute__((format(printf, 1, 2)));
static inline void say(const char *text, ...)
{
    va_list args;
    va_start(args, text);
    print_message(true, 0, text, args);
    va_end(args);
}

/* As say(), and exits with EXIT_FAILURE: for a failure that is not a system call's. */
static inline void say_and_exit(const char *text, ...)
    __attribute__((noreturn, format(printf, 1, 2)));
static inline void say_and_exit(const char *text, ...)
{
    va_list args;
    va_start(args, text);
    print_message(true, 0, text, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

/* Prints "PROGRAM: WHAT: REASON", the reason from errno, which stays as it is; WHAT names the call
 * and what it was tried on. If the call failed because an ending signal interrupted it, prints
 * nothing, tidies up and dies of that signal. */
static inline void report(const char *what, ...) __attribute__((format(printf, 1, 2)));
static inline void report(const char *what, ...)
{
    va_list args;
    leave_if_ended();
    va_start(args, what);
    print_message(true, errno, what, args);
    va_end(args);
}

/* As report(), and exits with EXIT_FAILURE. */
static inline void report_and_exit(const char *what, ...)
    __attribute__((noreturn, format(printf, 1, 2)));
static inline void report_and_exit(const char *what, ...)
{
    va_list args;
    leave_if_ended();
    va_start(args, what);
    print_message(true, errno, what, args);
    va_end(args);
    exit(EXIT_FAILURE);
}

/* Prints the user's next step, a line of its own. */
static inline void advise(const char *text, ...) __attribute__((format(printf, 1, 2)));
static inline void advise(const char *text, ...)
{
    va_list args;
    va_start(args, text);
    print_message(false, 0, text, args);
    va_end(args);
}

/* Sends what has been printed on its way, and exits with a message if it cannot be written (a full
 * disk, a closed descriptor): a result that nobody could read is no success. If the reader has gone
 * (| head), dies of SIGPIPE, also where that is blocked. fflush(3) */
static inline void flush_or_exit(void)
{
    if (fflush(stdout) != EOF && !ferror(stdout))
        return;
    if (errno == EINTR && ending_signal == 0) /* of another call: it was an earlier line */
        say_and_exit("write standard output: not all that was printed could be written");
    if (errno == EPIPE && ending_signal == 0)
        ending_signal = SIGPIPE;
    report_and_exit("write standard output");
}

#endif
