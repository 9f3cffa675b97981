/* deadline.h: do not wait forever.
 * What you can rely on: if 12 seconds pass between set_deadline(12, "no reader came") and
 * clear_deadline(), the program removes what it owns, prints "no reader came within 12 s", and ends
 * with EXIT_FAILURE. A timer's handler ends it, so a call that waits needs no loop on EINTR; after
 * Ctrl+Z and fg, however, these do: msgrcv, msgsnd, semop, poll, select, epoll_wait, nanosleep,
 * pause, sigwaitinfo, and calls on sockets with SO_RCVTIMEO. Do not fork in between. signal(7) */
#pragma once

#include <sys/time.h>

#include "ending.h"

enum { RETRY_MS = 50 }; /* milliseconds between two attempts */
static const char IS_GONE[] = " (this directory has been removed: cd to another one)";
static char deadline_message[256 + sizeof IS_GONE];
static double deadline_seconds;
static struct itimerval deadline_timer; /* zero: no deadline is set */

/* Starts a timer of SECONDS; 0 stops it. Safe in a signal handler. setitimer(2) */
static inline void start_timer(double seconds)
{
    deadline_timer.it_value.tv_sec = (time_t)seconds;
    deadline_timer.it_value.tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6);
    setitimer(ITIMER_REAL, &deadline_timer, NULL);
}

static inline void clear_deadline(void) /* from here on, a wait may take any time */
{
    start_timer(0);
}

/* After Ctrl+Z and fg (SIGCONT), the timer restarts: the other end may have waited for us. */
static void on_deadline(int sig)
{
    const char *rest = deadline_message;
    ssize_t written;
    sigset_t pending;
    sigpending(&pending);
    if (sig == SIGCONT || sigismember(&pending, SIGCONT)) {
        setitimer(ITIMER_REAL, &deadline_timer, NULL);
        return;
    }
    start_timer(0); /* after raise(3), it could expire, too, and we would say it twice */
    remove_owned(); /* also unblocks the ending signals, because the write may block */
    strcat(deadline_message, directory_is_gone() ? IS_GONE : "");
    strcat(deadline_message, "\n");
    while (*rest != '\0' && (written = write(STDERR_FILENO, rest, strlen(rest))) > 0)
        rest += written;
    _exit(EXIT_FAILURE); /* not exit(3): we may have interrupted printf(3) */
}

/* Starts a deadline of SECONDS, with TEXT as the message. With 0, a call that need not wait still
 * succeeds. Unblocks the ending signals. sigaction(2), setitimer(2) */
static inline void set_deadline(double seconds, const char *text)
{
    struct sigaction action = { .sa_handler = on_deadline, .sa_flags = SA_RESTART };
    snprintf(deadline_message, 250, "%s: %s within %g s", program_invocation_short_name, text,
             seconds);
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGCONT, &action, NULL);
    deadline_seconds = seconds;
    start_timer(seconds < 0.1 ? 0.1 : seconds); /* every call takes some time */
    unblock_ending_signals();
}

/* Sleeps for 50 ms between two attempts, and reports the first time that we are waiting for PROGRAM
 * (with -p PORT, unless PORT is NULL). A deadline of 0 seconds ends the program here. */
static inline void wait_to_retry(const char *program, const char *port)
{
    static bool said;
    if (deadline_seconds <= 0)
        raise(SIGALRM);
    if (!said)
        warnx("waiting for ./%s%s%s, for %g s", program,
              port != NULL ? " -p " : " in this directory", port != NULL ? port : "",
              deadline_seconds);
    said = true;
    pause_for(RETRY_MS / 1e3);
}
