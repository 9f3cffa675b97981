/* benchMemory: how fast this machine copies, and reads. No mechanism can be faster.
 *
 *     1$ ./benchMemory
 *     limit, memcpy of 64 KiB hot, core NNN: NNN MB/s
 *     limit, memcpy of 64 MiB cold, core NNN: NNN MB/s
 *     limit, reading a block of 64 KiB, core NNN: NNN MB/s
 *
 * Calls: mmap -> memcpy, memcpy, ...
 *
 * Look for: a block that is still in the cache is copied several times as fast as one that has to
 * come from memory. A mechanism that copies twice, into the kernel and out of it, is at most half
 * as fast as memcpy, on one core. Shared memory copies nothing; its limit is the speed of reading.
 *
 * Build: cc -I../include -o benchMemory benchMemory.c
 * Read:  memcpy(3)
 */
#define _GNU_SOURCE
#include "bench.h"
#include "start.h"

static const struct {
    const char *what, *text;
    size_t size; /* bytes */
    bool copies; /* or only reads */
} LIMITS[] = {
    { "hot", "memcpy of 64 KiB hot", 64 * 1024, true },
    { "cold", "memcpy of 64 MiB cold", 64 * 1024 * 1024, true },
    { "read", "reading a block of 64 KiB", 64 * 1024, false },
};
static const char HELP[] =
    "usage: benchMemory [-h] [-s SECONDS] [WHAT]\n"
    "Measures how fast memory is copied and read. WHAT is one of: hot cold read.\n"
    "  1$ ./benchMemory      1$ ./benchMemory cold\n"
    "  -s SECONDS  how long to measure each (0.1)\n";

static void *allocate(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    memset(memory, 1, size); /* the kernel looks for a page when it is first written */
    return memory;
}

/* Copies or reads a block of SIZE bytes again and again. Returns megabytes per second. */
static double measure(size_t size, bool copies, double seconds)
{
    char *from = allocate(size), *to = allocate(size);
    long long began = nanoseconds_now(), took;
    double bytes = 0;
    do {
        if (copies)
            memcpy(to, from, size);
        else
            add_up(from, size);
        __asm__ volatile("" : : "r"(to) : "memory"); /* or the compiler would leave copies out */
        bytes += (double)size;
        took = nanoseconds_now() - began;
    } while ((double)took < seconds * 1e9);
    return bytes * 1e3 / (double)took;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+s:", HELP, &options);
    const char *what = argv[optind]; /* NULL: all of them */
    if (what != NULL)
        end_of_operands(argv + optind + 1);

    struct bench bench = { .sender = getpid() };
    bool found = false;
    choose_cores(&bench, 1);
    take_place(&bench, SENDER);
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        if (what != NULL && strcmp(what, LIMITS[i].what) != 0)
            continue;
        double speed = measure(LIMITS[i].size, LIMITS[i].copies, options.pause);
        printf("limit, %s, core %d: %.0f MB/s\n", LIMITS[i].text, bench.cores[SENDER], speed);
        found = true;
    }
    if (!found) {
        warnx("%s: want one of: hot cold read", what);
        usage_exit();
    }
    return EXIT_SUCCESS;
}
