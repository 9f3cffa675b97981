/* ringWriter: sends its standard input through a ring of slots in shared memory.
 *
 *     1$ ./ringWriter <film
 *     2$ ./ringReader >copy
 *
 * Calls: shm_open -> posix_fallocate -> mmap -> sem_init; sem_wait, read, sem_post, ... ->
 *        sem_wait; before, and at exit: shm_unlink
 *
 * Look for: the bounded buffer of the textbook. One semaphore counts the free slots, the other
 * the full ones. The writer waits for a free slot and announces a full one; the reader does the
 * opposite. Neither touches a slot of the other, so no lock is needed. Any size fits through 4 MiB.
 *
 * Build: cc -I../include -o ringWriter ringWriter.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), sem_init(3), mmap(2)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "bytes.h"
#include "ring.h"
#include "start.h"

static const char HELP[] = "usage: ringWriter [-h] [-t SECONDS]\n"
                           "Sends standard input to ./ringReader, through shared memory.\n"
                           "  1$ ./ringWriter <film      2$ ./ringReader >copy\n"
                           "  -t SECONDS  how long to wait for the reader (12)\n";

static void init_semaphore(sem_t *semaphore, unsigned value)
{
    if (sem_init(semaphore, 1, value) < 0) /* 1: shared between processes */
        err(EXIT_FAILURE, "sem_init");
}

static struct ring *create_ring(const char *name)
{
    int segment = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", name);
    errno = posix_fallocate(segment, 0, sizeof(struct ring)); /* reserves it: no SIGBUS later */
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate %s", name);
    struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (ring == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", name);
    init_semaphore(&ring->reader_came, 0);
    init_semaphore(&ring->free_slots, SLOTS);
    init_semaphore(&ring->full_slots, 0);
    init_semaphore(&ring->all_read, 0);
    return ring;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    char name[HERE_NAME_SIZE];
    name_for_here(name, "ring");
    claim_role("ringWriter"); /* robust: no other ringWriter runs in this directory */
    remove_at_exit(shm_unlink, name);
    shm_unlink(name); /* left by a killed ringWriter */
    struct ring *ring = create_ring(name);
    announce_role(); /* robust: the ring is complete, and ringReader may open it */

    set_deadline(options.timeout, "no reader came");
    if (sem_wait(&ring->reader_came) < 0)
        err(EXIT_FAILURE, "sem_wait");
    clear_deadline();
    watch_role("ringReader", options.timeout, "the reader has left before the end of the stream");
    if (shutdown(role_socket, SHUT_RD) < 0) /* robust: the next reader waits for the next writer */
        err(EXIT_FAILURE, "leave the role");

    ssize_t got = 1;
    for (size_t next = 0; got > 0; next++) {
        struct slot *slot = &ring->slots[next % SLOTS];
        begin_watched_wait(); /* robust: if the reader dies while we wait, the program ends */
        if (sem_wait(&ring->free_slots) < 0)
            err(EXIT_FAILURE, "sem_wait");
        while ((got = read(STDIN_FILENO, slot->bytes, SLOT_SIZE)) < 0) /* straight into the slot */
            if (!try_again(STDIN_FILENO, POLLIN)) /* robust: it may be non-blocking */
                err(EXIT_FAILURE, "read standard input");
        end_watched_wait();
        slot->length = (size_t)got; /* 0: the end of the stream */
        if (sem_post(&ring->full_slots) < 0)
            err(EXIT_FAILURE, "sem_post");
    }
    begin_watched_wait();
    if (sem_wait(&ring->all_read) < 0) /* only now do we know that everything has arrived */
        err(EXIT_FAILURE, "sem_wait");
    end_watched_wait();
    return EXIT_SUCCESS;
}
