/* directory.h: do the objects in this directory belong to us, and who else uses them? After
 * share_directory_lock(), no other program removes the queue; the last user does (see queue.h). */
#pragma once

#include <sys/file.h>
#include <sys/vfs.h>

#include "deadline.h"

/* Exits with a message unless NAME, open as FD, is ours and of TYPE (S_IFREG, S_IFIFO). fstat(2) */
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

/* Call after open(2) or mkfifo(3) has failed for a name in the working directory. Returns what the
 * text for errno does not say, or "" if there is nothing to add. Preserves errno. */
static inline const char *hint_for_open(void)
{
    int reason = errno;
    bool is_gone = reason == ENOENT && directory_is_gone();
    errno = reason;
    if (reason == ELOOP)
        return " (it is a symbolic link, which is not followed: remove it)";
    return is_gone ? IS_GONE : "";
}

enum { OVERLAYFS = 0x794c7630 }; /* the file system of containers: fstatfs(2) */
static int locked_here = -1;     /* the working directory; the lock belongs to this descriptor */

/* Makes our lock exclusive. Returns false if another process shares it. flock(2) */
static inline bool try_to_lock_alone(void)
{
    return flock(locked_here, LOCK_EX | LOCK_NB) == 0;
}

/* Takes a shared lock on this directory, or exits with a message after SECONDS. flock(2) */
static inline void share_directory_lock(double seconds)
{
    set_deadline(seconds, "the lock on this directory was not free");
    if (locked_here < 0)
        locked_here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (locked_here < 0 || flock(locked_here, LOCK_SH) < 0)
        err(EXIT_FAILURE, "lock the directory");
    clear_deadline();
}

/* Does the same for an object NAME that many processes share. If no other process has the lock, any
 * such object was left by killed processes, and is first removed by REMOVE (shm_unlink, ...). */
static inline void share_directory_lock_afresh(double seconds, int (*remove)(const char *name),
                                               const char *name)
{
    locked_here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_alone = try_to_lock_alone();
    for (int i = 0; !is_alone && i < 5; i++, is_alone = try_to_lock_alone())
        pause_for(RETRY_MS / 1e3); /* a killed process may not be gone yet */
    if (is_alone)
        remove(name);
    share_directory_lock(seconds);
}

/* Exits with a message if LAST, the second in which the queue NAME was last used, is before the
 * creation of this directory: then its messages are from a removed directory that had our inode
 * number. REMOVAL is the command to remove it. Call after share_directory_lock(). statx(2) */
static inline void refuse_older_messages(const char *name, time_t last, const char *removal)
{
#ifdef STATX_BTIME /* in musl since 1.2.5 */
    struct statx here;
    struct statfs system;
    if (statx(locked_here, "", AT_EMPTY_PATH, STATX_BTIME, &here) < 0
        || (here.stx_mask & STATX_BTIME) == 0 /* not known to this file system */
        || fstatfs(locked_here, &system) < 0
        || (here.stx_dev_major == 0 && system.f_type != OVERLAYFS)) /* a file server's clock? */
        return;
    double made = (double)here.stx_btime.tv_sec + here.stx_btime.tv_nsec / 1e9;
    if ((double)last + 1.1 < made && made < (double)time(NULL) + 1) /* else a clock was set back */
        errx(EXIT_FAILURE,
             "%s has messages from a removed directory, older than this one; to remove it: %s",
             name, removal);
#else
    (void)name, (void)last, (void)removal;
#endif
}
