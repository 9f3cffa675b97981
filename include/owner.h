/* owner.h: who lives? The owner of an object keeps a record lock on it, for the kernel
 * drops that lock when the process dies, whatever it dies of. The program takes the lock
 * itself, with fcntl(2).
 */
#ifndef OWNER_H
#define OWNER_H

#include <fcntl.h>
#include <sys/types.h>

#include "report.h"

/* Which process keeps BYTE of the open FD locked. 0: nobody does; whoever it was has died, or left.
 * -1: somebody whose number we cannot know (in another PID namespace). Exits with a message if it
 * cannot be asked. fcntl(2), F_GETLK */
static inline pid_t owner_of(int fd, off_t byte)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
    if (fcntl(fd, F_GETLK, &lock) < 0)
        report_and_exit("ask who holds the lock");
    if (lock.l_type == F_UNLCK)
        return 0;
    return lock.l_pid > 0 ? lock.l_pid : -1;
}

/* After F_SETLK on BYTE of the open FD has failed: says that NAME has an owner that lives, and
 * exits. If it failed for another reason, says that. Returns if the owner has left meanwhile: then
 * the lock is to be had. (A hundred times, and no more: EACCES may come from a security module.) */
static inline void refuse_owned(int fd, off_t byte, const char *name)
{
    static int tries;
    int why = errno;
    if (why != EACCES && why != EAGAIN)
        report_and_exit("lock %s", name);
    pid_t owner = owner_of(fd, byte);
    if (owner == 0 && ++tries < 100)
        return;
    errno = why;
    if (owner == 0)
        report_and_exit("lock %s", name);
    if (owner < 0)
        say_and_exit("%s is in use already", name);
    say("%s is in use already, by process %d", name, (int)owner);
    advise("wait until it has ended, or end it: kill %d", (int)owner);
    exit(EXIT_FAILURE);
}

#endif
