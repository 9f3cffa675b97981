/* fdSock.h: what fdSender and fdReceiver agree on. */
#ifndef FD_SOCK_H
#define FD_SOCK_H

#include "localSock.h"

static const char FD_SOCKET[] = "./fd.socket";
static const char FD_LOCK[] = "./fd.socket.lock"; /* its owner keeps it locked */

/* Prints on standard error what the open FD is. Exits with a message if it cannot be asked.
 * fstat(2), lseek(2) */
static inline void say_what_it_is(int fd)
{
    struct stat found;
    off_t position = lseek(fd, 0, SEEK_CUR);
    if (position < 0 || fstat(fd, &found) < 0)
        report_and_exit("ask what descriptor %d is", fd);
    say("descriptor %d is a file of %lld bytes, with %lu names, at position %lld", fd,
        (long long)found.st_size, (unsigned long)found.st_nlink, (long long)position);
}

#endif
