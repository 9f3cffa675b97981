/* queue.h: the queue that sender and receiver share. */
#pragma once

#include <sys/msg.h>

#include "directory.h"

enum {
    PROJECT_ID = 123, /* for ftok(3) */
    MESSAGES = 6,
    PAYLOAD_SIZE = 5, /* bytes: "msg1" and its NUL */
};

struct message {
    long type; /* more than 0; not counted in the size that msgsnd and msgrcv are given */
    char payload[PAYLOAD_SIZE];
};

static int queue = -1;

/* For remove_at_exit(): the last user removes the queue if empty and ours. Returns 0 or -1. */
static inline int remove_unused_queue(const char *unused)
{
    struct msqid_ds state;
    (void)unused;
    if (queue < 0 || !try_to_lock_alone() || msgctl(queue, IPC_STAT, &state) < 0)
        return -1;
    if (state.msg_qnum > 0 || state.msg_perm.cuid != geteuid())
        return -1;
    return msgctl(queue, IPC_RMID, NULL);
}

/* Call after msgget(2) has failed for KEY. Explains why, and exits. */
static inline _Noreturn void exit_without_queue(key_t key)
{
    int reason = errno;
    unblock_ending_signals(); /* because writing the message may block */
    errno = reason;
    warn("msgget of key 0x%x", (unsigned)key);
    if (reason == EACCES)
        warnx("another user has a queue of this key: use another directory");
    if (reason == ENOSPC)
        warnx("no more queues can be made (/proc/sys/kernel/msgmni); to see them: ipcs -q");
    if (reason == ENOSYS)
        warnx("this kernel has no System V queues (WSL 1, gVisor): "
              "use WSL 2, or ./mqSender and ./mqReceiver");
    exit(EXIT_FAILURE);
}

/* Returns the number of messages in the queue. Exits with a message if the queue belongs to another
 * user, or the messages are from a removed directory: a key is only a number, and anybody may have
 * created a queue with it. IPC_STAT of msgctl(2) */
static inline unsigned long messages_in_queue(void)
{
    struct msqid_ds state;
    if (msgctl(queue, IPC_STAT, &state) < 0)
        err(EXIT_FAILURE, "msgctl of queue %d", queue);
    if (state.msg_perm.cuid != geteuid())
        errx(EXIT_FAILURE,
             "queue %d of this directory's key belongs to another user (%u), not to you", queue,
             state.msg_perm.cuid);
    char name[40], removal[40];
    snprintf(name, sizeof name, "queue %d", queue);
    snprintf(removal, sizeof removal, "ipcrm -q %d", queue);
    if (state.msg_qnum > 0)
        refuse_older_messages(name, state.msg_stime, removal);
    return (unsigned long)state.msg_qnum;
}

/* Reports the messages, if any: "the queue already holds 6 messages" if WHEN is "already". */
static inline void say_how_many(const char *when)
{
    unsigned long count = messages_in_queue();
    if (count > 0)
        warnx("the queue %s holds %lu message%s", when, count, count == 1 ? "" : "s");
}
