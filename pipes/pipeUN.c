/* pipeUN: a parent writes into an unnamed pipe, its child reads.
 *
 *     1$ ./pipeUN
 *     Nature's first green is gold
 *
 * Look for: each process closes the end that it does not use. No mark travels through the pipe to
 * say that this was all: the child's read returns 0 when the pipe is empty and nobody has a write
 * end open any more, the child itself included. The exit status is the child's.
 *
 * Build: cc -I../include -o pipeUN pipeUN.c
 * Read:  pipe(7), pipe(2), fork(2), waitpid(2)
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/wait.h>

#include "begin.h"
#include "bytes.h"
#include "child.h"

static const char HELP[] = "Sends a line from a parent to its child through a pipe.\n"
                           "  1$ ./pipeUN\n";
static const char LINE[] = "Nature's first green is gold\n";

static void be_child(const int ends[2])
{
    int failed;
    close(ends[1]); /* or read would wait for what we might write ourselves */
    if (copy_all(ends[0], STDOUT_FILENO, &failed) < 0) {
        report("%s", failed == STDOUT_FILENO ? "write standard output" : "read the pipe");
        _exit(EXIT_FAILURE);
    }
    _exit(EXIT_SUCCESS); /* not exit: what the parent has in its buffers is not ours to flush */
}

static bool be_parent(const int ends[2])
{
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN); /* a child that has died is an error, EPIPE, and no reason to die */
    bool sent = write_all(ends[1], LINE, sizeof LINE - 1) == 0;
    if (!sent)
        report("write the pipe");
    close(ends[1]); /* now the child sees the end */
    return sent;
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "", "", HELP, &options);

    int ends[2]; /* 0: to read from, 1: to write to */
    if (pipe2(ends, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0)
        be_child(ends);
    bool sent = be_parent(ends);

    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            report_and_exit("waitpid");
    int childs = exit_status(status);
    return sent ? childs : EXIT_FAILURE;
}
