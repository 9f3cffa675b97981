/* benchLocks: how fast is a file, if record locks say when?
 *
 *     1$ ./benchLocks
 *     file with locks, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: nobody polls. The file is a ring of records, and each end holds the lock of the one
 * it is at. It takes the next before it gives this one back, hand over hand, and so it never
 * overtakes the other: it sleeps in F_SETLKW until that goes on. The bytes stay in the page cache.
 *
 * Build: cc -I../include -o benchLocks benchLocks.c
 * Read:  fcntl(2) on advisory record locks, pread(2), pwrite(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bench.h"
#include "bytes.h"

enum { RECORDS = 8 };

static const char NAME[] = "benchLocks.dat";
static const char HELP[] =
    "Measures a file with record locks. WHAT is the SIZE of a message in bytes (65536),\n"
    "or batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchLocks\n"
    "  1$ ./benchLocks trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));

/* One end's view of the ring. */
struct side {
    int file;
    size_t size; /* bytes of a record */
    off_t at;    /* the record whose lock we have */
};

/* The file loses its name before a signal may come. What a killed run has left is removed first. */
static int open_file(void)
{
    sigset_t before;
    block_ending_signals(&before);
    if (unlink(NAME) < 0 && errno != ENOENT)
        report_and_exit("remove the old %s", NAME);
    int file = open(NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        report_and_exit("open %s", NAME);
    if (unlink(NAME) < 0)
        report_and_exit("remove %s", NAME);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return file;
}

/* Takes (F_WRLCK) or gives back (F_UNLCK) the locks of COUNT records; sleeps while the other end
 * has one. A lock's byte need not be one of the file: these are far behind its end. */
static void lock(const struct side *side, short type, off_t record, off_t count)
{
    enum { FAR = 1 << 30 };
    struct flock bytes = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = FAR + record, .l_len = count
    };
    while (fcntl(side->file, F_SETLKW, &bytes) < 0)
        if (errno != EINTR)
            report_and_exit("lock record %ld", (long)record);
}

static void go_to_next(struct side *side)
{
    off_t next = (side->at + 1) % RECORDS;
    lock(side, F_WRLCK, next, 1);
    lock(side, F_UNLCK, side->at, 1);
    side->at = next;
}

static void put(const struct side *side)
{
    fill(message, side->size);
    if (write_all_at(side->file, message, side->size, side->at % RECORDS * (off_t)side->size) < 0)
        report_and_exit("write a record");
}

static void get(const struct side *side, off_t record)
{
    if (read_all_at(side->file, message, side->size, record % RECORDS * (off_t)side->size) < 0)
        report_and_exit("read a record");
    add_up(message, side->size);
}

/* The round trip: each end writes every other record. Who has written takes the lock of the one it
 * will write next, gives back what it has, and waits for the other's: nobody comes too early. */
static void put_and_wait(struct side *side)
{
    put(side);
    lock(side, F_WRLCK, side->at + 2, 1);
    lock(side, F_UNLCK, side->at - 1, 2);
    lock(side, F_WRLCK, side->at + 1, 1);
    side->at += 2;
}

/* The child. The sender begins when it has its first lock. */
static void receive(struct bench *bench, struct side *side)
{
    bool trips = bench->kind == TRIP;
    side->at = trips ? 1 : RECORDS - 1;
    lock(side, F_WRLCK, side->at, 1);
    atomic_store(&bench->end, -1);
    if (trips)
        lock(side, F_WRLCK, 0, 1);
    for (long done = 0;; done++) {
        if (!trips)
            go_to_next(side);
        if (atomic_load(&bench->end) == done + 1)
            leave(bench);
        get(side, trips ? side->at - 1 : side->at);
        if (trips)
            put_and_wait(side);
    }
}

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "", "file with locks", "SIZE batch trip", LARGEST, HELP);
    struct side side = { .file = open_file(), .size = bench->size * (size_t)bench->batch };
    lock(&side, F_WRLCK, 0, 1); /* a child does not inherit it */

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        receive(bench, &side);
    }
    take_place(bench, SENDER);
    while (atomic_load(&bench->end) == 0)
        sched_yield();
    long done = 0;
    for (; go_on(bench); done++)
        if (bench->kind == TRIP) {
            put_and_wait(&side);
            get(&side, side.at - 1);
        } else {
            put(&side);
            go_to_next(&side);
        }
    atomic_store(&bench->end, done + 1);
    lock(&side, F_UNLCK, 0, 0); /* all */
    return conclude(bench, child);
}
