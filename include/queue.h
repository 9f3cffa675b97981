/* queue.h: what sender and receiver agree on. */
#ifndef QUEUE_H
#define QUEUE_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <unistd.h>

#include "ending.h"

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
static int directory = -1;

/* Locks the working directory; HOW is LOCK_SH: every sender and receiver has a shared lock until it
 * ends. Exits with a message if that fails. flock(2) */
static inline void lock_directory(int how)
{
    begin_wait(12, "the lock on this directory was not free");
    directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || flock(directory, how) < 0)
        err(EXIT_FAILURE, "lock the directory");
    end_wait();
}

/* For remove_at_exit(): removes the queue, which would outlive us, if nobody else works with it and
 * it is empty. A process that gets the lock exclusively is alone: nothing can be sent between the
 * look and the removal. Returns 0, or -1 if it stays. flock(2), msgctl(2) */
static inline int remove_unused_queue(const char *unused)
{
    struct msqid_ds state;
    (void)unused;
    if (queue < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0)
        return -1;
    if (msgctl(queue, IPC_STAT, &state) < 0)
        return -1;
    if (state.msg_qnum > 0 || state.msg_perm.cuid != geteuid())
        return -1;
    return msgctl(queue, IPC_RMID, NULL);
}

/* Says why msgget(2) has failed for KEY, and exits. */
static inline void refuse_key(key_t key) __attribute__((noreturn));
static inline void refuse_key(key_t key)
{
    int reason = errno;
    warn("msgget of key 0x%x", (unsigned)key);
    if (reason == EACCES)
        warnx("another user has a queue of this key: use another directory");
    exit(EXIT_FAILURE);
}

/* Returns how many messages are in the queue. Exits with a message if it belongs to another user: a
 * key is only a number, and anybody may have made a queue of it. IPC_STAT of msgctl(2) */
static inline unsigned long messages_in_our_queue(void)
{
    struct msqid_ds state;
    if (msgctl(queue, IPC_STAT, &state) < 0)
        err(EXIT_FAILURE, "msgctl of queue %d", queue);
    if (state.msg_perm.cuid != geteuid())
        errx(EXIT_FAILURE,
             "queue %d of this directory's key belongs to another user (%u), not to you", queue,
             state.msg_perm.cuid);
    return (unsigned long)state.msg_qnum;
}

#endif
