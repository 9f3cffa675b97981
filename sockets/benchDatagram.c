/* benchDatagram: how fast is a Unix datagram socket?
 *
 *     1$ ./benchDatagram
 *     Unix datagram, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: each message stays whole, whatever its size, and on one machine none is lost: a sender
 * that finds the buffer full sleeps. Only a few wait (net.unix.max_dgram_qlen) where sockets are
 * not connected both ways, as these are. For small messages the call is what costs: sendmmsg and
 * recvmmsg take 64 of them with one (`./benchDatagram batch`).
 *
 * Build: cc -I../include -o benchDatagram benchDatagram.c
 * Read:  unix(7), sendmmsg(2), recvmmsg(2), socketpair(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/uio.h>

#include "begin.h"
#include "bench.h"

enum {
    BUFFER = 1024 * 1024, /* bytes under way; the kernel grants what it allows */
    MANY = 64,            /* messages of one call, at most */
};

static const char HELP[] =
    "Measures a Unix datagram socket. WHAT is the SIZE of a message in bytes (65536), or\n"
    "batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchDatagram\n"
    "  1$ ./benchDatagram trip 1\n" BENCH_OPTIONS;

static char message[LARGEST] __attribute__((aligned(4096)));
static struct iovec parts[MANY];      /* the messages of a batch, one behind the other */
static struct mmsghdr messages[MANY]; /* what sendmmsg and recvmmsg want to know of them */

static void prepare_batch(size_t size)
{
    for (size_t i = 0; i < MANY; i++) {
        parts[i] = (struct iovec){ .iov_base = message + i * size, .iov_len = size };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
    }
}

static void send_one(int to, size_t size)
{
    ssize_t sent;
    while ((sent = send(to, message, size, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        ;
    if (sent != (ssize_t)size)
        report_and_exit("send");
}

static void send_batch(int to)
{
    int sent = 0;
    while (sent < MANY) {
        int more = sendmmsg(to, messages + sent, (unsigned)(MANY - sent), MSG_NOSIGNAL);
        if (more < 0 && errno != EINTR)
            report_and_exit("sendmmsg");
        sent += more > 0 ? more : 0;
    }
}

/* Receives one message, whole, or, at the end, an empty one. Returns its size. */
static size_t receive_one(int from, size_t size)
{
    ssize_t got;
    while ((got = recv(from, message, size, 0)) < 0 && errno == EINTR)
        ;
    if (got < 0)
        report_and_exit("recv");
    add_up(message, (size_t)got);
    return (size_t)got;
}

/* Receives what is there, at least one. Returns false when the empty one has come. */
static bool receive_batch(int from)
{
    int got;
    while ((got = recvmmsg(from, messages, MANY, MSG_WAITFORONE, NULL)) < 0 && errno == EINTR)
        ;
    if (got < 0)
        report_and_exit("recvmmsg");
    for (int i = 0; i < got; i++) {
        if (messages[i].msg_len == 0)
            return false;
        add_up(parts[i].iov_base, messages[i].msg_len);
    }
    return true;
}

int main(int argc, char *argv[])
{
    struct bench *bench =
        begin_bench(argc, argv, "", "Unix datagram", "SIZE batch trip", 128 * 1024, HELP);
    if (bench->kind == BATCH)
        bench->batch = MANY;
    prepare_batch(bench->size);

    int ends[2], buffer = BUFFER;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) < 0)
        report_and_exit("socketpair");
    for (int i = 0; i < 2; i++)
        if (setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) < 0)
            report_and_exit("enlarge the buffer");

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(ends[0]);
        while (bench->kind == BATCH ? receive_batch(ends[1])
                                    : receive_one(ends[1], bench->size) > 0)
            if (bench->kind == TRIP) {
                fill(message, bench->size);
                send_one(ends[1], bench->size);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    close(ends[1]);
    while (go_on(bench)) {
        fill(message, bench->size * (size_t)bench->batch);
        if (bench->kind == BATCH)
            send_batch(ends[0]);
        else
            send_one(ends[0], bench->size);
        if (bench->kind == TRIP)
            receive_one(ends[0], bench->size);
    }
    send_one(ends[0], 0); /* an empty one: the last */
    return conclude(bench, child);
}
