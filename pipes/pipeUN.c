/* pipeUN: a parent writes a line into an unnamed pipe, and its child reads it.
 *
 *     1$ ./pipeUN
 *     Nature's first green is gold
 *
 * Calls: pipe -> fork; the parent: close -> write -> close -> waitpid;
 *                      the child:  close -> read, read until it returns 0 -> _exit
 *
 * Look for: after fork both processes have both ends open, and each closes the one that it does not
 * use. Nothing in the pipe marks the end: the child's read returns 0 when the pipe is empty and no
 * process has a write end open any more, the child itself included.
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

static void read_line_as_child(const int ends[2])
{
    char buffer[512];
    ssize_t got;
    close(ends[1]); /* or read would wait for what we might write ourselves */
    while ((got = read(ends[0], buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)got, stdout);
    if (got < 0)
        warn("read the pipe");
    check_output();
    _exit(got < 0 ? EXIT_FAILURE
                  : EXIT_SUCCESS); /* not exit: the parent's exit handlers are not ours */
}

static bool write_line_as_parent(const int ends[2])
{
    close(ends[0]);           /* only the child reads */
    signal(SIGPIPE, SIG_IGN); /* if the child has died, write fails with EPIPE: let us say so */
    ssize_t written = write(ends[1], LINE, sizeof LINE - 1); /* so short a line goes in whole */
    if (written < 0)
        warn("write the pipe");
    close(ends[1]); /* now the child's read can return 0 */
    return written == (ssize_t)sizeof LINE - 1;
}

int main(int argc, char *argv[])
{
    prepare_process();
    no_options(argc, argv, HELP);

    int ends[2]; /* [0] to read from, [1] to write to */
    if (pipe2(ends, O_CLOEXEC) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        read_line_as_child(ends);

    bool sent = write_line_as_parent(ends);
    int status;
    if (waitpid(child, &status, 0) < 0) /* until the child has printed, and ended */
        err(EXIT_FAILURE, "waitpid");
    return sent ? exit_status(status) : EXIT_FAILURE;
}
