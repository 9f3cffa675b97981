/* master: a master that does no work itself but manages four workers.
 *
 *     1$ ./master
 *
 * Ctrl+C or SIGTERM: the workers finish their jobs; a second one ends all processes at once.
 * SIGHUP: the workers are replaced, one by one. A worker that dies is replaced.
 *
 * Calls: sigprocmask -> fork -> setpgid -> sigwaitinfo -> waitpid, kill -> sigwaitinfo -> ...
 *        a worker: prctl -> sigtimedwait, sigtimedwait, ...
 *
 * Look for: there is no handler. The signals are blocked; the master accepts them one by one, and a
 * worker checks for them between two jobs. Ctrl+C goes to the foreground process group, which
 * consists of the master alone: the workers are a group of their own.
 *
 * Build: cc -I../include -o master master.c
 * Read:  sigwaitinfo(2), kill(2), setpgid(2), waitpid(2), prctl(2) on PR_SET_PDEATHSIG
 */
#define _GNU_SOURCE
#include <sys/prctl.h>

#include "workers.h"

static const char HELP[] = "usage: master [-h] [-s SECONDS] [-u]\n"
                           "Manages four workers.\n  1$ ./master\n"
                           "  -s SECONDS  how long a job takes (1)\n"
                           "  -u          unsafe: the fourth worker has a bug, and dies at once\n";
static const struct timespec NO_TIME, MOMENT = { .tv_nsec = 50000000 };
static sigset_t awaited; /* the signals that are blocked and accepted one by one */
static pid_t group;      /* the workers' process group */

/* A worker. Returns its exit status. */
static int work(int number, pid_t master, const struct options *options)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* when the master dies, the kernel kills us */
        err(EXIT_FAILURE, "prctl");
    if (getppid() != master || (options->unsafe && number == WORKERS))
        return EXIT_FAILURE;  /* it died before prctl; or this is the bug */
    signal(SIGTTOU, SIG_IGN); /* robust: after stty tostop, printing would stop us */
    long jobs = 0;
    while (sigtimedwait(&awaited, NULL, &NO_TIME) < 0) { /* no signal is pending */
        pause_for(options->pause);                       /* the job */
        jobs++;
    }
    printf("worker %d finished job %ld and is ending\n", number, jobs);
    return EXIT_SUCCESS;
}

/* Starts each worker that is missing, unless it has died at once too often. */
static void start_missing(const struct options *options)
{
    for (int i = 0; i < WORKERS; i++) {
        if (workers[i].pid != 0 || workers[i].quick_deaths == QUICK_DEATHS)
            continue;
        pid_t master = getpid(), pid = fork();
        if (pid == 0)
            exit(work(i + 1, master, options));
        if (pid < 0) {
            warn("fork worker %d", i + 1); /* the others go on */
            continue;
        }
        group = living > 0 ? group : pid; /* its ID is the process ID of its first member */
        if (setpgid(pid, group) < 0)
            err(EXIT_FAILURE, "setpgid");
        enter_worker(i, pid);
    }
}

/* Lets the workers finish their jobs and waits for all of them. */
static void end_workers(void)
{
    int status;
    pid_t dead;
    puts("the workers are asked to finish their jobs; a second Ctrl+C ends them at once");
    if (kill(-group, SIGTERM) < 0) /* to all processes of the group */
        err(EXIT_FAILURE, "kill the workers");
    kill(-group, SIGCONT); /* robust: one may be stopped */
    sigdelset(&awaited, SIGCHLD);
    sigdelset(&awaited, SIGHUP);              /* robust: closing the terminal may send it twice */
    sigtimedwait(&awaited, NULL, &MOMENT);    /* robust: timeout(1) sends its signal twice */
    sigprocmask(SIG_UNBLOCK, &awaited, NULL); /* from now on, Ctrl+C ends us and the workers */
    while ((dead = waitpid(-group, &status, 0)) > 0)
        strike_worker(dead, status);
    puts("all workers have ended");
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 1 };
    read_options(argc, argv, "s:u", HELP, &options);
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGCHLD);
    sigaddset(&awaited, SIGHUP);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigprocmask(SIG_BLOCK, &awaited, NULL); /* before fork, because workers inherit the mask */
    start_missing(&options);
    printf("the master is process %d\n", getpid());
    int status, ended_by = 0; /* the signal that ends us; 0: none yet */
    pid_t dead;
    while (ended_by == 0 && living > 0) {
        int sig = sigwaitinfo(&awaited, NULL); /* sleeps until one of them is pending */
        if (sig < 0 && errno != EINTR)         /* EINTR: after Ctrl+Z and fg */
            err(EXIT_FAILURE, "sigwaitinfo");
        switch (sig) {
        case SIGINT: ended_by = sig; break;
        case SIGTERM: ended_by = sig; break;
        case SIGCHLD:
            while ((dead = waitpid(-group, &status, WNOHANG)) > 0) /* more than one may be dead */
                strike_worker(dead, status);
            start_missing(&options);
            break;
        case SIGHUP:
            generation++;
            if (tcgetpgrp(STDIN_FILENO) < 0 && errno == EIO)
                ended_by = sig; /* robust: our terminal has been closed */
            else
                puts("the workers are replaced, one by one");
        }
        pid_t old = outdated_worker();
        if (old > 0)
            kill(old, SIGTERM);
    }
    if (living == 0)
        errx(EXIT_FAILURE, "no worker is left");
    end_workers();
    check_output();
    kill(getpid(), ended_by); /* so that the shell sees why; process 1 of a container goes on */
    _exit(128 + ended_by);
}
