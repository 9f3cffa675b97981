/* fifoReader: counts the primes among the ints that come through a named pipe.
 *
 *     2$ ./fifoReader
 *     Received ints: 768000, primes: 37682
 *
 * With ./fifoWriter in a first terminal, in the same directory; either may start first.
 *
 * Look for: read gives what is there, from one byte to a whole buffer, and an int may come in two
 * parts. It gives 0 when the writer has closed its end, or has died: only the count that both have
 * agreed on (-n) tells the one from the other.
 *
 * Build: cc -I../include -o fifoReader fifoReader.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>

#include "begin.h"
#include "bytes.h"
#include "fifo.h"
#include "patience.h"

enum { BLOCK_INTS = 16 * 1024 }; /* 64 KiB, as much as a pipe holds */

static const char HELP[] =
    "Counts the primes among the ints that ./fifoWriter sends: -n rounds of 64\n"
    "ints, the same -n on both ends.\n"
    "  1$ ./fifoWriter\n"
    "  2$ ./fifoReader\n";

static int met = -1; /* the FIFO, when the writer has come */

/* The name is ours until we have met; and then, as long as the next pair has not made another. */
static void remove_name(void)
{
    if (met < 0 || has_fifo_name(met))
        remove_fifo_name();
}

/* Opens the FIFO, which is to meet the writer: open returns when both ends are open. A tick
 * (patience.h) interrupts it ten times a second; then the name is looked up afresh, so that it does
 * not matter if somebody has removed it meanwhile. */
static int meet_writer(double patience)
{
    int fd;
    set_patience(patience);
    start_ticks();
    do {
        if (mkfifo(FIFO, 0600) < 0 && errno != EEXIST)
            report_and_exit("mkfifo %s", FIFO);
        fd = open(FIFO, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    } while (fd < 0 && (errno == ENOENT || errno == EINTR) && keep_waiting());
    stop_ticks();
    if (fd < 0 && errno == EINTR)
        say_and_exit("no writer came within %g s", patience);
    if (fd < 0)
        report_and_exit("open %s", FIFO);
    insist_on_ours(fd, S_IFIFO, FIFO);

    /* If two readers have waited for the one writer, it has met both, and the second one leaves.
     * (flock, for an exclusive lock of fcntl wants a descriptor that is open for writing.) */
    int r = flock(fd, LOCK_EX | LOCK_NB);
    if (r < 0 && errno != EWOULDBLOCK)
        report_and_exit("lock %s", FIFO);
    if (r < 0) {
        stop_catching(); /* the name is not ours to remove */
        say_and_exit("another ./fifoReader has met the writer");
    }
    return fd;
}

/* The writer removes the name. One like `cat data >fifoChannel` does not: then we do it, when
 * something has come, or the end. Ctrl+C that falls just before poll is seen at the next tick. */
static void remove_name_after_meeting(void)
{
    struct pollfd data = { .fd = met, .events = POLLIN };
    int r;
    do
        leave_if_ended();
    while ((r = poll(&data, 1, TICK_MS)) == 0 || (r < 0 && errno == EINTR));
    remove_name();
}

/* By trial: a prime divisor other than 2 and 3 is one less or one more than a multiple of 6. */
static bool is_prime(unsigned n)
{
    if (n <= 3)
        return n > 1;
    if (n % 2 == 0 || n % 3 == 0)
        return false;
    for (unsigned i = 5; i <= n / i; i += 6) /* i * i <= n could overflow in an int */
        if (n % i == 0 || n % (i + 2) == 0)
            return false;
    return true;
}

/* Reads to the end of the stream. Returns how many ints came; PRIMES becomes how many are prime. */
static long long count_primes(int fd, long long *primes)
{
    static int block[BLOCK_INTS];
    size_t held = 0; /* bytes in the block: a part of an int may wait for the rest of it */
    long long ints = 0;
    ssize_t got;
    while ((got = read_some(fd, (char *)block + held, sizeof block - held)) > 0) {
        held += (size_t)got;
        size_t whole = held / sizeof block[0];
        for (size_t i = 0; i < whole; i++)
            *primes += is_prime((unsigned)block[i]);
        ints += (long long)whole;
        held %= sizeof block[0];
        memmove(block, block + whole, held);
    }
    if (got < 0)
        report_and_exit("read %s", FIFO);
    if (held > 0)
        say_and_exit("the stream ended in the middle of an int, after %lld", ints);
    return ints;
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .count = ROUNDS };
    begin(argc, argv, "nt", "", HELP, &options);

    catch_ending_signals(remove_name);
    met = meet_writer(options.patience);
    remove_name_after_meeting();
    stop_catching(); /* nothing is ours any more: Ctrl+C may have its usual way */

    long long primes = 0, agreed = (long long)options.count * ROUND_INTS;
    long long ints = count_primes(met, &primes);
    if (ints != agreed)
        say_and_exit("%lld ints came, %lld were agreed on", ints, agreed);
    printf("Received ints: %lld, primes: %lld\n", ints, primes);
    flush_or_exit();
    return EXIT_SUCCESS;
}
