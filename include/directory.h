/* directory.h: is what lies in the directory ours, and who else uses it? After
 * share_directory_lock(), no other program removes the queue; the last user does: see queue.h. */
#pragma once

#include <sys/file.h>

#include "ending.h"

/* Checks that the open FD, which NAME led to, is of TYPE (S_IFREG, S_IFIFO) and belongs to us.
 * Exits with a message if not. fstat(2) */
static inline void check_ours(int fd, mode_t type, const char *name)
{
    struct stat found;
    if (fstat(fd, &found) < 0)
        err(EXIT_FAILURE, "stat %s", name);
    if ((found.st_mode & S_IFMT) != type)
        errx(EXIT_FAILURE, "%s is not a %s", name, type == S_IFREG ? "regular file" : "FIFO");
    if (found.st_uid != geteuid())
        errx(EXIT_FAILURE, "%s belongs to another user (%u), not to you", name, found.st_uid);
}

static int locked_here = -1;

/* Exits with a message if the directory cannot be locked within SECONDS. */
static inline void share_directory_lock(double seconds)
{
    set_deadline(seconds, "the lock on this directory was not free");
    locked_here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (locked_here < 0 || flock(locked_here, LOCK_SH) < 0)
        err(EXIT_FAILURE, "lock the directory");
    clear_deadline();
}

/* Makes our lock exclusive. False: another program uses the queue, and may remove it later. */
static inline bool try_to_lock_alone(void)
{
    return flock(locked_here, LOCK_EX | LOCK_NB) == 0;
}
