/* benchTcp: how fast is TCP inside one machine?
 *
 *     1$ ./benchTcp
 *     TCP, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: socket -> SO_SNDBUF, SO_RCVBUF, TCP_NODELAY -> bind -> listen -> getsockname;
 *        socket -> ... -> connect -> accept4 -> fork;
 *        the sender: write, write, ... -> close -> waitpid; the receiver: read until it returns 0
 *
 * Look for: the bytes never leave the machine, but they still go through all of TCP: segments,
 * checks, acknowledgments. TCP_NODELAY matters for the round trips, in which a small message should
 * not wait for more. Large buffers help two cores; on one core they are only more memory to fetch.
 *
 * Build: cc -I../include -o benchTcp benchTcp.c
 * Read:  tcp(7), socket(7) on SO_SNDBUF, accept(2)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "bench.h"
#include "start.h"

enum { BUFFER = 256 * 1024 }; /* bytes under way; the kernel grants what it allows */

static const char HELP[] =
    "usage: benchTcp [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures TCP over the loopback interface. WHAT is the SIZE of a message in bytes\n"
    "(65536), or one of: batch trip. CORES is 1 or 2 (2).\n"
    "  1$ ./benchTcp      1$ ./benchTcp trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[LARGEST] __attribute__((aligned(4096)));

static void set_option(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) < 0)
        err(EXIT_FAILURE, "set option %d of the socket", option);
}

static int new_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    set_option(fd, SOL_SOCKET, SO_SNDBUF, BUFFER); /* before listen and connect, which agree ... */
    set_option(fd, SOL_SOCKET, SO_RCVBUF, BUFFER); /* ... on how large the windows may become */
    set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return fd;
}

static void make_connection(int ends[2])
{
    struct sockaddr_in address = { .sin_family = AF_INET, /* port 0: the kernel chooses one */
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = new_socket();
    if (bind(listener, (struct sockaddr *)&address, size) < 0)
        err(EXIT_FAILURE, "bind");
    if (listen(listener, 1) < 0)
        err(EXIT_FAILURE, "listen");
    if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) /* which port is it? */
        err(EXIT_FAILURE, "getsockname");
    ends[0] = new_socket();
    if (connect(ends[0], (struct sockaddr *)&address, size) < 0) /* done before it is accepted */
        err(EXIT_FAILURE, "connect");
    ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (ends[1] < 0)
        err(EXIT_FAILURE, "accept4");
    set_option(ends[1], IPPROTO_TCP, TCP_NODELAY, 1);
    close(listener);
}

static void send_all(struct bench *bench, int fd, size_t size)
{
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(fd, message, size, size); /* write(2) */
        if (bench->kind == TRIP)
            receive_pieces(fd, message, size, size);
    }
    close(fd); /* now the receiver's read can return 0 */
}

static void receive_all(const struct bench *bench, int fd, size_t size)
{
    while (receive_pieces(fd, message, size, size)) /* read(2) */
        if (bench->kind == TRIP) {
            fill(message, size);
            send_pieces(fd, message, size, size);
        }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("TCP", "SIZE batch trip", LARGEST, &options, argv + optind);
    size_t size = bench->size * (size_t)bench->batch;

    int ends[2];
    make_connection(ends);
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    close(ends[child == 0 ? 0 : 1]); /* or the child would wait for what it might write itself */
    if (child == 0)
        receive_all(bench, ends[1], size);
    else
        send_all(bench, ends[0], size);
    return conclude(bench, child);
}
