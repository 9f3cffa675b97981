/* master: four workers, and a master that does nothing but look after them.
 *
 *     1$ ./master
 *
 * Ctrl+C, or SIGTERM to the master: the workers finish the job in hand, then it ends; a second one
 * ends all at once. SIGHUP: they are replaced, one by one. A worker that dies is replaced.
 *
 * Look for: the workers are a process group of their own. Ctrl+C goes to the group in the
 * foreground, which is the master alone; it signals their whole group with one kill. It has its
 * signals blocked, and takes them one by one (sigwaitinfo): nothing is ever interrupted.
 *
 * Build: cc -I../include -o master master.c
 * Read:  sigwaitinfo(2), kill(2), setpgid(2), waitpid(2), prctl(2) on PR_SET_PDEATHSIG
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"
#include "patience.h"
#include "workers.h"

static const char HELP[] = "Looks after four workers.\n  1$ ./master\n"
                           "  -s SECONDS  how long a job takes (1)\n"
                           "  -u          unsafe: the fourth worker has a bug, and dies at once\n";

static pid_t group;    /* of the workers */
static pid_t leaving;  /* the worker that makes room for its successor; 0: none */
static double hung_up; /* when SIGHUP came: workers started before are to be replaced */
static int ended_by;   /* the signal that ends us; 0: none yet */
static volatile sig_atomic_t asked_to_end; /* in a worker */
static void on_term(int sig)
{
    asked_to_end = sig; /* and no more: so the job in hand is finished */
}

static _Noreturn void be_worker(int number, pid_t master, const struct options *options)
{
    struct sigaction note = { .sa_handler = on_term };
    sigset_t none;
    sigemptyset(&none);
    signal(SIGTTOU, SIG_IGN); /* or stty tostop would stop it when it prints */
    if (setpgid(0, group) < 0 || sigaction(SIGTERM, &note, NULL) < 0
        || sigprocmask(SIG_SETMASK, &none, NULL) < 0
        || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* a worker never outlives its master, ... */
        report_and_exit("begin the work");
    if (getppid() != master || (options->unsafe && number == WORKERS))
        _exit(EXIT_FAILURE); /* ... and this one has died already; or it is the bug */
    long jobs = 0;
    for (; !asked_to_end; jobs++)
        stay(options->stay);
    printf("worker %d has finished job %ld, and ends\n", number, jobs);
    flush_or_exit();
    _exit(EXIT_SUCCESS);
}

static void start_worker(int i, const struct options *options)
{
    pid_t master = getpid(), pid = fork();
    if (pid < 0) {
        report("start worker %d", i + 1); /* the others go on */
        return;
    }
    if (pid == 0)
        be_worker(i + 1, master, options);
    setpgid(pid, group); /* here as there: it matters who comes first */
    group = group != 0 ? group : pid;
    enter_worker(i, pid);
    printf("worker %d is process %d\n", i + 1, (int)pid);
}

/* A worker has ended, with STATUS: another takes its place, if that makes sense. */
static void bury(pid_t dead, int status, const struct options *options)
{
    bool asked = ended_by != 0 || dead == leaving;
    int i = strike_worker(dead, asked);
    if (i < 0)
        return;
    leaving = dead == leaving ? 0 : leaving;
    group = living > 0 ? group : 0; /* it has ended with its last member */
    if (!asked || WIFSIGNALED(status))
        print_end(i, status);
    if (is_hopeless(i))
        printf("worker %d has died at once %d times, and is not replaced\n", i + 1, QUICK_DEATHS);
    else if (ended_by == 0)
        start_worker(i, options);
}

/* Asks one of those that SIGHUP has outdated to end, if no other is about to. */
static void renew_one(void)
{
    if (leaving != 0 || ended_by != 0 || (leaving = worker_from_before(hung_up)) == 0)
        return;
    if (kill(leaving, SIGTERM) < 0)
        report_and_exit("signal worker %d", (int)leaving);
}

/* SIG asks us to end. For the second time? But timeout(1) signals its child, and then its group. */
static void end_workers(int sig)
{
    static double first_time;
    if (ended_by == 0) {
        ended_by = sig;
        first_time = seconds_from_now(0);
        puts("the workers are asked to finish their jobs; a second Ctrl+C ends them at once");
        if (kill(-group, SIGTERM) < 0 || kill(-group, SIGCONT) < 0) /* one may be stopped */
            report_and_exit("signal the workers");
    } else if (seconds_from_now(-0.05) > first_time) {
        kill(-group, SIGKILL);
        die_of_signal(ended_by);
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 1 };
    sigset_t ours;
    int status;
    begin(argc, argv, "su", "", HELP, &options);
    sigemptyset(&ours);
    sigaddset(&ours, SIGCHLD);
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++)
        sigaddset(&ours, ENDING_SIGNALS[i]);
    if (sigprocmask(SIG_BLOCK, &ours, NULL) < 0)
        report_and_exit("block the signals");
    window_has_closed(); /* it remembers that there is one */
    for (int i = 0; i < WORKERS; i++)
        start_worker(i, &options);
    printf("the master is process %d\n", (int)getpid());
    while (living > 0) {
        flush_or_exit();
        int sig = sigwaitinfo(&ours, NULL);
        if (sig < 0 && errno != EINTR)
            report_and_exit("sigwaitinfo");
        for (pid_t dead; living > 0 && (dead = waitpid(-1, &status, WNOHANG)) > 0;)
            bury(dead, status, &options); /* several deaths may have made one SIGCHLD */
        if (sig == SIGHUP && !window_has_closed()) {
            puts("the workers are replaced, one by one");
            hung_up = seconds_from_now(0);
        } else if (sig > 0 && sig != SIGCHLD && living > 0)
            end_workers(sig);
        renew_one();
    }
    if (ended_by == 0)
        say_and_exit("no worker is left");
    puts("all workers have ended");
    flush_or_exit();
    die_of_signal(ended_by);
}
