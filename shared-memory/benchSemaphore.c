/* benchSemaphore: how fast is shared memory, if semaphores say when?
 *
 *     1$ ./benchSemaphore
 *     semaphores, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: nothing is copied. The writer writes a message into its slot, the reader reads it
 * there. A semaphore that nobody waits for is one atomic addition, without the kernel. So large
 * messages go as fast as one core can fetch what the other has written, if the ring is small
 * enough for the caches.
 *
 * Build: cc -I../include -o benchSemaphore benchSemaphore.c -lrt -lpthread
 * Read:  sem_overview(7), sem_init(3), sem_post(3), mmap(2)
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "bench.h"

static const char HELP[] =
    "Measures shared memory with semaphores. WHAT is the SIZE of a message in bytes\n"
    "(65536), or batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchSemaphore\n"
    "  1$ ./benchSemaphore trip 1\n" BENCH_OPTIONS;

/* A ring goes one way. Each semaphore has cache lines of its own. */
struct ring {
    sem_t free_slots __attribute__((aligned(2 * CACHE_LINE)));
    sem_t full_slots __attribute__((aligned(2 * CACHE_LINE)));
    char slots[LEAST_SLOTS * LARGEST] __attribute__((aligned(4096)));
};

/* The memory has no name: a child shares it because it is forked. */
static struct ring *make_ring(unsigned slots)
{
    struct ring *ring =
        mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (ring == MAP_FAILED)
        report_and_exit("mmap");
    if (sem_init(&ring->free_slots, 1, slots) < 0 || sem_init(&ring->full_slots, 1, 0) < 0)
        report_and_exit("sem_init"); /* 1: for processes, not for threads */
    return ring;
}

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) < 0)
        if (errno != EINTR)
            report_and_exit("sem_wait");
}

static void post(sem_t *semaphore)
{
    if (sem_post(semaphore) < 0)
        report_and_exit("sem_post");
}

/* One end's view of a ring: the bytes of a slot, how many there are, and how many we have
 * done with, ever. */
struct side {
    struct ring *ring;
    size_t size;
    long slots, done;
};

static char *next_slot(struct side *side)
{
    return side->ring->slots + (size_t)(side->done++ % side->slots) * side->size;
}

static void send_message(struct side *side)
{
    wait_for(&side->ring->free_slots);
    fill(next_slot(side), side->size);
    post(&side->ring->full_slots);
}

/* Returns false when the end has come. */
static bool receive_message(struct bench *bench, struct side *side)
{
    wait_for(&side->ring->full_slots);
    if (atomic_load(&bench->end) == side->done + 1)
        return false;
    add_up(next_slot(side), side->size);
    post(&side->ring->free_slots);
    return true;
}

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "", "semaphores", "SIZE batch trip", LARGEST, HELP);
    struct side there = { .size = bench->size * (size_t)bench->batch }, back;
    there.slots = slots_of(there.size);
    back = there;
    there.ring = make_ring((unsigned)there.slots);
    back.ring = make_ring((unsigned)back.slots);

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        while (receive_message(bench, &there))
            if (bench->kind == TRIP)
                send_message(&back);
        leave(bench);
    }
    take_place(bench, SENDER);
    while (go_on(bench)) {
        send_message(&there);
        if (bench->kind == TRIP)
            receive_message(bench, &back);
    }
    atomic_store(&bench->end, there.done + 1);
    post(&there.ring->full_slots);
    return conclude(bench, child);
}
