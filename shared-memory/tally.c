/* tally: a counter in a file that is mapped into memory. Any number of processes add to it at once.
 *
 *     1$ ./tally
 *     1000000 added; the tally is 1000000, 0 lost
 *
 * In two terminals at once, in the same directory. With -u in both, additions are lost.
 *
 * Calls: open -> flock -> posix_fallocate -> mmap -> msync -> flock
 *
 * Look for: the counter is an ordinary variable in memory, and an ordinary file. To add one is to
 * read, add, and write. If two processes do that at the same time, one addition is lost, unless the
 * processor does all three in one step (C11 atomics). The next run goes on from the old value.
 *
 * Build: cc -I../include -o tally tally.c
 * Read:  mmap(2), msync(2), posix_fallocate(3), flock(2), stdatomic.h
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/mman.h>

#include "directory.h"
#include "start.h"

static const char TALLY_FILE[] = "tally.dat";
static const char HELP[] = "usage: tally [-h] [-n COUNT] [-u]\n"
                           "Adds one, many times, to the counter in tally.dat.\n"
                           "  1$ ./tally      2$ ./tally\n"
                           "  -n COUNT    how many times (1000000)\n"
                           "  -u          unsafe: read, add, and write in three steps\n";

struct tally {
    atomic_long value; /* the counter */
    atomic_long lost;  /* how many additions were overwritten by unsafe writes */
};

static void add_safely(struct tally *tally, long count)
{
    for (long i = 0; i < count; i++)
        atomic_fetch_add(&tally->value, 1);
}

/* As value++ does for an ordinary long: another process may write between our read and our write.
 * The exchange is the write, and returns what it overwrites: if we read another value, additions
 * are lost. */
static void add_unsafely(struct tally *tally, long count)
{
    for (long i = 0; i < count; i++) {
        long value = atomic_load(&tally->value);
        if (i % 1000 == 0)
            sched_yield(); /* so that it goes wrong on a single processor, too */
        long overwritten = atomic_exchange(&tally->value, value + 1);
        if (overwritten != value)
            atomic_fetch_add(&tally->lost, overwritten - value);
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 1000000 };
    read_options(argc, argv, "n:u", HELP, &options);
    int fd = open(TALLY_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", TALLY_FILE, hint_for_open());
    check_ours(fd, S_IFREG, TALLY_FILE); /* robust: it is a file, and ours */
    if (flock(fd, LOCK_SH) < 0)          /* shared: it only shows that we are adding */
        err(EXIT_FAILURE, "flock %s", TALLY_FILE);
    off_t size = lseek(fd, 0, SEEK_END);
    if (size != 0 && size != sizeof(struct tally)) /* robust: else our counter is not theirs */
        errx(EXIT_FAILURE,
             "%s has %lld bytes, not %zu (built differently: 32 and 64 bit?); remove it",
             TALLY_FILE, (long long)size, sizeof(struct tally));
    errno = posix_fallocate(fd, 0, sizeof(struct tally)); /* a new file: its size, and zeros */
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate %s", TALLY_FILE);
    struct tally *tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (tally == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", TALLY_FILE);

    if (options.unsafe)
        add_unsafely(tally, options.count);
    else
        add_safely(tally, options.count);
    /* other processes do not need this: it is for the disk, and for a power failure */
    if (msync(tally, sizeof *tally, MS_SYNC) < 0)
        err(EXIT_FAILURE, "msync %s", TALLY_FILE);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) /* exclusive: no other process is adding */
        printf("%ld added; the tally is %ld, %ld lost\n", options.count, tally->value, tally->lost);
    else if (errno == EWOULDBLOCK)
        printf("%ld added; others are still adding\n", options.count);
    else
        err(EXIT_FAILURE, "flock %s", TALLY_FILE);
    return EXIT_SUCCESS; /* the kernel drops the lock */
}
