/* pipes-1: the child that never stops reading
 *
 * Wanted: ./pipes-1 [WORD]... sends the words to a child through a pipe, one per line, and nothing
 *     else. At the end of the stream, the child prints how many bytes have arrived ("bytes: 9" for
 *     the words fig and pear) and exits with status 0, or with status 1 if none have arrived. The
 *     parent waits for it and exits with the same status. A word may be empty, and may contain any
 *     byte except NUL. If pipe(2) fails, the parent exits with status 1.
 * As it stands: it hangs. The parent has sent all the words, but the child prints nothing.
 * Read: pipe(7), "I/O on pipes and FIFOs"
 * Easy, 5 minutes. To judge it: make exercise-pipes-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child. Returns its exit status. */
static int count_bytes(int in)
{
    char buffer[512];
    long count = 0;
    ssize_t got;
    while ((got = read(in, buffer, sizeof buffer)) > 0)
        count += got;
    if (got < 0)
        err(EXIT_FAILURE, "read the pipe");
    if (printf("bytes: %ld\n", count) < 0 || fflush(stdout) != 0)
        err(EXIT_FAILURE, "standard output");
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    int ends[2], status; /* [0] to read from, [1] to write to */
    if (pipe(ends) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        close(ends[1]);
        return count_bytes(ends[0]);
    }
    close(ends[0]);
    for (int i = 1; i < argc; i++)
        if (dprintf(ends[1], "%s\n", argv[i]) < 0)
            err(EXIT_FAILURE, "write to the pipe");
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
