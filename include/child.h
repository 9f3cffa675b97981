/* child.h: how a child has ended. */
#ifndef CHILD_H
#define CHILD_H

#include <signal.h>
#include <sys/wait.h>

#include "report.h"

/* Returns the exit status that STATUS, from waitpid(2), has in it. A child that a signal killed is
 * said, and counts as EXIT_FAILURE; but if it was SIGPIPE, for standard output has gone (| head),
 * we die of that too, as a program without children would. */
static inline int exit_status(int status)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
        die_of_signal(SIGPIPE);
    if (WIFSIGNALED(status)) {
        say("the child was killed by signal %d", WTERMSIG(status));
        return EXIT_FAILURE;
    }
    return WEXITSTATUS(status);
}

#endif
