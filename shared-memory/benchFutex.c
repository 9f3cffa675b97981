/* benchFutex: how fast is shared memory at best? A ring that needs the kernel only to sleep.
 *
 *     1$ ./benchFutex
 *     shared memory, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: mmap -> fork; only when an end has to sleep: futex (FUTEX_WAIT), futex (FUTEX_WAKE)
 *
 * Look for: an end with nothing to do spins for a moment, if the other has a core of its own; then
 * it sets a flag, looks once more (in FUTEX_WAIT), and sleeps. An end that has done something
 * publishes it, then looks at the flag, in this order: sequential consistency (./waitFlag -u).
 * On one core the sender wakes the receiver when the ring is full: a context switch is expensive.
 *
 * Build: cc -I../include -o benchFutex benchFutex.c
 * Read:  futex(2), mmap(2), stdatomic.h
 */
#define _GNU_SOURCE
#include <sys/syscall.h>

#include "bench.h"
#include "start.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1 }; /* as in <linux/futex.h>, which musl comes without */
enum { SPINS = 20000 };                  /* looks before it sleeps, for some microseconds */
static const char HELP[] =
    "usage: benchFutex [-h] [-n COUNT] [-s SECONDS] [-w] [WHAT [CORES]]\n"
    "Measures shared memory. WHAT: the SIZE of messages (65536), batch, trip. CORES: 1 or 2.\n"
    "  1$ ./benchFutex      1$ ./benchFutex trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n"
    "  -w          wait in the kernel at once instead of spinning\n";

struct progress { /* of one end; each word has cache lines of its own */
    atomic_uint done __attribute__((aligned(2 * CACHE_LINE)));  /* slots: the futex */
    atomic_uint sleep __attribute__((aligned(2 * CACHE_LINE))); /* its number; 0: nobody waits */
};
struct ring { /* goes one way */
    struct progress written, read;
    char slots[LEAST_SLOTS * LARGEST] __attribute__((aligned(4096)));
};
struct side { /* one end's view of a ring */
    struct ring *ring;
    size_t size, slots;     /* bytes of one; their number, a power of two: DONE may overflow */
    unsigned done, known;   /* slots: by us; by the other end, when we last looked */
    unsigned sleeps, woken; /* how often we have slept; the last sleep that we have ended */
    unsigned spins;
    bool in_turns; /* on one core: wakes the other end only before it has to wait itself */
};

/* Clears no flag: it might be that of the next sleep. A sleep that we have ended costs no more. */
static void publish(struct side *side, struct progress *ours, bool wakes)
{
    atomic_store(&ours->done, side->done);
    unsigned sleep = atomic_load(&ours->sleep);
    if (wakes && sleep != 0 && sleep != side->woken
        && syscall(SYS_futex, &ours->done, FUTEX_WAKE, 1, NULL, NULL, 0) > 0)
        side->woken = sleep;
}

/* Waits until the other end has done more than we know of. FUTEX_WAIT fails if it already has. */
static void wait_for_more(struct side *side, struct progress *theirs)
{
    unsigned known = side->known, looks = 0;
    while ((side->known = atomic_load(&theirs->done)) == known)
        if (looks++ >= side->spins) {
            atomic_store(&theirs->sleep, ++side->sleeps);
            syscall(SYS_futex, &theirs->done, FUTEX_WAIT, known, NULL, NULL, 0);
        }
    if (looks > side->spins)
        atomic_store(&theirs->sleep, 0);
}

static void send_message(struct side *side)
{
    if (side->done - side->known == side->slots)
        wait_for_more(side, &side->ring->read);
    fill(side->ring->slots + side->done++ % side->slots * side->size, side->size);
    publish(side, &side->ring->written, !side->in_turns || side->done - side->known == side->slots);
}

/* Returns false at the end. Publishes free slots late: when none is full, or a quarter is free. */
static bool receive_message(const struct bench *bench, struct side *side)
{
    if (side->done == side->known) {
        publish(side, &side->ring->read, true);
        wait_for_more(side, &side->ring->written);
    }
    if (atomic_load(&bench->end) == (long)side->done + 1)
        return false;
    add_up(side->ring->slots + side->done++ % side->slots * side->size, side->size);
    if (!side->in_turns && side->done % (side->slots / LEAST_SLOTS) == 0)
        publish(side, &side->ring->read, true);
    return true;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:w", HELP, &options);
    struct bench *bench =
        start_bench("shared memory", "SIZE batch trip", LARGEST, &options, argv + optind);
    struct ring *rings =
        mmap(NULL, 2 * sizeof *rings, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (rings == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    size_t size = bench->size * (size_t)bench->batch;
    struct side there = { rings, size, .slots = ring_slots(bench, size) };
    there.in_turns = on_one_core(bench) && bench->kind != TRIP;
    there.spins = options.wait_for_lock || on_one_core(bench) ? 0 : SPINS;
    struct side back = there;
    back.ring = rings + 1;

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    while (child == 0 && receive_message(bench, &there))
        if (bench->kind == TRIP)
            send_message(&back);
    while (child != 0 && go_on(bench)) {
        send_message(&there);
        if (bench->kind == TRIP)
            receive_message(bench, &back);
    }
    if (child == 0)
        return conclude(bench, child);
    atomic_store(&bench->end, (long)there.done++ + 1); /* a slot that does not exist */
    publish(&there, &there.ring->written, true);
    return conclude(bench, child);
}
