/* fifoReader: counts the primes among the ints that come through a named pipe.
 *
 *     1$ ./fifoWriter
 *     2$ ./fifoReader
 *     Received ints: 768000, primes: 37682
 *     1| 768000 ints sent to the pipe.
 *
 * Calls: mkfifo -> open -> unlink -> read, read, ... until it returns 0
 *
 * Look for: read returns what is there, from one byte to a whole buffer; from a program other than
 * fifoWriter, an int may even arrive in two parts. It returns 0 when the pipe is empty and no
 * writer still has it open: the last one has closed it or has died. Only the number of ints (-n,
 * on both ends) shows which.
 *
 * Build: cc -I../include -o fifoReader fifoReader.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7)
 */
#define _GNU_SOURCE
#include "deadline.h"
#include "directory.h"
#include "fifo.h"

static const char HELP[] = "usage: fifoReader [-h] [-n COUNT] [-t SECONDS]\n"
                           "Counts the primes among the ints that ./fifoWriter sends.\n"
                           "  1$ ./fifoWriter      2$ ./fifoReader\n"
                           "  -n COUNT    how many rounds of 64 ints must come (12000)\n"
                           "  -t SECONDS  how long to wait for the writer (12)\n";

/* Reads to the end of file. Returns how many ints came; *PRIMES: how many of them are prime. */
static long long read_to_end(int fifo, long long *primes)
{
    static int buffer[16 * 1024]; /* 64 KiB, the usual capacity of a pipe */
    size_t held = 0;              /* bytes in the buffer */
    long long ints = 0;
    ssize_t got;
    while ((got = read(fifo, (char *)buffer + held, sizeof buffer - held)) > 0) {
        held += (size_t)got;
        size_t whole = held / sizeof buffer[0];
        for (size_t i = 0; i < whole; i++)
            *primes += is_prime((unsigned)buffer[i]);
        ints += (long long)whole;
        held %= sizeof buffer[0]; /* part of an int moves to the front; the rest will follow */
        memmove(buffer, buffer + whole, held);
    }
    if (got < 0)
        err(EXIT_FAILURE, "read %s", FIFO);
    if (held > 0)
        errx(EXIT_FAILURE, "the stream ended in the middle of an int, after %lld", ints);
    return ints;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = ROUNDS };
    read_options(argc, argv, "n:t:", HELP, &options);
    remove_at_exit(unlink, FIFO); /* robust: Ctrl+C while we wait leaves nothing behind */
    if (mkfifo(FIFO, 0600) < 0) {
        if (errno != EEXIST)
            err(EXIT_FAILURE, "mkfifo %s%s", FIFO, hint_for_open());
        forget_owned(); /* robust: the writer came first and created it */
    }
    set_deadline(options.timeout, "no writer came");
    int fifo = open(FIFO, O_RDONLY | O_NOFOLLOW | O_CLOEXEC); /* sleeps until a writer opens it */
    if (fifo < 0)
        err(EXIT_FAILURE, "open %s%s", FIFO, hint_for_open());
    clear_deadline();
    check_ours(fifo, S_IFIFO, FIFO); /* robust: it is a FIFO, and no other user's */
    remove_fifo(fifo);               /* both have it open: no name needed */
    forget_owned();

    long long primes = 0, expected = (long long)options.count * ROUND_INTS;
    long long ints = read_to_end(fifo, &primes);
    if (ints != expected)
        errx(EXIT_FAILURE, "%lld ints came, %lld were expected", ints, expected);
    printf("Received ints: %lld, primes: %lld\n", ints, primes);
    return EXIT_SUCCESS;
}
