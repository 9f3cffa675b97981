/* survivor: takes over the lock of a killed process, repairs the data, and goes on.
 *
 *     2$ ./survivor
 *     the holder died with the lock: left 60, right 50
 *     repaired: left 50, right 50
 *
 * With ./holder in a first terminal, which is then killed (kill -KILL).
 *
 * Calls: shm_open -> fstat -> mmap -> pthread_mutex_lock -> pthread_mutex_consistent ->
 *        pthread_mutex_unlock; at exit, if the holder is dead: shm_unlink
 *
 * Look for: pthread_mutex_lock returns EOWNERDEAD, *and* we hold the lock. That is not enough: the
 * data may be half changed. We repair it, and say so (pthread_mutex_consistent); otherwise no
 * process could ever lock the mutex again. With -u, on both ends, there is only a semaphore, and no
 * way to know that its holder has died.
 *
 * Build: cc -I../include -o survivor survivor.c -lrt -lpthread
 * Read:  pthread_mutexattr_setrobust(3), pthread_mutex_consistent(3), sem_wait(3)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "pair.h"
#include "role.h"
#include "start.h"

static const char HELP[] = "usage: survivor [-h] [-t SECONDS] [-u]\n"
                           "Takes over the lock of a ./holder that was killed.\n"
                           "  1$ ./holder      2$ kill -KILL <its process ID>; ./survivor\n"
                           "  -t SECONDS  how long to wait for a holder, and for the lock (12)\n"
                           "  -u          unsafe: the semaphore of ./holder -u\n";

/* Maps what a holder, living or dead, has created. NULL: there is nothing, or it is not ready. */
static struct pair *open_pair(const char *name)
{
    struct stat found;
    int segment = shm_open(name, O_RDWR, 0);
    if (segment < 0 && errno == ENOENT)
        return NULL;
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", name);
    if (fstat(segment, &found) < 0 || found.st_uid != geteuid())
        errx(EXIT_FAILURE, "%s belongs to another user, not to you", name);
    struct pair *pair = mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (pair == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", name);
    close(segment);
    /* the size first: reading a page beyond the end of the object raises SIGBUS */
    if (found.st_size > 0 && found.st_size != sizeof *pair)
        errx(EXIT_FAILURE, "%s: its holder is built differently: 32 and 64 bit?", name);
    if (found.st_size > 0 && atomic_load(&pair->is_ready))
        return pair;
    munmap(pair, sizeof *pair);
    return NULL;
}

/* robust: the segment of a dead holder is ours to remove. We take its role, so that no new holder
 * can use the name until then. */
static void take_over(const char *name)
{
    claim_role("holder");
    remove_at_exit(shm_unlink, name);
}

/* The holder changes left first. It died before it changed right, which is still as it was. */
static void repair(struct pair *pair)
{
    printf("the holder died with the lock: left %d, right %d\n", pair->left, pair->right);
    pair->left = SUM - pair->right;
    check(pthread_mutex_consistent(&pair->mutex), "pthread_mutex_consistent");
    printf("repaired: left %d, right %d\n", pair->left, pair->right);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:u", HELP, &options);
    char name[HERE_NAME_SIZE];
    name_for_here(name, "pair");
    struct pair *pair;
    set_deadline(options.timeout, "no holder came");
    while ((pair = open_pair(name)) == NULL) {
        find_role("holder"); /* robust: exits if it runs in another container */
        wait_to_retry("holder", NULL);
    }
    clear_deadline();
    bool is_alive = find_role("holder") >= 0;
    if (!is_alive)
        take_over(name);

    set_deadline(options.timeout, is_alive ? "the holder did not release the lock"
                                           : "the holder is dead, and nobody released the lock");
    int error = 0;
    if (!options.unsafe)
        error = pthread_mutex_lock(&pair->mutex); /* even with EOWNERDEAD, we hold it now */
    else if (sem_wait(&pair->semaphore) < 0)
        err(EXIT_FAILURE, "sem_wait");
    clear_deadline();
    if (error == EOWNERDEAD) {
        repair(pair);
    } else {
        check(error, "pthread_mutex_lock");
        printf("the lock was free: left %d, right %d\n", pair->left, pair->right);
    }
    if (!options.unsafe)
        check(pthread_mutex_unlock(&pair->mutex), "pthread_mutex_unlock");
    else if (sem_post(&pair->semaphore) < 0)
        err(EXIT_FAILURE, "sem_post");
    if (error == EOWNERDEAD && is_alive) /* it has died since we looked */
        take_over(name);
    return EXIT_SUCCESS;
}
