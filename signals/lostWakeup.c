/* lostWakeup: waits for a signal, a hundred times. The wrong way sleeps through every one.
 *
 *     1$ ./lostWakeup
 *     100 signals, 0 wake-ups lost
 *
 * Calls: sigaction; sigprocmask -> sigsuspend; with -u: pause; each time: fork -> waitpid,
 *        the child: kill
 *
 * Look for: with -u, the program tests a flag and then calls pause. A signal that comes between
 * the two sets the flag too late for the test and too early to end the pause. (A timer ends it.)
 * The safe way blocks the signal before the test, so a signal that comes after it stays pending.
 * sigsuspend unblocks the signal and sleeps, in one step.
 *
 * Build: cc -I../include -o lostWakeup lostWakeup.c
 * Read:  pause(2), sigsuspend(2), sigprocmask(2), sigaction(2), setitimer(2)
 */
#define _GNU_SOURCE
#include <sys/time.h>

#include "reap.h"
#include "start.h"

static const char HELP[] = "usage: lostWakeup [-h] [-n COUNT] [-u]\n"
                           "Waits for signals and counts those that it slept through.\n"
                           "  1$ ./lostWakeup\n"
                           "  1$ ./lostWakeup -u\n"
                           "  -n COUNT    how many signals (100)\n"
                           "  -u          unsafe: test a flag, then pause\n";
static volatile sig_atomic_t has_come, timer_struck;

static void on_signal(int sig)
{
    if (sig == SIGUSR1)
        has_come = 1;
    else
        timer_struck = 1;
}

/* A child sends us SIGUSR1. It could come at any time, but we want to see it come in the gap. */
static void let_it_come(void)
{
    int status;
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        _exit(kill(parent, SIGUSR1) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (exit_status(status) != EXIT_SUCCESS)
        errx(EXIT_FAILURE, "the child could not send the signal");
}

static void wait_safely(const sigset_t *usr1)
{
    sigset_t before;
    sigprocmask(SIG_BLOCK, usr1, &before);
    while (!has_come) {      /* the test */
        let_it_come();       /* the gap: SIGUSR1 is blocked and stays pending */
        sigsuspend(&before); /* the sleep: SIGUSR1 is unblocked, and its handler runs */
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

static void wait_unsafely(void)
{
    while (!has_come) { /* the test */
        let_it_come();  /* the gap: the handler runs here */
        pause();        /* the sleep: until the next signal comes */
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 100 };
    read_options(argc, argv, "n:u", HELP, &options);

    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction SIGUSR1");
    if (sigaction(SIGALRM, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction SIGALRM");
    sigset_t usr1;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    static const struct itimerval every_20_ms = { { 0, 20000 }, { 0, 20000 } };
    if (options.unsafe) /* SIGALRM will end a pause that nothing else ends */
        setitimer(ITIMER_REAL, &every_20_ms, NULL);

    long lost = 0;
    for (long i = 0; i < options.count; i++) {
        has_come = timer_struck = 0;
        if (options.unsafe)
            wait_unsafely();
        else
            wait_safely(&usr1);
        lost += timer_struck;
    }
    printf("%ld signal%s, %ld wake-up%s lost\n", options.count, options.count == 1 ? "" : "s", lost,
           lost == 1 ? "" : "s");
    return EXIT_SUCCESS;
}
