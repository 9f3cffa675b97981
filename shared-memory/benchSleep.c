/* benchSleep: what a system call costs, a sleep, and the way from one core to another.
 *
 *     1$ ./benchSleep
 *     limit, bare system call, core NNN: NNN us
 *     limit, futex round trip, core NNN: NNN us
 *     limit, cache line round trip, cores NNN and NNN: NNN us
 *
 * Calls: getppid, getppid, ...; mmap -> fork; both: futex (FUTEX_WAKE), futex (FUTEX_WAIT), ...
 *
 * Look for: in a round trip each end sleeps until the other wakes it. With a futex there is nothing
 * else in it, and so no mechanism that sleeps can be faster. Two ends that spin, each on a core of
 * its own, do not sleep; then the way of a cache line from core to core is the limit.
 *
 * Build: cc -I../include -o benchSleep benchSleep.c
 * Read:  futex(2), getppid(2)
 */
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "bench.h"
#include "start.h"

/* As in <linux/futex.h>, which musl does not have. MANY: for one look at the clock. */
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, MANY = 64 };
static const char HELP[] =
    "usage: benchSleep [-h] [-s SECONDS] [WHAT]\n"
    "Measures a system call, a sleep, and a cache line. WHAT is one of: call futex line.\n"
    "  1$ ./benchSleep      1$ ./benchSleep futex\n"
    "  -s SECONDS  how long to measure each (0.1)\n";

/* Both words are shared with the child. Each has a cache line of its own. */
struct pair {
    atomic_uint there __attribute__((aligned(2 * CACHE_LINE)));
    atomic_uint back __attribute__((aligned(2 * CACHE_LINE)));
};

/* getppid does nothing but enter the kernel and come back. Returns microseconds. */
static double measure_call(double seconds)
{
    long long began = nanoseconds_now(), took;
    double calls = 0;
    do {
        for (int i = 0; i < MANY; i++)
            (void)getppid();
        calls += MANY;
        took = nanoseconds_now() - began;
    } while ((double)took < seconds * 1e9);
    return (double)took / 1e3 / calls;
}

static void set(atomic_uint *word, unsigned value, bool sleeps)
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

/* Returns the median of the round trips, in microseconds; if both spin, of the means of MANY. */
static double measure_trips(struct bench *bench)
{
    struct pair *pair =
        mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (pair == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    bool sleeps = on_one_core(bench);
    int trips = sleeps ? 1 : MANY;
    unsigned number = 0;
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    while (child == 0) {
        wait_for(&pair->there, ++number, sleeps);
        if (atomic_load(&bench->end) != 0)
            _exit(EXIT_SUCCESS);
        set(&pair->back, number, sleeps);
    }
    go_on(bench); /* starts the clock */
    do {
        for (int i = 0; i < trips; i++) {
            set(&pair->there, ++number, sleeps);
            wait_for(&pair->back, number, sleeps);
        }
    } while (go_on(bench));
    atomic_store(&bench->end, 1);
    set(&pair->there, ++number, sleeps);
    if (waitpid(child, NULL, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    return trip_at(50) / trips;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+s:", HELP, &options);
    const char *what = argv[optind] != NULL ? argv[optind++] : "all";
    end_of_operands(argv + optind);
    bool all = strcmp(what, "all") == 0, call = strcmp(what, "call") == 0,
         futex = strcmp(what, "futex") == 0, line = strcmp(what, "line") == 0;
    if (!all && !call && !futex && !line) {
        warnx("%s: want one of: call futex line", what);
        usage_exit();
    }
    char *trip[] = { "trip", NULL };
    struct bench *bench = start_bench("futex", "trip", CACHE_LINE, &options, trip);
    int core = bench->cores[SENDER], other = bench->cores[RECEIVER];
    bench->cores[RECEIVER] = core;
    take_place(bench, SENDER);
    if (all || call)
        printf("limit, bare system call, core %d: %.3f us\n", core, measure_call(options.pause));
    if (all || futex)
        printf("limit, futex round trip, core %d: %.3f us\n", core, measure_trips(bench));
    if ((all || line) && other != core) { /* there are two */
        bench->cores[RECEIVER] = other;
        bench->started = mine.calls = mine.trips = 0;
        atomic_store(&bench->end, 0);
        printf("limit, cache line round trip, cores %d and %d: %.3f us\n", core, other,
               measure_trips(bench));
    }
    return EXIT_SUCCESS;
}
