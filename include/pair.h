/* pair.h: what holder and survivor share: two numbers, and two kinds of lock. */
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "start.h"

enum { SUM = 100 }; /* of left and right, whenever no process is changing them */

struct pair {
    atomic_bool is_ready;  /* stored last: both locks are initialized */
    pthread_mutex_t mutex; /* robust: when its holder dies, the kernel releases it */
    sem_t semaphore;       /* with -u: only a count; nothing records who took it */
    int left, right;
};

/* Exits with a message if CALL returned an ERROR other than 0. pthreads(7) */
static inline void check(int error, const char *call)
{
    if ((errno = error) != 0)
        err(EXIT_FAILURE, "%s", call);
}
