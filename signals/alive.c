/* alive: asks whether processes exist, without doing anything to them.
 *
 *     1$ ./alive $$
 *     NNN: lives
 *
 * Calls: kill (with signal 0)
 *
 * Look for: signal 0 is no signal. kill only checks whether there is such a process, and whether
 * you might signal it. A zombie still counts as one, because its number is not free yet. And the
 * answer is about a moment that has passed: a number can be given to another process.
 *
 * Build: cc -I../include -o alive alive.c
 * Read:  kill(2), proc_pid_status(5)
 */
#define _GNU_SOURCE
#include <limits.h>

#include "start.h"

static const char HELP[] = "usage: alive [-h] [-s SECONDS] PID [PID...]\n"
                           "Says of each process whether it lives.\n"
                           "  1$ ./alive $$\n"
                           "  -s SECONDS  how long to wait before it asks (0)\n";

/* Whether process PID has ended, and its parent has not waited for it. */
static bool is_zombie(pid_t pid)
{
    char name[40], line[128];
    bool found = false;
    snprintf(name, sizeof name, "/proc/%d/status", pid);
    FILE *file = fopen(name, "re"); /* if it cannot be read, we do not know: no */
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        found = found || strncmp(line, "State:\tZ", 8) == 0;
    if (file != NULL)
        fclose(file);
    return found;
}

/* Prints what is known of process PID; returns whether it lives. */
static bool ask(pid_t pid)
{
    int reason = kill(pid, 0) < 0 ? errno : 0; /* ESRCH and EPERM are the only ones */
    bool lives = reason != ESRCH && !is_zombie(pid);
    if (reason == ESRCH)
        printf("%d: does not exist\n", pid);
    else if (!lives)
        printf("%d: is a zombie\n", pid);
    else
        printf("%d: lives%s\n", pid, reason == EPERM ? ", and is not yours" : "");
    return lives;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0 };
    read_options(argc, argv, "+s:", HELP, &options);
    if (optind == argc)
        errx(WRONG_USAGE, "whom? try ./alive -h");
    for (int i = optind; i < argc; i++) /* 0 and negative numbers would mean groups of processes */
        number_or_exit("PID", argv[i], DIGITS, 1, INT_MAX);

    bool all_live = true;
    pause_for(options.pause);
    for (int i = optind; i < argc; i++)
        all_live = ask((pid_t)strtol(argv[i], NULL, 10)) && all_live;
    return all_live ? EXIT_SUCCESS : EXIT_FAILURE;
}
