/* reap.h: how a child has ended. */
#ifndef REAP_H
#define REAP_H

#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

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

#endif
