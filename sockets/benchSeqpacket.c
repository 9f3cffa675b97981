/* benchSeqpacket: how fast is a Unix seqpacket socket?
 *
 *     1$ ./benchSeqpacket
 *     Unix seqpacket, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: socketpair -> SO_SNDBUF -> fork; the sender:   send or sendmmsg -> close -> waitpid;
 *                                         the receiver: recv or recvmmsg until it is 0
 *
 * Look for: messages stay whole, as with datagrams, and there is a connection, as with a stream:
 * when the sender has closed its end, recv returns 0. With small messages, the calls cost the most:
 * sendmmsg and recvmmsg move 64 of them with one call (`./benchSeqpacket batch`).
 *
 * Build: cc -I../include -o benchSeqpacket benchSeqpacket.c
 * Read:  unix(7), sendmmsg(2), recvmmsg(2), socketpair(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/uio.h>

#include "bench.h"
#include "start.h"

enum {
    BUFFER = 1024 * 1024, /* bytes under way; the kernel grants what it allows */
    MANY = 64,            /* messages that go with one call, at most */
    MOST = 128 * 1024,    /* bytes of a message */
};

static const char HELP[] =
    "usage: benchSeqpacket [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a Unix seqpacket socket. WHAT is the SIZE of a message in bytes (65536), or\n"
    "one of: batch trip. CORES is 1 or 2 (2).\n"
    "  1$ ./benchSeqpacket      1$ ./benchSeqpacket trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[MOST] __attribute__((aligned(4096)));
static struct iovec parts[MANY];      /* the messages of a batch, one after the other */
static struct mmsghdr messages[MANY]; /* what sendmmsg and recvmmsg need to know about them */

static void prepare_batch(void)
{
    for (size_t i = 0; i < MANY; i++) {
        parts[i] = (struct iovec){ message + i * CACHE_LINE, CACHE_LINE };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
    }
}

static void send_messages(const struct bench *bench, int to)
{
    int sent = 0;
    fill(message, bench->size * (size_t)bench->batch);
    if (bench->kind != BATCH && send(to, message, bench->size, MSG_NOSIGNAL) < 0)
        err(EXIT_FAILURE, "send"); /* it sends a whole message or nothing */
    while (bench->kind == BATCH && sent < MANY) {
        int more = sendmmsg(to, messages + sent, (unsigned)(MANY - sent), MSG_NOSIGNAL);
        if (more < 0)
            err(EXIT_FAILURE, "sendmmsg");
        sent += more;
    }
}

/* Receives one message, or a batch: what is there, but at least one. Returns false at the end: it
 * looks like an empty message. */
static bool receive_messages(const struct bench *bench, int from)
{
    if (bench->kind != BATCH) {
        ssize_t size = recv(from, message, sizeof message, 0);
        if (size < 0)
            err(EXIT_FAILURE, "recv");
        add_up(message, (size_t)size);
        return size > 0;
    }
    int got = recvmmsg(from, messages, MANY, MSG_WAITFORONE, NULL);
    if (got < 0)
        err(EXIT_FAILURE, "recvmmsg");
    for (int i = 0; i < got; i++)
        add_up(parts[i].iov_base, messages[i].msg_len);
    return messages[got - 1].msg_len > 0;
}

static void send_all(struct bench *bench, int fd)
{
    while (go_on(bench)) {
        send_messages(bench, fd);
        if (bench->kind == TRIP)
            receive_messages(bench, fd);
    }
    close(fd); /* now the receiver's recv can return 0 */
}

static void receive_all(const struct bench *bench, int fd)
{
    while (receive_messages(bench, fd))
        if (bench->kind == TRIP)
            send_messages(bench, fd);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench =
        start_bench("Unix seqpacket", "SIZE batch trip", MOST, &options, argv + optind);
    if (bench->kind == BATCH)
        bench->batch = MANY;
    prepare_batch();

    int ends[2], buffer = BUFFER;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        err(EXIT_FAILURE, "socketpair");
    for (int i = 0; i < 2; i++)
        if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) < 0)
            err(EXIT_FAILURE, "SO_SNDBUF");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    close(ends[child == 0 ? 0 : 1]); /* or the child would wait for what it might send itself */
    if (child == 0)
        receive_all(bench, ends[1]);
    else
        send_all(bench, ends[0]);
    return conclude(bench, child);
}
