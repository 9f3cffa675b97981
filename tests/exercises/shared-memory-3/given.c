/* shared-memory-3: words through a single slot
 *
 * Wanted: ./shared-memory-3 WORD... creates a child, which puts the words into shared memory, one
 *     after another. There is room for only one word. The parent takes the words out and prints
 *     them, one per line, each of them once and in the order of the arguments. While a process
 *     waits, it sleeps.
 * As it stands: wrong output. Some words appear twice, and others are missing. The first line may
 *     be empty. (Run it several times, with five words or more.)
 * Read: sem_overview(7), sem_init(3)
 * Easy, 5 minutes. To judge it: make exercise-shared-memory-3
 */
#define _GNU_SOURCE
#include <err.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    sem_t slot_free; /* the child may store a word */
    sem_t slot_full; /* the parent may take the word */
    char slot[64];
};

static void wait_for(sem_t *semaphore)
{
    if (sem_wait(semaphore) < 0)
        err(EXIT_FAILURE, "sem_wait");
}

static void post(sem_t *semaphore)
{
    if (sem_post(semaphore) < 0)
        err(EXIT_FAILURE, "sem_post");
}

static void put_words(struct shared *shared, int count, char *words[])
{
    for (int i = 0; i < count; i++) {
        wait_for(&shared->slot_free);
        strcpy(shared->slot, words[i]);
        post(&shared->slot_full);
    }
}

static void take_words(struct shared *shared, int count)
{
    for (int i = 0; i < count; i++) {
        wait_for(&shared->slot_full);
        puts(shared->slot);
        post(&shared->slot_free);
    }
}

int main(int argc, char *argv[])
{
    int prot = PROT_READ | PROT_WRITE;
    struct shared *shared = mmap(NULL, sizeof *shared, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    for (int i = 1; i < argc; i++)
        if (strlen(argv[i]) >= sizeof shared->slot)
            errx(2, "%s is too long: the slot has %zu bytes", argv[i], sizeof shared->slot);
    if (sem_init(&shared->slot_free, 1, 1) < 0 || sem_init(&shared->slot_full, 1, 1) < 0)
        err(EXIT_FAILURE, "sem_init");
    signal(SIGPIPE, SIG_IGN); /* if nobody reads our output, we go on, and fail at the end */
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        put_words(shared, argc - 1, argv + 1);
        exit(EXIT_SUCCESS);
    }
    take_words(shared, argc - 1);
    if (waitpid(child, NULL, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (fflush(stdout) == EOF || ferror(stdout))
        err(EXIT_FAILURE, "write");
    return EXIT_SUCCESS;
}
