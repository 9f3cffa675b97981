/* oldWorkers.h: the list that a master keeps of its workers. (A process may have other children, which
 * were there before it became this program.) */
#ifndef OLD_WORKERS_H
#define OLD_WORKERS_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
#include <sys/wait.h>

#include "lines.h"

enum { WORKERS = 4, QUICK_DEATHS = 3 };
static const double AT_ONCE = 1; /* seconds: who lives no longer has died at once */

static struct {
    pid_t pid; /* 0: none */
    double started;
    int quick_deaths; /* in a row */
} workers[WORKERS];
static int living; /* workers */

/* Puts PID, which has just been started, into the list as worker I. */
static inline void enter_worker(int i, pid_t pid)
{
    workers[i].pid = pid;
    workers[i].started = seconds_from_now(0);
    living++;
}

/* Takes PID, which has died, off the list. Returns which worker it was, or -1: none of ours. ASKED:
 * we wanted it to end. */
static inline int strike_worker(pid_t pid, bool asked)
{
    int i = 0;
    while (i < WORKERS && workers[i].pid != pid)
        i++;
    if (i == WORKERS)
        return -1;
    bool quick = !asked && seconds_from_now(-AT_ONCE) < workers[i].started;
    workers[i].quick_deaths = quick ? workers[i].quick_deaths + 1 : 0;
    workers[i].pid = 0;
    living--;
    return i;
}

/* Prints how worker I has ended. */
static inline void print_end(int i, int status)
{
    if (WIFSIGNALED(status))
        printf("worker %d was killed by signal %d\n", i + 1, WTERMSIG(status));
    else
        printf("worker %d has ended with status %d\n", i + 1, WEXITSTATUS(status));
}

/* Whether worker I has died at once again and again, so that another in its place would, too. */
static inline bool is_hopeless(int i)
{
    return workers[i].quick_deaths >= QUICK_DEATHS;
}

/* Returns a worker that was started before TIME (of seconds_from_now()), or 0 if there is none. */
static inline pid_t worker_from_before(double time)
{
    for (int i = 0; i < WORKERS; i++)
        if (workers[i].pid != 0 && workers[i].started < time)
            return workers[i].pid;
    return 0;
}

#endif
