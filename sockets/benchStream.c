/* benchStream: how fast is a Unix stream socket?
 *
 *     1$ ./benchStream
 *     Unix stream, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: socketpair -> SO_SNDBUF -> fork; the sender:   write, write, ... -> close -> waitpid;
 *                                         the receiver: read, read until it returns 0
 *
 * Look for: it copies twice, as a pipe does, but it is not locked while it copies, and one socket
 * works both ways. SO_SNDBUF limits how much may be under way before the sender has to sleep. With
 * one call, the receiver takes as much as there is.
 *
 * Build: cc -I../include -o benchStream benchStream.c
 * Read:  unix(7), socket(7) on SO_SNDBUF, socketpair(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "bench.h"
#include "start.h"

enum {
    BUFFER = 256 * 1024, /* bytes under way: neither end has to sleep, and a cache holds them */
    PIECE = 32 * 1024,   /* bytes of one write or read, between two cores: found by trial */
};

static const char HELP[] =
    "usage: benchStream [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a Unix stream socket. WHAT is the SIZE of a message in bytes (65536), or one\n"
    "of: batch trip alone. CORES is 1 or 2 (2).\n"
    "  1$ ./benchStream      1$ ./benchStream trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[LARGEST] __attribute__((aligned(4096)));

/* The limit: what the two copies cost when nobody ever sleeps. */
static void send_to_myself(struct bench *bench, const int ends[2], size_t size)
{
    take_place(bench, SENDER);
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(ends[0], message, size, size);
        receive_pieces(ends[1], message, size, size);
    }
}

static void send_all(struct bench *bench, int fd, size_t size, size_t piece)
{
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(fd, message, size, piece); /* write(2) */
        if (bench->kind == TRIP)
            receive_pieces(fd, message, size, piece);
    }
    close(fd); /* now the receiver's read can return 0 */
}

static void receive_all(const struct bench *bench, int fd, size_t size, size_t piece)
{
    while (receive_pieces(fd, message, size, piece)) /* read(2) */
        if (bench->kind == TRIP) {
            fill(message, size);
            send_pieces(fd, message, size, piece);
        }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench =
        start_bench("Unix stream", "SIZE batch trip alone", LARGEST, &options, argv + optind);
    size_t size = bench->size * (size_t)bench->batch;
    size_t piece = on_one_core(bench) ? size : PIECE;

    int ends[2], buffer = BUFFER;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        err(EXIT_FAILURE, "socketpair");
    for (int i = 0; i < 2; i++)
        if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) < 0)
            err(EXIT_FAILURE, "SO_SNDBUF");
    if (bench->kind == ALONE) {
        send_to_myself(bench, ends, size);
        return conclude(bench, getpid());
    }
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    close(ends[child == 0 ? 0 : 1]); /* or the child would wait for what it might write itself */
    if (child == 0)
        receive_all(bench, ends[1], size, piece);
    else
        send_all(bench, ends[0], size, piece);
    return conclude(bench, child);
}
