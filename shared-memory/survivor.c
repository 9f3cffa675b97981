/* survivor: wants the lock whose holder was killed, mends the data, and goes on.
 *
 *     2$ ./survivor
 *     the holder died with the lock: left 60, right 50
 *     mended: left 50, right 50
 *
 * After ./holder in a first terminal, in the same directory, which is then killed (kill -KILL).
 *
 * Look for: pthread_mutex_lock gives us the lock *and* EOWNERDEAD. To have it is not enough:
 * what it guards may be half done. We check, mend, and say so (pthread_mutex_consistent);
 * otherwise nobody would get the mutex any more. With -u, on both ends, there is only a
 * semaphore, and no way to know.
 *
 * Build: cc -I../include -o survivor survivor.c -lrt -lpthread
 * Read:  pthread_mutex_consistent(3), pthread_mutex_timedlock(3), sem_wait(3)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "here.h"
#include "owner.h"
#include "pair.h"
#include "patience.h"

static const char HELP[] = "Takes over the lock of a ./holder that was killed.\n"
                           "  1$ ./holder\n"
                           "  2$ ./survivor\n";

static char name[HERE_NAME_SIZE];
static int segment;
static struct pair *pair;

/* Maps what a holder has made, be it alive or dead; false if there is none, or it is not ready. */
static bool attach(void)
{
    struct stat found;
    segment = shm_open(name, O_RDWR, 0);
    if (segment < 0 && errno != ENOENT)
        report_and_exit("shm_open %s", name);
    if (segment < 0)
        return false;
    insist_on_ours(segment, S_IFREG, name);
    if (fstat(segment, &found) == 0 && found.st_size == sizeof *pair) {
        pair = mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
        if (pair == MAP_FAILED)
            report_and_exit("mmap %s", name);
        if (atomic_load(&pair->is_ready) == 1)
            return true;
        munmap(pair, sizeof *pair);
    }
    close(segment);
    return false;
}

/* A mutex is not interrupted by ticks: a tenth of a second at a time, until we have it. Returns 0,
 * EOWNERDEAD, or ETIMEDOUT, when our patience is at its end. */
static int lock_mutex(void)
{
    int r;
    do {
        struct timespec soon = moment_in(TICK_MS);
        say_if_stopped(owner_of(segment, 0));
        r = pthread_mutex_timedlock(&pair->mutex, &soon);
    } while (r == ETIMEDOUT && keep_waiting());
    return r;
}

static int lock_semaphore(void)
{
    int r;
    start_ticks();
    do
        r = sem_wait(&pair->semaphore);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    return r == 0 ? 0 : ETIMEDOUT;
}

/* The data's invariant: left and right together are SUM. left is changed first, so that right is
 * still as it was before: left is put back. */
static void mend(void)
{
    printf("the holder died with the lock: left %d, right %d\n", pair->left, pair->right);
    pair->left = SUM - pair->right;
    errno = pthread_mutex_consistent(&pair->mutex);
    if (errno != 0)
        report_and_exit("declare the mutex consistent");
    printf("mended: left %d, right %d\n", pair->left, pair->right);
}

/* If the holder is dead, nobody else will remove the segment. The lock keeps a new holder away from
 * it meanwhile; and if there was one already, the name is no longer this segment's. */
static void remove_if_orphaned(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat found;
    if (fcntl(segment, F_SETLK, &lock) == 0 && fstat(segment, &found) == 0 && found.st_nlink > 0)
        shm_unlink(name);
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "tu", "", HELP, &options);

    name_for_here(name, "pair");
    set_patience(options.patience);
    while (!attach())
        try_again("./holder in this directory");
    set_patience(options.patience); /* anew: the holder, too, may take its time */

    int r = options.unsafe ? lock_semaphore() : lock_mutex();
    if (r == EOWNERDEAD)
        mend();
    else if (r == 0)
        printf("the lock was free: left %d, right %d\n", pair->left, pair->right);
    else if (r != ETIMEDOUT)
        say_and_exit("lock the mutex: %s", strerror(r));
    else if (owner_of(segment, 0) == 0)
        say("the holder is dead, and has the lock: we would wait for ever, and give up");
    else
        say("the holder did not give the lock back within %g s", options.patience);
    flush_or_exit();

    if (r == 0 && options.unsafe)
        sem_post(&pair->semaphore);
    else if (r != ETIMEDOUT)
        pthread_mutex_unlock(&pair->mutex);
    remove_if_orphaned();
    return r == ETIMEDOUT ? EXIT_FAILURE : EXIT_SUCCESS;
}
