/* shared-memory-4: one box for several children
 *
 * Wanted: ./shared-memory-4 CHILDREN NUMBER... puts the numbers (all positive) into a box in shared
 *     memory, which has room for one. The children take them out. Each number is printed once, by
 *     the child that has taken it: "2: 4711" (the second child). While a process waits, it sleeps.
 *     At the end, each child prints a line such as "2: done".
 * As it stands: wrong output. Zeros come out of the box, although nobody put any in. (Run it
 *     several times, with five children or more.)
 * Read: pthread_cond_wait(3), pthread_cond_broadcast(3)
 * Easy, 10 minutes. To judge it: make exercise-shared-memory-4
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EMPTY = 0, OVER = -1 }; /* OVER: no more numbers will come */

struct box {
    pthread_mutex_t mutex;
    pthread_cond_t changed; /* here the parent waits for room, and the children for a number */
    long number;
};

static void check(int error, const char *call)
{
    if ((errno = error) != 0)
        err(EXIT_FAILURE, "%s", call);
}

static struct box *make_box(void)
{
    int prot = PROT_READ | PROT_WRITE;
    struct box *box = mmap(NULL, sizeof *box, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (box == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    check(pthread_mutexattr_init(&mutex), "pthread_mutexattr_init");
    check(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), "setpshared");
    check(pthread_mutex_init(&box->mutex, &mutex), "pthread_mutex_init");
    check(pthread_condattr_init(&condition), "pthread_condattr_init");
    check(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), "setpshared");
    check(pthread_cond_init(&box->changed, &condition), "pthread_cond_init");
    return box;
}

static void put(struct box *box, long number)
{
    check(pthread_mutex_lock(&box->mutex), "pthread_mutex_lock");
    while (box->number != EMPTY)
        check(pthread_cond_wait(&box->changed, &box->mutex), "pthread_cond_wait");
    box->number = number;
    check(pthread_cond_broadcast(&box->changed), "pthread_cond_broadcast");
    check(pthread_mutex_unlock(&box->mutex), "pthread_mutex_unlock");
}

static long take(struct box *box)
{
    check(pthread_mutex_lock(&box->mutex), "pthread_mutex_lock");
    if (box->number == EMPTY)
        check(pthread_cond_wait(&box->changed, &box->mutex), "pthread_cond_wait");
    long number = box->number;
    if (number != OVER) { /* OVER stays in the box: the other children need it */
        box->number = EMPTY;
        check(pthread_cond_broadcast(&box->changed), "pthread_cond_broadcast");
    }
    check(pthread_mutex_unlock(&box->mutex), "pthread_mutex_unlock");
    return number;
}

int main(int argc, char *argv[])
{
    int children = argc > 2 ? atoi(argv[1]) : 0;
    if (children < 1)
        errx(2, "usage: %s CHILDREN NUMBER...", argv[0]);
    signal(SIGPIPE, SIG_IGN); /* if nobody reads our output, we go on, and fail at the end */
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct box *box = make_box();
    for (int i = 1; i <= children; i++) {
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child > 0)
            continue;
        for (long number = take(box); number != OVER; number = take(box))
            printf("%d: %ld\n", i, number);
        printf("%d: done\n", i);
        exit(ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    for (int i = 2; i < argc; i++)
        put(box, atol(argv[i]));
    put(box, OVER);
    int status, failures = 0;
    while (wait(&status) > 0)
        failures += status != 0;
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
