/* tasks.h: what taskServer and taskClient agree on. */
#ifndef TASKS_H
#define TASKS_H

#include <stddef.h>
#include <unistd.h>

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

enum { TASK_SIZE = sizeof(struct task) - offsetof(struct task, client) }; /* without the type */

/* The number of the queue that the server with the open LOCK has noted; -1: none. pread(2) */
static inline int noted_queue(int lock)
{
    int noted;
    return pread(lock, &noted, sizeof noted, 0) == (ssize_t)sizeof noted ? noted : -1;
}

/* Notes NUMBER, of its queue, in the server's LOCK. Exits with a message if it cannot. pwrite(2) */
static inline void note_queue(int lock, int number)
{
    if (pwrite(lock, &number, sizeof number, 0) != (ssize_t)sizeof number)
        report_and_exit("note the queue in %s", TASKS_LOCK);
}

#endif
