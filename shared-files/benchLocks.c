/* benchLocks: how fast is a file whose readers and writers wait for record locks?
 *
 *     1$ ./benchLocks
 *     file with locks, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: open -> unlink -> F_SETLKW -> fork; the sender:   pwrite -> F_SETLKW -> F_UNLCK, ...;
 *                                            the receiver: F_SETLKW -> F_UNLCK -> pread, ...
 *
 * Look for: nothing polls. The file is a ring of records, and each end holds the lock on the record
 * that it is working on. It takes the next lock before it releases this one, hand over hand, so it
 * never overtakes the other end but sleeps in F_SETLKW. The bytes stay in the page cache.
 *
 * Build: cc -I../include -o benchLocks benchLocks.c
 * Read:  fcntl(2), section "Advisory record locking"; pread(2)
 */
#define _GNU_SOURCE
#include "bench.h"
#include "ending.h"
#include "start.h"

enum { RECORDS = 8 };

static const char NAME[] = "benchLocks.dat";
static const char HELP[] =
    "usage: benchLocks [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures locks. WHAT: the SIZE of messages (65536), batch, or trip. CORES: 1 or 2.\n"
    "  1$ ./benchLocks      1$ ./benchLocks trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[LARGEST] __attribute__((aligned(4096)));

static int file;
static size_t size; /* bytes of a record */
struct side {       /* one end's view of a ring, which goes one way */
    long first;     /* the ring's first record */
    long done;      /* messages so far; each uses the next record */
};

/* The file loses its name before there is a child; both ends have it open. */
static void open_file(void)
{
    remove_at_exit(unlink, NAME);
    if (unlink(NAME) < 0 && errno != ENOENT) /* what a killed run left */
        err(EXIT_FAILURE, "remove the old %s", NAME);
    file = open(NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        err(EXIT_FAILURE, "open %s", NAME);
    unlink(NAME);
    forget_owned();
}

static off_t record_of(const struct side *side, long number)
{
    return side->first + (number + RECORDS) % RECORDS;
}

/* Takes (F_WRLCK) or releases (F_UNLCK) the lock on message NUMBER's record; sleeps while the other
 * end has it. A lock needs no byte in the file: these are far past its end. */
static void lock(const struct side *side, short type, long number)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };
    lock.l_start = (1 << 30) + record_of(side, number);
    if (fcntl(file, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, "F_SETLKW");
}

static void send_message(struct side *side)
{
    fill(message, size);
    if (pwrite(file, message, size, record_of(side, side->done) * (off_t)size) < 0)
        err(EXIT_FAILURE, "pwrite"); /* if it writes only a part, the sums will differ */
    side->done++;
    lock(side, F_WRLCK, side->done);
    lock(side, F_UNLCK, side->done - 1);
}

/* Returns false at the end. */
static bool receive_message(const struct bench *bench, struct side *side)
{
    lock(side, F_WRLCK, side->done);
    lock(side, F_UNLCK, side->done - 1);
    if (atomic_load(&bench->end) == side->done + 1)
        return false;
    ssize_t got = pread(file, message, size, record_of(side, side->done) * (off_t)size);
    if (got < 0)
        err(EXIT_FAILURE, "pread");
    add_up(message, (size_t)got);
    side->done++;
    return true;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench =
        start_bench("file with locks", "SIZE batch trip", LARGEST, &options, argv + optind);
    struct side there = { .first = 0 }, back = { .first = RECORDS };
    size = bench->size * (size_t)bench->batch;
    open_file();
    lock(&there, F_WRLCK, 0);
    if (bench->kind == TRIP)
        lock(&back, F_WRLCK, -1); /* one behind the other end, which starts at 0 */

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0) {
        lock(&there, F_WRLCK, -1); /* a child does not inherit locks */
        if (bench->kind == TRIP)
            lock(&back, F_WRLCK, 0);
        atomic_store(&bench->end, -1);
        while (receive_message(bench, &there))
            if (bench->kind == TRIP)
                send_message(&back);
        return conclude(bench, child);
    }
    while (atomic_load(&bench->end) == 0) /* until the receiver has its first locks */
        sched_yield();
    while (go_on(bench)) {
        send_message(&there);
        if (bench->kind == TRIP)
            receive_message(bench, &back);
    }
    atomic_store(&bench->end, there.done + 1);
    lock(&there, F_UNLCK, there.done); /* the receiver gets it, and finds the end */
    return conclude(bench, child);
}
