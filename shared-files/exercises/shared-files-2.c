/* shared-files-2: the number that is drawn twice
 *
 * Wanted: ./shared-files-2 FILE COUNT draws COUNT numbers and prints them, one per line. FILE
 *     contains the last number drawn, in decimal, and a newline; if it does not exist or is empty,
 *     the first number is 1. Even if several processes draw at the same time, no number is drawn
 *     twice, and none is skipped.
 * As it stands: right only sometimes. A single process always works, but if several processes run
 *     at the same time, they draw some numbers twice.
 * Read: fcntl(2), "Advisory record locking"
 * Easy, 10 minutes. To judge it: make exercise-shared-files-2
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void set_lock(int fd, short type)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
    if (fcntl(fd, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, type == F_UNLCK ? "unlock" : "lock");
}

static unsigned long read_number(int fd)
{
    char text[32] = "";
    if (pread(fd, text, sizeof text - 1, 0) < 0)
        err(EXIT_FAILURE, "read the number");
    return strtoul(text, NULL, 10); /* 0 if the file is empty */
}

static void write_number(int fd, unsigned long number)
{
    if (lseek(fd, 0, SEEK_SET) < 0 || dprintf(fd, "%lu\n", number) < 0)
        err(EXIT_FAILURE, "write the number");
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(2, "usage: shared-files-2 FILE COUNT");
    long count = strtol(argv[2], NULL, 10);
    int fd = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", argv[1]);
    for (long i = 0; i < count; i++) {
        unsigned long number = read_number(fd) + 1;
        set_lock(fd, F_WRLCK);
        write_number(fd, number);
        set_lock(fd, F_UNLCK);
        printf("%lu\n", number);
    }
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS;
}
