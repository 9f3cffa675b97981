/* patience.h: wait for the other end, but not for ever.
 *
 * Where the kernel can wait, a timer ticks around the call, and each tick ends it with EINTR:
 *
 *     set_patience(seconds);
 *     start_ticks();
 *     do
 *         r = sem_wait(ready);
 *     while (r < 0 && errno == EINTR && keep_waiting());
 *     stop_ticks();
 *
 * Ctrl+C that falls just before the call, or a deadline that does, is seen at the next tick.
 * Where there is nothing to wait in (a name that does not exist yet), it is tried again:
 *
 *     set_patience(seconds);
 *     while (... it is not there ...)
 *         try_again("./producer in this directory");
 *
 * For programs with one thread: another thread might take the ticks.
 */
#ifndef PATIENCE_H
#define PATIENCE_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/time.h>
#include <time.h>

#include "here.h"
#include "report.h"

enum {
    TICK_MS = 100, /* how often a wait looks up */
    RETRY_MS = 50, /* how often a missing name is tried */
};

static const double PATIENCE = 12; /* seconds; the guide's writer stays about so long */

static double patience_given; /* seconds */
static double patience_left;  /* seconds */
static struct timespec last_look;

/* Sets the patience, in SECONDS (0: try once; INFINITY: no end), and starts its clock. */
static inline void set_patience(double seconds)
{
    patience_given = patience_left = seconds;
    clock_gettime(CLOCK_MONOTONIC, &last_look);
}

/* Asks, after EINTR, whether to call again. False: the patience is at its end. Does not return if
 * an ending signal has come. A gap of over a second between two looks means that we were stopped
 * (Ctrl+Z, then fg): it counts as one tick, or we would give up as soon as we go on. */
static inline bool keep_waiting(void)
{
    struct timespec now;
    leave_if_ended();
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed =
        (double)(now.tv_sec - last_look.tv_sec) + (double)(now.tv_nsec - last_look.tv_nsec) / 1e9;
    patience_left -= passed < 1 ? passed : TICK_MS / 1e3;
    last_look = now;
    return patience_left > 0;
}

/* Says that WHOM ("./producer") did not come within our patience, and exits. */
static inline void give_up_on(const char *whom) __attribute__((noreturn));
static inline void give_up_on(const char *whom)
{
    say("%s did not come within %g s", whom, patience_given);
    advise("start %s", whom);
    exit(EXIT_FAILURE);
}

/* Sleeps for RETRY_MS; says, the first time, that it waits for WHOM ("./producer"). When
 * patience is at its end, says so and exits. Does not return either if an ending signal has
 * come. nanosleep(2) */
static inline void try_again(const char *whom)
{
    static bool said;
    struct timespec retry = { .tv_nsec = RETRY_MS * 1000000L };
    if (!keep_waiting())
        give_up_on(whom);
    if (!said)
        say("waiting for %s, for %g s", whom, patience_given);
    said = true;
    nanosleep(&retry, NULL); /* cut short by a signal: then we only try sooner */
    leave_if_ended();
}

static inline void on_tick(int sig)
{
    (void)sig; /* to interrupt a call is all that it is for */
}

/* From here on blocking calls fail with EINTR every TICK_MS. setitimer(2), sigaction(2) */
static inline void start_ticks(void)
{
    struct sigaction tick = { .sa_handler = on_tick }; /* without SA_RESTART */
    struct itimerval timer = {
        .it_interval.tv_usec = TICK_MS * 1000,
        .it_value.tv_usec = TICK_MS * 1000, /* with -t 0, too: to try may take a moment */
    };
    sigaction(SIGALRM, &tick, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
}

/* No more ticks: stop them before results are printed, which a tick could cut short. Leaves errno
 * as it is. */
static inline void stop_ticks(void)
{
    int before = errno;
    struct itimerval none = { .it_value.tv_sec = 0 };
    setitimer(ITIMER_REAL, &none, NULL);
    errno = before;
}

/* Says that process PID, which we wait for, is stopped, if it is so at two looks in a row; once for each
 * time that it happens. Leaves errno as it is. */
static inline void say_if_stopped(pid_t pid)
{
    static int looks;
    int before = errno;
    looks = pid > 0 && state_of(pid) == 'T' ? looks + 1 : 0;
    if (looks == 2)
        say("process %d is stopped; fg in its terminal, or kill -CONT %d, lets it go on", (int)pid,
            (int)pid);
    errno = before;
}

/* The moment MILLISECONDS from now, of CLOCK_REALTIME: for calls that wait until a moment, not for
 * a while (sem_timedwait, mq_timedreceive, pthread_mutex_timedlock). clock_gettime(2) */
static inline struct timespec moment_in(long milliseconds)
{
    struct timespec moment;
    clock_gettime(CLOCK_REALTIME, &moment);
    moment.tv_nsec += milliseconds * 1000000L;
    moment.tv_sec += moment.tv_nsec / 1000000000L;
    moment.tv_nsec %= 1000000000L;
    return moment;
}

/* Stays for SECONDS: the moment that the other terminal should see. nanosleep(2) */
static inline void stay(double seconds)
{
    set_patience(seconds);
    while (keep_waiting()) {
        double nap = patience_left < TICK_MS / 1e3 ? patience_left : TICK_MS / 1e3;
        struct timespec rest = { .tv_nsec = (long)(nap * 1e9) };
        nanosleep(&rest, NULL);
    }
}

#endif
