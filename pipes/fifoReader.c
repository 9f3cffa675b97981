/* fifoReader: counts the primes among the ints that come through a named pipe.
 *
 *     1$ ./fifoWriter
 *     2$ ./fifoReader
 *     Received ints: 768000, primes: 37682
 *
 * Calls: mkfifo -> open -> read, read, ... until it returns 0
 *
 * Look for: read returns what is there, from one byte to a whole buffer, and an int may come in two
 * parts. It returns 0 when the pipe is empty and no writer has it open any more: the last one has
 * closed it, or has died. Only the number of ints tells the one from the other (-n, on both ends).
 *
 * Build: cc -I../include -o fifoReader fifoReader.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7)
 */
#define _GNU_SOURCE
#include <sys/file.h>

#include "ending.h"
#include "fifo.h"
#include "start.h"
#include "trust.h"

enum { BLOCK_INTS = 16 * 1024 }; /* 64 KiB, as much as a pipe holds */

static const char HELP[] =
    "usage: fifoReader [-h] [-n COUNT] [-t SECONDS]\n"
    "Counts primes among the ints of ./fifoWriter.\n  1$ ./fifoWriter      2$ ./fifoReader\n"
    "  -n COUNT    how many rounds of 64 ints must come (12000)\n"
    "  -t SECONDS  how long to wait for the writer (12)\n";

/* Reads to the end of the stream. Returns how many ints came; *PRIMES becomes how many are prime. */
static long count_primes(long *primes)
{
    static int block[BLOCK_INTS];
    size_t held = 0; /* bytes in the block */
    long ints = 0;
    ssize_t got;
    while ((got = read(fifo, (char *)block + held, sizeof block - held)) > 0) {
        held += (size_t)got;
        size_t whole = held / sizeof block[0];
        for (size_t i = 0; i < whole; i++)
            *primes += is_prime((unsigned)block[i]);
        ints += (long)whole;
        held %= sizeof block[0]; /* a part of an int waits at the front for the rest of it */
        memmove(block, block + whole, held);
    }
    if (got < 0)
        err(EXIT_FAILURE, "read %s", FIFO);
    if (held > 0)
        errx(EXIT_FAILURE, "the stream ended in the middle of an int, after %ld", ints);
    return ints;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = ROUNDS };
    read_options(argc, argv, "n:t:", HELP, &options);
    remove_at_exit(remove_fifo, FIFO); /* unless the writer has removed it when we had met */
    if (mkfifo(FIFO, 0600) < 0 && errno != EEXIST)
        err(EXIT_FAILURE, "mkfifo %s", FIFO);
    begin_wait(options.timeout, "no writer came");
    fifo = open(FIFO, O_RDONLY | SAFELY); /* sleeps until a writer opens it, too */
    if (fifo < 0)
        err(EXIT_FAILURE, "open %s", FIFO);
    end_wait();
    check_ours(fifo, S_IFIFO, FIFO);
    if (flock(fifo, LOCK_EX | LOCK_NB) < 0) { /* two readers would each get a part of the ints */
        warn("another ./fifoReader has met the writer: flock %s", FIFO);
        _exit(EXIT_FAILURE); /* not exit: the name is not ours to remove */
    }

    long primes = 0, expected = options.count * ROUND_INTS;
    long ints = count_primes(&primes);
    if (ints != expected)
        errx(EXIT_FAILURE, "%ld ints came, %ld were expected", ints, expected);
    printf("Received ints: %ld, primes: %ld\n", ints, primes);
    return EXIT_SUCCESS;
}
