/* memreader: prints the line of text that memwriter has put into shared memory.
 *
 *     1$ ./memwriter
 *     2$ ./memreader
 *     This is the way the world ends...
 *
 * Calls: shm_open -> mmap -> sem_open -> sem_wait -> sem_post
 *
 * Look for: nothing is created here. The reader opens what the writer has created, maps the memory
 * read-only, and looks at it only after sem_wait. It posts the same semaphore again at once: the
 * text is still there, and another reader may read it, too.
 *
 * Build: cc -I../include -o memreader memreader.c -lrt -lpthread
 * Read:  shm_overview(7), sem_overview(7), mmap(2)
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <sys/mman.h>

#include "shmem.h"
#include "start.h"

static const char HELP[] = "usage: memreader [-h] [-t SECONDS]\n"
                           "Prints the text that ./memwriter puts into shared memory.\n"
                           "  1$ ./memwriter      2$ ./memreader\n"
                           "  -t SECONDS  how long to wait for the writer (12)\n";

static sem_t *open_semaphore(const char *name)
{
    sem_t *semaphore = sem_open(name, 0); /* no O_CREAT: nobody would post one of our own */
    if (semaphore == SEM_FAILED)
        err(EXIT_FAILURE, "sem_open %s", name);
    return semaphore;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    struct names names = names_for_here();
    pid_t writer = wait_for_role("memwriter", options.timeout); /* robust: a running one */

    int segment = shm_open(names.segment, O_RDONLY, 0);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", names.segment);
    char *memory = mmap(NULL, BYTE_SIZE, PROT_READ, MAP_SHARED, segment, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", names.segment);
    sem_t *written = open_semaphore(names.written);
    sem_t *taken = open_semaphore(names.taken);
    check_writer(writer); /* robust: all three belong to the same run */

    set_deadline(options.timeout, "the writer has not written its text");
    if (sem_wait(written) < 0) /* sleeps until the writer has posted it; 1 becomes 0 */
        err(EXIT_FAILURE, "sem_wait %s", names.written);
    clear_deadline();
    if (sem_post(written) < 0) /* 1 again: another reader may read the text, too */
        err(EXIT_FAILURE, "sem_post %s", names.written);
    printf("%.*s", BYTE_SIZE, memory);
    check_output();          /* if nobody can read it, the writer has to wait for another reader */
    if (sem_post(taken) < 0) /* for the writer, which may end now */
        err(EXIT_FAILURE, "sem_post %s", names.taken);
    return EXIT_SUCCESS;
}
