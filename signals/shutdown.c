/* shutdown: a parent asks its child to end; the child finishes its work first.
 *
 *     1$ ./shutdown
 *     Parent sleeping for a time...
 *     ...
 *
 * Calls: sigprocmask -> fork; the parent: kill -> waitpid; the child: sigaction -> ppoll
 *
 * Look for: SIGTERM is a request. The handler only stores its number; the child's loop looks at it
 * after each nap, and prints. SIGKILL cannot be handled: try kill -KILL on the child.
 *
 * Build: cc -I../include -o shutdown shutdown.c
 * Read:  signal(7), sigaction(2), sigprocmask(2), ppoll(2), signal-safety(7), prctl(2)
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/prctl.h>

#include "reap.h"
#include "start.h"

static const struct timespec NAP = { 1, 100000000 }; /* 1.1 s: a whole nap does not end at 5 s */
static const char HELP[] =
    "usage: shutdown [-h] [-s SECONDS]\nEnds a child gracefully, with SIGTERM.\n  1$ ./shutdown\n"
    "  -s SECONDS  how long the parent sleeps first (5)\n";
static volatile sig_atomic_t received; /* the signal's number; 0: none yet */

static void on_signal(int sig)
{
    received = sig; /* no printf here: the signal may have interrupted one */
}

/* SIGTERM is blocked except in ppoll: it cannot come between the look at `received` and the nap. */
static void work_as_child(const sigset_t *unblocked, pid_t parent)
{
    struct sigaction action = { .sa_handler = on_signal };
    if (sigaction(SIGTERM, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) /* if the parent dies, the kernel sends us SIGTERM */
        err(EXIT_FAILURE, "prctl");
    if (getppid() != parent)
        raise(SIGTERM); /* it has died already. Blocked, the signal stays pending until ppoll */

    while (received == 0) /* ppoll unblocks SIGTERM, sleeps, and blocks it again, in one step */
        if (ppoll(NULL, 0, &NAP, unblocked) == 0)
            puts("\tChild just woke up, but going back to sleep.");
        else if (errno != EINTR)
            err(EXIT_FAILURE, "ppoll");
    printf("\tChild confirming received signal: %d\n", (int)received);
    puts("\tChild about to terminate gracefully...\n\tChild terminating now...");
    exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 5 };
    read_options(argc, argv, "s:", HELP, &options);
    sigset_t term, unblocked;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &unblocked); /* before fork: the child always has its handler */
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        work_as_child(&unblocked, parent);
    sigprocmask(SIG_SETMASK, &unblocked, NULL); /* the parent may be ended by SIGTERM, as before */
    puts("Parent sleeping for a time...");
    pause_for(options.pause);
    if (kill(child, SIGTERM) < 0) /* no error if it has died: it is a zombie until waitpid */
        err(EXIT_FAILURE, "kill %d", child);
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    int result = exit_status(status);
    if (result == EXIT_SUCCESS)
        puts("My child terminated, about to exit myself...");
    return result;
}
