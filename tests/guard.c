/* guard: runs a command for a limited time, and makes sure that none of its processes remains.
 *
 *     guard [-u] [-U] [-q COUNT] [-s SIGNAL:MICROSECONDS] SECONDS COMMAND [ARGUMENT...]
 *
 * With -u, if root runs it, the command runs as an ordinary user (65534), and with -U, as another
 * one (65533). With -q, at most COUNT signals with numbers can be queued for it
 * (RLIMIT_SIGPENDING): using the user's whole limit would hinder other programs. With -s, it gets
 * that signal (a number) so many microseconds after the fork.
 *
 * A process that the command left behind becomes our child when its parent dies
 * (PR_SET_CHILD_SUBREAPER). A process that still runs a moment after the command has ended is
 * reported on standard error and killed.
 *
 * Status: the command's (128 + N after signal N); 124, it took too long; 125, processes were left;
 * 126, it could not be run.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TOO_LONG = 124, LEFT_RUNNING = 125, NOT_RUN = 126 };
enum { ORDINARY_USER = 65534, OTHER_USER = 65533 };

static const double GRACE = 2; /* seconds for stragglers, whom their parent's death has told */

/* Sends SIG to all our children (and what they have left to us). If it is 0, names them. */
static void each_child(int sig)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes != NULL && (entry = readdir(processes)) != NULL) {
        char path[300], name[64], state;
        int pid, parent;
        snprintf(path, sizeof path, "/proc/%s/stat", entry->d_name);
        FILE *status = fopen(path, "re");
        if (status == NULL)
            continue;
        if (fscanf(status, "%d (%63[^)]) %c %d", &pid, name, &state, &parent) == 4
            && parent == getpid() && state != 'Z' && kill(pid, sig) == 0 && sig == 0)
            fprintf(stderr, "left running: %d (%s)\n", pid, name);
        fclose(status);
    }
    if (processes != NULL)
        closedir(processes);
}

static void kill_all(void)
{
    do
        each_child(SIGKILL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
}

/* Reaps until COMMAND (0: everything) has ended, for at most so many SECONDS. Returns what waitpid says
 * of the command, 0 if nothing is left, -1 if it took too long; exits when one of AWAITED says so. */
static int reap(pid_t command, double seconds, const sigset_t *awaited)
{
    const time_t whole = (time_t)seconds;
    struct itimerval limit = { .it_value = { whole, (long)((seconds - (double)whole) * 1e6) } };
    int status, sig = SIGCHLD;
    pid_t pid;
    for (setitimer(ITIMER_REAL, &limit, NULL); sig == SIGCHLD; sigwait(awaited, &sig)) {
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            if (pid == command)
                return status;
        if (pid < 0)
            return 0;
    }
    if (sig == SIGALRM)
        return -1;
    kill_all();
    exit(128 + sig);
}

int main(int argc, char *argv[])
{
    uid_t user = 0;
    int letter, sig = 0;
    long microseconds = 0, pending = -1;
    while ((letter = getopt(argc, argv, "+uUq:s:")) != -1) {
        user = letter == 'u' ? ORDINARY_USER : letter == 'U' ? OTHER_USER : user;
        if (letter == 'q')
            pending = atol(optarg);
        if (letter == '?' || (letter == 's' && sscanf(optarg, "%d:%ld", &sig, &microseconds) != 2))
            return NOT_RUN;
    }
    char **command = argv + optind + 1;
    if (argc - optind < 2) {
        fputs("usage: guard [OPTION...] SECONDS COMMAND [ARGUMENT...]\n", stderr);
        return NOT_RUN;
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigset_t awaited, before;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGALRM);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    sigprocmask(SIG_BLOCK, &awaited, &before);

    pid_t pid = fork();
    if (pid < 0)
        return NOT_RUN;
    if (pid == 0) {
        for (int each = 1; each < 32; each++)
            signal(each, SIG_DFL); /* a script's "command &" ignores SIGINT */
        sigprocmask(SIG_SETMASK, &before, NULL);
        setsid();
        const struct rlimit most = { (rlim_t)pending, (rlim_t)pending };
        if ((pending >= 0 && setrlimit(RLIMIT_SIGPENDING, &most) < 0)
            || (user != 0 && geteuid() == 0
                && (setgroups(0, NULL) < 0 || setgid(user) < 0 || setuid(user) < 0)))
            _exit(NOT_RUN);
        execvp(command[0], command);
        perror(command[0]);
        _exit(NOT_RUN);
    }

    nanosleep(&(struct timespec){ microseconds / 1000000, microseconds % 1000000 * 1000 }, NULL);
    kill(pid, sig); /* we have not waited for it: it is still there, if only as a zombie */
    int status = reap(pid, atof(command[-1]), &awaited);
    bool is_late = status == -1;
    if (is_late)
        fprintf(stderr, "not done within %s seconds\n", command[-1]);
    if (is_late || reap(0, GRACE, &awaited) == -1) {
        each_child(0);
        kill_all();
        return is_late ? TOO_LONG : LEFT_RUNNING;
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
