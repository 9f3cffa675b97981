/* shared-memory-1: words that outlive the process that stored them
 *
 * Wanted: ./shared-memory-1 put NAME WORD... creates the shared memory object NAME (such as
 *     /words), stores the words in it, and ends. ./shared-memory-1 take NAME, started later, prints
 *     the words, one per line, and removes the object. There may be thousands of words.
 * As it stands: it crashes. The shell reports that put died of a bus error. (The object stays in
 *     /dev/shm: before the next attempt, remove that file, or choose another NAME.)
 * Read: shm_overview(7); mmap(2), "ERRORS"
 * Easy, 5 minutes. To judge it: make exercise-shared-memory-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ends a put that has failed; the object must not stay behind half-made. */
static _Noreturn void give_up(const char *call, const char *name)
{
    warn("%s %s", call, name);
    shm_unlink(name);
    exit(EXIT_FAILURE);
}

static void put(const char *name, char *words[])
{
    size_t size = 0; /* in bytes, with the NUL that ends each word */
    for (int i = 0; words[i] != NULL; i++)
        size += strlen(words[i]) + 1;
    int segment = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", name);
    char *text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (text == MAP_FAILED)
        give_up("mmap", name);
    for (int i = 0; words[i] != NULL; i++)
        text = stpcpy(text, words[i]) + 1;
}

static void take(const char *name)
{
    int segment = shm_open(name, O_RDONLY, 0);
    struct stat status;
    if (segment < 0 || fstat(segment, &status) < 0)
        err(EXIT_FAILURE, "open %s", name);
    size_t size = (size_t)status.st_size;
    const char *text = mmap(NULL, size, PROT_READ, MAP_SHARED, segment, 0);
    if (text == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", name);
    for (const char *word = text; word < text + size; word += strlen(word) + 1)
        puts(word);
    if (fflush(stdout) == EOF) /* then the object stays: the words have not been printed */
        err(EXIT_FAILURE, "write");
    if (shm_unlink(name) < 0)
        err(EXIT_FAILURE, "shm_unlink %s", name);
}

int main(int argc, char *argv[])
{
    if (argc > 3 && strcmp(argv[1], "put") == 0)
        put(argv[2], argv + 3);
    else if (argc == 3 && strcmp(argv[1], "take") == 0)
        take(argv[2]);
    else
        errx(2, "usage: %s put NAME WORD..., or %s take NAME", argv[0], argv[0]);
    return EXIT_SUCCESS;
}
