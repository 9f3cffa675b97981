/* benchSignal: how fast is a signal that carries a number?
 *
 *     1$ ./benchSignal
 *     signal, 4 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: sigprocmask -> fork; the sender:   sigqueue, sigqueue, ... -> waitpid;
 *                             the receiver: sigwaitinfo, sigwaitinfo, ...
 *
 * Look for: a signal carries only an int or a pointer, so there is no large message to measure.
 * The receiver blocks the signal and accepts it with sigwaitinfo, so no handler runs. When as many
 * signals are pending as RLIMIT_SIGPENDING allows, sending fails with EAGAIN, and the sender has to
 * try again.
 *
 * Build: cc -I../include -o benchSignal benchSignal.c
 * Read:  sigqueue(3), rt_sigqueueinfo(2), sigwaitinfo(2), signal(7)
 */
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "bench.h"
#include "start.h"

enum { LAST = -1, MASK = 0x3fffffff };

static const char HELP[] =
    "usage: benchSignal [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures queued signals. WHAT: trip, or 64, which stands for the one int that each signal\n"
    "carries. CORES: 1 or 2.\n"
    "  1$ ./benchSignal      1$ ./benchSignal trip 1\n"
    "  -n COUNT    how many signals, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a warm-up of a quarter of that (0.1)\n";

/* Returns a different number each time and adds it to the sum that bench.h checks. */
static int next_number(void)
{
    int number = (int)(mine.next++ & MASK);
    mine.filled += (uint64_t)number;
    return number;
}

/* Does what sigqueue(3) does, except that sigqueue asks the kernel for both IDs each time. */
static void send_number(pid_t to, int number)
{
    static siginfo_t info;
    if (info.si_pid == 0) {
        info.si_code = SI_QUEUE;
        info.si_pid = getpid();
        info.si_uid = getuid();
    }
    info.si_value.sival_int = number;
    while (syscall(SYS_rt_sigqueueinfo, to, SIGRTMIN, &info) < 0) {
        if (errno != EAGAIN)
            err(EXIT_FAILURE, "rt_sigqueueinfo");
        sched_yield(); /* too many are pending */
    }
}

/* Receives a number from process FROM. Returns false if it was the last. */
static bool receive_number(const sigset_t *signals, pid_t from)
{
    siginfo_t info;
    do {
        info.si_pid = 0;
        if (sigwaitinfo(signals, &info) < 0 && errno != EINTR) /* EINTR: after Ctrl+Z and fg */
            err(EXIT_FAILURE, "sigwaitinfo");
    } while (info.si_pid != from); /* otherwise it was a stranger's */
    if (info.si_value.sival_int == LAST)
        return false;
    mine.added += (uint64_t)info.si_value.sival_int;
    return true;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("signal", "SIZE trip", CACHE_LINE, &options, argv + optind);
    bench->size = sizeof(int);

    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGRTMIN);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0) /* the child inherits the mask */
        err(EXIT_FAILURE, "sigprocmask");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0) {
        while (receive_number(&signals, bench->sender))
            if (bench->kind == TRIP)
                send_number(bench->sender, next_number());
        return conclude(bench, child);
    }
    while (go_on(bench)) {
        send_number(child, next_number());
        if (bench->kind == TRIP)
            receive_number(&signals, child);
    }
    send_number(child, LAST);
    return conclude(bench, child);
}
