/* memwriter: puts a text into shared memory, for a reader in another terminal.
 *
 *     1$ ./memwriter
 *     shared mem address: 0xNNN [0..511]
 *     backing file:      /dev/shm/shMemEx-NNN-NNN
 *
 * Then ./memreader in a second terminal, in the same directory; either may start first.
 *
 * Look for: no byte of the text goes through the kernel. Both processes see the same memory; the
 * semaphores only say when. While the writer waits, `ls /dev/shm` shows the objects; then no more.
 *
 * Build: cc -I../include -o memwriter memwriter.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2), posix_fallocate(3), fcntl(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "owner.h"
#include "patience.h"
#include "shmem.h"

static const char HELP[] =
    "Puts a text into shared memory, waits until a reader has taken it, and\n"
    "stays for -s seconds for more readers.\n"
    "  1$ ./memwriter\n"
    "  2$ ./memreader\n";
static const char TEXT[] = "This is the way the world ends...\n";

static struct names names;
static int segment = -1; /* locked by us, and so ours to remove */

/* The semaphores first, the segment last: whoever finds the segment can name the rest. */
static void remove_objects(void)
{
    struct stat found;
    if (segment < 0 || fstat(segment, &found) < 0 || found.st_nlink == 0)
        return; /* not made, or removed already */
    sem_unlink(names.written);
    sem_unlink(names.taken);
    shm_unlink(names.segment);
}

/* The lock says that the owner lives: the kernel drops it when that process dies, however it dies.
 * A segment with contents that nobody has locked is a dead run's: away with it, and make another.
 * If it lost its name before we had the lock, its owner has just removed it: try again. */
static void claim_segment(void)
{
    for (;;) {
        int fd = shm_open(names.segment, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
            report_and_exit("shm_open %s", names.segment);
        insist_on_ours(fd, S_IFREG, names.segment);

        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1 };
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 1, names.segment);
        struct stat found;
        segment = fd;
        name_semaphores(&names, segment);
        lock.l_start = 0; /* what readers ask about: the dead one shall not seem to live */
        if (fstat(fd, &found) == 0 && found.st_nlink > 0 && found.st_size == 0
            && fcntl(fd, F_SETLK, &lock) == 0)
            return; /* it is new, and still has its name */
        remove_objects();
        if (fstat(fd, &found) == 0 && found.st_nlink > 0)
            say_and_exit("an old %s cannot be removed", names.segment);
        segment = -1;
        close(fd);
    }
}

static char *map_segment(void)
{
    /* ftruncate would only set the size: a full /dev/shm is then a SIGBUS at the first byte */
    errno = posix_fallocate(segment, 0, BYTE_SIZE); /* returns the error */
    if (errno != 0)
        report_and_exit("allocate %d bytes for %s", BYTE_SIZE, names.segment);
    char *memory = mmap(NULL, BYTE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (memory == MAP_FAILED)
        report_and_exit("mmap %s", names.segment);
    return memory;
}

static sem_t *make_semaphore(const char *name)
{
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0); /* 0: it has not happened yet */
    if (semaphore == SEM_FAILED)
        report_and_exit("sem_open %s", name);
    return semaphore;
}

static void wait_for_reader(sem_t *taken, double patience)
{
    int r;
    set_patience(patience);
    start_ticks();
    do
        r = sem_wait(taken);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r < 0 && errno == EINTR)
        say_and_exit("no reader came within %g s", patience);
    if (r < 0)
        report_and_exit("sem_wait %s", names.taken);
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "st", "", HELP, &options);

    name_for_here(names.segment, "shMemEx");
    catch_ending_signals(remove_objects);
    claim_segment();
    char *memory = map_segment();
    sem_t *taken = make_semaphore(names.taken);
    sem_t *written = make_semaphore(names.written);

    memcpy(memory, TEXT, sizeof TEXT);
    if (sem_post(written) < 0)
        report_and_exit("sem_post %s", names.written);
    fprintf(stderr, "shared mem address: %p [0..%d]\n", (void *)memory, BYTE_SIZE - 1);
    fprintf(stderr, "backing file:      /dev/shm%s\n", names.segment);
    wait_for_reader(taken, options.patience);
    stay(options.stay);  /* for more readers */
    return EXIT_SUCCESS; /* and on the way out, remove_objects(): see catch_ending_signals() */
}
