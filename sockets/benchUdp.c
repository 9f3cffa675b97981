/* benchUdp: how fast is UDP inside one machine, if nothing may be lost?
 *
 *     1$ ./benchUdp
 *     UDP, 32768 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: for both ends socket -> bind -> getsockname -> connect; then SO_RCVTIMEO -> fork;
 *        the sender: sendmmsg -> recv, ... -> waitpid; the receiver: recvmmsg -> send, ...
 *
 * Look for: UDP never makes the sender wait for the receiver. The kernel drops what does not fit
 * into the receiver's buffer and tells nobody. So only a window of datagrams is ever under way: the
 * receiver answers each half window with an empty datagram. TCP does that inside the kernel.
 *
 * Build: cc -I../include -o benchUdp benchUdp.c
 * Read:  udp(7), sendmmsg(2), recvmmsg(2), socket(7) on SO_RCVTIMEO
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "bench.h"
#include "start.h"

/* Bytes of a message, which takes up at most twice that and 1024 in a buffer; bytes of half a
 * receive buffer (the usual one is larger); messages that go with one call. */
enum { MOST = 32 * 1024, HALF_BUFFER = 65 * 1024, MANY = 64 };

static const char HELP[] =
    "usage: benchUdp [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures UDP. WHAT: the SIZE of a message (32768), batch, or trip. CORES: 1 or 2.\n"
    "  1$ ./benchUdp      1$ ./benchUdp trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[HALF_BUFFER];
static struct iovec parts[MANY];      /* the messages of a batch, one after the other */
static struct mmsghdr messages[MANY]; /* what sendmmsg and recvmmsg need to know about them */
static long window, answered;         /* messages: under way at most; for each answer */

/* Makes two sockets that are connected to each other: no stranger's datagram comes through. */
static void make_sockets(int ends[2])
{
    struct sockaddr_in address = { .sin_family = AF_INET, /* port 0: the kernel chooses one */
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    for (int i = 0; i < 2; i++) {
        ends[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (ends[i] < 0 || bind(ends[i], (struct sockaddr *)&address, size) < 0)
            err(EXIT_FAILURE, "make a socket");
    }
    for (int i = 0; i < 2; i++)
        if (getsockname(ends[1 - i], (struct sockaddr *)&address, &size) < 0
            || connect(ends[i], (struct sockaddr *)&address, size) < 0)
            err(EXIT_FAILURE, "connect the sockets");
}

static void send_messages(const struct bench *bench, int to)
{
    fill(message, bench->size * (size_t)bench->batch);
    if (sendmmsg(to, messages, (unsigned)bench->batch, 0) < 0) /* it never sleeps: it sends all */
        err(EXIT_FAILURE, "sendmmsg");
}

static void send_all(struct bench *bench, int fd)
{
    long under_way = 0;
    while (go_on(bench)) {
        send_messages(bench, fd);
        under_way += bench->batch;
        if (under_way < window)
            continue;
        ssize_t got; /* an answer: wait for it, because the buffer might be full */
        while ((got = recv(fd, message, sizeof message, 0)) < 0)
            if (errno != EINTR) /* as it is with SO_RCVTIMEO after Ctrl+Z and fg */
                err(EXIT_FAILURE, errno == EAGAIN ? "a datagram was lost" : "recv");
        add_up(message, (size_t)got);
        under_way -= answered;
    }
    if (send(fd, "", 0, 0) < 0) /* the last */
        err(EXIT_FAILURE, "send");
}

static void receive_all(const struct bench *bench, int fd)
{
    long got, unanswered = 0;
    while ((got = recvmmsg(fd, messages, (unsigned)bench->batch, MSG_WAITFORONE, NULL)) > 0) {
        for (int i = 0; i < got; i++)
            add_up(parts[i].iov_base, messages[i].msg_len);
        if (messages[got - 1].msg_len == 0)
            return; /* it was the last */
        if ((unanswered += got) < answered)
            continue;
        unanswered -= answered;
        if (bench->kind == TRIP)
            send_messages(bench, fd);
        else if (send(fd, "", 0, 0) < 0)
            err(EXIT_FAILURE, "send");
    }
    err(EXIT_FAILURE, "recvmmsg");
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("UDP", "SIZE batch trip", MOST, &options, argv + optind);
    answered = bench->kind == TRIP ? 1 : HALF_BUFFER / (2 * (long)bench->size + 1024);
    window = bench->kind == TRIP ? 1 : 2 * answered;
    if (bench->kind == BATCH)
        bench->batch = answered;
    for (int i = 0; i < bench->batch; i++) {
        parts[i] = (struct iovec){ message + (size_t)i * bench->size, bench->size };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
    }

    int ends[2];
    make_sockets(ends);
    const struct timeval second = { .tv_sec = 1 }; /* without an answer: a datagram was lost */
    if (setsockopt(ends[SENDER], SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second) < 0)
        err(EXIT_FAILURE, "SO_RCVTIMEO");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0)
        receive_all(bench, ends[RECEIVER]);
    else
        send_all(bench, ends[SENDER]);
    return conclude(bench, child);
}
