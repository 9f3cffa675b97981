/* shared-files-1: the notice that goes blank
 *
 * Wanted: ./shared-files-1 FILE TEXT replaces the contents of FILE with TEXT and a newline. If
 *     FILE does not exist, it is created. ./shared-files-1 FILE prints "press Enter", waits for the
 *     key, and prints the contents of FILE. It counts as reading from before it prints "press
 *     Enter" until it has printed the text. Several processes can read at the same time. A writer
 *     waits, asleep, until nobody is reading anymore, and changes nothing before that. Nobody can
 *     read until the new text is complete.
 * As it stands: wrong output. Start a reader and then, in a second terminal, a writer. When you
 *     press Enter, the reader prints neither the old text nor the new one.
 * Read: open(2); fcntl(2), "Advisory record locking"
 * Easy, 5 minutes. To judge it: make exercise-shared-files-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Opens the file and waits until it has the lock: F_RDLCK or F_WRLCK. */
static int open_and_lock(const char *path, int flags, short type)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", path);
    if (fcntl(fd, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, "lock %s", path);
    return fd;
}

static void write_notice(const char *path, const char *text)
{
    int fd = open_and_lock(path, O_WRONLY | O_CREAT | O_TRUNC, F_WRLCK);
    if (dprintf(fd, "%s\n", text) < 0 || close(fd) < 0)
        err(EXIT_FAILURE, "write %s", path);
}

static void read_notice(const char *path)
{
    char block[4096];
    ssize_t length;
    int fd = open_and_lock(path, O_RDONLY, F_RDLCK);
    puts("press Enter");
    fflush(stdout);
    getchar();
    while ((length = read(fd, block, sizeof block)) > 0)
        fwrite(block, 1, (size_t)length, stdout);
    if (length < 0 || fflush(stdout) == EOF || ferror(stdout))
        err(EXIT_FAILURE, "print %s", path);
}

int main(int argc, char *argv[])
{
    if (argc != 2 && argc != 3)
        errx(2, "usage: shared-files-1 FILE [TEXT]");
    if (argc == 3)
        write_notice(argv[1], argv[2]);
    else
        read_notice(argv[1]);
    return EXIT_SUCCESS; /* the end of a process unlocks the file */
}
