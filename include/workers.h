/* workers.h: the list of workers that master keeps. */
#pragma once

#include <sys/wait.h>

#include "start.h"

enum { WORKERS = 4, QUICK_DEATHS = 3 };

static struct worker {
    pid_t pid; /* 0: to be started */
    time_t started;
    int generation;   /* number of SIGHUPs that had arrived by then */
    int quick_deaths; /* in a row; after QUICK_DEATHS, it is not started again */
} workers[WORKERS];
static int living, generation; /* workers that are running; SIGHUPs that have arrived */

/* Records and prints that worker I was started as process PID. */
static inline void enter_worker(int i, pid_t pid)
{
    workers[i] = (struct worker){ pid, time(NULL), generation, workers[i].quick_deaths };
    living++;
    printf("worker %d is process %d\n", i + 1, pid);
}

/* Records that process PID ended with STATUS, from waitpid(2), and prints how unless it succeeded.
 * A failure within about a second counts as a quick death. */
static inline void strike_worker(pid_t pid, int status)
{
    int i = 0;
    while (workers[i].pid != pid)
        i++;
    if (WIFSIGNALED(status))
        printf("worker %d was killed by signal %d\n", i + 1, WTERMSIG(status));
    else if (WEXITSTATUS(status) != EXIT_SUCCESS)
        printf("worker %d has ended with status %d\n", i + 1, WEXITSTATUS(status));
    bool is_quick = status != EXIT_SUCCESS && time(NULL) - workers[i].started <= 1;
    workers[i].quick_deaths = is_quick ? workers[i].quick_deaths + 1 : 0;
    if (workers[i].quick_deaths == QUICK_DEATHS)
        printf("worker %d has died at once %d times, and is not replaced\n", i + 1, QUICK_DEATHS);
    workers[i].pid = 0;
    living--;
}

/* Returns the process ID of the first worker started before the last SIGHUP, or 0 for none. */
static inline pid_t outdated_worker(void)
{
    for (int i = 0; i < WORKERS; i++)
        if (workers[i].pid != 0 && workers[i].generation < generation)
            return workers[i].pid;
    return 0;
}
