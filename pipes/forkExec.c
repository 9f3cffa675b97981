/* forkExec: a parent creates a child, the child becomes a command, and the parent waits for it.
 *
 *     1$ ./forkExec sh -c 'echo hello; exit 3'
 *     parent: process <PARENT>, number 1
 *     child:  process <CHILD>, number 2, child of <PARENT>
 *     hello
 *     parent: number 1; child <CHILD> has ended: exit status 3
 *
 * Calls: fork; the child: execvp, and only if that fails, _exit; the parent: waitpid
 *
 * Look for: fork returns in two processes. The child has a copy of the parent's memory: it changes
 * its own number, not the parent's. Its descriptors are copies, too, but refer to the same open
 * file descriptions. execvp loads another program and replaces the child's memory; the process ID,
 * the working directory, and the descriptors without close-on-exec stay. waitpid reports the end.
 *
 * Build: cc -I../include -o forkExec forkExec.c
 * Read:  fork(2), execvp(3), _exit(2), wait(2), errno(3)
 */
#define _GNU_SOURCE
#include "reap.h"

enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127, SIGNALED = 128 }; /* exit statuses, as in the shell */

static const char HELP[] = "usage: forkExec [-h] COMMAND [ARGUMENT...]\n"
                           "Runs the command in a child process and reports how it ended.\n"
                           "  1$ ./forkExec sh -c 'echo hello; exit 3'\n";

/* The child becomes the command WORDS[0]. The last word is followed by NULL. */
static _Noreturn void become(char *words[])
{
    execvp(words[0], words); /* searches PATH; returns only if it fails */
    int reason = errno;      /* why; later calls may change errno */
    warn("exec %s", words[0]);
    /* not exit(3): it would flush the parent's buffers again, and call its atexit(3) functions */
    _exit(reason == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* Prints how the child ended. Returns what the shell would show as $? */
static int print_end(int status)
{
    if (WIFEXITED(status)) {
        printf("exit status %d\n", WEXITSTATUS(status));
        return WEXITSTATUS(status);
    }
    int sig = WTERMSIG(status); /* a signal killed it */
    printf("killed by signal %d (%s)%s\n", sig, strsignal(sig),
           WCOREDUMP(status) ? ", core dumped" : "");
    return SIGNALED + sig;
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "+", HELP, &(struct options){ 0 });
    if (optind == argc) {
        warnx("which command?");
        usage_exit();
    }
    int number = 1, status;
    pid_t parent = getpid();
    printf("parent: process %d, number %d\n", parent, number);
    fflush(stdout); /* the child gets a copy of the buffer: text left in it could come out twice */

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {            /* fork has returned 0: this is the child */
        end_with_parent(parent); /* robust: it does not outlive its parent */
        umask(users_umask);      /* robust: the user's, not our stricter one */
        number = 2;
        printf("child:  process %d, number %d, child of %d\n", getpid(), number, getppid());
        check_output(); /* robust: execvp drops the buffer with the rest of the memory */
        become(argv + optind);
    }

    if (waitpid(child, &status, 0) < 0) /* sleeps until the child has ended */
        err(EXIT_FAILURE, "waitpid");
    printf("parent: number %d; child %d has ended: ", number, child);
    return print_end(status);
}
