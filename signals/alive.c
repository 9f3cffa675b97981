/* alive: asks whether processes exist, without doing anything to them.
 *
 *     1$ ./alive $$
 *     NNN: is alive
 *
 * Calls: kill (with signal 0)
 *
 * Look for: signal 0 is not a signal. kill only checks whether there is such a process, and whether
 * you may signal it. A zombie still counts as a process, because its process ID is not free yet.
 * The answer may be out of date when it is printed: another process can get the process ID.
 *
 * Build: cc -I../include -o alive alive.c
 * Read:  kill(2), proc_pid_status(5)
 */
#define _GNU_SOURCE
#include <limits.h>

#include "start.h"

static const char HELP[] = "usage: alive [-h] [-s SECONDS] PID [PID...]\n"
                           "Says whether each process is alive.\n"
                           "  1$ ./alive $$\n"
                           "  -s SECONDS  how long to wait before asking (0)\n";

/* Whether process PID has ended but its parent has not waited for it yet. */
static bool is_zombie(pid_t pid)
{
    char name[40], line[128];
    bool found = false;
    snprintf(name, sizeof name, "/proc/%d/status", pid);
    FILE *file = fopen(name, "re"); /* if it cannot be read, we cannot tell: no */
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        found = found || strncmp(line, "State:\tZ", 8) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

/* Prints what is known about process PID; returns whether it is alive. */
static bool ask(pid_t pid)
{
    int reason = kill(pid, 0) < 0 ? errno : 0; /* only ESRCH and EPERM can occur */
    bool is_alive = reason != ESRCH && !is_zombie(pid);
    if (reason == ESRCH)
        printf("%d: does not exist\n", pid);
    else if (!is_alive)
        printf("%d: is a zombie\n", pid);
    else
        printf("%d: is alive%s\n", pid, reason == EPERM ? ", but you may not signal it" : "");
    return is_alive;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0 };
    read_options(argc, argv, "+s:", HELP, &options);
    if (optind == argc)
        errx(WRONG_USAGE, "which process? try ./alive -h");
    for (int i = optind; i < argc; i++) /* 0 and negative numbers would mean process groups */
        number_or_exit("PID", argv[i], DIGITS, 1, INT_MAX);

    bool all_alive = true;
    pause_for(options.pause);
    for (int i = optind; i < argc; i++)
        all_alive = ask((pid_t)strtol(argv[i], NULL, 10)) && all_alive;
    return all_alive ? EXIT_SUCCESS : EXIT_FAILURE;
}
