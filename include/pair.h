/* pair.h: what holder and survivor agree on. */
#ifndef PAIR_H
#define PAIR_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { SUM = 100 }; /* of left and right, whenever nobody is at work on them */

struct pair {
    atomic_int is_ready;   /* stored last: the locks are usable */
    pthread_mutex_t mutex; /* robust: the kernel knows who holds it */
    sem_t semaphore;       /* with -u: a number, and nobody knows who has taken it away */
    int left, right;
};

#endif
