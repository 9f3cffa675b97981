/* copy.h: copy all bytes from one descriptor to another. */
#ifndef COPY_H
#define COPY_H

#include <poll.h>

#include "start.h"

/* After a read or write of NAME has failed: waits until FD is ready for EVENTS, if somebody has made
 * it non-blocking. Exits with a message if it failed for another reason. poll(2) */
static inline void wait_until_ready(int fd, short events, const char *call, const char *name)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    if (errno == EAGAIN && poll(&wanted, 1, -1) >= 0)
        return;
    if (errno != EINTR) /* of poll, after Ctrl+Z and fg */
        err(EXIT_FAILURE, "%s %s", call, name);
}

/* Writes the COUNT bytes at BYTES to FD, which is NAME's. Exits with a message if that fails. write(2) */
static inline void write_all(int fd, const char *bytes, size_t count, const char *name)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count); /* it may take only a part */
        if (written < 0) {
            wait_until_ready(fd, POLLOUT, "write", name);
            continue;
        }
        bytes += written;
        count -= (size_t)written;
    }
}

/* Exits with a message if both descriptors have the same file open: copying that into itself would
 * destroy it, or never end. fstat(2) */
static inline void refuse_same_file(int from, const char *from_name, int to, const char *to_name)
{
    struct stat one, other;
    if (from < 0) /* there is none: see open_source() */
        return;
    if (fstat(from, &one) < 0 || fstat(to, &other) < 0)
        err(EXIT_FAILURE, "stat %s and %s", from_name, to_name);
    if (one.st_dev == other.st_dev && one.st_ino == other.st_ino)
        errx(EXIT_FAILURE, "%s is %s: it cannot be copied into itself", from_name, to_name);
}

/* Copies from FROM, to the end of what it has, to TO. Exits with a message if that fails. read(2) */
static inline void copy_all(int from, const char *from_name, int to, const char *to_name)
{
    static char block[256 * 1024];
    ssize_t got;
    refuse_same_file(from, from_name, to, to_name);
    while ((got = read(from, block, sizeof block)) != 0) {
        if (got < 0)
            wait_until_ready(from, POLLIN, "read", from_name);
        else
            write_all(to, block, (size_t)got, to_name);
    }
}

/* Opens the file that the first of OPERANDS names, to be copied ("-": standard input). Returns its
 * descriptor, or -1 if there is no operand. Exits with a message if it cannot be read, or if there is
 * another operand. open(2) */
static inline int open_source(char **operands)
{
    const char *name = operands[0];
    if (name == NULL)
        return -1;
    end_of_operands(operands + 1);
    int source = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (source < 0 || read(source, NULL, 0) < 0) /* of a directory, it fails */
        err(EXIT_FAILURE, "open %s", name);
    return source;
}

#endif
