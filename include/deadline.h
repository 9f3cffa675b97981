/* deadline.h: do not wait forever.
 * What to believe without reading on: if 12 seconds pass between set_deadline(12, "no reader came")
 * and clear_deadline(), the program removes what it owns, says "no reader came within 12 s", and
 * ends with EXIT_FAILURE.
 * How: a timer's handler ends the program, so the call that waits needs no loop on EINTR; but after
 * a stop (Ctrl+Z, fg) these do: msgrcv, msgsnd, semop, poll, select, epoll_wait, nanosleep, pause,
 * sigwaitinfo, and those on sockets with SO_RCVTIMEO. signal(7). Limit: no fork(2) in between. */
#pragma once

#include <sys/time.h>

#include "ending.h"

enum { RETRY_MS = 50 };
static const char IS_GONE[] = " (this directory has been removed: cd to another one)";
static char deadline_message[256 + sizeof IS_GONE];
static double deadline_seconds;
static struct itimerval deadline_timer; /* zero: there is none */

/* The time begins, and is over after SECONDS (0: never). Safe in a handler. setitimer(2) */
static inline void start_timer(double seconds)
{
    deadline_timer.it_value.tv_sec = (time_t)seconds;
    deadline_timer.it_value.tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6);
    setitimer(ITIMER_REAL, &deadline_timer, NULL);
}

static inline void clear_deadline(void) /* it may take as long as it likes */
{
    start_timer(0);
}

/* After Ctrl+Z and fg (SIGCONT) the time begins again: the other end may have waited for us. */
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
    remove_owned(); /* and unblocks the ending signals: to write the message may take time */
    strcat(deadline_message, directory_is_gone() ? IS_GONE : "");
    strcat(deadline_message, "\n");
    while (*rest != '\0' && (written = write(STDERR_FILENO, rest, strlen(rest))) > 0)
        rest += written;
    _exit(EXIT_FAILURE); /* not exit(3): it may be printf(3) that was interrupted */
}

/* SECONDS may be 0: then a call that need not wait succeeds. Unblocks the ending signals. */
static inline void set_deadline(double seconds, const char *text)
{
    struct sigaction action = { .sa_handler = on_deadline, .sa_flags = SA_RESTART };
    snprintf(deadline_message, 250, "%s: %s within %g s", program_invocation_short_name, text,
             seconds);
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigaction(SIGCONT, &action, NULL);
    deadline_seconds = seconds;
    start_timer(seconds < 0.1 ? 0.1 : seconds); /* even a call that need not wait takes time */
    unblock_ending_signals();
}

/* Between two tries before a deadline: sleeps for 50 ms, and says the first time that we wait for
 * PROGRAM (-p PORT). A deadline of 0 seconds ends the program here. */
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
