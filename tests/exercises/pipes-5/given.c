/* pipes-5: a pipeline of two commands
 *
 * Wanted: ./pipes-5 COMMAND [ARGUMENT...] '|' COMMAND [ARGUMENT...] does what the shell does with
 *     this line: it runs the two commands at the same time, with the standard output of the first
 *     connected to the standard input of the second by a pipe, and waits for both. While it waits,
 *     it sleeps. Neither command has any other descriptor for the pipe. The exit status is the one
 *     that $? has in the shell: that of the second command, 127 if it is not found, 126 if it
 *     cannot be executed for another reason, or 128 plus the number of the signal if a signal has
 *     killed it. A command that cannot be executed is reported on standard error; nothing else is
 *     printed there.
 * As it stands: wrong output. Nothing runs: the functions start and run do nothing yet, and you
 *     write them (about 40 lines).
 * Read: pipe(2), dup2(2), execvp(3), waitpid(2)
 * Hard, 30 minutes. To judge it: make exercise-pipes-5
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, SIGNALED = 128 }; /* exit statuses, as in the shell */

/* Starts a child that executes the command WORDS, whose last word is followed by NULL. The child's
 * descriptor FD (0 or 1) is a copy of ENDS[FD], and the child has no other descriptor for the pipe.
 * If the command cannot be executed, the child says why and ends with status 127 or 126. Returns
 * the child's process ID. */
static pid_t start(char *words[], const int ends[2], int fd)
{
    (void)words, (void)ends, (void)fd;
    return -1;
}

/* Runs FIRST | SECOND, and waits until both have ended. Returns what $? would be in the shell. */
static int run(char *first[], char *second[])
{
    int ends[2] = { -1, -1 }; /* [0] to read from, [1] to write to */
    start(first, ends, STDOUT_FILENO);
    start(second, ends, STDIN_FILENO);
    return EXIT_FAILURE;
}

int main(int argc, char *argv[])
{
    int bar = 1;
    while (bar < argc && strcmp(argv[bar], "|") != 0)
        bar++;
    if (bar == 1 || bar + 1 >= argc)
        errx(2, "usage: pipes-5 COMMAND [ARGUMENT...] '|' COMMAND [ARGUMENT...]");
    argv[bar] = NULL; /* ends the words of the first command */
    return run(argv + 1, argv + bar + 1);
}
