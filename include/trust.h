/* trust.h: what lies in the directory may have been put there by somebody else. */
#ifndef TRUST_H
#define TRUST_H

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

#endif
