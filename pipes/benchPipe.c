/* benchPipe: how fast is a pipe? The ways to make it fast, measured, every byte checked.
 *
 *     1$ ./benchPipe
 *     pipe, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: `./benchPipe plain` does the same with the pipe as it comes. A pipe holds 64 KiB:
 * one write fills it, the writer sleeps, one read empties it, the reader sleeps. With room for
 * 1 MiB (F_SETPIPE_SZ), and pieces of 16 KiB, both are at work at once. But not in the pipe:
 * each call locks it as long as it copies. On one core they take turns anyhow, and large calls
 * mean fewer turns.
 *
 * Build: cc -I../include -o benchPipe benchPipe.c
 * Read:  pipe(7), fcntl(2) on F_SETPIPE_SZ
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bench.h"
#include "bytes.h"
#include "pieces.h"

enum {
    PIPE_SIZE = 1024 * 1024, /* as much as anybody may have; /proc/sys/fs/pipe-max-size */
    PIECE = 16 * 1024,       /* bytes of one write or read, between two cores */
};

static const char HELP[] =
    "Measures a pipe. WHAT is the SIZE of a message in bytes (65536), or batch, trip,\n"
    "alone or plain; CORES is 1 or 2.\n"
    "  1$ ./benchPipe\n"
    "  1$ ./benchPipe trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));

static void send_one_way(struct bench *bench, int to)
{
    size_t size = bench->size * (size_t)bench->batch;
    size_t piece = on_one_core(bench) || bench->kind == PLAIN ? size : PIECE;
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(to, message, size, piece);
    }
}

static void receive_one_way(struct bench *bench, int from)
{
    size_t most = bench->size * (size_t)bench->batch;
    if (!on_one_core(bench) && bench->kind != PLAIN && most > PIECE)
        most = PIECE;
    ssize_t got;
    while ((got = read_some(from, message, most)) > 0)
        add_up(message, (size_t)got);
    if (got < 0)
        report_and_exit("read the pipe");
}

/* The limit: what the two copies cost, to the pipe and from it, if nobody ever sleeps. */
static void send_to_myself(struct bench *bench, const int ends[2])
{
    while (go_on(bench)) {
        fill(message, bench->size);
        send_pieces(ends[1], message, bench->size, bench->size);
        receive_pieces(ends[0], message, bench->size, bench->size);
    }
}

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "", "pipe", "SIZE batch trip alone plain", LARGEST, HELP);

    int there[2], back[2];
    if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    /* EPERM: this user's pipes have much already; then it stays as it is */
    if (!on_one_core(bench) && bench->kind != PLAIN && fcntl(there[1], F_SETPIPE_SZ, PIPE_SIZE) < 0
        && errno != EPERM)
        report_and_exit("enlarge the pipe");
    if (bench->kind == ALONE && fcntl(there[1], F_GETPIPE_SZ) < (int)bench->size)
        say_and_exit("the pipe is too small for this: your pipes have much already");
    if (bench->kind == ALONE) {
        take_place(bench, SENDER);
        send_to_myself(bench, there);
        return conclude(bench, 0);
    }

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(there[1]); /* or the end of the stream would never come */
        if (bench->kind != TRIP)
            receive_one_way(bench, there[0]);
        else
            while (receive_pieces(there[0], message, bench->size, bench->size)) {
                fill(message, bench->size);
                send_pieces(back[1], message, bench->size, bench->size);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    close(there[0]);
    if (bench->kind != TRIP)
        send_one_way(bench, there[1]);
    else
        while (go_on(bench)) {
            fill(message, bench->size);
            send_pieces(there[1], message, bench->size, bench->size);
            receive_pieces(back[0], message, bench->size, bench->size);
        }
    close(there[1]);
    return conclude(bench, child);
}
