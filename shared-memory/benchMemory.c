/* benchMemory: how fast this machine copies, reads, and uses a ring. No mechanism can be faster.
 *
 *     1$ ./benchMemory
 *     limit, memcpy of 64 KiB hot, core NNN: NNN MB/s
 *     limit, memcpy of 64 MiB cold, core NNN: NNN MB/s
 *     limit, reading a block of 64 KiB, core NNN: NNN MB/s
 *     limit, ring in one process, 65536 bytes, core NNN: NNN messages/s, NNN MB/s
 *
 * Calls: mmap -> memcpy, memcpy, ...
 *
 * Look for: a block that is still in the cache is copied several times as fast as one that has to
 * come from memory. A mechanism that copies twice, into the kernel and out of it, is at most half
 * as fast as memcpy, on one core. Shared memory copies nothing; its limit is one process that
 * fills the same ring and empties it: without another process, flags, and the kernel.
 *
 * Build: cc -I../include -o benchMemory benchMemory.c
 * Read:  memcpy(3)
 */
#define _GNU_SOURCE
#include "bench.h"
#include "start.h"

enum work { COPY, READ, RING };
static const struct {
    const char *what, *text;
    size_t size; /* bytes */
    enum work work;
} LIMITS[] = {
    { "hot", "memcpy of 64 KiB hot", 64 * 1024, COPY },
    { "cold", "memcpy of 64 MiB cold", 64 * 1024 * 1024, COPY },
    { "read", "reading a block of 64 KiB", 64 * 1024, READ },
    { "64", "ring in one process, 64 bytes", 64, RING },
    { "4096", "ring in one process, 4096 bytes", 4096, RING },
    { "65536", "ring in one process, 65536 bytes", 65536, RING },
    { "1048576", "ring in one process, 1048576 bytes", 1048576, RING },
};
static const char HELP[] =
    "usage: benchMemory [-h] [-s SECONDS] [WHAT]\n"
    "Measures how fast memory is copied and read. WHAT is one of: hot cold read; or the size\n"
    "of messages that one process writes into a ring and reads: 64 4096 65536 1048576.\n"
    "  1$ ./benchMemory      1$ ./benchMemory cold      1$ ./benchMemory 65536\n"
    "  -s SECONDS  how long to measure each (0.1)\n";

static void *allocate(size_t size, int kind)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    memset(memory, 1, size); /* the kernel provides a page when it is first written */
    return memory;
}

/* What two processes on one core do in turns: one fills the ring, the other empties it. */
static void fill_and_empty(char *ring, size_t slots, size_t size)
{
    for (size_t i = 0; i < slots; i++)
        fill(ring + i * size, size);
    for (size_t i = 0; i < slots; i++)
        add_up(ring + i * size, size);
}

/* Does WORK on blocks of SIZE bytes again and again. Returns blocks per second. */
static double measure(const struct bench *bench, size_t size, enum work work, double seconds)
{
    size_t blocks = work == RING ? ring_slots(bench, size) : 1;
    int kind = work == RING ? MAP_SHARED : MAP_PRIVATE;
    char *from = allocate(blocks * size, kind), *to = allocate(blocks * size, kind);
    long long began = nanoseconds_now(), took;
    double done = 0;
    mine.filled = mine.added = 0;
    do {
        if (work == COPY)
            memcpy(to, from, size);
        else if (work == READ)
            add_up(from, size);
        else
            fill_and_empty(from, blocks, size);
        __asm__ volatile("" : : "r"(to) : "memory"); /* or the compiler could omit copies */
        done += (double)blocks;
        took = nanoseconds_now() - began;
    } while ((double)took < seconds * 1e9);
    if (work == RING && mine.filled != mine.added)
        errx(EXIT_FAILURE, "bytes with the sum %llx were written, with the sum %llx read",
             (unsigned long long)mine.filled, (unsigned long long)mine.added);
    return done * 1e9 / (double)took;
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
        size_t size = LIMITS[i].size;
        double rate = measure(&bench, size, LIMITS[i].work, options.pause);
        printf("limit, %s, core %d: ", LIMITS[i].text, bench.cores[SENDER]);
        if (LIMITS[i].work == RING)
            printf("%.0f messages/s, ", rate);
        printf("%.0f MB/s\n", rate * (double)size / 1e6);
        found = true;
    }
    if (!found) {
        warnx("%s: want one of: hot cold read 64 4096 65536 1048576", what);
        usage_exit();
    }
    return EXIT_SUCCESS;
}
