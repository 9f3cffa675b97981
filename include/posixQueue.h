/* posixQueue.h: what mqSender, mqReceiver, and mqNotify agree on. */
#pragma once

#include <mqueue.h>

#include "directory.h"

/* At most 6 messages of 16 bytes: all queues of a user share RLIMIT_MSGQUEUE. mq_overview(7) */
enum { MESSAGES = 6, MESSAGE_SIZE = 16 };
static const struct mq_attr ATTRIBUTES = { .mq_maxmsg = MESSAGES, .mq_msgsize = MESSAGE_SIZE };
static mqd_t queue = (mqd_t)-1;

/* Returns "/mq-DEVICE-INODE", of the working directory: each has its own queue. stat(2) */
static inline const char *queue_name_for_here(void)
{
    static char name[64];
    struct stat here;
    if (stat(".", &here) < 0)
        err(EXIT_FAILURE, "stat .");
    snprintf(name, sizeof name, "/mq-%llx-%llx", (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
    return name;
}

/* For remove_at_exit(): the last user removes the queue NAME if it is empty, and ours. */
static inline int remove_unused_queue(const char *name)
{
    struct mq_attr now;
    struct stat found;
    if (!try_to_lock_alone() || mq_getattr(queue, &now) < 0 || fstat(queue, &found) < 0)
        return -1;
    bool is_ours = found.st_uid == geteuid() && found.st_nlink > 0; /* and has its name still */
    return is_ours && now.mq_curmsgs == 0 ? mq_unlink(name) : -1;
}

/* Returns how many messages are in the queue. mq_getattr(3) */
static inline long messages_in_queue(void)
{
    struct mq_attr now;
    if (mq_getattr(queue, &now) < 0)
        err(EXIT_FAILURE, "mq_getattr");
    return now.mq_curmsgs;
}

/* Says how many there are, if any: "the queue already holds 6 messages" for "already". */
static inline void say_how_many(const char *when)
{
    long count = messages_in_queue();
    if (count > 0)
        warnx("the queue %s holds %ld message%s", when, count, count == 1 ? "" : "s");
}
