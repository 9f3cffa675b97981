/* benchSemaphore: how fast is shared memory with semaphores?
 *
 *     1$ ./benchSemaphore
 *     semaphores, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: mmap -> sem_init -> fork; both: sem_wait -> sem_post, sem_wait -> sem_post, ...
 *
 * Look for: nothing is copied. The sender writes a message into its slot, and the receiver reads it
 * there. A semaphore that nobody waits for is one atomic addition, without the kernel. So large
 * messages go as fast as one core can fetch what the other has written, if the ring is small
 * enough for the caches.
 *
 * Build: cc -I../include -o benchSemaphore benchSemaphore.c -lrt -lpthread
 * Read:  sem_overview(7), sem_init(3), sem_post(3), mmap(2)
 */
#define _GNU_SOURCE
#include <semaphore.h>

#include "bench.h"
#include "start.h"

static const char HELP[] =
    "usage: benchSemaphore [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures shared memory with semaphores. WHAT is the SIZE of a message in bytes\n"
    "(65536), or one of: batch trip. CORES is 1 or 2 (2).\n"
    "  1$ ./benchSemaphore      1$ ./benchSemaphore trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";

struct ring { /* goes one way; each semaphore has cache lines of its own */
    sem_t free_slots __attribute__((aligned(2 * CACHE_LINE)));
    sem_t full_slots __attribute__((aligned(2 * CACHE_LINE)));
    char slots[LEAST_SLOTS * LARGEST] __attribute__((aligned(4096)));
};

struct side { /* one end's view of a ring */
    struct ring *ring;
    long size, slots; /* bytes of a slot; how many there are */
    long done;        /* how many this end has filled, or emptied, ever */
};

/* The memory has no name: the child inherits the mapping. */
static struct side make_ring(const struct bench *bench, size_t size)
{
    struct side side = { .size = (long)size, .slots = (long)ring_slots(bench, size) };
    side.ring =
        mmap(NULL, sizeof *side.ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (side.ring == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    if (sem_init(&side.ring->free_slots, 1, (unsigned)side.slots) < 0) /* 1: shared */
        err(EXIT_FAILURE, "sem_init");
    if (sem_init(&side.ring->full_slots, 1, 0) < 0)
        err(EXIT_FAILURE, "sem_init");
    return side;
}

static char *next_slot(struct side *side)
{
    return side->ring->slots + side->done++ % side->slots * side->size;
}

static void send_message(struct side *side)
{
    if (sem_wait(&side->ring->free_slots) < 0)
        err(EXIT_FAILURE, "sem_wait");
    fill(next_slot(side), (size_t)side->size);
    if (sem_post(&side->ring->full_slots) < 0)
        err(EXIT_FAILURE, "sem_post");
}

/* Returns false when the end has come. */
static bool receive_message(const struct bench *bench, struct side *side)
{
    if (sem_wait(&side->ring->full_slots) < 0)
        err(EXIT_FAILURE, "sem_wait");
    if (atomic_load(&bench->end) == side->done + 1)
        return false;
    add_up(next_slot(side), (size_t)side->size);
    if (sem_post(&side->ring->free_slots) < 0)
        err(EXIT_FAILURE, "sem_post");
    return true;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench =
        start_bench("semaphores", "SIZE batch trip", LARGEST, &options, argv + optind);
    struct side there = make_ring(bench, bench->size * (size_t)bench->batch);
    struct side back = make_ring(bench, bench->size);

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0) {
        while (receive_message(bench, &there))
            if (bench->kind == TRIP)
                send_message(&back);
        return conclude(bench, child);
    }
    while (go_on(bench)) {
        send_message(&there);
        if (bench->kind == TRIP)
            receive_message(bench, &back);
    }
    atomic_store(&bench->end, there.done + 1);
    if (sem_post(&there.ring->full_slots) < 0) /* the receiver looks, and finds the end */
        err(EXIT_FAILURE, "sem_post");
    return conclude(bench, child);
}
