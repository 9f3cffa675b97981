/* fifoWriter: sends 768000 random ints through a named pipe.
 *
 *     1$ ./fifoWriter
 *     768000 ints sent to the pipe.
 *
 * With ./fifoReader in a second terminal, in the same directory; either may start first.
 *
 * Look for: open waits in the kernel until the other end is opened as well, and `ls -l` shows the
 * FIFO meanwhile (its line begins with a p). The name is for meeting only. As soon as both have
 * met, it is removed, and whatever happens now, nothing stays behind.
 *
 * Build: cc -I../include -o fifoWriter fifoWriter.c
 * Read:  fifo(7), mkfifo(3), open(2), pipe(7), rand(3)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bytes.h"
#include "fifo.h"
#include "patience.h"

enum { BLOCK_INTS = 64 * ROUND_INTS }; /* sent at a time when there are no pauses: 16 KiB */

static const char HELP[] = "Sends -n rounds of 64 random ints to ./fifoReader.\n"
                           "  1$ ./fifoWriter\n"
                           "  2$ ./fifoReader\n";

/* Opens the FIFO, which is to meet the reader: open returns when both ends are open. A tick
 * (patience.h) interrupts it ten times a second; then the name is looked up afresh, so that it does
 * not matter if somebody has removed it meanwhile. */
static int meet_reader(double patience)
{
    int fd;
    set_patience(patience);
    start_ticks();
    do {
        if (mkfifo(FIFO, 0600) < 0 && errno != EEXIST)
            report_and_exit("mkfifo %s", FIFO);
        fd = open(FIFO, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    } while (fd < 0 && (errno == ENOENT || errno == EINTR) && keep_waiting());
    stop_ticks();
    if (fd < 0 && errno == EINTR)
        say_and_exit("no reader came within %g s", patience);
    if (fd < 0)
        report_and_exit("open %s", FIFO);
    insist_on_ours(fd, S_IFIFO, FIFO);

    /* If two writers have waited for the one reader, it has met both, and the second one leaves: it
     * finds the first one's lock, or, if that has ended already, the name gone. */
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int r = fcntl(fd, F_SETLK, &lock);
    if (r < 0 && errno != EAGAIN && errno != EACCES)
        report_and_exit("lock %s", FIFO);
    if (r < 0 || !has_fifo_name(fd)) {
        stop_catching(); /* the name is not ours to remove */
        say_and_exit("another ./fifoWriter has met the reader");
    }
    return fd;
}

static void pause_for(long microseconds)
{
    struct timespec nap = { .tv_nsec = microseconds * 1000 };
    nanosleep(&nap, NULL);
}

/* With pauses a write a round, as the guide has it; without them, a write a block. */
static void send_rounds(int fd, long rounds, long longest_pause)
{
    static int block[BLOCK_INTS];
    size_t filled = 0;
    for (long round = 1; round <= rounds; round++) {
        for (int i = 0; i < ROUND_INTS; i++)
            block[filled++] = rand(); /* not seeded: the same ints each time */
        int chance = rand();          /* drawn without pauses, too: the ints stay the same */

        if (longest_pause > 0 || filled == BLOCK_INTS || round == rounds) {
            if (write_all(fd, block, filled * sizeof block[0]) < 0) {
                report("write %s in round %ld of %ld", FIFO, round, rounds);
                if (errno == EPIPE)
                    advise("the reader has left; start ./fifoReader again, and this program");
                exit(EXIT_FAILURE);
            }
            filled = 0;
        }
        if (longest_pause > 0)
            pause_for(chance % longest_pause + 1);
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .count = ROUNDS, .pause = LONGEST_PAUSE };
    begin(argc, argv, "ndt", "", HELP, &options);

    catch_ending_signals(remove_fifo_name);
    int fd = meet_reader(options.patience);
    remove_fifo_name(); /* both have met: the name is free for the next pair */
    stop_catching();    /* nothing is ours any more: Ctrl+C may have its usual way */

    signal(SIGPIPE, SIG_IGN); /* a reader that has left is an error, EPIPE, and no reason to die */
    send_rounds(fd, options.count, options.pause);
    close(fd);
    signal(SIGPIPE, SIG_DFL);
    printf("%lld ints sent to the pipe.\n", (long long)options.count * ROUND_INTS);
    flush_or_exit();
    return EXIT_SUCCESS;
}
