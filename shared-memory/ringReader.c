/* ringReader: prints what ringWriter sends through a ring of slots in shared memory.
 *
 *     2$ ./ringReader >copy
 *
 * With ./ringWriter <film in a first terminal, in the same directory; either may start first.
 *
 * Look for: the reader writes a slot's bytes to standard output straight from the shared memory,
 * and gives the slot back only then. Kill the writer in the middle: the reader empties what is
 * full, and then says that the stream is not whole.
 *
 * Build: cc -I../include -o ringReader ringReader.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "bytes.h"
#include "here.h"
#include "owner.h"
#include "patience.h"
#include "ring.h"

static const char HELP[] = "Prints what ./ringWriter sends through shared memory.\n"
                           "  1$ ./ringWriter <film\n"
                           "  2$ ./ringReader >copy\n";

static char name[HERE_NAME_SIZE];
static int segment;
static struct ring *ring;

/* Shows the writer that we live; a second reader would take slots away from the first. False: this
 * ring's reader has come, and died; what it has read is gone, and the next ring is ours. */
static bool be_the_reader(void)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = READER_BYTE, .l_len = 1
    };
    while (fcntl(segment, F_SETLK, &lock) < 0)
        refuse_owned(segment, READER_BYTE, name);
    return atomic_exchange(&ring->has_reader, 1) == 0;
}

/* Maps the ring of a living writer; false if there is none for us, or it is not ready. */
static bool attach(void)
{
    struct stat found;
    segment = shm_open(name, O_RDWR, 0);
    if (segment < 0 && errno != ENOENT)
        report_and_exit("shm_open %s", name);
    if (segment < 0)
        return false;
    insist_on_ours(segment, S_IFREG, name);
    /* the size first: to touch what lies behind the end of the segment is SIGBUS */
    if (owner_of(segment, WRITER_BYTE) != 0 && fstat(segment, &found) == 0
        && found.st_size == sizeof *ring) {
        ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
        if (ring == MAP_FAILED)
            report_and_exit("mmap %s", name);
        if (atomic_load(&ring->is_ready) == 1 && be_the_reader())
            return true;
        munmap(ring, sizeof *ring);
    }
    close(segment); /* and with it our lock */
    return false;
}

/* Waits for a full slot, for as long as the writer lives. When it has died, there
 * may still be some. */
static void wait_for_slot(void)
{
    bool alive = true;
    start_ticks();
    while ((alive ? sem_wait(&ring->full_slots) : sem_trywait(&ring->full_slots)) < 0) {
        if (!alive && errno == EAGAIN)
            say_and_exit("the writer has died: the stream is not whole");
        if (errno != EINTR)
            report_and_exit("sem_wait");
        alive = owner_of(segment, WRITER_BYTE) != 0;
        say_if_stopped(owner_of(segment, WRITER_BYTE));
    }
    stop_ticks();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    name_for_here(name, "ring");
    set_patience(options.patience);
    while (!attach())
        try_again("./ringWriter in this directory");

    for (size_t next = 0;; next++) {
        const struct slot *slot = &ring->slots[next % SLOTS];
        wait_for_slot();
        size_t length = atomic_load(&slot->length); /* once: the other may change it any time */
        if (length == 0)
            break;
        if (length > SLOT_SIZE)
            say_and_exit("the slot says that it holds %zu bytes", length);
        if (write_all(STDOUT_FILENO, slot->bytes, length) < 0)
            report_and_exit("write standard output");
        if (sem_post(&ring->free_slots) < 0)
            report_and_exit("sem_post");
    }
    if (sem_post(&ring->all_read) < 0)
        report_and_exit("sem_post");
    return EXIT_SUCCESS;
}
