/* ending.h: leave nothing behind, and do not wait forever.
 *
 * What to believe without reading on:
 *
 *     remove_at_exit(shm_unlink, name);     shm_unlink(name) is called at the end, even by Ctrl+C
 *     set_deadline(12, "no reader came");   if 12 seconds pass before clear_deadline(), the program
 *                                           ends with this message
 *
 * How: handlers end the program wherever the signal strikes; so a call that waits needs no loop on
 * EINTR (set_deadline() names the exceptions). What they call is safe in a handler: unlink by
 * signal-safety(7), the others as glibc and musl have them. From remove_at_exit() to the next
 * set_deadline() or unblock_ending_signals(), while objects are being created, the signals are
 * blocked. Limits: one thread, and one source file. */
#pragma once

#include <sys/time.h>

#include "start.h"

static const int ENDING_SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
enum { ENDING_SIGNAL_COUNT = 5, MOST_OWNED = 8, OWNED_NAME_SIZE = 128, RETRY_MS = 50 };

static struct {
    int (*remove)(const char *name);
    char name[OWNED_NAME_SIZE];
} owned[MOST_OWNED];
static int owned_count;
static pid_t owner; /* whose objects they are: a forked child does not remove its parent's */

static struct {
    char message[320]; /* 256, and room for IS_GONE */
    double seconds;
    struct itimerval timer; /* zero: there is none */
    pid_t process;          /* whose it is: a forked child has none */
} deadline;

static const char IS_GONE[] = " (this directory has been removed: cd to another one)";

/* Whether the working directory has been removed: no file can be created in it. getcwd(3) */
static inline bool directory_is_gone(void)
{
    char path[4096];
    return getcwd(path, sizeof path) == NULL && errno == ENOENT;
}

static inline void mask_ending_signals(int how) /* SIG_BLOCK or SIG_UNBLOCK: sigprocmask(2) */
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++)
        sigaddset(&set, ENDING_SIGNALS[i]);
    sigprocmask(how, &set, NULL);
}

static inline void unblock_ending_signals(void) /* all is created: they end the program again */
{
    mask_ending_signals(SIG_UNBLOCK);
}

static inline void clear_deadline(void) /* it may take as long as it likes: setitimer(2) */
{
    deadline.timer = (struct itimerval){ .it_value = { 0 } };
    setitimer(ITIMER_REAL, &deadline.timer, NULL);
}

static void remove_owned(void) /* the last first */
{
    while (owner == getpid() && owned_count > 0) {
        owned_count--;
        owned[owned_count].remove(owned[owned_count].name);
    }
}

static inline void forget_owned(void) /* it has been removed, or is another process's to remove */
{
    owned_count = 0;
    unblock_ending_signals();
}

static void remove_at_end(void) /* exit(3) calls it */
{
    clear_deadline();
    mask_ending_signals(SIG_BLOCK);
    remove_owned();
    unblock_ending_signals();
}

/* The shell sees status 128 + SIG. Only process 1 of a container comes to the last line. */
static void on_ending_signal(int sig)
{
    remove_owned();
    signal(sig, SIG_DFL);
    kill(getpid(), sig);
    unblock_ending_signals(); /* it is delivered here */
    _exit(128 + sig);
}

static void on_deadline(int sig)
{
    const char *rest = deadline.message;
    ssize_t written;
    sigset_t pending;
    sigpending(&pending);
    (void)sig;
    if (sigismember(&pending, SIGCONT)) /* we were stopped meanwhile: see on_continue() */
        return;
    remove_owned();
    unblock_ending_signals(); /* to write the message may take time */
    if (directory_is_gone())
        strcat(deadline.message, IS_GONE);
    strcat(deadline.message, "\n");
    while (*rest != '\0' && (written = write(STDERR_FILENO, rest, strlen(rest))) > 0)
        rest += written;
    _exit(EXIT_FAILURE); /* not exit(3): it may be printf(3) that was interrupted */
}

/* After Ctrl+Z and fg the time begins again: the other end may have been waiting for us. */
static void on_continue(int sig)
{
    (void)sig;
    if (deadline.process == getpid())
        setitimer(ITIMER_REAL, &deadline.timer, NULL);
}

/* At the end, REMOVE (unlink, shm_unlink, ..., or a function as safe in a handler) gets a copy of
 * NAME. Register an object before you create it. atexit(3), sigaction(2) */
static inline void remove_at_exit(int (*remove)(const char *name), const char *name)
{
    struct sigaction old, action = { .sa_handler = on_ending_signal };
    sigfillset(&action.sa_mask);
    mask_ending_signals(SIG_BLOCK);
    if (owner == 0 && atexit(remove_at_end) != 0)
        errx(EXIT_FAILURE, "no room for an exit handler");
    for (int i = 0; owner == 0 && i < ENDING_SIGNAL_COUNT; i++) {
        sigaction(ENDING_SIGNALS[i], NULL, &old);
        if (old.sa_handler != SIG_IGN) /* nohup(1) has SIGHUP ignored */
            sigaction(ENDING_SIGNALS[i], &action, NULL);
    }
    if (owner != getpid())
        owned_count = 0; /* a child begins its own list */
    owner = getpid();
    if (owned_count == MOST_OWNED || strlen(name) >= OWNED_NAME_SIZE)
        errx(EXIT_FAILURE, "no room to remember that %s is to be removed", name);
    owned[owned_count].remove = remove;
    strcpy(owned[owned_count++].name, name);
}

/* If SECONDS (0: a call that need not wait succeeds) pass before clear_deadline(), the program ends
 * with "TEXT within SECONDS s" and EXIT_FAILURE. Unblocks the ending signals. After a stop (Ctrl+Z,
 * fg) these calls fail with EINTR and need a loop: msgrcv, msgsnd, semop, poll, select, epoll_wait,
 * nanosleep, sigwaitinfo, pause, and those on sockets with SO_RCVTIMEO. setitimer(2), signal(7) */
static inline void set_deadline(double seconds, const char *text)
{
    struct sigaction action = { .sa_handler = on_deadline, .sa_flags = SA_RESTART };
    double limit = seconds < 0.1 ? 0.1 : seconds; /* even a call that need not wait takes time */
    snprintf(deadline.message, 256, "%s: %s within %g s", program_invocation_short_name, text,
             seconds);
    sigfillset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    action.sa_handler = on_continue;
    sigaction(SIGCONT, &action, NULL);
    deadline.seconds = seconds;
    deadline.process = getpid();
    deadline.timer.it_value.tv_sec = (time_t)limit;
    deadline.timer.it_value.tv_usec = (suseconds_t)((limit - (double)(time_t)limit) * 1e6);
    setitimer(ITIMER_REAL, &deadline.timer, NULL);
    if (owner == getpid()) /* else the mask is the program's own business */
        unblock_ending_signals();
}

/* Between two tries before a deadline: sleeps for 50 ms, and says the first time that we wait for
 * WHOM (-p PORT). A deadline of 0 seconds ends the program here. nanosleep(2) */
static inline void wait_to_retry(const char *whom, const char *port)
{
    static bool said;
    if (deadline.seconds <= 0)
        raise(SIGALRM);
    if (!said)
        warnx("waiting for %s%s%s, for %g s", whom, port != NULL ? " -p " : "",
              port != NULL ? port : "", deadline.seconds);
    said = true;
    nanosleep(&(struct timespec){ .tv_nsec = RETRY_MS * 1000000L }, NULL);
}
