/* ringWriter: sends its standard input through a ring of slots in shared memory.
 *
 *     1$ ./ringWriter <film
 *
 * With ./ringReader >copy in a second terminal, in the same directory; either may start first.
 *
 * Look for: the bounded buffer of the textbook. One semaphore counts the free slots, one the full
 * ones. The writer takes a free one and gives a full one, the reader the other way round; none of
 * them ever touches a slot that is the other's, and no lock is needed. Any size goes through 4 MiB.
 *
 * Build: cc -I../include -o ringWriter ringWriter.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), sem_init(3), mmap(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "here.h"
#include "owner.h"
#include "patience.h"
#include "ring.h"

static const char HELP[] = "Sends standard input to ./ringReader, through shared memory.\n"
                           "  1$ ./ringWriter <film\n"
                           "  2$ ./ringReader >copy\n";

static char name[HERE_NAME_SIZE];
static int segment = -1; /* locked by us, and so ours to remove */
static struct ring *ring;

static void remove_segment(void)
{
    struct stat found;
    if (segment >= 0 && fstat(segment, &found) == 0 && found.st_nlink > 0)
        shm_unlink(name);
}

/* As memwriter does: the lock shows that we live, and an old segment is a dead writer's. */
static void claim_segment(void)
{
    for (;;) {
        int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
        if (fd < 0)
            report_and_exit("shm_open %s", name);
        insist_on_ours(fd, S_IFREG, name);

        struct flock lock = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = CLAIM_BYTE, .l_len = 1
        };
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, CLAIM_BYTE, name);
        struct stat found;
        segment = fd;
        lock.l_start = WRITER_BYTE; /* of a new one only: a dead writer shall not seem to live */
        if (fstat(fd, &found) == 0 && found.st_nlink > 0 && found.st_size == 0
            && fcntl(fd, F_SETLK, &lock) == 0)
            return;
        remove_segment();
        segment = -1;
        close(fd);
    }
}

static void make_ring(void)
{
    errno = posix_fallocate(segment, 0, sizeof *ring); /* returns the error */
    if (errno != 0)
        report_and_exit("allocate %zu bytes for %s", sizeof *ring, name);
    ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (ring == MAP_FAILED)
        report_and_exit("mmap %s", name);
    if (sem_init(&ring->free_slots, 1, SLOTS) < 0 || sem_init(&ring->full_slots, 1, 0) < 0
        || sem_init(&ring->all_read, 1, 0) < 0) /* 1: for processes, not for threads */
        report_and_exit("sem_init");
    atomic_store(&ring->is_ready, 1); /* last: who sees it sees all that was done before */
}

/* At each tick of a wait: as long as the reader lives, or, before it has come, as long as our
 * patience lasts, we go on. False: the reader has died, or has read all. */
static bool has_hope(void)
{
    bool has_come = atomic_load(&ring->has_reader) == 1; /* asked before: it may be coming now */
    pid_t reader = owner_of(segment, READER_BYTE);
    bool in_time = keep_waiting();
    if (reader == 0 && !has_come && !in_time)
        say_and_exit("no reader came within %g s", patience_given);
    say_if_stopped(reader);
    return reader != 0 || !has_come;
}

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) < 0) {
        if (errno != EINTR)
            report_and_exit("sem_wait");
        if (has_hope())
            continue;
        if (sem_trywait(semaphore) < 0) /* it may have posted before it went */
            say_and_exit("the reader has left before the end of the stream");
        break;
    }
}

/* Straight into the slot: the bytes are not copied once more. */
static size_t fill(struct slot *slot)
{
    ssize_t got;
    while ((got = read(STDIN_FILENO, slot->bytes, SLOT_SIZE)) < 0) {
        struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
        if (errno == EAGAIN && poll(&input, 1, -1) > 0)
            continue; /* somebody has made it non-blocking */
        if (errno != EINTR)
            report_and_exit("read standard input");
        if (!has_hope())
            say_and_exit("the reader has left before the end of the stream");
    }
    return (size_t)got;
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    name_for_here(name, "ring");
    catch_ending_signals(remove_segment);
    claim_segment();
    make_ring();

    set_patience(options.patience);
    start_ticks();
    size_t length = 1;
    for (size_t next = 0; length > 0; next++) {
        struct slot *slot = &ring->slots[next % SLOTS];
        wait_for(&ring->free_slots);
        length = fill(slot);
        atomic_store(&slot->length, length);
        leave_if_ended(); /* when there is always something to do, no call is ever interrupted */
        if (sem_post(&ring->full_slots) < 0)
            report_and_exit("sem_post");
    }
    wait_for(&ring->all_read); /* it is not sent before it has come */
    stop_ticks();
    return EXIT_SUCCESS;
}
