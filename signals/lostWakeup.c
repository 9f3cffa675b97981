/* lostWakeup: waits for a signal, a hundred times. Done wrong, it sleeps through some of them.
 *
 *     1$ ./lostWakeup
 *     100 signals, 0 wake-ups lost
 *
 * Look for: with -u it looks at a flag, and then calls pause. A signal that falls between the two
 * sets the flag too late to be seen, and too early to end the pause. (An alarm ends it in the
 * end.) The safe way blocks the signal first: then it cannot fall there. sigsuspend unblocks it
 * and sleeps, in one.
 *
 * Build: cc -I../include -o lostWakeup lostWakeup.c
 * Read:  pause(2), sigsuspend(2), sigprocmask(2), sigaction(2)
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "begin.h"
#include "bytes.h"
#include "child.h"

static const char HELP[] = "Waits for -n signals, and counts those that it slept through.\n"
                           "  1$ ./lostWakeup\n"
                           "  1$ ./lostWakeup -u\n";

enum { ALARM_MS = 20 }; /* how long it sleeps through one at most */

static volatile sig_atomic_t has_come, was_rescued;
static pid_t child;

static void on_signal(int sig)
{
    if (sig == SIGUSR1)
        has_come = 1;
    if (sig == SIGALRM)
        was_rescued = 1;
}

/* Whether the child has ended. SIGCHLD alone may tell of another child, from before exec. */
static bool is_alone(void)
{
    siginfo_t ended = { .si_pid = 0 };
    return waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT) == 0
           && ended.si_pid == child;
}

/* The child: sends a signal for each byte that it reads, and ends with the pipe. */
static void send_signals(const int order[2], pid_t parent)
{
    char byte;
    close(order[1]);
    while (read_some(order[0], &byte, 1) == 1 && getppid() == parent)
        kill(parent, SIGUSR1);
    _exit(EXIT_SUCCESS);
}

static void order_signal(int order)
{
    if (write_all(order, "x", 1) < 0)
        report_and_exit("order a signal");
}

static void wait_safely(int order, const sigset_t *unblocked)
{
    order_signal(order); /* it may come at once: it is blocked, and waits */
    while (!has_come && !is_alone())
        sigsuspend(unblocked);
}

/* The signal comes when it likes. To see what happens in the gap, it is ordered there. */
static void wait_unsafely(int order)
{
    static const struct timespec moment = { .tv_nsec = 200000 };
    struct itimerval soon = { .it_value.tv_usec = ALARM_MS * 1000 },
                     none = { .it_value.tv_sec = 0 };
    soon.it_interval = soon.it_value; /* again and again: one alone might miss the pause, too */
    if (!has_come) {
        order_signal(order);
        for (int i = 0; i < 50 && !has_come; i++)
            nanosleep(&moment, NULL);
        setitimer(ITIMER_REAL, &soon, NULL);
        pause();
        setitimer(ITIMER_REAL, &none, NULL);
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 100 };
    begin(argc, argv, "nu", "", HELP, &options);

    int order[2], status;
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_NOCLDSTOP };
    if (sigaction(SIGUSR1, &action, NULL) < 0 || sigaction(SIGALRM, &action, NULL) < 0
        || sigaction(SIGCHLD, &action, NULL) < 0)
        report_and_exit("sigaction");
    sigset_t user, unblocked;
    sigemptyset(&user);
    sigaddset(&user, SIGUSR1);
    sigaddset(&user, SIGCHLD); /* the child has died: it sends no more */
    if (sigprocmask(options.unsafe ? SIG_UNBLOCK : SIG_BLOCK, &user, &unblocked) < 0)
        report_and_exit("sigprocmask");

    if (pipe2(order, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    pid_t parent = getpid();
    child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0)
        send_signals(order, parent);
    close(order[0]);
    signal(SIGPIPE, SIG_IGN); /* a child that has died is an error of write */

    long lost = 0;
    for (long i = 0; i < options.count; i++) {
        has_come = was_rescued = 0;
        if (options.unsafe)
            wait_unsafely(order[1]);
        else
            wait_safely(order[1], &unblocked);
        lost += was_rescued;
        if (is_alone())
            say_and_exit("the child has died");
    }
    close(order[1]);
    if (waitpid(child, &status, 0) < 0)
        report_and_exit("waitpid");
    printf("%ld signals, %ld wake-ups lost\n", options.count, lost);
    flush_or_exit();
    return exit_status(status);
}
