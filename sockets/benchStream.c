/* benchStream: how fast is a Unix stream socket?
 *
 *     1$ ./benchStream
 *     Unix stream, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: it copies twice, as a pipe does, but it is not locked while it copies, and it goes both
 * ways by itself. SO_SNDBUF says how much may be under way before the sender has to sleep. The
 * receiver takes as much with one call as there is.
 *
 * Build: cc -I../include -o benchStream benchStream.c
 * Read:  unix(7), socket(7) on SO_SNDBUF, socketpair(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "bench.h"
#include "pieces.h"

enum {
    BUFFER = 256 * 1024, /* bytes under way: that none has to sleep, and what fits into a cache */
    PIECE = 32 * 1024,   /* bytes of one write or read, between two cores: tried out */
};

static const char HELP[] =
    "Measures a Unix stream socket. WHAT is the SIZE of a message in bytes (65536), or\n"
    "batch, trip or alone; CORES is 1 or 2.\n"
    "  1$ ./benchStream\n"
    "  1$ ./benchStream trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "", "Unix stream", "SIZE batch trip alone", LARGEST, HELP);
    size_t size = bench->size * (size_t)bench->batch;

    size_t piece = on_one_core(bench) ? size : PIECE;
    int ends[2], buffer = BUFFER;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        report_and_exit("socketpair");
    for (int i = 0; i < 2; i++)
        if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) < 0)
            report_and_exit("enlarge the buffer");
    if (bench->kind == ALONE) { /* the limit: the two copies, and nobody ever sleeps */
        take_place(bench, SENDER);
        while (go_on(bench)) {
            fill(message, size);
            send_pieces(ends[0], message, size, piece);
            receive_pieces(ends[1], message, size, piece);
        }
        return conclude(bench, 0);
    }

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(ends[0]); /* or the end of the stream would never come */
        while (receive_pieces(ends[1], message, size, piece))
            if (bench->kind == TRIP) {
                fill(message, size);
                send_pieces(ends[1], message, size, piece);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    close(ends[1]);
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(ends[0], message, size, piece);
        if (bench->kind == TRIP)
            receive_pieces(ends[0], message, size, piece);
    }
    close(ends[0]);
    return conclude(bench, child);
}
