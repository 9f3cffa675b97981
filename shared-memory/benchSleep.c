/* benchSleep: what a system call costs, a sleep, and the way from one core to another.
 *
 *     1$ ./benchSleep
 *     limit, bare system call, core NNN: NNN us
 *     limit, futex round trip, core NNN: NNN us
 *     limit, cache line round trip, cores NNN and NNN: NNN us
 *
 * Look for: in a round trip each end sleeps until the other wakes it. With a futex there is nothing
 * else in it, and so no mechanism that sleeps can be faster. Two ends that spin, each on a core of
 * its own, do not sleep; then the way of a cache line from core to core is the limit.
 *
 * Build: cc -I../include -o benchSleep benchSleep.c
 * Read:  futex(2), getppid(2)
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <sys/syscall.h>

#include "begin.h"
#include "bench.h"

static const char HELP[] =
    "Measures a system call, a round trip of a futex, and of a cache line. WHAT is one\n"
    "of: call futex line.\n"
    "  1$ ./benchSleep\n"
    "  1$ ./benchSleep futex\n"
    "  -s SECONDS  measure each for so long (0.1)\n";

/* Both words are shared with the child, a cache line each. */
struct pair {
    atomic_uint there __attribute__((aligned(2 * CACHE_LINE)));
    atomic_uint back __attribute__((aligned(2 * CACHE_LINE)));
};

/* Microseconds. getppid does nothing but enter the kernel and come back. */
static double call(struct bench *bench, size_t calls_a_look)
{
    long long began = nanoseconds_now(), now = began, calls = 0;
    for (; now - began < bench->nanoseconds;
         now = nanoseconds_now(), calls += (long long)calls_a_look)
        for (size_t i = 0; i < calls_a_look; i++)
            (void)getppid();
    return (double)(now - began) / 1e3 / (double)calls;
}

static void change(atomic_uint *word, unsigned value, bool sleeps)
{
    atomic_store(word, value);
    if (sleeps)
        syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void wait_for(atomic_uint *word, unsigned value, bool sleeps)
{
    unsigned now;
    while ((now = atomic_load(word)) != value)
        if (sleeps)
            syscall(SYS_futex, word, FUTEX_WAIT, now, NULL, NULL, 0);
}

/* The median of the round trips, in microseconds; or of the means of so many TRIPS. */
static double trip(struct bench *bench, size_t trips)
{
    struct pair *pair =
        mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pair == MAP_FAILED)
        report_and_exit("mmap");
    bool sleeps = on_one_core(bench);
    unsigned number = 0;
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        for (;;) {
            wait_for(&pair->there, ++number, sleeps);
            change(&pair->back, number, sleeps);
        }
    }
    take_place(bench, SENDER);
    long long began = nanoseconds_now();
    mine.trips = 0;
    for (mine.last = began; mine.last - began < bench->nanoseconds; keep_trip(nanoseconds_now()))
        for (size_t i = 0; i < trips; i++) {
            change(&pair->there, ++number, sleeps);
            wait_for(&pair->back, number, sleeps);
        }
    kill(child, SIGKILL);
    if (waitpid(child, NULL, 0) < 0)
        report_and_exit("waitpid");
    return trip_at(50) / (double)trips;
}

static const struct {
    const char *what, *text;
    int cores;
    size_t count; /* how many before the clock is asked */
    double (*measure)(struct bench *bench, size_t count);
} LIMITS[] = {
    { "call", "bare system call", 1, 64, call },
    { "futex", "futex round trip", 1, 1, trip },
    { "line", "cache line round trip", 2, 64, trip },
};

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0.1 };
    struct bench bench = { .sender = getpid() };
    bool found = false;
    begin(argc, argv, "s", "[WHAT]", HELP, &options);

    choose_cores(bench.cores, 0);
    const int cores[] = { bench.cores[SENDER], bench.cores[RECEIVER] };
    bench.nanoseconds = (long long)(options.stay * 1e9);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        if (optind < argc && strcmp(argv[optind], LIMITS[i].what) != 0)
            continue;
        found = true;
        if (LIMITS[i].cores == 2 && cores[0] == cores[1])
            continue; /* there is one only */
        bench.cores[RECEIVER] = cores[LIMITS[i].cores - 1];
        take_place(&bench, SENDER);
        double microseconds = LIMITS[i].measure(&bench, LIMITS[i].count);
        printf("limit, %s, ", LIMITS[i].text);
        print_cores(&bench);
        printf("%.3f us\n", microseconds);
    }
    if (!found)
        wrong_usage("%s: want one of: call futex line", argv[optind]);
    flush_or_exit();
    return EXIT_SUCCESS;
}
