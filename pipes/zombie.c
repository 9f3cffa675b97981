/* zombie: a child that has ended, and a child whose parent has ended.
 *
 *     1$ ./zombie
 *     not waited for:   Z, a zombie
 *     waited for:       gone
 *     SIGCHLD ignored:  gone
 *     an orphan:        S, adopted by process NNN
 *
 * Calls: fork -> waitid (WNOWAIT) -> waitpid; signal (SIGCHLD, SIG_IGN) -> fork -> waitpid;
 *        pipe -> fork -> the child: fork -> _exit; each time: kill (with signal 0)
 *
 * Look for: a child that ends leaves its exit status behind, and its parent collects it by waitpid.
 * Until then the child is a zombie: dead, but still in the process table. If the parent ignores
 * SIGCHLD, the kernel keeps no status and no zombie. An orphan is something else: it is still
 * running, and it gets a new parent.
 *
 * Build: cc -I../include -o zombie zombie.c
 * Read:  wait(2), fork(2), kill(2), proc_pid_stat(5), prctl(2) on PR_SET_CHILD_SUBREAPER
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/wait.h>

#include "start.h"

static const char HELP[] = "usage: zombie [-h]\n"
                           "Shows the states of a zombie and of an orphan.\n"
                           "  1$ ./zombie\n";

/* Prints TEXT and the state of process PID, as the kernel shows it in /proc/PID/stat. */
static void print_state(const char *text, pid_t pid)
{
    char name[40], state = 'R';
    pid_t parent;
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    while (state == 'R' || state == 'X') { /* running: it is about to sleep; X: about to vanish */
        if (kill(pid, 0) < 0 && errno == ESRCH) {
            printf("%-18sgone\n", text);
            return;
        }
        FILE *file = fopen(name, "re");
        if (file == NULL && kill(pid, 0) == 0) /* else it has just vanished */
            err(EXIT_FAILURE, "open %s", name);
        if (file == NULL)
            continue;
        int found = fscanf(file, "%*d (%*[^)]) %c %d", &state, &parent); /* PID (PROGRAM) ... */
        if (found != 2 && kill(pid, 0) == 0)
            errx(EXIT_FAILURE, "cannot read %s", name);
        fclose(file);
    }
    if (state == 'Z')
        printf("%-18sZ, a zombie\n", text);
    else
        printf("%-18s%c, adopted by process %d\n", text, state, parent);
}

static pid_t start_child(void)
{
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        _exit(EXIT_SUCCESS);
    return child;
}

static void show_zombie(void)
{
    siginfo_t info;
    pid_t child = start_child();
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) < 0) /* WNOWAIT: it stays */
        err(EXIT_FAILURE, "waitid");
    print_state("not waited for:", child);
    if (waitpid(child, NULL, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    print_state("waited for:", child);
}

static void show_ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = start_child();
    if (waitpid(child, NULL, 0) >= 0 || errno != ECHILD) /* fails once the child has ended */
        err(EXIT_FAILURE, "waitpid");
    print_state("SIGCHLD ignored:", child);
    signal(SIGCHLD, SIG_DFL);
}

static void show_orphan(void)
{
    int ends[2];
    pid_t orphan;
    if (pipe(ends) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        orphan = fork();
        if (orphan == 0) {
            struct pollfd writer = { .fd = ends[1] };
            close(ends[0]);
            while (poll(&writer, 1, -1) < 0) /* sleeps until nobody can read the pipe */
                ;                            /* EINTR: a handler has run */
            _exit(EXIT_SUCCESS);
        }
        bool sent = orphan > 0 && write(ends[1], &orphan, sizeof orphan) > 0; /* its process ID */
        _exit(sent ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (status != 0 || read(ends[0], &orphan, sizeof orphan) != sizeof orphan)
        errx(EXIT_FAILURE, "the child could not fork");
    print_state("an orphan:", orphan);
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });
    show_zombie();
    show_ignored();
    show_orphan(); /* it ends when we do, because that closes the pipe's read end */
    return EXIT_SUCCESS;
}
