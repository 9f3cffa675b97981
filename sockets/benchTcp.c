/* benchTcp: how fast is TCP on one machine?
 *
 *     1$ ./benchTcp
 *     TCP, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: the bytes never leave the machine, and still pass through all of TCP: segments,
 * checks, acknowledgements. TCP_NODELAY matters for the round trips, in which a small message
 * should not wait for more. Large buffers help two cores; on one core they are only more memory
 * that has to be fetched.
 *
 * Build: cc -I../include -o benchTcp benchTcp.c
 * Read:  tcp(7), socket(7) on SO_SNDBUF, accept(2)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "begin.h"
#include "bench.h"
#include "pieces.h"

enum { BUFFER = 256 * 1024 }; /* bytes under way; the kernel grants what it allows */

static const char HELP[] =
    "Measures TCP over the loopback interface. WHAT is the SIZE of a message in bytes\n"
    "(65536), or batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchTcp\n"
    "  1$ ./benchTcp trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));

static void set(int fd, int level, int option, int value)
{
    if (setsockopt(fd, level, option, &value, sizeof value) < 0)
        report_and_exit("set option %d of the socket", option);
}

/* Before listen and connect: they agree on how large the windows may become. */
static int new_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        report_and_exit("socket");
    set(fd, SOL_SOCKET, SO_SNDBUF, BUFFER);
    set(fd, SOL_SOCKET, SO_RCVBUF, BUFFER);
    set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return fd;
}

/* Port 0: the kernel chooses a free one, and connect completes while nobody has accepted yet. */
static void make_connection(int ends[2])
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int listener = new_socket();
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0
        || getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        report_and_exit("listen");
    ends[0] = new_socket();
    if (connect(ends[0], (struct sockaddr *)&address, size) < 0)
        report_and_exit("connect");
    ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (ends[1] < 0)
        report_and_exit("accept");
    close(listener);
    set(ends[1], IPPROTO_TCP, TCP_NODELAY, 1);
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "TCP", "SIZE batch trip", LARGEST, HELP);
    size_t size = bench->size * (size_t)bench->batch;

    int ends[2];
    make_connection(ends);
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(ends[0]); /* or the end of the stream would never come */
        while (receive_pieces(ends[1], message, size, size))
            if (bench->kind == TRIP) {
                fill(message, size);
                send_pieces(ends[1], message, size, size);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    close(ends[1]);
    while (go_on(bench)) {
        fill(message, size);
        send_pieces(ends[0], message, size, size);
        if (bench->kind == TRIP)
            receive_pieces(ends[0], message, size, size);
    }
    close(ends[0]);
    return conclude(bench, child);
}
