/* benchFutex: how fast is shared memory at best? A ring that needs the kernel only to sleep.
 *
 *     1$ ./benchFutex
 *     shared memory, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: who finds nothing to do spins for a moment, if the other end has a core of its own;
 * then it sets a flag, looks once more, and sleeps. Who has done something publishes it, and then
 * looks at the flag. Each stores and then reads what the other stores, and that needs sequential
 * consistency: with release and acquire alone both can read the old value, and the sleeper is not
 * woken (./waitFlag -u).
 *
 * Build: cc -I../include -o benchFutex benchFutex.c
 * Read:  futex(2), mmap(2), stdatomic.h
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "begin.h"
#include "bench.h"
#include "progress.h"

enum { SPINS = 20000 }; /* looks, before it sleeps: some microseconds */

static const char HELP[] =
    "Measures shared memory with futexes. WHAT is the SIZE of a message in bytes (65536),\n"
    "or batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchFutex\n"
    "  1$ ./benchFutex trip 1\n"
    "  -w          wait in the kernel at once, instead of spinning\n" BENCH_OPTIONS;

/* The C library has no function for it. */
static long futex(atomic_uint *word, int what, unsigned value)
{
    return syscall(SYS_futex, word, what, value, NULL, NULL, 0);
}

/* Only who waits clears the flag: if we did, we might clear that of the next sleep. That a sleep
 * has been ended spares the next call; a wake-up that found nobody asleep ended none. */
static void publish(struct side *side, struct progress *ours, unsigned done)
{
    atomic_store(&ours->done, done);
    unsigned waiting = atomic_load(&ours->waiting);
    if (waiting == 0 || waiting == side->woken)
        return;
    long woken = futex(&ours->done, FUTEX_WAKE, 1);
    if (woken < 0)
        report_and_exit("wake the other end");
    if (woken > 0)
        side->woken = waiting;
}

/* Waits until the other end has done more than we know of. Each sleep has a number of its own. The
 * kernel lets nobody sleep on a DONE that has changed. */
static void wait_for_more(const struct bench *bench, struct side *side, struct progress *theirs)
{
    unsigned known = side->known;
    for (int i = bench->wait || on_one_core(bench) ? SPINS : 0; i < SPINS; i++)
        if ((side->known = atomic_load_explicit(&theirs->done, memory_order_acquire)) != known)
            return;
    for (;;) {
        atomic_store(&theirs->waiting, ++side->waits);
        if ((side->known = atomic_load(&theirs->done)) != known)
            break;
        if (futex(&theirs->done, FUTEX_WAIT, known) < 0 && errno != EINTR && errno != EAGAIN)
            report_and_exit("wait for the other end");
    }
    atomic_store(&theirs->waiting, 0);
}

static void send_message(const struct bench *bench, struct side *side)
{
    if (side->done - side->known == side->slots)
        wait_for_more(bench, side, &side->ring->read);
    fill(side->ring->slots + side->done++ % side->slots * side->size, side->size);
    publish(side, &side->ring->written, side->done);
}

/* Returns false when the end has come. That slots are free is published when there is nothing to
 * read, or for a quarter of them at once. */
static bool receive_message(const struct bench *bench, struct side *side)
{
    struct ring *ring = side->ring;
    if (side->done == side->known) {
        publish(side, &ring->read, side->done);
        wait_for_more(bench, side, &ring->written);
    }
    if (atomic_load(&bench->end) == (long)side->done + 1)
        return false;
    add_up(ring->slots + side->done++ % side->slots * side->size, side->size);
    if (side->done % (side->slots / 4) == 0)
        publish(side, &ring->read, side->done);
    return true;
}

static struct side make_ring(size_t size)
{
    struct side side = { .size = size, .slots = slots_of(size) };
    side.ring =
        mmap(NULL, sizeof *side.ring, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (side.ring == MAP_FAILED)
        report_and_exit("mmap");
    return side;
}

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "w", "shared memory", "SIZE batch trip", LARGEST, HELP);
    struct side there = make_ring(bench->size * (size_t)bench->batch),
                back = make_ring(bench->size);

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        while (receive_message(bench, &there))
            if (bench->kind == TRIP)
                send_message(bench, &back);
        leave(bench);
    }
    take_place(bench, SENDER);
    while (go_on(bench)) {
        send_message(bench, &there);
        if (bench->kind == TRIP)
            receive_message(bench, &back);
    }
    atomic_store(&bench->end, (long)there.done + 1);
    publish(&there, &there.ring->written, there.done + 1);
    return conclude(bench, child);
}
