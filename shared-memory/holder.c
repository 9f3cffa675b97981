/* holder: locks shared data, changes half of it, and pauses there, so that you can kill it.
 *
 *     1$ ./holder
 *     holder has the lock: left 60, right 50
 *     2$ kill -KILL <its process ID>
 *     2$ ./survivor
 *
 * Calls: shm_open -> posix_fallocate -> mmap -> pthread_mutexattr_setpshared ->
 *        pthread_mutexattr_setrobust -> pthread_mutex_init -> pthread_mutex_lock ->
 *        pthread_mutex_unlock; before, and at exit: shm_unlink
 *
 * Look for: left and right together are 100; in the middle of the change they are not. The mutex is
 * robust: when its holder dies, the kernel releases it, and the next process that locks it gets
 * EOWNERDEAD. With -u a semaphore guards the data: it is only a number, and stays 0 forever.
 *
 * Build: cc -I../include -o holder holder.c -lrt -lpthread
 * Read:  pthread_mutexattr_setrobust(3), pthread_mutexattr_setpshared(3), sem_init(3)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "pair.h"
#include "role.h"

enum { MOVED = 10 };
static const char HELP[] =
    "usage: holder [-h] [-s SECONDS] [-u]\n"
    "Holds a lock on shared data, in the middle of a change.\n"
    "  1$ ./holder      2$ kill -KILL <its process ID>; ./survivor\n"
    "  -s SECONDS  how long (30)\n"
    "  -u          unsafe: a semaphore instead of a robust mutex; start survivor with -u, too\n";

static struct pair *create_pair(const char *name)
{
    int segment = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", name);
    errno = posix_fallocate(segment, 0, sizeof(struct pair)); /* reserves it: no SIGBUS later */
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate %s", name);
    struct pair *pair = mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (pair == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", name);

    pthread_mutexattr_t how;
    check(pthread_mutexattr_init(&how), "pthread_mutexattr_init");
    check(pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED), "setpshared");
    check(pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST), "setrobust");
    check(pthread_mutex_init(&pair->mutex, &how), "pthread_mutex_init");
    if (sem_init(&pair->semaphore, 1, 1) < 0) /* shared between processes; 1: nobody holds it */
        err(EXIT_FAILURE, "sem_init");
    pair->left = pair->right = SUM / 2;
    return pair;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 30 };
    read_options(argc, argv, "s:u", HELP, &options);
    char name[HERE_NAME_SIZE];
    name_for_here(name, "pair");
    claim_role("holder"); /* robust: no other holder runs in this directory */
    remove_at_exit(shm_unlink, name);
    shm_unlink(name); /* left by a killed holder */
    struct pair *pair = create_pair(name);
    announce_role(); /* robust: survivor can see that we are running */

    if (!options.unsafe)
        check(pthread_mutex_lock(&pair->mutex), "pthread_mutex_lock");
    else if (sem_wait(&pair->semaphore) < 0) /* 1 becomes 0 */
        err(EXIT_FAILURE, "sem_wait");
    pair->left += MOVED;
    atomic_store(&pair->is_ready, true); /* whoever sees it sees all that was stored before */
    printf("holder has the lock: left %d, right %d\n", pair->left, pair->right);
    pause_for(options.pause);

    pair->right -= MOVED;
    int left = pair->left, right = pair->right;
    if (!options.unsafe)
        check(pthread_mutex_unlock(&pair->mutex), "pthread_mutex_unlock");
    else if (sem_post(&pair->semaphore) < 0)
        err(EXIT_FAILURE, "sem_post");
    printf("holder has released it: left %d, right %d\n", left, right);
    return EXIT_SUCCESS;
}
