/* signals-2: the numbers that come twice
 *
 * Wanted: ./signals-2 COUNT prints the numbers from 1 to COUNT, one per line. Whenever
 *     SIGUSR1 arrives while there are more numbers to come, the program soon inserts the line
 *     "-- N so far", without waiting until all numbers have been printed. N is the number on the
 *     line before. Each number still appears exactly once, on a line of its own.
 * As it stands: wrong output. Numbers are printed twice if SIGUSR1 arrives while the program
 *     waits for room in a full pipe. (Run ./signals-2 20000 | (sleep 9; cat) > out, and type
 *     pkill -USR1 -x signals-2 in another terminal during the sleep.)
 * Read: signal-safety(7)
 * Medium, 10 minutes. To judge it: make exercise-signals-2
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static volatile sig_atomic_t printed; /* the number on the last line */

static void on_signal(int sig)
{
    (void)sig;
    printf("-- %d so far\n", (int)printed);
}

int main(int argc, char *argv[])
{
    int count = argc == 2 ? atoi(argv[1]) : 0;
    if (count <= 0)
        errx(2, "usage: signals-2 COUNT");
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");

    for (int number = 1; number <= count; number++) {
        if (printf("%d\n", number) < 0)
            err(EXIT_FAILURE, "write");
        printed = number;
    }
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write");
    return EXIT_SUCCESS;
}
