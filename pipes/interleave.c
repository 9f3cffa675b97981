/* interleave: four writers, one pipe. Up to PIPE_BUF bytes stay together; more may be torn apart.
 *
 *     1$ ./interleave
 *     4 writers, 4000 records of 4096 bytes: 0 torn
 *
 * Calls: pipe -> fork, fork, ...; each child: close -> write, write, ...;
 *        the parent: close -> read, read, ... until it returns 0 -> waitpid
 *
 * Look for: the writers do not take turns, and no lock keeps them apart. The kernel promises that a
 * write of at most PIPE_BUF bytes (4096 on Linux) goes into the pipe in one piece. With -u the
 * records are three times as long: when the pipe becomes full in the middle of one, the bytes of
 * another writer may come next.
 *
 * Build: cc -I../include -o interleave interleave.c
 * Read:  pipe(7) on PIPE_BUF, write(2)
 */
#define _GNU_SOURCE
#include <limits.h>

#include "bytes.h"
#include "reap.h"
#include "start.h"

enum { WRITERS = 4, LONGEST = 3 * PIPE_BUF };

static const char HELP[] = "usage: interleave [-h] [-n COUNT] [-u]\n"
                           "Lets four processes write into one pipe and counts the torn records.\n"
                           "  1$ ./interleave\n"
                           "  1$ ./interleave -u\n"
                           "  -n COUNT    how many records each of them writes (1000)\n"
                           "  -u          unsafe: records that are longer than PIPE_BUF bytes\n";

/* The child. Each of its records is SIZE times LETTER. Returns its exit status. */
static int write_records(int fd, char letter, size_t size, long count)
{
    char record[LONGEST];
    memset(record, letter, size);
    for (long i = 0; i < count; i++) {
        ssize_t written = write(fd, record, size); /* one call for a record */
        if (written < 0)
            err(EXIT_FAILURE, "write the pipe");
        /* robust: Ctrl+Z may have cut a record longer than PIPE_BUF in two */
        write_all(fd, record + written, size - (size_t)written, "the pipe");
    }
    return EXIT_SUCCESS;
}

/* Returns how many records have bytes of other writers in them. *BYTES: how many bytes came. */
static long count_torn(int fd, size_t size, long long *bytes)
{
    static char block[64 * 1024];
    size_t part[WRITERS] = { 0 };      /* bytes of the record that is arriving from each writer */
    bool is_torn[WRITERS] = { false }; /* whether other bytes have come in the middle of it */
    int last = 0;                      /* whose byte came last */
    long torn = 0;
    ssize_t got;
    while ((got = read(fd, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            int writer = block[i] - 'a';
            if (writer != last && part[last] > 0)
                is_torn[last] = true;
            last = writer;
            if (++part[writer] == size) { /* the record is complete */
                torn += is_torn[writer];
                part[writer] = 0;
                is_torn[writer] = false;
            }
        }
        *bytes += got;
    }
    if (got < 0)
        err(EXIT_FAILURE, "read the pipe");
    return torn;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 1000 };
    read_options(argc, argv, "n:u", HELP, &options);
    size_t size = options.unsafe ? LONGEST : PIPE_BUF;

    int ends[2];
    if (pipe(ends) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t parent = getpid(), writers[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] < 0)
            err(EXIT_FAILURE, "fork");
        if (writers[i] == 0) {
            end_with_parent(parent);
            close(ends[0]); /* else no SIGPIPE would end it when the parent reads no more */
            exit(write_records(ends[1], (char)('a' + i), size, options.count));
        }
    }
    close(ends[1]); /* else our own read would never return 0 */

    long long bytes = 0, sent = (long long)size * options.count * WRITERS;
    long torn = count_torn(ends[0], size, &bytes);
    int failed = EXIT_SUCCESS, status;
    for (int i = 0; i < WRITERS; i++) {
        if (waitpid(writers[i], &status, 0) < 0)
            err(EXIT_FAILURE, "waitpid");
        failed |= exit_status(status);
    }
    if (failed != EXIT_SUCCESS || bytes != sent)
        errx(EXIT_FAILURE, "%lld of %lld bytes came", bytes, sent);
    printf("%d writers, %ld records of %zu bytes: %ld torn\n", (int)WRITERS,
           options.count * WRITERS, size, torn);
    return torn == 0 || options.unsafe ? EXIT_SUCCESS : EXIT_FAILURE;
}
