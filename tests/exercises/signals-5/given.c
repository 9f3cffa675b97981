/* signals-5: clean up, and die of the signal
 *
 * Wanted: ./signals-5 FILE COMMAND [ARGUMENT...] creates FILE, which must not exist yet, with
 *     its process ID in it, and runs the command in a child. FILE exists as long as the command
 *     runs. If the command ends by itself, the program removes FILE and exits with the command's
 *     status (128 + N if signal N has killed it, 127 if it cannot be executed). On SIGINT or
 *     SIGTERM, the program sends the command SIGTERM, waits until it has ended, removes FILE, and
 *     dies of the signal that came (the shell reports that as status 130 or 143). While it waits,
 *     it sleeps. The command starts with the signal mask that the program was started with. (The
 *     judge's own command, ./partner, prints a word. Then it exits, dies of a signal, or waits; it
 *     may also send the program a signal.)
 * As it stands: wrong output. The command is not run: you write prepare, run, and die_of.
 * Read: sigprocmask(2), sigwaitinfo(2), waitpid(2), raise(3)
 * Hard, 30 minutes. To judge it: make exercise-signals-5
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Creates the file NAME with the process ID of this program in it. */
static void create(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", name);
    if (dprintf(fd, "%d\n", (int)getpid()) < 0)
        warn("write %s", name);
    close(fd);
}

/* Makes sure that, from now on, SIGINT and SIGTERM do not end the program at once. */
static void prepare(void)
{
}

/* Runs COMMAND in a child. When SIGINT or SIGTERM comes, sends the child SIGTERM. Returns when the
 * child has ended and has been reaped, with its status in *STATUS. The result is the signal that
 * came, 0 if none came, or -1 if no child could be created (errno says why). */
static int run(char *command[], int *status)
{
    (void)command;
    *status = 0;
    return 0;
}

/* Ends the program by the default action of signal SIG. */
static void die_of(int sig)
{
    (void)sig;
}

int main(int argc, char *argv[])
{
    if (argc < 3)
        errx(2, "usage: signals-5 FILE COMMAND [ARGUMENT...]");
    prepare(); /* before create: no signal may end the program while the file is there */
    create(argv[1]);
    int status = EXIT_SUCCESS, sig = run(argv + 2, &status);
    if (sig < 0)
        warn("fork");
    if (unlink(argv[1]) < 0)
        warn("unlink %s", argv[1]);
    if (sig > 0)
        die_of(sig);
    if (sig < 0)
        return EXIT_FAILURE;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
