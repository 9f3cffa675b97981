/* signals-1: the reader that gives up
 *
 * Wanted: ./signals-1 reads its standard input to the end, and then prints how many bytes it
 *     has read, for example "120 bytes". Whenever SIGUSR1 arrives while it waits for input, it
 *     answers at once with the line "still reading", and then it reads on. If its input cannot be
 *     read, it exits with status 1.
 * As it stands: wrong output. It answers the first SIGUSR1, but then it ends with an error,
 *     although its input has not ended. (Start it in a terminal, and type
 *     pkill -USR1 -x signals-1 in another one.)
 * Read: signal(7), "Interruption of system calls and library functions by signal handlers"
 * Easy, 5 minutes. To judge it: make exercise-signals-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void on_signal(int sig)
{
    static const char ANSWER[] = "still reading\n";
    int saved = errno; /* the interrupted code may be about to read it */
    (void)sig;
    if (write(STDOUT_FILENO, ANSWER, sizeof ANSWER - 1) < 0)
        _exit(EXIT_FAILURE);
    errno = saved;
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");

    char buffer[4096];
    long long total = 0;
    ssize_t count;
    while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0)
        total += count;
    if (count < 0)
        err(EXIT_FAILURE, "read");

    printf("%lld bytes\n", total);
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write");
    return EXIT_SUCCESS;
}
