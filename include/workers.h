/* workers.h: the list that master keeps of its workers. */
#pragma once

#include <sys/wait.h>

#include "start.h"

enum { WORKERS = 4, QUICK_DEATHS = 3 };

static struct worker {
    pid_t pid; /* 0: it is to be started */
    time_t started;
    int generation;   /* how many SIGHUPs had come by then */
    int quick_deaths; /* in a row; after QUICK_DEATHS it is not started any more */
} workers[WORKERS];
static int living, generation; /* workers that live; SIGHUPs that have come */

/* Worker I has been started, as process PID. */
static inline void enter_worker(int i, pid_t pid)
{
    workers[i] = (struct worker){ pid, time(NULL), generation, workers[i].quick_deaths };
    living++;
    printf("worker %d is process %d\n", i + 1, pid);
}

/* Process PID has ended with STATUS, as waitpid(2) has it: prints how, unless its work is done. One
 * that lives for about a second, or less, has died at once. */
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

/* Returns the process ID of the first worker that was started before the last SIGHUP; 0: none. */
static inline pid_t outdated_worker(void)
{
    for (int i = 0; i < WORKERS; i++)
        if (workers[i].pid != 0 && workers[i].generation < generation)
            return workers[i].pid;
    return 0;
}
