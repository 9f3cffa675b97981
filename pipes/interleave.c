/* interleave: four writers, one pipe. Up to PIPE_BUF bytes a record stays whole, beyond it is torn.
 *
 *     1$ ./interleave
 *     4 writers, 4000 records of 4096 bytes: 0 torn
 *
 * Look for: nobody takes turns, and no lock keeps the writers apart. The kernel promises that a
 * write of at most PIPE_BUF bytes (4096 on Linux) goes into the pipe in one piece. With -u the
 * records are three times as long. When the pipe is full in the middle of one, somebody else's
 * bytes come next.
 *
 * Build: cc -I../include -o interleave interleave.c
 * Read:  pipe(7), on PIPE_BUF
 */
#define _GNU_SOURCE
#include <limits.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"
#include "bytes.h"
#include "child.h"

enum { WRITERS = 4, LONGEST = 3 * PIPE_BUF };

static const char HELP[] =
    "Lets four processes write -n records each into one pipe, and counts the torn\n"
    "ones.\n"
    "  1$ ./interleave\n"
    "  1$ ./interleave -u\n";

/* Records of one letter, the writer's. */
static void write_records(int fd, char letter, size_t size, long count, pid_t parent)
{
    static char record[LONGEST];
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    memset(record, letter, size);
    for (long i = 0; i < count; i++) {
        if (write_all(fd, record, size) < 0) {
            report("write the pipe");
            _exit(EXIT_FAILURE);
        }
    }
    _exit(EXIT_SUCCESS);
}

/* A record is torn if, where the letter changes, a record is not at its end. Returns how often that
 * is; BYTES becomes how many bytes came. */
static long count_torn(int fd, size_t size, long long *bytes)
{
    static char block[64 * 1024];
    size_t run = 0; /* bytes of the same letter so far */
    char letter = '\0';
    long torn = 0;
    ssize_t got;
    while ((got = read_some(fd, block, sizeof block)) > 0) {
        for (ssize_t i = 0; i < got; i++) {
            if (block[i] != letter && run % size != 0)
                torn++;
            if (block[i] != letter)
                run = 0;
            letter = block[i];
            run++;
        }
        *bytes += got;
    }
    if (got < 0)
        report_and_exit("read the pipe");
    return torn;
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 1000 };
    begin(argc, argv, "nu", "", HELP, &options);

    size_t size = options.unsafe ? LONGEST : PIPE_BUF;
    int ends[2];
    pid_t parent = getpid(), writers[WRITERS];
    if (pipe2(ends, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        if (writers[i] < 0)
            report_and_exit("fork");
        if (writers[i] == 0) {
            close(ends[0]);
            write_records(ends[1], (char)('a' + i), size, options.count, parent);
        }
    }
    close(ends[1]); /* or the end would never come */

    long long bytes = 0, sent = (long long)size * options.count * WRITERS;
    long torn = count_torn(ends[0], size, &bytes);
    int failed = 0;
    for (int i = 0; i < WRITERS; i++) {
        int status;
        while (waitpid(writers[i], &status, 0) < 0)
            if (errno != EINTR)
                report_and_exit("waitpid");
        failed |= exit_status(status);
    }
    if (failed != 0 || bytes != sent)
        say_and_exit("%lld of %lld bytes came", bytes, sent);
    printf("%d writers, %ld records of %zu bytes: %ld torn\n", (int)WRITERS,
           options.count * WRITERS, size, torn);
    flush_or_exit();
    return torn == 0 || options.unsafe ? EXIT_SUCCESS : EXIT_FAILURE;
}
