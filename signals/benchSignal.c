/* benchSignal: how fast is a signal that carries a number?
 *
 *     1$ ./benchSignal
 *     signal, 4 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: one int is all that a signal carries, so one row is all that it has in the table. The
 * receiver blocks the signal and fetches it with sigwaitinfo: no handler runs, and nothing is
 * interrupted. As many wait as RLIMIT_SIGPENDING allows; then sending fails (EAGAIN), and the
 * sender has to try again.
 *
 * Build: cc -I../include -o benchSignal benchSignal.c
 * Read:  sigqueue(3), rt_sigqueueinfo(2), sigwaitinfo(2), signal(7)
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

#include "begin.h"
#include "bench.h"

enum { LAST = -1, MASK = 0x3fffffff };

static const char HELP[] =
    "Measures queued signals. WHAT is trip, or 64, which stands for the one int that a signal\n"
    "carries; CORES is 1 or 2.\n"
    "  1$ ./benchSignal\n"
    "  1$ ./benchSignal trip 1\n" BENCH_OPTIONS;

/* Another number each time. The sums are those of bench.h. */
static int next_number(void)
{
    int number = (int)(mine.next++ & MASK);
    mine.filled += (uint64_t)number;
    mine.bytes_filled += (long long)sizeof number;
    return number;
}

static void add_number(int number)
{
    mine.added += (uint64_t)number;
    mine.bytes_added += (long long)sizeof number;
}

/* What sigqueue(3) does; but it asks the kernel for both ids each time, and that
 * is two calls more. */
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
            report_and_exit("send a signal");
        sched_yield(); /* too many are pending */
    }
}

/* Returns the number that process FROM has sent. */
static int receive_number(const sigset_t *number_signal, pid_t from)
{
    siginfo_t info = { .si_pid = 0 };
    do
        while (sigwaitinfo(number_signal, &info) < 0)
            if (errno != EINTR)
                report_and_exit("sigwaitinfo");
    while (info.si_pid != from); /* a stranger's */
    return info.si_value.sival_int;
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "signal", "SIZE trip", CACHE_LINE, HELP);
    bench->size = sizeof(int);

    sigset_t number_signal;
    sigemptyset(&number_signal);
    sigaddset(&number_signal, SIGRTMIN);
    if (sigprocmask(SIG_BLOCK, &number_signal, NULL) < 0) /* a child has the same mask */
        report_and_exit("sigprocmask");
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        int number;
        take_place(bench, RECEIVER);
        while ((number = receive_number(&number_signal, bench->sender)) != LAST) {
            add_number(number);
            if (bench->kind == TRIP)
                send_number(bench->sender, next_number());
        }
        leave(bench);
    }
    take_place(bench, SENDER);
    while (go_on(bench)) {
        send_number(child, next_number());
        if (bench->kind == TRIP)
            add_number(receive_number(&number_signal, child));
    }
    send_number(child, LAST);
    return conclude(bench, child);
}
