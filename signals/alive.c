/* alive: asks whether processes exist, without doing anything to them.
 *
 *     1$ ./alive $$
 *     NNN: lives
 *
 * Look for: signal 0 is no signal. kill only checks whether there is such a process, and whether
 * you might signal it. A zombie still counts as one, for its number is not free yet. And the answer
 * is about a moment that has passed: a number can be given to another process.
 *
 * Build: cc -I../include -o alive alive.c
 * Read:  kill(2), proc(5) on /proc/PID/stat
 */
#define _GNU_SOURCE
#include <limits.h>
#include <signal.h>

#include "begin.h"
#include "here.h"
#include "patience.h"

static const char HELP[] = "Says of each PID whether it lives. Waits -s seconds before it asks.\n"
                           "  1$ ./alive $$\n";

/* Prints what is known of process PID; returns whether it lives. */
static bool ask(pid_t pid)
{
    bool exists = kill(pid, 0) == 0;
    if (!exists && errno != EPERM && errno != ESRCH)
        report_and_exit("kill %d with signal 0", (int)pid);
    bool is_foreign = !exists && errno == EPERM;
    bool lives = (exists || is_foreign) && state_of(pid) != 'Z';
    if (!exists && !is_foreign)
        printf("%d: does not exist\n", (int)pid);
    else if (!lives)
        printf("%d: is a zombie\n", (int)pid);
    else if (is_foreign)
        printf("%d: lives, and is not yours\n", (int)pid);
    else
        printf("%d: lives\n", (int)pid);
    return lives;
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "s", "[PID...]", HELP, &options);
    if (optind == argc)
        wrong_usage("whom?");
    for (int i = optind; i < argc; i++) /* 0 and negative numbers would mean groups of processes */
        if (number_or_exit("PID", argv[i], INT_MAX, false) < 1)
            wrong_usage("0: want the number of one process");

    bool all_live = true;
    stay(options.stay);
    for (int i = optind; i < argc; i++)
        all_live = ask((pid_t)strtol(argv[i], NULL, 10)) && all_live;
    flush_or_exit();
    return all_live ? EXIT_SUCCESS : EXIT_FAILURE;
}
