/* ringReader: prints what ringWriter sends through a ring of slots in shared memory.
 *
 *     1$ ./ringWriter <film
 *     2$ ./ringReader >copy
 *
 * Calls: shm_open -> mmap -> sem_post; sem_wait, write, sem_post, ... -> sem_post
 *
 * Look for: the reader writes a slot's bytes to standard output straight from the shared memory,
 * and frees the slot only then. Kill the writer in the middle: the reader empties the slots that
 * are full, and then reports that the stream is incomplete.
 *
 * Build: cc -I../include -o ringReader ringReader.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "bytes.h"
#include "ring.h"
#include "start.h"

static const char HELP[] = "usage: ringReader [-h] [-t SECONDS]\n"
                           "Prints what ./ringWriter sends through shared memory.\n"
                           "  1$ ./ringWriter <film      2$ ./ringReader >copy\n"
                           "  -t SECONDS  how long to wait for the writer (12)\n";

/* Maps the ring of the writer that runs here, and lets it know that a reader has come. */
static struct ring *join_ring(double seconds)
{
    char name[HERE_NAME_SIZE];
    name_for_here(name, "ring");
    claim_role("ringReader"); /* robust: two readers would steal each other's slots */
    pid_t writer =
        watch_role("ringWriter", seconds, "the writer has died: the stream is not whole");
    int segment = shm_open(name, O_RDWR, 0);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", name);
    struct stat found; /* robust: sem_t differs between programs of 32 and 64 bit */
    if (fstat(segment, &found) < 0 || found.st_size != sizeof(struct ring))
        errx(EXIT_FAILURE, "the ringWriter is built differently: 32 and 64 bit?");
    struct ring *ring = mmap(NULL, sizeof *ring, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (ring == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", name);
    if (find_role("ringWriter") != writer) /* robust: this writer made the ring */
        errx(EXIT_FAILURE, "the ringWriter has ended");
    announce_role(); /* robust: the writer can watch us */
    if (sem_post(&ring->reader_came) < 0)
        err(EXIT_FAILURE, "sem_post");
    return ring;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    struct ring *ring = join_ring(options.timeout);

    for (size_t next = 0;; next++) {
        begin_watched_wait(); /* robust: if the writer dies while we wait, the program ends */
        if (sem_wait(&ring->full_slots) < 0)
            err(EXIT_FAILURE, "sem_wait");
        end_watched_wait();
        /* What the writer stored before its sem_post is visible after our sem_wait. The length is
         * read once: a faulty writer could change it after we have checked it. */
        const struct slot *slot = &ring->slots[next % SLOTS];
        size_t length = slot->length;
        if (length == 0)
            break;
        if (length > SLOT_SIZE)
            errx(EXIT_FAILURE, "the slot says that it holds %zu bytes", length);
        write_all(STDOUT_FILENO, slot->bytes, length, "standard output"); /* write(2) */
        if (sem_post(&ring->free_slots) < 0)
            err(EXIT_FAILURE, "sem_post");
    }
    if (sem_post(&ring->all_read) < 0)
        err(EXIT_FAILURE, "sem_post");
    return EXIT_SUCCESS;
}
