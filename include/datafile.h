/* datafile.h: what producer and consumer agree on. */
#ifndef DATAFILE_H
#define DATAFILE_H

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "here.h"

static const char DATA_FILE[] = "data.dat"; /* in the working directory */

/* Says who holds the lock that is in the way, as F_GETLK has answered in OTHER. The number is 0 for
 * a process that we cannot see (in another PID namespace). */
static inline void say_who_holds(const char *name, const struct flock *other)
{
    const char *kind = other->l_type == F_RDLCK ? "read" : "write";
    if (other->l_pid > 0)
        say("lock %s: process %d holds a %s lock", name, (int)other->l_pid, kind);
    else
        say("lock %s: a process elsewhere holds a %s lock", name, kind);
}

/* Whether descriptors A and B have the same file open, by whatever name: copying a file into itself
 * would destroy it, or never end. fstat(2) */
static inline bool is_same_file(int a, int b)
{
    struct stat one, other;
    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_dev == other.st_dev
           && one.st_ino == other.st_ino;
}

/* Whether the open FD is a file without contents. fstat(2) */
static inline bool is_empty(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && found.st_size == 0;
}

/* Whether the open FD has lost its name: somebody removed the file. fstat(2) */
static inline bool is_removed(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && found.st_nlink == 0;
}

#endif
