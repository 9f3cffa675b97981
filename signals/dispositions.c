/* dispositions: what a process does with each signal, and how much of that fork and exec keep.
 *
 *     1$ ./dispositions
 *     parent: caught USR1, ignored USR2, blocked ALRM, pending ALRM
 *     fork:   caught USR1, ignored USR2, blocked ALRM, pending none
 *     exec:   caught none, ignored USR2, blocked ALRM, pending ALRM
 *
 * Calls: sigaction, sigaction -> sigprocmask -> kill -> fork -> waitpid -> execl
 *
 * Look for: the child inherits the dispositions (what to do with each signal) and the mask (which
 * signals are blocked), but no pending signals, because those were sent to the parent. exec keeps
 * all of these except handlers: their code is gone with the old program, so their signals get the
 * default action.
 *
 * Build: cc -I../include -o dispositions dispositions.c
 * Read:  signal(7), proc_pid_status(5), sigaction(2), sigprocmask(2), fork(2), execve(2)
 */
#define _GNU_SOURCE
#include <limits.h>

#include "dispositions.h"
#include "reap.h"

static const char HELP[] =
    "usage: dispositions [-h] [PID | self]\n"
    "Shows what fork and exec keep, or what a process does with each signal.\n"
    "  1$ ./dispositions\n"
    "  1$ ./dispositions $$     the shell: a table of the signals\n"
    "  1$ ./dispositions self   what this program has inherited through exec, on one line\n";

/* Returns the signal sets of process PID, which the kernel shows in hexadecimal. */
static struct sets read_sets(const char *pid)
{
    struct sets sets;
    unsigned long long of_thread; /* pending for the main thread, not for the process as a whole */
    char name[40], line[256];
    int found = 0;
    snprintf(name, sizeof name, "/proc/%s/status", pid);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        err(EXIT_FAILURE, "open %s", name);
    while (fgets(line, sizeof line, file) != NULL) {
        found += sscanf(line, "SigCgt: %llx", &sets.caught);
        found += sscanf(line, "SigIgn: %llx", &sets.ignored);
        found += sscanf(line, "SigBlk: %llx", &sets.blocked);
        found += sscanf(line, "ShdPnd: %llx", &sets.pending);
        found += sscanf(line, "SigPnd: %llx", &of_thread);
    }
    if (found != 5)
        errx(EXIT_FAILURE, "read %s: a line is missing", name);
    fclose(file);
    sets.pending |= of_thread;
    return sets;
}

static void on_signal(int sig)
{
    (void)sig;
}

/* Afterwards one signal is caught, one is ignored, and one is blocked and pending. */
static void prepare_signals(void)
{
    struct sigaction caught = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
    struct sigaction ignored = { .sa_handler = SIG_IGN };
    sigset_t blocked;
    if (sigaction(SIGUSR1, &caught, NULL) < 0)
        err(EXIT_FAILURE, "sigaction SIGUSR1");
    if (sigaction(SIGUSR2, &ignored, NULL) < 0)
        err(EXIT_FAILURE, "sigaction SIGUSR2");
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGALRM);
    if (sigprocmask(SIG_BLOCK, &blocked, NULL) < 0)
        err(EXIT_FAILURE, "sigprocmask");
    if (kill(getpid(), SIGALRM) < 0) /* to ourselves: it is blocked, so it stays pending */
        err(EXIT_FAILURE, "kill");
}

int main(int argc, char *argv[])
{
    if (argc == 2 && strcmp(argv[1], "self") == 0) { /* robust: no prepare_process(), which */
        print_line("exec:", read_sets("self"));      /* would change what is shown */
        report_lost_output();
        return EXIT_SUCCESS;
    }
    prepare_process();
    read_options(argc, argv, "+", HELP, &(struct options){ 0 });
    if (optind < argc) {
        number_or_exit("PID", argv[optind], DIGITS, 1, INT_MAX);
        end_of_operands(argv + optind + 1);
        print_table(read_sets(argv[optind]));
        return EXIT_SUCCESS;
    }
    prepare_signals();
    print_line("parent:", read_sets("self"));
    check_output(); /* flushes, or the child would print its copy of the buffer, too */
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        print_line("fork:", read_sets("self"));
        exit(EXIT_SUCCESS);
    }
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (exit_status(status) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    execl("/proc/self/exe", "dispositions", "self", NULL); /* the same process, another program */
    err(EXIT_FAILURE, "exec");
}
