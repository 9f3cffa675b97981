/* shared-files-3: the seat that is sold twice
 *
 * Wanted: FILE is the list of the seats that are sold, one per line. ./shared-files-3 FILE SEAT...
 *     sells each SEAT that is still free: it appends the seat to FILE and prints it on a line. It
 *     creates FILE if it does not exist, but no other file. Even if several processes sell at the
 *     same time, no seat is sold twice.
 * As it stands: right only sometimes. A single process always works, but if several processes sell
 *     the same seats at the same time, some seats are printed twice and appear twice in FILE.
 * Read: fcntl(2), "Advisory record locking", the whole section
 * Medium, 15 minutes. To judge it: make exercise-shared-files-3
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_in_list(const char *path, const char *seat)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *list = fopen(path, "re"); /* e: close-on-exec */
    if (list == NULL)
        err(EXIT_FAILURE, "open %s", path);
    while (!found && getline(&line, &size, list) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        found = strcmp(line, seat) == 0;
    }
    if (ferror(list))
        err(EXIT_FAILURE, "read %s", path);
    free(line);
    fclose(list);
    return found;
}

static void append_to_list(const char *path, const char *seat)
{
    FILE *list = fopen(path, "ae");
    if (list == NULL || fprintf(list, "%s\n", seat) < 0 || fclose(list) == EOF)
        err(EXIT_FAILURE, "append to %s", path);
}

int main(int argc, char *argv[])
{
    if (argc < 3)
        errx(2, "usage: shared-files-3 FILE SEAT...");
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", argv[1]);
    if (fcntl(fd, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, "lock %s", argv[1]);
    for (int i = 2; i < argc; i++) {
        if (!is_in_list(argv[1], argv[i])) {
            append_to_list(argv[1], argv[i]);
            puts(argv[i]);
        }
    }
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS; /* the end of a process unlocks the file */
}
