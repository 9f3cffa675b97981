/* zombie: what becomes of a child that has ended, and of one whose parent has.
 *
 *     1$ ./zombie
 *     not waited for:   Z, a zombie
 *     waited for:       gone
 *     SIGCHLD ignored:  gone
 *     an orphan:        S, adopted by process NNN
 *
 * Look for: a child that ends leaves its status behind, for its parent to fetch with waitpid.
 * Until then it is a zombie: dead, but still in the table of processes. A parent that ignores
 * SIGCHLD tells the kernel that it will never ask. An orphan is something else: it lives, and
 * gets a new parent.
 *
 * Build: cc -I../include -o zombie zombie.c
 * Read:  wait(2), fork(2), proc(5) on /proc/PID/stat, prctl(2) on PR_SET_CHILD_SUBREAPER
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "begin.h"

static const char HELP[] = "Shows the states of a zombie and of an orphan.\n"
                           "  1$ ./zombie\n";

/* The state letter of process PID, and in PARENT the process that it belongs to. '-': it is gone.
 * Exits with a message if that cannot be known: a process that we cannot see is not gone. */
static char state_of(pid_t pid, int *parent)
{
    char path[40], state = '-';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat_file = fopen(path, "re");
    if (stat_file == NULL && errno == ENOENT)
        return '-';
    if (stat_file == NULL)
        report_and_exit("open %s", path);
    if (fscanf(stat_file, "%*d (%*[^)]) %c %d", &state, parent) != 2) {
        if (ferror(stat_file) && errno != ESRCH)
            report_and_exit("read %s", path);
        state = '-'; /* it went just now */
    }
    fclose(stat_file);
    return state;
}

static pid_t start_child(void)
{
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0)
        _exit(EXIT_SUCCESS);
    return child;
}

static void print_state(const char *title, pid_t pid)
{
    int parent;
    char state = state_of(pid, &parent);
    printf("%-18s", title);
    if (state == '-')
        puts("gone");
    else
        printf("%c, %s\n", state, state == 'Z' ? "a zombie" : "alive");
}

static void show_zombie(void)
{
    siginfo_t info;
    pid_t child = start_child();
    if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) < 0) /* until it has ended: no more */
        report_and_exit("waitid");
    print_state("not waited for:", child);
    if (waitpid(child, NULL, 0) < 0)
        report_and_exit("waitpid");
    print_state("waited for:", child);
}

static void show_ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    pid_t child = start_child();
    /* this waits, too, but there is nothing to get */
    if (waitpid(child, NULL, 0) == 0 || errno != ECHILD)
        report_and_exit("waitpid");
    print_state("SIGCHLD ignored:", child);
    signal(SIGCHLD, SIG_DFL);
}

/* A child has a child of its own, and ends. The grandchild lives as long as the pipe is open. */
static void show_orphan(void)
{
    int talk[2], stop[2], parent = 0;
    pid_t orphan;
    char byte;
    if (pipe2(talk, O_CLOEXEC) < 0 || pipe2(stop, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        orphan = fork();
        if (orphan == 0) {
            close(stop[1]);
            _exit(read(stop[0], &byte, 1) == 0 ? EXIT_SUCCESS : EXIT_FAILURE); /* sleeps: S */
        }
        _exit(write(talk[1], &orphan, sizeof orphan) == sizeof orphan && orphan > 0 ? 0 : 1);
    }
    int status;
    if (waitpid(child, &status, 0) < 0 || status != 0)
        report_and_exit("make an orphan");
    if (read(talk[0], &orphan, sizeof orphan) != sizeof orphan)
        report_and_exit("read the orphan's number");

    char state;
    do /* it may not have come to its read yet */
        state = state_of(orphan, &parent);
    while (state == 'R');
    printf("%-18s%c, adopted by process %d\n", "an orphan:", state, parent);
    close(stop[1]);
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "", "", HELP, &options);
    show_zombie();
    show_ignored();
    show_orphan();
    flush_or_exit();
    return EXIT_SUCCESS;
}
