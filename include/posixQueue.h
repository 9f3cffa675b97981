/* posixQueue.h: the queue that mqSender, mqReceiver, and mqNotify share. */
#pragma once

#include <mqueue.h>

#include "directory.h"
#include "here.h"

/* At most 6 messages of 16 bytes: RLIMIT_MSGQUEUE covers all queues of a user. mq_overview(7) */
enum { MESSAGES = 6, MESSAGE_SIZE = 16 };
static const struct mq_attr ATTRIBUTES = { .mq_maxmsg = MESSAGES, .mq_msgsize = MESSAGE_SIZE };
static mqd_t queue = (mqd_t)-1;

/* For remove_at_exit(): the last user removes NAME if it is empty and ours. Returns 0 or -1. */
static inline int remove_unused_queue(const char *name)
{
    struct mq_attr now;
    struct stat found;
    if (!try_to_lock_alone() || mq_getattr(queue, &now) < 0 || fstat(queue, &found) < 0)
        return -1;
    bool is_ours = found.st_uid == geteuid() && found.st_nlink > 0; /* and not unlinked */
    return is_ours && now.mq_curmsgs == 0 ? mq_unlink(name) : -1;
}

/* Call after mq_open(3) has failed for NAME. Explains why, and exits. mq_overview(7) */
static inline _Noreturn void exit_without_queue(const char *name)
{
    int reason = errno;
    unblock_ending_signals(); /* because writing the message may block */
    errno = reason;
    warn("mq_open %s", name);
    if (reason == EACCES)
        warnx("another user has a queue of this name: use another directory");
    if (reason == EMFILE && dup(STDERR_FILENO) < 0)
        warnx("the limit is that of open files: ulimit -n");
    else if (reason == EMFILE)
        warnx("the limit is that of the bytes in all your queues: ulimit -q (in bash)");
    if (reason == ENOSPC)
        warnx("no more queues can be made: /proc/sys/fs/mqueue/queues_max");
    if (reason == EINVAL && name[0] == '/')
        warnx("a queue has to have room for %d messages: /proc/sys/fs/mqueue/msg_max", MESSAGES);
    if (reason == ENOSYS)
        warnx("this kernel has no POSIX queues (WSL 1, gVisor): "
              "use WSL 2, or ./sender and ./receiver");
    exit(EXIT_FAILURE);
}

/* Exits with a message if the open queue NAME belongs to another user, or if its messages were sent
 * in a directory that has been removed. On Linux, a queue is a file descriptor, and its ctime is
 * the time of the last send or receive. fstat(2) */
static inline void check_queue(const char *name)
{
    char removal[80];
    struct mq_attr now;
    struct stat found;
    check_ours(queue, S_IFREG, name);
    snprintf(removal, sizeof removal, "rm /dev/mqueue%s", name);
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs > 0 && fstat(queue, &found) == 0)
        refuse_older_messages(name, found.st_ctime, removal);
}

/* Returns the number of messages in the queue, or exits with a message. mq_getattr(3) */
static inline long messages_in_queue(void)
{
    struct mq_attr now;
    if (mq_getattr(queue, &now) < 0)
        err(EXIT_FAILURE, "mq_getattr");
    return now.mq_curmsgs;
}

/* Reports the messages, if any: "the queue already holds 6 messages" if WHEN is "already". */
static inline void say_how_many(const char *when)
{
    long count = messages_in_queue();
    if (count > 0)
        warnx("the queue %s holds %ld message%s", when, count, count == 1 ? "" : "s");
}
