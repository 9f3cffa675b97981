/* reap.h: a child ends with its parent, and how a child has ended. */
#pragma once

#include <sys/prctl.h>
#include <sys/wait.h>

#include "start.h"

/* In a child: SIGTERM ends it when PARENT dies, or now if PARENT has died already. prctl(2) */
static inline void end_with_parent(pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
        err(EXIT_FAILURE, "prctl");
    if (getppid() != parent)
        raise(SIGTERM);
}

/* Returns the exit status that STATUS, from waitpid(2), has in it. A child killed by a signal is
 * reported, and counts as EXIT_FAILURE; but if that was SIGPIPE, because nobody reads
 * standard output any more (| head), we end in the same way. */
static inline int exit_status(int status)
{
    if (!WIFSIGNALED(status))
        return WEXITSTATUS(status);
    if (WTERMSIG(status) == SIGPIPE)
        raise(SIGPIPE);
    warnx("the child was killed by signal %d", WTERMSIG(status));
    return EXIT_FAILURE;
}
