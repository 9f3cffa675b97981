/* signals-4: ping, and no pong
 *
 * Wanted: ./signals-4 ROUNDS plays a game in which two processes take turns. In each round, the
 *     parent prints "ping N" and then the child prints "pong N", with N from 1 to ROUNDS. After
 *     its line, each sends the other SIGUSR1. A process sleeps until its turn comes. The child
 *     exists before "ping 1" is printed.
 * As it stands: it hangs. Both processes sleep in pause, not always in the same round. (On an
 *     idle machine, it may play thousands of rounds before that happens. With usleep(1000)
 *     before pause, it happens in the first rounds.)
 * Read: pause(2), sigsuspend(2), sigprocmask(2)
 * Medium, 15 minutes. To judge it: make exercise-signals-4
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t my_turn;

static void on_signal(int sig)
{
    (void)sig;
    my_turn = 1;
}

/* Sleeps until the other process has sent SIGUSR1. */
static void wait_for_turn(void)
{
    while (!my_turn)
        pause();
    my_turn = 0; /* the other process sends nothing before we have played */
}

/* Prints a line and hands the turn to process OTHER. */
static void play(const char *word, int round, pid_t other)
{
    if (dprintf(STDOUT_FILENO, "%s %d\n", word, round) < 0) /* no buffer: the order matters */
        err(EXIT_FAILURE, "write");
    if (kill(other, SIGUSR1) < 0)
        err(EXIT_FAILURE, "kill");
}

int main(int argc, char *argv[])
{
    int rounds = argc == 2 ? atoi(argv[1]) : 0;
    if (rounds <= 0)
        errx(2, "usage: signals-4 ROUNDS");
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    if (sigaction(SIGUSR1, &action, NULL) < 0) /* before fork: the child inherits the handler */
        err(EXIT_FAILURE, "sigaction");

    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* robust: the child must not outlive us */
            err(EXIT_FAILURE, "prctl");
        for (int round = 1; round <= rounds; round++) {
            wait_for_turn();
            play("pong", round, parent);
        }
        exit(EXIT_SUCCESS);
    }
    for (int round = 1; round <= rounds; round++) {
        play("ping", round, child);
        wait_for_turn();
    }
    if (waitpid(child, NULL, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    return EXIT_SUCCESS;
}
