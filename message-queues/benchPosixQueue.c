/* benchPosixQueue: how fast is a POSIX queue?
 *
 *     1$ ./benchPosixQueue
 *     POSIX queue, 8192 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: a message has at most 8192 bytes, and at most ten wait, unless the administrator allows
 * more (/proc/sys/fs/mqueue). So there are many calls, and often somebody sleeps. What a receiver
 * sleeps for is handed to it directly. The queue has no name any more when the first message goes:
 * both have it open.
 *
 * Build: cc -I../include -o benchPosixQueue benchPosixQueue.c -lrt -lpthread
 * Read:  mq_overview(7), mq_open(3), mq_send(3), mq_receive(3)
 */
#define _GNU_SOURCE
#include <mqueue.h>

#include "begin.h"
#include "bench.h"
#include "here.h"

enum { MOST = 8192, WAITING = 10 }; /* bytes of a message, and messages: the usual limits */

static const char HELP[] =
    "Measures a POSIX queue. WHAT is the SIZE of a message in bytes (8192), or trip;\n"
    "CORES is 1 or 2.\n"
    "  1$ ./benchPosixQueue\n"
    "  1$ ./benchPosixQueue trip 1\n" BENCH_OPTIONS;

static char message[MOST] __attribute__((aligned(4096)));

/* A queue that has lost its name lives on for those who have it open, also over a fork. No ending
 * signal comes in while it has one. A name that a killed run has left is removed first. */
static mqd_t open_queue(const char *stem)
{
    char name[HERE_NAME_SIZE];
    struct mq_attr attributes = { .mq_maxmsg = WAITING, .mq_msgsize = MOST };
    sigset_t before;
    mqd_t queue;
    name_for_here(name, stem);
    block_ending_signals(&before);
    do {
        if (mq_unlink(name) < 0 && errno != ENOENT)
            report_and_exit("remove the old %s", name);
        queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    } while (queue == (mqd_t)-1 && errno == EEXIST);
    if (queue == (mqd_t)-1)
        report_and_exit("mq_open %s", name);
    if (mq_unlink(name) < 0 && errno != ENOENT)
        report_and_exit("remove %s", name);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return queue;
}

static void send_message(mqd_t to, size_t size)
{
    while (mq_send(to, message, size, 0) < 0)
        if (errno != EINTR)
            report_and_exit("mq_send");
}

/* Returns the size of the message; an empty one is the last. */
static size_t receive_message(mqd_t from)
{
    ssize_t got;
    while ((got = mq_receive(from, message, sizeof message, NULL)) < 0)
        if (errno != EINTR)
            report_and_exit("mq_receive");
    add_up(message, (size_t)got);
    return (size_t)got;
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "POSIX queue", "SIZE trip", MOST, HELP);
    size_t size = bench->size;

    mqd_t there = open_queue("benchQueue-there"); /* and back only if it is needed: see ulimit -q */
    mqd_t back = bench->kind == TRIP ? open_queue("benchQueue-back") : (mqd_t)-1;
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        while (receive_message(there) > 0)
            if (bench->kind == TRIP) {
                fill(message, size);
                send_message(back, size);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    while (go_on(bench)) {
        fill(message, size);
        send_message(there, size);
        if (bench->kind == TRIP)
            receive_message(back);
    }
    send_message(there, 0);
    return conclude(bench, child);
}
