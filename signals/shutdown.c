/* shutdown: a parent asks its child to end; the child finishes its work first.
 *
 *     1$ ./shutdown
 *     Parent sleeping for a time...
 *     	Child just woke up, but going back to sleep.
 *     	...
 *     	Child confirming received signal: 15
 *     	Child about to terminate gracefully...
 *     	Child terminating now...
 *     My child terminated, about to exit myself...
 *
 * Look for: SIGTERM is a request. The handler does nothing but keep its number, and the child's
 * loop, which is asleep at that moment, sees it and prints. Then try kill -KILL on the child.
 *
 * Build: cc -I../include -o shutdown shutdown.c
 * Read:  signal(7), sigaction(2), sigprocmask(2), ppoll(2), signal-safety(7), prctl(2)
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"
#include "child.h"
#include "patience.h"

/* A little over a second: the parent's five seconds end in the middle of a nap, not at the end of
 * one, where it would be chance who comes first. */
static const struct timespec NAP = { .tv_sec = 1, .tv_nsec = 100000000 };

static const char HELP[] = "A parent ends its child gracefully, with SIGTERM, after -s seconds.\n"
                           "  1$ ./shutdown\n";

static volatile sig_atomic_t received; /* the signal's number; 0: none yet */

static void on_signal(int sig)
{
    received = sig; /* printf is not safe here: the signal may have interrupted printf */
}

/* SIGTERM is blocked but for the moment of the nap: it cannot come between the look at "received"
 * and the sleep, where it would be noticed a nap too late. */
static void be_child(const sigset_t *unblocked, pid_t parent)
{
    struct sigaction action = { .sa_handler = on_signal };
    if (sigaction(SIGTERM, &action, NULL) < 0)
        report_and_exit("sigaction");
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0) /* if the parent dies, the kernel asks us */
        report_and_exit("prctl");
    if (getppid() != parent)
        raise(SIGTERM); /* it has died already */

    while (received == 0) {
        int r = ppoll(NULL, 0, &NAP, unblocked);
        if (r < 0 && errno != EINTR)
            report_and_exit("ppoll");
        if (r == 0)
            puts("\tChild just woke up, but going back to sleep.");
    }

    printf("\tChild confirming received signal: %d\n", (int)received);
    puts("\tChild about to terminate gracefully...");
    puts("\tChild terminating now...");
    flush_or_exit();
    _exit(EXIT_SUCCESS); /* not exit: what the parent has in its buffers is not ours to flush */
}

static int be_parent(pid_t child, double seconds)
{
    int status;
    puts("Parent sleeping for a time...");
    stay(seconds);
    if (kill(child, SIGTERM) < 0) /* a child that has died is a zombie until waitpid: no error */
        report_and_exit("kill %d", (int)child);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            report_and_exit("waitpid");
    if (exit_status(status) != 0)
        return EXIT_FAILURE;
    puts("My child terminated, about to exit myself...");
    flush_or_exit();
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 5 };
    begin(argc, argv, "s", "", HELP, &options);

    sigset_t term, unblocked; /* blocked before the fork: the child is never without its handler */
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &term, &unblocked) < 0)
        report_and_exit("sigprocmask");

    pid_t parent = getpid(), child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0)
        be_child(&unblocked, parent);
    if (sigprocmask(SIG_SETMASK, &unblocked, NULL) < 0)
        report_and_exit("sigprocmask");
    return be_parent(child, options.stay);
}
