/* tally: a counter in a file that is mapped into memory. Any number of processes add to it at once.
 *
 *     1$ ./tally
 *     1000000 added; the tally is 1000000, 0 lost
 *
 * In two terminals at once, in the same directory. With -u in both, additions are lost.
 *
 * Look for: the counter is an ordinary variable in memory, and an ordinary file. To add one is to
 * read, add, and write; if two processes do it at once, one addition is lost, unless the processor
 * does the three in one step (C11 atomics). And the next run goes on from the old value.
 *
 * Build: cc -I../include -o tally tally.c
 * Read:  mmap(2), msync(2), posix_fallocate(3), stdatomic.h
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "begin.h"
#include "here.h"
#include "patience.h"

static const char TALLY_FILE[] = "tally.dat";
static const char HELP[] = "Adds one, -n times, to the counter in tally.dat.\n"
                           "  1$ ./tally\n"
                           "  2$ ./tally\n";

enum { OFTEN = 1000 }; /* after so many unsafe additions the processor goes to somebody else */

struct tally {
    atomic_long value; /* the counter */
    atomic_long lost;  /* how many unsafe additions have overwritten */
};

static struct tally *map_file(int fd)
{
    errno = posix_fallocate(fd, 0, sizeof(struct tally)); /* a new file gets its size, and zeros */
    if (errno == EOPNOTSUPP) /* the file system cannot, and musl does not write the zeros itself */
        errno = ftruncate(fd, sizeof(struct tally)) < 0 ? errno : 0;
    if (errno != 0)
        report_and_exit("allocate %zu bytes for %s", sizeof(struct tally), TALLY_FILE);
    struct tally *tally = mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (tally == MAP_FAILED)
        report_and_exit("mmap %s", TALLY_FILE);
    return tally;
}

static void add_safely(struct tally *tally, long count)
{
    for (long i = 0; i < count; i++)
        atomic_fetch_add(&tally->value, 1);
}

/* Reads, adds, and writes, as value++ would. That the writing is an exchange is for us only: it
 * tells what others have added meanwhile, which is lost. */
static void add_unsafely(struct tally *tally, long count)
{
    for (long i = 0; i < count; i++) {
        long value = atomic_load(&tally->value);
        if (i % OFTEN == 0)
            sched_yield(); /* that it also goes wrong where there is one processor only */
        long overwritten = atomic_exchange(&tally->value, value + 1);
        if (overwritten != value)
            atomic_fetch_add(&tally->lost, overwritten - value);
    }
}

/* A shared lock while we count; exclusive, if nobody else has it: then nobody else is counting. */
static bool lock_file(int fd, short type, bool wait)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
    int r;
    while ((r = fcntl(fd, wait ? F_SETLKW : F_SETLK, &lock)) < 0 && errno == EINTR)
        ;
    if (r < 0 && errno != EAGAIN && errno != EACCES)
        report_and_exit("lock %s", TALLY_FILE);
    return r == 0;
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 1000000 };
    begin(argc, argv, "nu", "", HELP, &options);

    int fd = open_ours(TALLY_FILE);
    lock_file(fd, F_RDLCK, true);
    struct tally *tally = map_file(fd);
    if (options.unsafe)
        add_unsafely(tally, options.count);
    else
        add_safely(tally, options.count);

    lock_file(fd, F_UNLCK, false);
    printf("%ld added; ", options.count);
    if (lock_file(fd, F_WRLCK, false))
        printf("the tally is %ld, %ld lost\n", atomic_load(&tally->value),
               atomic_load(&tally->lost));
    else
        puts("others are still adding");
    flush_or_exit();
    lock_file(fd, F_UNLCK, false); /* or who finishes now would take us for one who adds */

    /* other processes saw each addition at once; this is for the disk, and for a power cut */
    if (msync(tally, sizeof *tally, MS_SYNC) < 0)
        report_and_exit("msync %s", TALLY_FILE);
    return EXIT_SUCCESS;
}
