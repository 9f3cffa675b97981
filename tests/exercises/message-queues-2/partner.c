/* partner: runs message-queues-2, with its status, and sees whether it waits for its child.
 *
 *     partner COMMAND ARGUMENT...
 *
 * When a process ends, the children that it has not waited for, dead or alive, become those of the nearest subreaper.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    int status;
    if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        err(EXIT_FAILURE, "prctl");
    pid_t program = fork();
    if (program < 0)
        err(EXIT_FAILURE, "fork");
    if (program == 0) {
        execv(argv[1], argv + 1);
        err(EXIT_FAILURE, "%s", argv[1]);
    }
    if (waitpid(program, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
        warnx("it ended without waiting for its child");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
