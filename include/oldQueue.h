/* oldQueue.h: what sender and receiver agree on. */
#ifndef OLD_QUEUE_H
#define OLD_QUEUE_H

#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "here.h"

enum {
    PROJECT_ID = 123, /* for ftok */
    MESSAGES = 6,
    PAYLOAD_SIZE = 5, /* bytes: "msg1" and its NUL */
};

struct message {
    long type; /* more than 0; not part of the size that msgsnd and msgrcv are told */
    char payload[PAYLOAD_SIZE];
};

/* The key of this directory's queue for PROJECT (1 to 255). Exits with a message if there is none.
 * Another directory may, seldom, have the same: ftok takes 16 bits of the inode's number and 8 of
 * the device's. ftok(3) */
static inline key_t key_for_here(int project)
{
    key_t key = ftok(".", project);
    if (key == (key_t)-1) /* other negative keys are good ones */
        report_and_exit("ftok .");
    return key;
}

/* Prints why msgget(2) has failed for KEY, and exits. */
static inline void report_no_queue(key_t key) __attribute__((noreturn));
static inline void report_no_queue(key_t key)
{
    report("msgget of key 0x%x", (unsigned)key);
    if (errno == EACCES)
        advise("another user has a queue of this key: use another directory");
    if (errno == EEXIST)
        advise("another directory has a queue of this key: use a third one, or remove it: "
               "ipcrm -Q 0x%x",
               (unsigned)key);
    exit(EXIT_FAILURE);
}

/* Insists that QUEUE was made by us, and stores its state in STATE. Exits with a message if not: a
 * key is only a number, and anybody may have made a queue of it. Returns false if it has just been
 * removed. msgctl(2), IPC_STAT */
static inline bool is_our_queue(int queue, struct msqid_ds *state)
{
    if (msgctl(queue, IPC_STAT, state) < 0) {
        if (errno == EIDRM || errno == EINVAL)
            return false;
        report_and_exit("ask for the state of queue %d", queue);
    }
    if (state->msg_perm.cuid != geteuid())
        say_and_exit("queue %d of this directory's key belongs to another user (%u), not to you",
                     queue, state->msg_perm.cuid);
    return true;
}

#endif
