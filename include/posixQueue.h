/* posixQueue.h: what mqSender and mqReceiver agree on. */
#ifndef POSIX_QUEUE_H
#define POSIX_QUEUE_H

#include <mqueue.h>

static const char QUEUE[] = "mq"; /* "/mq-DEVICE-INODE" */

enum {
    MESSAGES = 6,
    MESSAGE_SIZE = 16, /* bytes at most; mq_receive refuses a smaller buffer */
};

/* Small: all queues of a user together have RLIMIT_MSGQUEUE bytes, and nine of the default size
 * would use them up. mq_overview(7) */
static const struct mq_attr ATTRIBUTES = { .mq_maxmsg = MESSAGES, .mq_msgsize = MESSAGE_SIZE };

#endif
