/* pipeUN: a parent writes a line into an unnamed pipe, and its child reads it.
 *
 *     1$ ./pipeUN
 *     Nature's first green is gold
 *
 * Calls: pipe -> fork; the parent: close -> write -> close -> waitpid;
 *                      the child:  close -> read, read until it returns 0
 *
 * Look for: after fork both processes have both ends open, and each closes the one that it does not
 * use. Nothing in the pipe marks the end: the child's read returns 0 when the pipe is empty and no
 * process, not even the child itself, still has a write end open.
 *
 * Build: cc -I../include -o pipeUN pipeUN.c
 * Read:  pipe(7), pipe(2), fork(2), waitpid(2)
 */
#define _GNU_SOURCE
#include "reap.h"
#include "start.h"

static const char HELP[] = "usage: pipeUN [-h]\n"
                           "Sends a line from a parent to its child through a pipe.\n"
                           "  1$ ./pipeUN\n";
static const char LINE[] = "Nature's first green is gold\n";

/* The child. Returns its exit status. */
static int print_what_comes(const int ends[2])
{
    char buffer[512];
    ssize_t got;
    close(ends[1]); /* else our own read could never return 0 */
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)got, stdout);
    if (got < 0)
        err(EXIT_FAILURE, "read the pipe");
    return EXIT_SUCCESS;
}

/* The parent. Returns whether the line is in the pipe. */
static bool send_line(const int ends[2])
{
    close(ends[0]);           /* only the child reads */
    signal(SIGPIPE, SIG_IGN); /* if the child has died, write fails with EPIPE */
    ssize_t written = write(ends[1], LINE, sizeof LINE - 1); /* a short line: all or nothing */
    if (written < 0)
        warn("write the pipe");
    signal(SIGPIPE, SIG_DFL);
    close(ends[1]); /* now the child's read can return 0 */
    return written > 0;
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });

    int ends[2]; /* [0] to read from, [1] to write to */
    if (pipe(ends) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        exit(print_what_comes(ends));

    bool sent = send_line(ends);
    int status;
    if (waitpid(child, &status, 0) < 0) /* sleeps until the child has ended */
        err(EXIT_FAILURE, "waitpid");
    int result = exit_status(status);
    return sent ? result : EXIT_FAILURE;
}
