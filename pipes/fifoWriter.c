/* fifoWriter: sends 768000 random ints through a named pipe.
 *
 *     1$ ./fifoWriter
 *     2$ ./fifoReader
 *     Received ints: 768000, primes: 37682
 *     1| 768000 ints sent to the pipe.
 *
 * Calls: mkfifo -> open -> unlink -> write, write, ... -> close
 *
 * Look for: open sleeps until the other end is opened, too (meanwhile `ls -l` shows the FIFO; its
 * line begins with a p). Once both ends are open, the name is no longer needed and is removed; the
 * pipe itself stays until both have closed it. When the pipe is full, write sleeps until there is
 * room.
 *
 * Build: cc -I../include -o fifoWriter fifoWriter.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7), rand(3)
 */
#define _GNU_SOURCE
#include "deadline.h"
#include "directory.h"
#include "fifo.h"

static const char HELP[] = "usage: fifoWriter [-h] [-d MICROSECONDS] [-n COUNT] [-t SECONDS]\n"
                           "Sends random ints to ./fifoReader.\n"
                           "  1$ ./fifoWriter      2$ ./fifoReader\n"
                           "  -d MICROSECONDS  longest pause after a round (250)\n"
                           "  -n COUNT    how many rounds of 64 ints (12000)\n"
                           "  -t SECONDS  how long to wait for the reader (12)\n";

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = ROUNDS, .max_pause = LONGEST_PAUSE };
    read_options(argc, argv, "d:n:t:", HELP, &options);

    remove_at_exit(unlink, FIFO); /* robust: Ctrl+C while we wait leaves nothing behind */
    if (mkfifo(FIFO, 0600) < 0) {
        if (errno != EEXIST)
            err(EXIT_FAILURE, "mkfifo %s%s", FIFO, hint_for_open());
        forget_owned(); /* robust: the reader came first and created it */
    }
    set_deadline(options.timeout, "no reader came");
    int fifo = open(FIFO, O_WRONLY | O_NOFOLLOW | O_CLOEXEC); /* sleeps until a reader opens it */
    if (fifo < 0)
        err(EXIT_FAILURE, "open %s%s", FIFO, hint_for_open());
    clear_deadline();
    check_ours(fifo, S_IFIFO, FIFO); /* robust: it is a FIFO, and no other user's */
    remove_fifo(fifo);               /* both have it open: no name needed */
    forget_owned();

    /* if the reader exits, write fails with EPIPE, and err reports it */
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    for (long round = 1; round <= options.count; round++) {
        int ints[ROUND_INTS];
        for (int i = 0; i < ROUND_INTS; i++)
            ints[i] = rand();                   /* not seeded: the same ints each time */
        if (write(fifo, ints, sizeof ints) < 0) /* at most PIPE_BUF: goes in whole */
            err(EXIT_FAILURE, "write %s in round %ld of %ld", FIFO, round, options.count);
        int chance = rand();
        if (options.max_pause > 0)
            pause_for((double)(chance % options.max_pause + 1) / 1e6);
    }
    close(fifo); /* now the reader's read can return 0 */
    signal(SIGPIPE, before);
    printf("%lld ints sent to the pipe.\n", (long long)options.count * ROUND_INTS);
    return EXIT_SUCCESS;
}
