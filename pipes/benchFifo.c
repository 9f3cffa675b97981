/* benchFifo: how fast is a named pipe? As fast as one without a name.
 *
 *     1$ ./benchFifo
 *     FIFO, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: next to ./benchPipe the figures differ by chance only. The name serves for meeting, and
 * is removed before the first message; what the bytes go through is the same code in the kernel. So
 * is what makes it fast: room for 1 MiB, and pieces of 16 KiB between two cores.
 *
 * Build: cc -I../include -o benchFifo benchFifo.c
 * Read:  fifo(7), pipe(7), fcntl(2) on F_SETPIPE_SZ
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bench.h"
#include "pieces.h"

enum {
    PIPE_SIZE = 1024 * 1024, /* as much as anybody may have; /proc/sys/fs/pipe-max-size */
    PIECE = 16 * 1024,       /* bytes of one write or read, between two cores */
};

static const char THERE[] = "benchFifo.there", BACK[] = "benchFifo.back";
static const char HELP[] =
    "Measures a named pipe. WHAT is the SIZE of a message in bytes (65536), batch, or\n"
    "trip; CORES is 1 or 2.\n"
    "  1$ ./benchFifo\n"
    "  1$ ./benchFifo trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));

/* Both ends are opened here, before the child is there. Opened for reading and writing, a FIFO
 * does not wait for the other end; then one end after the other can be opened, and neither
 * waits. No ending signal comes in while the name is there. A name that a killed run has left
 * is removed first. */
static void open_fifo(const char *name, int ends[2], bool enlarge)
{
    sigset_t before;
    block_ending_signals(&before);
    if (unlink(name) < 0 && errno != ENOENT)
        report_and_exit("remove the old %s", name);
    if (mkfifo(name, 0600) < 0)
        report_and_exit("mkfifo %s", name);
    int both = open(name, O_RDWR | O_CLOEXEC);
    ends[0] = open(name, O_RDONLY | O_CLOEXEC);
    ends[1] = open(name, O_WRONLY | O_CLOEXEC);
    int reason = errno;
    unlink(name);
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    if (both < 0 || ends[0] < 0 || ends[1] < 0)
        report_and_exit("open %s", name);
    if (enlarge && fcntl(both, F_SETPIPE_SZ, PIPE_SIZE) < 0 && errno != EPERM)
        report_and_exit("enlarge %s", name);
    close(both);
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "FIFO", "SIZE batch trip", LARGEST, HELP);
    size_t size = bench->size * (size_t)bench->batch;
    size_t piece = on_one_core(bench) ? size : PIECE;

    int there[2], back[2];
    open_fifo(THERE, there, !on_one_core(bench));
    open_fifo(BACK, back, false);
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(there[1]); /* or the end of the stream would never come */
        while (receive_pieces(there[0], message, size, piece))
            if (bench->kind == TRIP) {
                fill(message, size);
                send_pieces(back[1], message, size, piece);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    close(there[0]);
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(there[1], message, size, piece);
        if (bench->kind == TRIP)
            receive_pieces(back[0], message, size, piece);
    }
    close(there[1]);
    return conclude(bench, child);
}
