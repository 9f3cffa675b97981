/* ending.h: leave nothing behind, even when Ctrl+C ends the program.
 * What you can rely on: after remove_at_exit(shm_unlink, name), shm_unlink(name) is called when the
 * program ends, whether by exit(3) or by a signal. The handler ends the program wherever the signal
 * arrives, so a call that waits needs no loop on EINTR. What it calls is safe there: unlink by
 * signal-safety(7), the others in glibc and musl. From remove_at_exit() to the next set_deadline()
 * or unblock_ending_signals(), the signals are blocked. Limits: one thread, one source file. */
#pragma once

#include "start.h"

enum { MOST_OWNED = 8, OWNED_NAME_SIZE = 128 };
static struct {
    int (*remove)(const char *name);
    char name[OWNED_NAME_SIZE];
} owned[MOST_OWNED];
static int owned_count;
static pid_t owner; /* the process that removes them: a child leaves its parent's objects alone */

/* Returns whether the working directory has been removed: no file can be created. getcwd(3) */
static inline bool directory_is_gone(void)
{
    char path[4096];
    return getcwd(path, sizeof path) == NULL && errno == ENOENT;
}

/* Blocks or unblocks the signals that end us; HOW is SIG_BLOCK or SIG_UNBLOCK. sigprocmask(2) */
static inline void mask_ending_signals(int how)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGALRM); /* the deadline's */
    for (const int *sig = ENDING_SIGNALS; *sig != 0; sig++)
        sigaddset(&signals, *sig);
    sigprocmask(how, &signals, NULL);
}

static inline void unblock_ending_signals(void) /* call when all objects exist */
{
    mask_ending_signals(SIG_UNBLOCK);
}

static inline void forget_owned(void) /* already removed, or left to another process */
{
    owned_count = 0;
    unblock_ending_signals();
}

static void remove_owned(void) /* newest first; a signal that arrives meanwhile has to wait */
{
    mask_ending_signals(SIG_BLOCK);
    for (; owner == getpid() && owned_count > 0; owned_count--)
        owned[owned_count - 1].remove(owned[owned_count - 1].name);
    unblock_ending_signals();
}

/* The shell sees status 128 + SIG. Only process 1 of a container reaches the last line. */
static void on_ending_signal(int sig)
{
    signal(sig, SIG_DFL);
    kill(getpid(), sig); /* it stays pending while its handler runs ... */
    remove_owned();      /* ... until this unblocks it, which ends us */
    _exit(128 + sig);
}

/* When the program ends, calls REMOVE (unlink, shm_unlink, or a function as safe in a handler) with
 * a copy of NAME. Call it before you create the object. Exits if there is no room. atexit(3) */
static inline void remove_at_exit(int (*remove)(const char *name), const char *name)
{
    mask_ending_signals(SIG_BLOCK);
    if (owner == 0)
        atexit(remove_owned);
    for (const int *sig = ENDING_SIGNALS; owner == 0 && *sig != 0; sig++)
        if (signal(*sig, on_ending_signal) == SIG_IGN)
            signal(*sig, SIG_IGN); /* nohup(1) makes us ignore SIGHUP */
    if (owner != getpid())
        owned_count = 0; /* a child starts its own list */
    owner = getpid();
    if (owned_count == MOST_OWNED || strlen(name) >= OWNED_NAME_SIZE)
        errx(EXIT_FAILURE, "no room to remember that %s is to be removed", name);
    owned[owned_count].remove = remove;
    strcpy(owned[owned_count++].name, name);
}
