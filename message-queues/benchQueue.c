/* benchQueue: how fast is a System V queue?
 *
 *     1$ ./benchQueue
 *     System V queue, 8192 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: a queue holds 16384 bytes, unless the administrator allows more (kernel.msgmnb): two
 * messages of 8192, or 256 of 64. The message is copied into the kernel before the queue is
 * locked, so that both ends can copy at once. One queue serves both ways: requests have one type,
 * answers another.
 *
 * Build: cc -I../include -o benchQueue benchQueue.c
 * Read:  sysvipc(7), msgget(2), msgsnd(2), msgrcv(2)
 */
#define _GNU_SOURCE
#include <math.h>
#include <sys/msg.h>

#include "begin.h"
#include "bench.h"
#include "oldQueue.h"
#include "patience.h"

enum {
    BENCH_ID = 125, /* for ftok: another queue than sender's and taskServer's */
    MOST = 8192,    /* bytes of a message; kernel.msgmax */
    THERE = 1,      /* the types */
    BACK = 2,
};

static const char HELP[] =
    "Measures a System V queue. WHAT is the SIZE of a message in bytes (8192), or trip;\n"
    "CORES is 1 or 2.\n"
    "  1$ ./benchQueue\n"
    "  1$ ./benchQueue trip 1\n" BENCH_OPTIONS;

static struct {
    long type;
    char bytes[MOST];
} message;

static int queue = -1;

static void remove_queue(void)
{
    if (queue >= 0)
        msgctl(queue, IPC_RMID, NULL); /* who waits in it is told: EIDRM */
}

/* A queue of this key is there: nobody who has used it lives, then it is a killed run's, and goes.
 * Exits with a message if somebody does. */
static void remove_old_queue(key_t key)
{
    struct msqid_ds state;
    int old = msgget(key, 0600);
    if (old < 0 || !is_our_queue(old, &state))
        return; /* it has just been removed */
    if ((state.msg_lspid != 0 && kill(state.msg_lspid, 0) == 0)
        || (state.msg_lrpid != 0 && kill(state.msg_lrpid, 0) == 0))
        say_and_exit("another ./benchQueue is at work in this directory");
    msgctl(old, IPC_RMID, NULL);
}

static void make_queue(void)
{
    key_t key = key_for_here(BENCH_ID);
    while ((queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600)) < 0) {
        if (errno != EEXIST)
            report_no_queue(key);
        remove_old_queue(key);
    }
}

static void send_message(long type, size_t size)
{
    message.type = type;
    while (msgsnd(queue, &message, size, 0) < 0) {
        if (errno != EINTR)
            report_and_exit("msgsnd");
        leave_if_ended();
    }
}

/* Returns the size of the message; an empty one is the last. */
static size_t receive_message(long type)
{
    ssize_t got;
    while ((got = msgrcv(queue, &message, sizeof message.bytes, type, 0)) < 0) {
        if (errno != EINTR)
            report_and_exit("msgrcv");
        leave_if_ended();
    }
    add_up(message.bytes, (size_t)got);
    return (size_t)got;
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "System V queue", "SIZE trip", MOST, HELP);
    size_t size = bench->size;

    catch_ending_signals(remove_queue);
    set_patience(INFINITY); /* the ticks end a wait that an ending signal came too early for */
    make_queue();
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        ending_owner = getpid(); /* if the parent is killed, the queue is ours to remove */
        take_place(bench, RECEIVER);
        start_ticks();
        while (receive_message(THERE) > 0)
            if (bench->kind == TRIP) {
                fill(message.bytes, size);
                send_message(BACK, size);
            }
        leave(bench);
    }
    take_place(bench, SENDER);
    start_ticks();
    while (go_on(bench)) {
        fill(message.bytes, size);
        send_message(THERE, size);
        if (bench->kind == TRIP)
            receive_message(BACK);
    }
    send_message(THERE, 0);
    stop_ticks();
    return conclude(bench, child);
}
