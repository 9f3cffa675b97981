/* lastUser.h: the last of the programs that use a queue in this directory removes it.
 *
 * What to believe without reading on:
 *
 *     share_directory_lock(12);     until we end, no other program here removes the queue
 *     try_to_lock_alone()           whether we are the last one, and no other can begin before we end
 *
 * How: each program holds a shared lock on the directory until it ends, and only the last one can
 * get it exclusively. The kernel releases the lock of a process that dies. flock(2)
 */
#ifndef LAST_USER_H
#define LAST_USER_H

#include <fcntl.h>
#include <sys/file.h>

#include "ending.h"

static int directory = -1;

/* Exits with a message if the directory cannot be locked within SECONDS. */
static inline void share_directory_lock(double seconds)
{
    set_deadline(seconds, "the lock on this directory was not free");
    directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || flock(directory, LOCK_SH) < 0)
        err(EXIT_FAILURE, "lock the directory");
    clear_deadline();
}

/* Makes our lock exclusive. False: another program uses the queue, and may remove it later. */
static inline bool try_to_lock_alone(void)
{
    return flock(directory, LOCK_EX | LOCK_NB) == 0;
}

#endif
