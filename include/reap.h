/* reap.h: make a child end with its parent, and find out how a child ended. */
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>

#include "start.h"

/* Call in a child: SIGTERM ends it when PARENT dies, or now if PARENT is already dead. prctl(2) */
static inline void end_with_parent(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
        err(EXIT_FAILURE, "prctl");
    if (getppid() != parent)
        raise(SIGTERM);
}

/* Returns the exit status in STATUS, from waitpid(2). A child killed by a signal is reported, and
 * counts as EXIT_FAILURE; but if it was SIGPIPE (its output has no reader), that ends us, too. */
static inline int exit_status(int status)
{
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGPIPE)
        raise(SIGPIPE);
    warnx("the child was killed by signal %d", WTERMSIG(status));
    return EXIT_FAILURE;
}
