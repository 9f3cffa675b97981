/* benchUdp: how fast is UDP on one machine, if nothing may be lost?
 *
 *     1$ ./benchUdp
 *     UDP, 32768 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: UDP never makes the sender wait. What the receiver's buffer has no room for, the kernel
 * throws away, without a word. So no more than a window of datagrams is ever under way, and the
 * receiver answers each half window with one small datagram. What TCP does, in ten lines.
 *
 * Build: cc -I../include -o benchUdp benchUdp.c
 * Read:  udp(7), sendmmsg(2), recvmmsg(2), socket(7) on SO_RCVTIMEO
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include "begin.h"
#include "bench.h"

enum {
    MOST = 32 * 1024,        /* bytes of a message; a datagram has at most 65507 */
    HALF_BUFFER = 64 * 1024, /* bytes; the usual receive buffer is three times as large */
    OVERHEAD = 1024,  /* bytes that the kernel adds to a datagram, whose size it may double */
    MANY = 64,        /* messages of one call, at most */
    LOST_SECONDS = 1, /* who hears nothing for so long knows that something was lost */
};

static const char HELP[] =
    "Measures UDP over the loopback interface. WHAT is the SIZE of a message in bytes\n"
    "(32768), or batch or trip; CORES is 1 or 2.\n"
    "  1$ ./benchUdp\n"
    "  1$ ./benchUdp trip 1\n" BENCH_OPTIONS;

static char message[HALF_BUFFER];
static struct iovec parts[MANY];      /* the messages of a batch, one behind the other */
static struct mmsghdr messages[MANY]; /* what sendmmsg and recvmmsg want to know of them */

/* Two sockets, connected with each other: no stranger's datagram comes through. */
static void make_sockets(int ends[2])
{
    struct sockaddr_in address[2];
    struct timeval patience = { .tv_sec = LOST_SECONDS };
    for (int i = 0; i < 2; i++) {
        socklen_t size = sizeof address[i];
        address[i] = (struct sockaddr_in){ .sin_family = AF_INET,
                                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        ends[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (ends[i] < 0 || bind(ends[i], (struct sockaddr *)&address[i], size) < 0
            || getsockname(ends[i], (struct sockaddr *)&address[i], &size) < 0
            || setsockopt(ends[i], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0)
            report_and_exit("make a socket");
    }
    for (int i = 0; i < 2; i++)
        if (connect(ends[i], (struct sockaddr *)&address[1 - i], sizeof address[i]) < 0)
            report_and_exit("connect");
}

static void prepare_batch(size_t size)
{
    for (size_t i = 0; i < MANY; i++) {
        parts[i] = (struct iovec){ .iov_base = message + i * size, .iov_len = size };
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
    }
}

/* Sends the first COUNT messages, with one call. */
static void send_messages(int to, int count)
{
    for (int sent = 0; sent < count;) {
        int more = sendmmsg(to, messages + sent, (unsigned)(count - sent), 0);
        if (more < 0 && errno != EINTR)
            report_and_exit("sendmmsg");
        sent += more > 0 ? more : 0;
    }
}

static void send_empty(int to)
{
    if (send(to, "", 0, 0) < 0)
        report_and_exit("send");
}

/* Receives what is there: one message, or up to MOST_MESSAGES. Returns how many; 0: the end. */
static int receive(int from, int most_messages)
{
    int got;
    while ((got = recvmmsg(from, messages, (unsigned)most_messages, MSG_WAITFORONE, NULL)) < 0
           && errno == EINTR)
        ;
    if (got < 0)
        report_and_exit(errno == EAGAIN ? "a datagram was lost" : "recvmmsg");
    for (int i = 0; i < got; i++) {
        if (messages[i].msg_len == 0)
            return 0;
        add_up(parts[i].iov_base, messages[i].msg_len);
    }
    return got;
}

/* The sender has UNANSWERED messages under way. Waits for room for half a window more. */
static int wait_for_answers(int from, int unanswered, int half_window)
{
    char answer;
    while (unanswered >= 2 * half_window) {
        if (recv(from, &answer, 1, 0) >= 0)
            unanswered -= half_window;
        else if (errno != EINTR)
            report_and_exit(errno == EAGAIN ? "a datagram was lost" : "recv");
    }
    return unanswered;
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "UDP", "SIZE batch trip", MOST, HELP);
    int half_window = (int)((HALF_BUFFER + OVERHEAD) / (2 * bench->size + OVERHEAD)), ends[2];
    if (bench->kind == BATCH)
        bench->batch = half_window;
    int unanswered = 0, batch = (int)bench->batch;
    prepare_batch(bench->size);
    make_sockets(ends);
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        for (int got; (got = receive(ends[1], batch)) > 0;)
            if (bench->kind == TRIP) {
                fill(message, bench->size);
                send_messages(ends[1], 1);
            } else {
                for (unanswered += got; unanswered >= half_window; unanswered -= half_window)
                    send_empty(ends[1]); /* the answer for half a window */
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    while (go_on(bench)) {
        fill(message, bench->size * (size_t)batch);
        send_messages(ends[0], batch);
        if (bench->kind == TRIP)
            receive(ends[0], 1);
        else
            unanswered = wait_for_answers(ends[0], unanswered + batch, half_window);
    }
    send_empty(ends[0]); /* the last */
    return conclude(bench, child);
}
