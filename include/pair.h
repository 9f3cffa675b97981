/* pair.h: what holder and survivor agree on. */
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "start.h"

enum { SUM = 100 }; /* of left and right, whenever nobody is changing them */

struct pair {
    atomic_bool is_ready;  /* stored last: the locks are usable */
    pthread_mutex_t mutex; /* robust: the kernel knows which process holds it */
    sem_t semaphore;       /* with -u: a number, and nothing says who took it */
    int left, right;
};

/* Exits with a message if CALL has failed. The functions of pthreads(7) return their ERROR. */
static inline void check(int error, const char *call)
{
    if ((errno = error) != 0)
        err(EXIT_FAILURE, "%s", call);
}
