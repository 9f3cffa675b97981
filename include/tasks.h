/* tasks.h: what taskServer and taskClient agree on. */
#ifndef TASKS_H
#define TASKS_H

#include <stdbool.h>
#include <sys/msg.h>

#include "bytes.h"
#include "report.h"

enum {
    TASKS_ID = 124,    /* for ftok: another queue than sender's */
    MOST = 2000000000, /* the highest number to be squared */
};

static const char TASKS_LOCK[] = "taskServer.lock"; /* the server keeps it locked */

/* The type of the requests. That of an answer is its client's process id, and no process has this
 * number: they end at 4194304. */
static const long REQUEST = 1L << 30;

struct task {
    long type;
    long long client; /* its process id */
    long long run;    /* tells this client from a dead one that had its process id */
    long long number; /* in the request; in the answer, its square */
};

/* Without the type. (Not from CLIENT on: where long is short, there may be padding before it, and
 * to msgsnd(2) that is a part of the message.) */
enum { TASK_SIZE = sizeof(struct task) - sizeof(long) };

/* What a server notes of its queue in its lock file, other than the queue's number. */
enum {
    NOT_NOTED = -2,
    TO_BE_MADE = -1, /* there was none of our key, and now it makes one */
};

/* The number of the queue that the server has noted in LOCK, or one of the above. pread(2) */
static inline int noted_queue(int lock)
{
    int noted;
    return read_all_at(lock, &noted, sizeof noted, 0) == 0 ? noted : NOT_NOTED;
}

/* Notes NUMBER, of its queue, in the server's LOCK. Exits with a message if it cannot. pwrite(2) */
static inline void note_queue(int lock, int number)
{
    if (write_all_at(lock, &number, sizeof number, 0) < 0)
        report_and_exit("note the queue in %s", TASKS_LOCK);
}

/* Whether QUEUE, of our key, was made by a server of this directory that has been killed:
 * it is noted in LOCK; or that server was killed as it made one, and nobody has ever used
 * this one. msgctl(2) */
static inline bool is_left_over(int queue, int lock)
{
    struct msqid_ds state;
    int noted = noted_queue(lock);
    return noted == queue
           || (noted == TO_BE_MADE && msgctl(queue, IPC_STAT, &state) == 0 && state.msg_stime == 0
               && state.msg_rtime == 0);
}

#endif
