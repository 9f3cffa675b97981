/* benchFifo: how fast is a named pipe? As fast as one without a name.
 *
 *     1$ ./benchFifo
 *     FIFO, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: mkfifo -> open, open -> unlink -> F_SETPIPE_SZ -> fork;
 *        the sender: write, write, ... -> close -> waitpid; the receiver: read until it returns 0
 *
 * Look for: the figures of ./benchPipe differ from these only by chance. The name is needed
 * only to open the FIFO and is removed before the first message; the bytes go through the same code
 * in the kernel. The same things make it fast: room for 1 MiB, and pieces of 16 KiB between two
 * cores.
 *
 * Build: cc -I../include -o benchFifo benchFifo.c
 * Read:  fifo(7), pipe(7), fcntl(2) on F_SETPIPE_SZ
 */
#define _GNU_SOURCE
#include "bench.h"
#include "ending.h"
#include "start.h"

enum {
    PIPE_SIZE = 1024 * 1024, /* the usual limit: /proc/sys/fs/pipe-max-size */
    PIECE = 16 * 1024,       /* bytes of one write or read, between two cores */
};

static const char HELP[] =
    "usage: benchFifo [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a named pipe. WHAT is the SIZE of a message in bytes (65536), or one of:\n"
    "batch trip. CORES is 1 or 2 (2).\n"
    "  1$ ./benchFifo      1$ ./benchFifo trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[LARGEST] __attribute__((aligned(4096)));

/* Opens both ends here, before there is a child, and removes the name. */
static void open_fifo(const char *name, int ends[2])
{
    remove_at_exit(unlink, name);
    if (unlink(name) < 0 && errno != ENOENT) /* a killed run's */
        err(EXIT_FAILURE, "remove the old %s", name);
    if (mkfifo(name, 0600) < 0)
        err(EXIT_FAILURE, "mkfifo %s", name);
    ends[1] = open(name, O_RDWR | O_CLOEXEC); /* O_RDWR: it does not wait for a reader */
    if (ends[1] < 0)
        err(EXIT_FAILURE, "open %s for writing", name);
    ends[0] = open(name, O_RDONLY | O_CLOEXEC); /* nor does this for a writer: there is one */
    if (ends[0] < 0)
        err(EXIT_FAILURE, "open %s for reading", name);
    unlink(name);
    forget_owned();
}

static void send_all(struct bench *bench, int to, int answers, size_t size, size_t piece)
{
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(to, message, size, piece); /* write(2) */
        if (bench->kind == TRIP)
            receive_pieces(answers, message, size, piece);
    }
    close(to); /* now the receiver's read can return 0 */
}

static void receive_all(const struct bench *bench, int from, int answers, size_t size, size_t piece)
{
    while (receive_pieces(from, message, size, piece)) /* read(2) */
        if (bench->kind == TRIP) {
            fill(message, size);
            send_pieces(answers, message, size, piece);
        }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("FIFO", "SIZE batch trip", LARGEST, &options, argv + optind);
    size_t size = bench->size * (size_t)bench->batch;
    size_t piece = on_one_core(bench) ? size : PIECE;

    int there[2], back[2];
    open_fifo("benchFifo.there", there);
    open_fifo("benchFifo.back", back);
    if (!on_one_core(bench) && fcntl(there[1], F_SETPIPE_SZ, PIPE_SIZE) < 0 && errno != EPERM)
        err(EXIT_FAILURE, "F_SETPIPE_SZ"); /* EPERM: your pipes use too much; it stays small */
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    close(there[child == 0 ? 1 : 0]); /* else the child's read would never return 0 */
    if (child == 0)
        receive_all(bench, there[0], back[1], size, piece);
    else
        send_all(bench, there[1], back[0], size, piece);
    return conclude(bench, child);
}
