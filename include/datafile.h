/* datafile.h: what producer and consumer agree on. */
#ifndef DATAFILE_H
#define DATAFILE_H

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "trust.h"

static const char DATA_FILE[] = "data.dat"; /* in the working directory */

/* For open(2): follow no symbolic link; do not wait if a FIFO has that name; be closed on exec. */
enum { DATA_FLAGS = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

/* Whether the open FD is an empty file, or one that has lost its name. fstat(2) */
static inline bool has_no_data(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && (found.st_nlink == 0 || found.st_size == 0);
}

/* Whether process PID is stopped (Ctrl+Z): /proc/PID/stat has the state T behind the name, which is
 * in parentheses. proc(5) */
static inline bool is_stopped(pid_t pid)
{
    char name[40], line[512] = "";
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        return false;
    line[fread(line, 1, sizeof line - 1, file)] = '\0';
    fclose(file);
    return strstr(line, ") T ") != NULL;
}

/* Says who has the lock that is in the way (F_GETLK has stored it in OTHER), and if we WAIT for it.
 * Its process ID is 0 in another container, and -1 for F_OFD_SETLK, a lock that belongs to no
 * process. */
static inline void say_who_holds(const struct flock *other, bool wait)
{
    const char *kind = other->l_type == F_RDLCK ? "read" : "write";
    const char *next = wait ? "; waiting for it" : "";
    if (other->l_type == F_UNLCK)
        warnx("lock %s: another process has just unlocked it", DATA_FILE);
    else if (other->l_pid <= 0)
        warnx("lock %s: a process elsewhere holds a %s lock%s", DATA_FILE, kind, next);
    else
        warnx("lock %s: process %d holds a %s lock%s", DATA_FILE, other->l_pid, kind, next);
    if (other->l_pid > 0 && is_stopped(other->l_pid))
        warnx("process %d is stopped: fg in its terminal, or kill -CONT %d, lets it go on",
              other->l_pid, other->l_pid);
}

#endif
