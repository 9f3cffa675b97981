/* benchPosixQueue: how fast is a POSIX queue?
 *
 *     1$ ./benchPosixQueue
 *     POSIX queue, 8192 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: mq_open -> mq_unlink -> fork; the sender:   mq_send, mq_send, ... -> waitpid;
 *                                      the receiver: mq_receive, mq_receive, ...
 *
 * Look for: a message is at most 8192 bytes long, and at most ten can wait, unless the
 * administrator allows more (/proc/sys/fs/mqueue). So there are many calls, and often one end
 * sleeps. A message that finds the receiver asleep is handed to it directly. The queue's name is
 * removed before the first message is sent, when both ends have the queue open.
 *
 * Build: cc -I../include -o benchPosixQueue benchPosixQueue.c -lrt -lpthread
 * Read:  mq_overview(7), mq_open(3), mq_send(3), mq_receive(3)
 */
#define _GNU_SOURCE
#include <mqueue.h>

#include "bench.h"
#include "ending.h"
#include "start.h"

enum { MOST = 8192, WAITING = 10 }; /* bytes of a message, and messages: the usual limits */

static const char HELP[] =
    "usage: benchPosixQueue [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a POSIX queue. WHAT: the SIZE of messages (8192), or trip. CORES: 1 or 2.\n"
    "  1$ ./benchPosixQueue      1$ ./benchPosixQueue trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";
static char message[MOST] __attribute__((aligned(4096)));

/* Opens a queue and removes its name, which has the directory's numbers in it: names are shared by
 * the whole machine. Without a name the queue lasts until both ends have closed it. */
static mqd_t open_queue(const char *stem)
{
    struct mq_attr attributes = { .mq_maxmsg = WAITING, .mq_msgsize = MOST };
    char name[64];
    struct stat here;
    mqd_t queue;
    if (stat(".", &here) < 0)
        err(EXIT_FAILURE, "stat .");
    snprintf(name, sizeof name, "/%s-%llx-%llx", stem, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
    remove_at_exit(mq_unlink, name);
    while ((queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes)) < 0)
        if (errno != EEXIST || (mq_unlink(name) < 0 && errno != ENOENT)) /* a killed run's */
            err(EXIT_FAILURE, "mq_open %s", name);
    mq_unlink(name);
    forget_owned();
    return queue;
}

static void send_message(mqd_t to, size_t size)
{
    fill(message, size);
    if (mq_send(to, message, size, 0) < 0)
        err(EXIT_FAILURE, "mq_send");
}

/* Returns false after the last message, which is empty. */
static bool receive_message(mqd_t from)
{
    ssize_t size = mq_receive(from, message, sizeof message, NULL);
    if (size < 0)
        err(EXIT_FAILURE, "mq_receive");
    add_up(message, (size_t)size);
    return size > 0;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("POSIX queue", "SIZE trip", MOST, &options, argv + optind);

    mqd_t there = open_queue("benchQueue-there"), back = -1;
    if (bench->kind == TRIP) /* only then: see ulimit -q */
        back = open_queue("benchQueue-back");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0) {
        while (receive_message(there))
            if (bench->kind == TRIP)
                send_message(back, bench->size);
        return conclude(bench, child);
    }
    while (go_on(bench)) {
        send_message(there, bench->size);
        if (bench->kind == TRIP)
            receive_message(back);
    }
    send_message(there, 0); /* the last */
    return conclude(bench, child);
}
