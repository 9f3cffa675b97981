/* shutdown: a parent asks its child to end; the child finishes its work first.
 *
 *     1$ ./shutdown
 *     ...
 *
 * Calls: sigprocmask -> fork; the parent: kill -> waitpid; the child: sigaction -> prctl -> ppoll
 *
 * Look for: SIGTERM is a request. It interrupts the child's nap and runs its handler, which only
 * stores the signal's number. The child's loop sees the number and prints.
 *
 * Build: cc -I../include -o shutdown shutdown.c
 * Read:  signal(7), sigaction(2), sigprocmask(2), ppoll(2), signal-safety(7), prctl(2)
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/prctl.h>

#include "reap.h"
#include "start.h"

static const struct timespec NAP = { 1, 100000000 }; /* over 1 s: SIGTERM comes in the fifth */
static const char HELP[] = "usage: shutdown [-h] [-s SECONDS]\n"
                           "A parent asks its child to end, with SIGTERM.\n  1$ ./shutdown\n"
                           "  -s SECONDS  how long the parent sleeps first (5)\n";
static volatile sig_atomic_t received; /* the signal's number; 0: none yet */

static void on_signal(int sig)
{
    received = sig; /* no printf in a handler: see signal-safety(7) */
}

/* The child. SIGTERM is blocked except in ppoll; otherwise it could come between the test of
 * `received` and the nap. Returns the child's exit status. */
static int nap_until_told(const sigset_t *before, pid_t parent)
{
    struct sigaction action = { .sa_handler = on_signal };
    if (sigaction(SIGTERM, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) /* robust: sent when our parent dies */
        err(EXIT_FAILURE, "prctl");
    if (getppid() != parent) /* it died before prctl */
        raise(SIGTERM);      /* it is blocked, so it stays pending until ppoll */
    while (received == 0) {  /* ppoll unblocks SIGTERM and sleeps, in one step */
        if (ppoll(NULL, 0, &NAP, before) == 0)
            puts("\tChild just woke up, but going back to sleep.");
        else if (errno != EINTR)
            err(EXIT_FAILURE, "ppoll");
    }
    printf("\tChild confirming received signal: %d\n", (int)received);
    puts("\tChild about to terminate gracefully...\n\tChild terminating now...");
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 5 };
    read_options(argc, argv, "s:", HELP, &options);
    sigset_t term, before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, &before); /* before fork: the child inherits the mask */
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        exit(nap_until_told(&before, parent));
    sigprocmask(SIG_SETMASK, &before, NULL);
    puts("Parent sleeping for a time...");
    pause_for(options.pause);
    if (kill(child, SIGTERM) < 0) /* works even on a zombie: the child has its PID until waitpid */
        err(EXIT_FAILURE, "kill %d", child);
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (exit_status(status) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    puts("My child terminated, about to exit myself...");
    return EXIT_SUCCESS;
}
