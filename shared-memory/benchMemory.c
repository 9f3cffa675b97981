/* benchMemory: how fast this machine copies, and reads. No mechanism can be faster.
 *
 *     1$ ./benchMemory
 *     limit, memcpy of 64 KiB hot, core NNN: NNN MB/s
 *     limit, memcpy of 64 MiB cold, core NNN: NNN MB/s
 *     limit, reading a block of 64 KiB, core NNN: NNN MB/s
 *
 * Look for: a block that is still in the cache is copied several times as fast as one that has to
 * come from memory. A mechanism that copies twice, into the kernel and out of it, is at most half
 * as fast as memcpy, on one core. Shared memory copies nothing; its limit is the speed of reading.
 *
 * Build: cc -I../include -o benchMemory benchMemory.c
 * Read:  memcpy(3)
 */
#define _GNU_SOURCE
#include "begin.h"
#include "bench.h"

static const char HELP[] =
    "Measures how fast memory is copied and read. WHAT is one of: hot cold read.\n"
    "  1$ ./benchMemory\n"
    "  1$ ./benchMemory cold\n"
    "  -s SECONDS  measure each for so long (0.1)\n";

static void *allocate(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        report_and_exit("mmap");
    return memory;
}

/* Megabytes per second. The compiler must not see that nobody needs the copies. */
static double copy(const struct bench *bench, size_t size)
{
    char *from = allocate(size), *to = allocate(size);
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

static double read_block(const struct bench *bench, size_t size)
{
    char *block = allocate(size);
    long long began, now, blocks = 0;
    fill(block, size);
    began = now = nanoseconds_now();
    for (; now - began < bench->nanoseconds; now = nanoseconds_now(), blocks++)
        add_up(block, size);
    return (double)blocks * (double)size * 1e3 / (double)(now - began);
}

static const struct {
    const char *what, *text;
    size_t size; /* bytes */
    double (*measure)(const struct bench *bench, size_t size);
} LIMITS[] = {
    { "hot", "memcpy of 64 KiB hot", 64 * 1024, copy },
    { "cold", "memcpy of 64 MiB cold", 64 * 1024 * 1024, copy },
    { "read", "reading a block of 64 KiB", 64 * 1024, read_block },
};

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0.1 };
    bool found = false;
    begin(argc, argv, "s", "[WHAT]", HELP, &options);

    struct bench bench = { .sender = getpid(), .nanoseconds = (long long)(options.stay * 1e9) };
    choose_cores(bench.cores, 1);
    take_place(&bench, SENDER);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        if (optind < argc && strcmp(argv[optind], LIMITS[i].what) != 0)
            continue;
        double speed = LIMITS[i].measure(&bench, LIMITS[i].size);
        found = true;
        printf("limit, %s, ", LIMITS[i].text);
        print_cores(&bench);
        printf("%.0f MB/s\n", speed);
    }
    if (!found)
        wrong_usage("%s: want one of: hot cold read", argv[optind]);
    flush_or_exit();
    return EXIT_SUCCESS;
}
