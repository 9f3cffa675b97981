/* benchLimits: what this machine can do at best, whatever the mechanism.
 *
 *     1$ ./benchLimits
 *     limit, memcpy of 64 KiB, hot, core NNN: NNN MB/s
 *     ...
 *
 * Look for: compare the figures of the other bench programs with these. A mechanism that copies twice is
 * at most half as fast as memcpy; what sleeps and is woken costs at least a futex round trip; and what one core has
 * written comes to another in a cache line, which takes its time, too.
 *
 * Build: cc -I../include -o benchLimits benchLimits.c
 * Read:  futex(2), memcpy(3), getppid(2)
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "begin.h"
#include "bench.h"

static const char HELP[] =
    "Measures what this machine can do: hot and cold copies, reading, a system call, a\n"
    "round trip of a futex, and of a cache line. WHAT is one of: hot cold read call\n"
    "futex line.\n"
    "  1$ ./benchLimits\n"
    "  1$ ./benchLimits futex\n"
    "  -s SECONDS  measure each for so long (0.1)\n";

/* Both words are shared with the child, a cache line each. */
struct pair {
    atomic_uint there __attribute__((aligned(2 * CACHE_LINE)));
    atomic_uint back __attribute__((aligned(2 * CACHE_LINE)));
};

static void *allocate(size_t size, int flags)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        report_and_exit("mmap");
    return memory;
}

/* Megabytes per second. The compiler must not see that nobody needs the copies. */
static double copy(struct bench *bench, size_t size)
{
    char *from = allocate(size, MAP_PRIVATE), *to = allocate(size, MAP_PRIVATE);
    long long began, now, copies = 0;
    memset(from, 1, size);
    memcpy(to, from, size);
    began = now = nanoseconds_now();
    for (; now - began < bench->nanoseconds; now = nanoseconds_now(), copies++) {
        memcpy(to, from, size);
        __asm__ volatile("" : : "r"(to) : "memory");
    }
    return (double)copies * (double)size * 1e3 / (double)(now - began);
}

static double read_block(struct bench *bench, size_t size)
{
    char *block = allocate(size, MAP_PRIVATE);
    long long began, now, blocks = 0;
    fill(block, size);
    began = now = nanoseconds_now();
    for (; now - began < bench->nanoseconds; now = nanoseconds_now(), blocks++)
        add_up(block, size);
    return (double)blocks * (double)size * 1e3 / (double)(now - began);
}

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
    struct pair *pair = allocate(sizeof *pair, MAP_SHARED);
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
    own.trips = 0;
    for (own.last = began; own.last - began < bench->nanoseconds; keep_trip(nanoseconds_now()))
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
    const char *what, *text, *unit;
    int cores;
    size_t amount; /* bytes, or how many before the clock is asked */
    double (*measure)(struct bench *bench, size_t amount);
} LIMITS[] = {
    { "hot", "memcpy of 64 KiB hot", "MB/s", 1, 64 * 1024, copy },
    { "cold", "memcpy of 64 MiB cold", "MB/s", 1, 64 * 1024 * 1024, copy },
    { "read", "reading a block of 64 KiB", "MB/s", 1, 64 * 1024, read_block },
    { "call", "bare system call", "us", 1, 64, call },
    { "futex", "futex round trip", "us", 1, 1, trip },
    { "line", "cache line round trip", "us", 2, 64, trip },
};

/* Measures limit I between CORES, and prints it. */
static void measure(size_t i, const int cores[2], double seconds)
{
    struct bench bench = { .sender = getpid(), .nanoseconds = (long long)(seconds * 1e9) };
    if (LIMITS[i].cores == 2 && cores[0] == cores[1])
        return; /* there is one only */
    bench.cores[SENDER] = cores[0];
    bench.cores[RECEIVER] = cores[LIMITS[i].cores - 1];
    take_place(&bench, SENDER);
    double figure = LIMITS[i].measure(&bench, LIMITS[i].amount);
    printf("limit, %s, ", LIMITS[i].text);
    print_cores(&bench);
    printf("%.*f %s\n", figure < 1000 ? 3 : 0, figure, LIMITS[i].unit);
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0.1 };
    bool found = false;
    int cores[2];
    begin(argc, argv, "s", "[WHAT]", HELP, &options);

    choose_cores(cores, 0);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        if (optind == argc || strcmp(argv[optind], LIMITS[i].what) == 0) {
            measure(i, cores, options.stay);
            found = true;
        }
    if (!found)
        wrong_usage("%s: want one of: hot cold read call futex line", argv[optind]);
    flush_or_exit();
    return EXIT_SUCCESS;
}
