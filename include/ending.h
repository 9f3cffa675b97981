/* ending.h: leave nothing behind, even when Ctrl+C ends the program.
 * What to believe without reading on: after remove_at_exit(shm_unlink, name), shm_unlink(name) is
 * called when the program ends, by exit(3) or by a signal.
 * How: handlers end the program wherever the signal strikes; so a call that waits needs no loop on
 * EINTR. What they call is safe in a handler: unlink by signal-safety(7), the others as glibc and
 * musl have them. From remove_at_exit() to the next set_deadline() or unblock_ending_signals(),
 * while objects are being created, the signals are blocked. Limits: one thread, one source file. */
#pragma once

#include "start.h"

enum { MOST_OWNED = 8, OWNED_NAME_SIZE = 128 };
static struct {
    int (*remove)(const char *name);
    char name[OWNED_NAME_SIZE];
} owned[MOST_OWNED];
static int owned_count;
static pid_t owner; /* whose objects they are: a forked child does not remove its parent's */

/* Whether the working directory has been removed: no file can be created in it. getcwd(3) */
static inline bool directory_is_gone(void)
{
    char path[4096];
    return getcwd(path, sizeof path) == NULL && errno == ENOENT;
}

/* HOW: SIG_BLOCK or SIG_UNBLOCK. sigprocmask(2) */
static inline void mask_ending_signals(int how)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGALRM); /* a deadline's */
    for (const int *sig = ENDING_SIGNALS; *sig != 0; sig++)
        sigaddset(&signals, *sig);
    sigprocmask(how, &signals, NULL);
}

static inline void unblock_ending_signals(void) /* all is created: they end the program again */
{
    mask_ending_signals(SIG_UNBLOCK);
}

static inline void forget_owned(void) /* it has been removed, or is another process's to remove */
{
    owned_count = 0;
    unblock_ending_signals();
}

static void remove_owned(void) /* the last first. A signal that comes meanwhile strikes after it */
{
    mask_ending_signals(SIG_BLOCK);
    for (; owner == getpid() && owned_count > 0; owned_count--)
        owned[owned_count - 1].remove(owned[owned_count - 1].name);
    unblock_ending_signals();
}

/* The shell sees status 128 + SIG. Only process 1 of a container comes to the last line. */
static void on_ending_signal(int sig)
{
    signal(sig, SIG_DFL);
    kill(getpid(), sig); /* it is blocked while we are in its handler ... */
    remove_owned();      /* ... and ends the program when all is removed */
    _exit(128 + sig);
}

/* At the end, REMOVE (unlink, shm_unlink, ..., or a function as safe in a handler) gets a copy of
 * NAME. Register an object before you create it. atexit(3), signal(2) */
static inline void remove_at_exit(int (*remove)(const char *name), const char *name)
{
    mask_ending_signals(SIG_BLOCK);
    if (owner == 0)
        atexit(remove_owned);
    for (const int *sig = ENDING_SIGNALS; owner == 0 && *sig != 0; sig++)
        if (signal(*sig, on_ending_signal) == SIG_IGN)
            signal(*sig, SIG_IGN); /* nohup(1) has SIGHUP ignored */
    if (owner != getpid())
        owned_count = 0; /* a child begins its own list */
    owner = getpid();
    if (owned_count == MOST_OWNED || strlen(name) >= OWNED_NAME_SIZE)
        errx(EXIT_FAILURE, "no room to remember that %s is to be removed", name);
    owned[owned_count].remove = remove;
    strcpy(owned[owned_count++].name, name);
}
