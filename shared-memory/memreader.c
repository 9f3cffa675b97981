/* memreader: takes the text that memwriter has put into shared memory.
 *
 *     2$ ./memreader
 *     This is the way the world ends...
 *
 * With ./memwriter in a first terminal, in the same directory; either may start first.
 *
 * Look for: the reader waits for the semaphore before it looks, and posts it again at once, so that
 * the next reader can go. And it asks who holds the lock on the segment: one that nobody holds is
 * what a killed writer left behind, and its text is yesterday's.
 *
 * Build: cc -I../include -o memreader memreader.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2), fcntl(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "begin.h"
#include "owner.h"
#include "patience.h"
#include "shmem.h"

static const char HELP[] = "Prints the text that ./memwriter puts into shared memory.\n"
                           "  1$ ./memwriter\n"
                           "  2$ ./memreader\n";

static struct names names;
static int segment;
static sem_t *written, *taken;

static sem_t *open_semaphore(const char *name)
{
    sem_t *semaphore = sem_open(name, 0); /* no O_CREAT: it is the writer's to make */
    if (semaphore == SEM_FAILED && errno != ENOENT)
        report_and_exit("sem_open %s", name);
    return semaphore;
}

/* Opens what a living writer has made; false if there is none, or it is not ready. The writer makes
 * "written" last: when that is there, all is there. */
static bool attach(void)
{
    segment = shm_open(names.segment, O_RDWR, 0);
    if (segment < 0 && errno != ENOENT)
        report_and_exit("shm_open %s", names.segment);
    if (segment < 0)
        return false;
    insist_on_ours(segment, S_IFREG, names.segment);
    name_semaphores(&names, segment);
    if (owner_of(segment, 0) != 0) {
        written = open_semaphore(names.written);
        taken = written != SEM_FAILED ? open_semaphore(names.taken) : SEM_FAILED;
        if (taken != SEM_FAILED)
            return true;
    }
    close(segment);
    return false;
}

/* Waits until the text is there; false if the writer died before, or our patience is at its end. */
static bool wait_for_text(void)
{
    int r;
    start_ticks();
    do {
        r = sem_wait(written);
        if (r < 0 && errno == EINTR)
            say_if_stopped(owner_of(segment, 0));
    } while (r < 0 && errno == EINTR && owner_of(segment, 0) != 0 && keep_waiting());
    stop_ticks();
    if (r < 0 && errno != EINTR)
        report_and_exit("sem_wait %s", names.written);
    return r == 0;
}

static void print_text(void)
{
    struct stat size;
    if (fstat(segment, &size) < 0 || size.st_size != BYTE_SIZE)
        say_and_exit("%s has not the size of a segment", names.segment);
    char *memory = mmap(NULL, BYTE_SIZE, PROT_READ, MAP_SHARED, segment, 0);
    if (memory == MAP_FAILED)
        report_and_exit("mmap %s", names.segment);
    printf("%.*s", BYTE_SIZE, memory); /* never past the end, whatever is in it */
    flush_or_exit();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    name_for_here(names.segment, "shMemEx");
    set_patience(options.patience);
    while (!attach())
        try_again("./memwriter in this directory");
    if (!wait_for_text())
        say_and_exit("the writer has not written its text");
    if (sem_post(written) < 0) /* at once, for the next reader: we might not come to it later */
        report_and_exit("sem_post %s", names.written);
    print_text();
    if (sem_post(taken) < 0) /* for the writer */
        report_and_exit("sem_post %s", names.taken);
    return EXIT_SUCCESS;
}
