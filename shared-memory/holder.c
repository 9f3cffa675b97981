/* holder: takes a lock on shared data, changes half of it, and stays there, to be killed.
 *
 *     1$ ./holder
 *     holder has the lock: left 60, right 50
 *
 * Then kill it (kill -KILL), and start ./survivor in a second terminal, in the same directory.
 *
 * Look for: left and right together are 100; in the middle of the change they are not. The mutex is
 * robust: the kernel gives it free when the holder dies, and tells the next one what has happened
 * (EOWNERDEAD). With -u a plain semaphore guards the data. It is a number, 0 while somebody has it,
 * and stays 0 for ever.
 *
 * Build: cc -I../include -o holder holder.c -lrt -lpthread
 * Read:  pthread_mutexattr_setrobust(3), pthread_mutexattr_setpshared(3), sem_init(3)
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

static const char HELP[] =
    "Holds a lock on shared data, in the middle of a change, for -s seconds.\n"
    "  1$ ./holder\n"
    "  2$ ./survivor\n";

enum { MOVED = 10 };

static char name[HERE_NAME_SIZE];
static int segment = -1; /* locked by us, and so ours to remove */

static void remove_segment(void)
{
    struct stat found;
    if (segment >= 0 && fstat(segment, &found) == 0 && found.st_nlink > 0)
        shm_unlink(name);
}

/* The record lock shows that we live; an old segment is a dead holder's. */
static void claim_segment(void)
{
    for (;;) {
        int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
            report_and_exit("shm_open %s", name);
        insist_on_ours(fd, S_IFREG, name);

        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 0, name);
        struct stat found;
        segment = fd;
        if (fstat(fd, &found) == 0 && found.st_nlink > 0 && found.st_size == 0)
            return;
        remove_segment();
        segment = -1;
        close(fd);
    }
}

static struct pair *make_pair(void)
{
    errno = posix_fallocate(segment, 0, sizeof(struct pair)); /* returns the error */
    if (errno != 0)
        report_and_exit("allocate %zu bytes for %s", sizeof(struct pair), name);
    struct pair *pair = mmap(NULL, sizeof *pair, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (pair == MAP_FAILED)
        report_and_exit("mmap %s", name);

    pthread_mutexattr_t attributes;
    if ((errno = pthread_mutexattr_init(&attributes)) != 0 /* these return their errors, too */
        || (errno = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED)) != 0
        || (errno = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST)) != 0
        || (errno = pthread_mutex_init(&pair->mutex, &attributes)) != 0)
        report_and_exit("make the mutex");
    if (sem_init(&pair->semaphore, 1, 1) < 0) /* 1: nobody has it */
        report_and_exit("make the semaphore");
    pair->left = pair->right = SUM / 2;
    return pair;
}

static void take(struct pair *pair, bool unsafe)
{
    errno =
        unsafe ? (sem_wait(&pair->semaphore) < 0 ? errno : 0) : pthread_mutex_lock(&pair->mutex);
    if (errno != 0)
        report_and_exit("take the lock");
}

static void give_back(struct pair *pair, bool unsafe)
{
    errno =
        unsafe ? (sem_post(&pair->semaphore) < 0 ? errno : 0) : pthread_mutex_unlock(&pair->mutex);
    if (errno != 0)
        report_and_exit("give the lock back");
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 6 };
    begin(argc, argv, "su", "", HELP, &options);

    name_for_here(name, "pair");
    catch_ending_signals(remove_segment);
    claim_segment();
    struct pair *pair = make_pair();

    take(pair, options.unsafe);
    atomic_store(&pair->is_ready, 1);
    pair->left += MOVED;
    printf("holder has the lock: left %d, right %d\n", pair->left, pair->right);
    flush_or_exit();
    stay(options.stay);
    pair->right -= MOVED;
    give_back(pair, options.unsafe);
    printf("holder has given it back: left %d, right %d\n", pair->left, pair->right);
    flush_or_exit();
    return EXIT_SUCCESS;
}
