/* tasks.h: what taskServer and taskClient agree on. */
#ifndef TASKS_H
#define TASKS_H

#include <stddef.h>

enum { TASKS_ID = 124 }; /* for ftok: another queue than sender's */

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

#endif
