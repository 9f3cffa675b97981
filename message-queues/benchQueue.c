/* benchQueue: how fast is a System V queue?
 *
 *     1$ ./benchQueue
 *     System V queue, 8192 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: ftok -> msgget -> fork; the sender:   msgsnd, msgsnd, ... -> waitpid;
 *                                the receiver: msgrcv, msgrcv, ...; at exit: msgctl (IPC_RMID)
 *
 * Look for: a queue holds 16384 bytes, unless the administrator allows more (kernel.msgmnb): two
 * messages of 8192, or 256 of 64. A message is copied into the kernel before the queue is locked,
 * so both ends can copy at the same time. One queue serves both ways: requests have one type,
 * answers another.
 *
 * Build: cc -I../include -o benchQueue benchQueue.c
 * Read:  sysvipc(7), msgget(2), msgsnd(2), msgrcv(2)
 */
#define _GNU_SOURCE
#include <sys/msg.h>

#include "bench.h"
#include "ending.h"
#include "start.h"

enum {
    BENCH_ID = 125, /* for ftok(3): not the same queue as sender's or taskServer's */
    MOST = 8192,    /* bytes of a message: kernel.msgmax */
    THERE = 1,      /* the types */
    BACK = 2,
};

static const char HELP[] =
    "usage: benchQueue [-h] [-n COUNT] [-s SECONDS] [WHAT [CORES]]\n"
    "Measures a System V queue. WHAT: the SIZE of messages (8192), or trip. CORES: 1 or 2.\n"
    "  1$ ./benchQueue      1$ ./benchQueue trip 1\n"
    "  -n COUNT    how many messages, or round trips (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";

static struct {
    long type;
    char bytes[MOST];
} message;
static int queue = -1;

static int remove_queue(const char *unused)
{
    (void)unused;
    return queue < 0 ? 0 : msgctl(queue, IPC_RMID, NULL);
}

/* A queue of this key, if there is one, is a killed run's. Exits with a message if it is not. */
static void remove_old_queue(key_t key)
{
    struct msqid_ds state;
    int old = msgget(key, 0600);
    if (old < 0 && errno == ENOENT)
        return;
    if (old < 0 || msgctl(old, IPC_STAT, &state) < 0)
        err(EXIT_FAILURE, "look at the queue of key 0x%x", (unsigned)key);
    if (state.msg_perm.cuid != geteuid())
        errx(EXIT_FAILURE, "another user has a queue of this key: use another directory");
    if ((state.msg_lspid != 0 && kill(state.msg_lspid, 0) == 0)
        || (state.msg_lrpid != 0 && kill(state.msg_lrpid, 0) == 0)) /* the last users */
        errx(EXIT_FAILURE, "another ./benchQueue is at work in this directory");
    msgctl(old, IPC_RMID, NULL);
}

static void send_message(long type, size_t size)
{
    fill(message.bytes, size);
    message.type = type;
    while (msgsnd(queue, &message, size, 0) < 0)
        if (errno != EINTR) /* a handler has run */
            err(EXIT_FAILURE, "msgsnd");
}

/* Returns false after the last message, which is empty. */
static bool receive_message(long type)
{
    ssize_t size;
    while ((size = msgrcv(queue, &message, sizeof message.bytes, type, 0)) < 0)
        if (errno != EINTR) /* a handler has run */
            err(EXIT_FAILURE, "msgrcv");
    add_up(message.bytes, (size_t)size);
    return size > 0;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("System V queue", "SIZE trip", MOST, &options, argv + optind);

    key_t key = ftok(".", BENCH_ID);
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    remove_old_queue(key);
    remove_at_exit(remove_queue, "the queue");
    before_death = remove_owned; /* robust: even if the child is killed */
    queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (queue < 0)
        err(EXIT_FAILURE, "msgget of key 0x%x", (unsigned)key);
    unblock_ending_signals();
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        remove_at_exit(remove_queue, "the queue"); /* robust: the parent may be killed */
    unblock_ending_signals();
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    if (child == 0) {
        while (receive_message(THERE))
            if (bench->kind == TRIP)
                send_message(BACK, bench->size);
        return conclude(bench, child);
    }
    while (go_on(bench)) {
        send_message(THERE, bench->size);
        if (bench->kind == TRIP)
            receive_message(BACK);
    }
    send_message(THERE, 0); /* the last */
    return conclude(bench, child);
}
