/* signals-3: the commands that seem to run on
 *
 * Wanted: ./signals-3 COMMAND... starts all the commands at the same time, each in a child, with
 *     sh -c. When all the children have ended and have been reaped, it prints a line such as
 *     "5 commands, 2 failed". A command has failed if its exit status is not 0 or if a signal
 *     has killed it. While the commands run, the program sleeps.
 * As it stands: it hangs. If several commands end at nearly the same time, the program keeps
 *     sleeping after all have ended. ps shows that some are still there, as zombies (<defunct>).
 * Read: waitpid(2); signal(7), "Queueing and delivery semantics for standard signals"
 * Medium, 10 minutes. To judge it: make exercise-signals-3
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t running, failed; /* how many children */

static void on_child(int sig)
{
    int saved = errno, status;
    (void)sig;
    if (waitpid(-1, &status, WNOHANG) > 0) {
        running--;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_SUCCESS)
            failed++;
    }
    errno = saved;
}

static void start(const char *command, const sigset_t *mask)
{
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child > 0)
        return;
    sigprocmask(SIG_SETMASK, mask, NULL); /* exec would keep our mask */
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    err(127, "exec /bin/sh");
}

int main(int argc, char *argv[])
{
    sigset_t chld, before;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &before);
    struct sigaction action = { .sa_handler = on_child, .sa_flags = SA_NOCLDSTOP };
    if (sigaction(SIGCHLD, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");

    for (int i = 1; i < argc; i++) {
        start(argv[i], &before);
        running++; /* SIGCHLD is blocked, so the handler cannot run in the middle of this */
    }
    while (running > 0)
        sigsuspend(&before); /* unblocks SIGCHLD and sleeps, in one step */
    printf("%d commands, %d failed\n", argc - 1, (int)failed);
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write");
    return EXIT_SUCCESS;
}
