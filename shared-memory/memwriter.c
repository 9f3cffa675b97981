/* memwriter: puts a line of text into shared memory, where another process reads it.
 *
 *     1$ ./memwriter
 *     shared mem address: 0xNNN [0..511]
 *     backing file:      /dev/shm/shMemEx-NNN-NNN
 *     2$ ./memreader
 *     This is the way the world ends...
 *
 * Calls: shm_open -> posix_fallocate -> mmap -> sem_open -> sem_post -> sem_wait;
 *        before, and at exit: shm_unlink, sem_unlink
 *
 * Look for: no byte of the text goes through the kernel. The same page of memory is mapped into
 * both address spaces; the semaphores only control when it may be read. While the writer waits,
 * `ls /dev/shm` shows the segment and both semaphores; afterward they are gone.
 *
 * Build: cc -I../include -o memwriter memwriter.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2), posix_fallocate(3)
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <sys/mman.h>

#include "shmem.h"
#include "start.h"

static const char HELP[] =
    "usage: memwriter [-h] [-s SECONDS] [-t SECONDS]\n"
    "Puts a line of text into shared memory, and waits until it has been read.\n"
    "  1$ ./memwriter      2$ ./memreader\n"
    "  -s SECONDS  how long to stay afterward, for more readers (0)\n"
    "  -t SECONDS  how long to wait for the first reader (12)\n";
static const char TEXT[] = "This is the way the world ends...\n";

static sem_t *create_semaphore(const char *name)
{
    remove_at_exit(sem_unlink, name);
    sem_unlink(name); /* left by a killed memwriter */

    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0); /* 0: it has not happened yet */
    if (semaphore == SEM_FAILED)
        err(EXIT_FAILURE, "sem_open %s%s", name, hint_for_sem_open());
    return semaphore;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "s:t:", HELP, &options);
    struct names names = names_for_here();
    claim_role("memwriter"); /* robust: no other memwriter runs in this directory */

    remove_at_exit(shm_unlink, names.segment); /* even after Ctrl+C */
    shm_unlink(names.segment);                 /* left by a killed memwriter */
    int segment = shm_open(names.segment, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", names.segment);
    errno = posix_fallocate(segment, 0, BYTE_SIZE); /* reserves it: no SIGBUS later */
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate %s", names.segment);
    char *memory = mmap(NULL, BYTE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", names.segment);
    sem_t *written = create_semaphore(names.written);
    sem_t *taken = create_semaphore(names.taken);
    announce_role(); /* robust: all three exist, and memreader may open them */

    fprintf(stderr, "shared mem address: %p [0..%d]\n", (void *)memory, BYTE_SIZE - 1);
    fprintf(stderr, "backing file:      /dev/shm%s\n", names.segment);
    strcpy(memory, TEXT);
    if (sem_post(written) < 0) /* 0 becomes 1: a reader may go on */
        err(EXIT_FAILURE, "sem_post %s", names.written);

    set_deadline(options.timeout, "no reader came");
    if (sem_wait(taken) < 0) /* sleeps until a reader has posted it */
        err(EXIT_FAILURE, "sem_wait %s", names.taken);
    clear_deadline();
    pause_for(options.pause);
    return EXIT_SUCCESS; /* the three names are unlinked at exit */
}
