/* pipes-4: the command that stops halfway
 *
 * Wanted: ./pipes-4 COUNT COMMAND [ARGUMENT...] sends the numbers from 1 to COUNT, one per line, to
 *     COMMAND through a pipe, reads its output from another pipe, and prints the sum of the numbers
 *     that come back: ./pipes-4 5 grep -v 3 prints "sum 12". The exit status is that of COMMAND.
 *     It prints nothing else, and ends only after all of its children have ended. While it waits,
 *     it sleeps. In COMMAND, SIGPIPE has its default disposition.
 * As it stands: it hangs. ./pipes-4 1000 cat works, but ./pipes-4 1000000 cat never ends.
 * Read: pipe(7), "Pipe capacity"
 * Medium, 20 minutes. To judge it: make exercise-pipes-4
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void send_numbers(FILE *to, long count)
{
    signal(SIGPIPE, SIG_IGN); /* write fails if the command has stopped reading, as head does */
    for (long i = 1; i <= count && !ferror(to); i++)
        fprintf(to, "%ld\n", i);
    fclose(to);
}

static void print_sum(FILE *from)
{
    char *line = NULL;
    size_t size = 0;
    unsigned long long sum = 0;
    while (getline(&line, &size, from) >= 0)
        sum += strtoull(line, NULL, 10);
    free(line);
    if (ferror(from) || printf("sum %llu\n", sum) < 0 || fflush(stdout) != 0)
        err(EXIT_FAILURE, "read from the command, or print");
}

int main(int argc, char *argv[])
{
    int in[2], out[2], status; /* the command's: it reads from in[0] and writes to out[1] */
    if (argc < 3)
        errx(2, "usage: pipes-4 COUNT COMMAND [ARGUMENT...]");
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        err(EXIT_FAILURE, "pipe2");
    pid_t command = fork();
    if (command < 0)
        err(EXIT_FAILURE, "fork");
    if (command == 0) {
        if (dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0)
            execvp(argv[2], argv + 2);
        warn("%s", argv[2]);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    FILE *to = fdopen(in[1], "w"), *from = fdopen(out[0], "r");
    if (to == NULL || from == NULL)
        err(EXIT_FAILURE, "fdopen");
    send_numbers(to, atol(argv[1]));
    print_sum(from);
    if (waitpid(command, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
