/* benchPipe: how fast is a pipe? The ways to make it fast, measured, every byte checked.
 *
 *     1$ ./benchPipe
 *     pipe, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: pipe2 -> F_SETPIPE_SZ -> fork; the sender:   write, write, ... -> close -> waitpid;
 *                                       the receiver: read, read until it returns 0
 *
 * Look for: `./benchPipe plain` does the same with an ordinary pipe. It holds 64 KiB: one write
 * fills it, and the writer sleeps; one read empties it, and the reader sleeps. With room for 1 MiB
 * (F_SETPIPE_SZ) and pieces of 16 KiB both work at the same time. But not in the pipe: a call locks
 * it while it copies. On one core they take turns anyway, and large calls mean fewer turns.
 *
 * Build: cc -I../include -o benchPipe benchPipe.c
 * Read:  pipe(7), fcntl(2) on F_SETPIPE_SZ
 */
#define _GNU_SOURCE
#include "bench.h"
#include "start.h"

enum {
    PIPE_SIZE = 1024 * 1024, /* the usual limit: /proc/sys/fs/pipe-max-size */
    PIECE = 16 * 1024,       /* bytes of one write or read, between two cores */
};

static const char HELP[] =
    "usage: benchPipe [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a pipe. WHAT is the SIZE of a message in bytes (65536), or one of: batch\n"
    "trip alone plain. CORES is 1 or 2 (2).\n"
    "  1$ ./benchPipe      1$ ./benchPipe trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[LARGEST] __attribute__((aligned(4096)));

/* The limit: the cost of the two copies, into the pipe and out of it, when nobody ever sleeps. */
static void send_to_myself(struct bench *bench, const int ends[2])
{
    if (fcntl(ends[1], F_GETPIPE_SZ) < (int)bench->size)
        errx(EXIT_FAILURE, "the pipe is too small: your other pipes use too much memory");
    take_place(bench, SENDER);
    while (go_on(bench)) {
        fill(message, bench->size);
        send_pieces(ends[1], message, bench->size, bench->size);
        receive_pieces(ends[0], message, bench->size, bench->size);
    }
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
    if (size > DEFAULT_SIZE)
        size = DEFAULT_SIZE; /* a stream has no messages; the cache likes a small block */
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
    struct bench *bench =
        start_bench("pipe", "SIZE batch trip alone plain", LARGEST, &options, argv + optind);
    size_t size = bench->size * (size_t)bench->batch;
    bool tuned = bench->kind != PLAIN && !on_one_core(bench);
    size_t piece = tuned ? PIECE : size;

    int there[2], back[2];
    if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
        err(EXIT_FAILURE, "pipe2");
    if (tuned && fcntl(there[1], F_SETPIPE_SZ, PIPE_SIZE) < 0 && errno != EPERM)
        err(EXIT_FAILURE, "F_SETPIPE_SZ"); /* EPERM: your pipes use too much; it stays small */
    if (bench->kind == ALONE) {
        send_to_myself(bench, there);
        return conclude(bench, getpid());
    }
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
