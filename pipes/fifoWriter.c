/* fifoWriter: sends 768000 random ints through a named pipe.
 *
 *     1$ ./fifoWriter
 *     768000 ints sent to the pipe.
 *     2$ ./fifoReader
 *
 * Calls: mkfifo -> open -> unlink -> write, write, ... -> close
 *
 * Look for: open sleeps until the other end is opened, too (`ls -l` shows the FIFO meanwhile; its
 * line begins with a p). The name is needed only to meet: then it is removed, and the pipe itself
 * stays until both have closed it. When it is full, write sleeps until the reader has read something.
 *
 * Build: cc -I../include -o fifoWriter fifoWriter.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7), rand(3)
 */
#define _GNU_SOURCE
#include "ending.h"
#include "fifo.h"
#include "start.h"
#include "trust.h"

enum { BLOCK_INTS = 64 * ROUND_INTS }; /* for one write when there are no pauses: 16 KiB */

static const char HELP[] =
    "usage: fifoWriter [-h] [-d MICROSECONDS] [-n COUNT] [-t SECONDS]\n"
    "Sends random ints to ./fifoReader.\n  1$ ./fifoWriter      2$ ./fifoReader\n"
    "  -d MICROSECONDS  longest pause between two rounds (250)\n"
    "  -n COUNT    how many rounds of 64 ints (12000)\n"
    "  -t SECONDS  how long to wait for the reader (12)\n";

/* Fills BLOCK with round after round, and writes it after each; without pauses, when it is full. */
static void send_rounds(long rounds, long longest_pause)
{
    static int block[BLOCK_INTS];
    size_t filled = 0; /* ints */
    for (long round = 1; round <= rounds; round++) {
        for (int i = 0; i < ROUND_INTS; i++)
            block[filled++] = rand(); /* not seeded: the same ints each time */
        int chance = rand();          /* for the pause; drawn even if there is none */
        if (longest_pause == 0 && filled < BLOCK_INTS && round < rounds)
            continue;
        size_t size = filled * sizeof block[0];
        for (size_t sent = 0; sent < size;) { /* after Ctrl+Z and fg, write may have taken a part */
            ssize_t written = write(fifo, (char *)block + sent, size - sent);
            if (written < 0)
                err(EXIT_FAILURE, "write %s in round %ld of %ld", FIFO, round, rounds);
            sent += (size_t)written;
        }
        filled = 0;
        if (longest_pause > 0)
            pause_for((double)(chance % longest_pause + 1) / 1e6);
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = ROUNDS, .longest_pause = LONGEST_PAUSE };
    read_options(argc, argv, "d:n:t:", HELP, &options);

    remove_at_exit(remove_fifo, FIFO); /* whichever of the two comes first creates the FIFO */
    if (mkfifo(FIFO, 0600) < 0 && errno != EEXIST)
        err(EXIT_FAILURE, "mkfifo %s", FIFO);
    begin_wait(options.timeout, "no reader came");
    fifo = open(FIFO, O_WRONLY | SAFELY); /* sleeps until a reader opens it, too */
    if (fifo < 0)
        err(EXIT_FAILURE, "open %s", FIFO);
    end_wait();
    check_ours(fifo, S_IFIFO, FIFO);
    if (remove_now()
        < 0) /* both have it open: the name has served. Only one writer can remove it */
        errx(EXIT_FAILURE, "another ./fifoWriter has met the reader");

    signal(SIGPIPE, SIG_IGN); /* if the reader leaves, write fails with EPIPE: let us say so */
    send_rounds(options.count, options.longest_pause);
    close(fifo);
    signal(SIGPIPE, SIG_DFL);
    printf("%lld ints sent to the pipe.\n", (long long)options.count * ROUND_INTS);
    return EXIT_SUCCESS;
}
