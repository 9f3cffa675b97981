/* oldEnding.h: end tidily when the user, or the window, says so.
 *
 * A program that owns something (a segment, a FIFO, a queue) calls catch_ending_signals() before it
 * makes it. A program that owns nothing needs none of this: the kernel's default ends it well.
 */
#ifndef OLD_ENDING_H
#define OLD_ENDING_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const int ENDING_SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
enum { ENDING_SIGNAL_COUNT = sizeof ENDING_SIGNALS / sizeof ENDING_SIGNALS[0] };

static volatile sig_atomic_t ending_signal; /* the first ending signal that came; 0: none */
static struct timespec ending_time;         /* when it came */
static void (*ending_tidy)(void);           /* what removes the program's objects */
static pid_t ending_owner;                  /* whose objects they are: not a forked child's */

/* Dies of SIG, as if it had never been caught, so that the shell sees it (status 128 + SIG).
 * Does not return. signal(7), and the last paragraph of sigaction(2) on SIG_DFL. */
static inline void die_of_signal(int sig) __attribute__((noreturn));
static inline void die_of_signal(int sig)
{
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, sig);
    signal(sig, SIG_DFL);
    kill(getpid(), sig);
    sigprocmask(SIG_UNBLOCK, &only, NULL); /* where it was blocked, it strikes here */
    _exit(128 + sig);
}

/* The handler: keeps the first signal. The second one ends the program at once, tidied or not,
 * unless it comes on the heels of the first: timeout(1) sends each signal twice. */
static void note_ending(int sig)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (ending_signal == 0) {
        ending_signal = sig;
        ending_time = now;
        return;
    }
    long long since_ns =
        (now.tv_sec - ending_time.tv_sec) * 1000000000LL + (now.tv_nsec - ending_time.tv_nsec);
    if (since_ns > 50 * 1000000LL)
        die_of_signal(sig);
}

/* Blocks the ending signals, and stores in BEFORE what was blocked until now: for the mask of
 * ppoll(2), which unblocks them for as long as it waits. (When it need not wait, it lets none of
 * them in.) sigprocmask(2) */
static inline void block_ending_signals(sigset_t *before)
{
    sigset_t ending;
    sigemptyset(&ending);
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++)
        sigaddset(&ending, ENDING_SIGNALS[i]);
    sigprocmask(SIG_BLOCK, &ending, before);
}

/* Removes what the program owns. That is short and waits for nothing, so the ending signals wait
 * until it is done. */
static void tidy_up(void)
{
    sigset_t before;
    if (getpid() != ending_owner)
        return;
    block_ending_signals(&before);
    if (ending_tidy != NULL) {
        void (*tidy)(void) = ending_tidy;
        ending_tidy = NULL; /* once: an error while tidying comes here again */
        tidy();
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* If an ending signal has come: tidies up and dies of it. Otherwise does nothing. */
static inline void leave_if_ended(void)
{
    if (ending_signal == 0)
        return;
    tidy_up();
    die_of_signal(ending_signal);
}

/* The program owns nothing any more: the ending signals have the kernel's default action again,
 * with no window, and one that has come already has its way. */
static inline void stop_catching(void)
{
    if (getpid() != ending_owner)
        return;
    ending_tidy = NULL;
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++) {
        struct sigaction now;
        sigaction(ENDING_SIGNALS[i], NULL, &now);
        if (now.sa_handler == note_ending) /* what nohup ignores stays ignored */
            signal(ENDING_SIGNALS[i], SIG_DFL);
    }
    leave_if_ended();
}

/* exit(3) calls this. */
static void end_of_program(void)
{
    fflush(stdout);
    tidy_up();
    stop_catching();
}

/* From here on SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGPIPE are only noted. A blocking call then
 * fails with EINTR (there is no SA_RESTART), and keep_waiting() or report_and_exit() sees why.
 * TIDY is called once, on every way out but SIGKILL's; it may be NULL, and must not wait for anybody,
 * nor call exit. SIGHUP stays ignored where nohup(1) has made it so. sigaction(2), atexit(3) */
static inline void catch_ending_signals(void (*tidy)(void))
{
    ending_tidy = tidy;
    ending_owner = getpid();
    if (atexit(end_of_program) != 0) {
        fputs("no room for an exit handler\n", stderr);
        exit(EXIT_FAILURE);
    }
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++) {
        struct sigaction note = { .sa_handler = note_ending }, old;
        sigfillset(&note.sa_mask);                /* one at a time */
        sigaction(ENDING_SIGNALS[i], NULL, &old); /* fails only for a number that is no signal */
        if (ENDING_SIGNALS[i] != SIGHUP || old.sa_handler != SIG_IGN)
            sigaction(ENDING_SIGNALS[i], &note, NULL);
    }
}

#endif
