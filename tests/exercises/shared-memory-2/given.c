/* shared-memory-2: lines numbered by several processes
 *
 * Wanted: ./shared-memory-2 NAME FILE... numbers the lines of all files: a child for each file
 *     prints its lines, each with the next number. The semaphore NAME (such as /turn) is their
 *     lock, so the numbers appear in order: 1, 2, 3. If a file cannot be read, the lines of the
 *     other files are printed all the same, and the exit status is 1. Whatever goes wrong with a
 *     file or in a child, the semaphore is gone when the program has ended.
 * As it stands: it leaves something behind. Run it a second time with the same NAME.
 * Read: sem_overview(7), "Named semaphores"
 * Easy, 10 minutes. To judge it: make exercise-shared-memory-2
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void number_lines(const char *file, long *number, sem_t *lock)
{
    FILE *lines = fopen(file, "re");
    if (lines == NULL)
        err(EXIT_FAILURE, "open %s", file);
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, lines) >= 0) {
        if (sem_wait(lock) < 0)
            err(EXIT_FAILURE, "sem_wait");
        printf("%ld %s", ++*number, line);
        int result = fflush(stdout);
        if (sem_post(lock) < 0)
            err(EXIT_FAILURE, "sem_post");
        if (result == EOF)
            err(EXIT_FAILURE, "write");
    }
    if (ferror(lines))
        err(EXIT_FAILURE, "read %s", file);
}

int main(int argc, char *argv[])
{
    if (argc < 3)
        errx(2, "usage: %s NAME FILE...", argv[0]);
    /* If nobody reads our output, write fails, and the lock is released. */
    signal(SIGPIPE, SIG_IGN);
    sem_t *lock = sem_open(argv[1], O_CREAT | O_EXCL, 0600, 1);
    if (lock == SEM_FAILED)
        err(EXIT_FAILURE, "sem_open %s", argv[1]);
    long *number =
        mmap(NULL, sizeof *number, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (number == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    for (int i = 2; i < argc; i++) {
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child == 0) {
            number_lines(argv[i], number, lock);
            exit(EXIT_SUCCESS);
        }
    }
    int status, failures = 0;
    while (wait(&status) > 0)
        if (status != 0)
            failures++;
    if (failures > 0)
        errx(EXIT_FAILURE, "files that could not be numbered: %d", failures);
    if (sem_close(lock) < 0)
        err(EXIT_FAILURE, "sem_close %s", argv[1]);
    return EXIT_SUCCESS;
}
