/* copy.h: copy all bytes from one descriptor to another. */
#ifndef COPY_H
#define COPY_H

#include <poll.h>

#include "ending.h"
#include "start.h"

/* After a failed read or write: whether to try again. Waits if somebody has made FD non-blocking.
 * (EINTR is poll's, after Ctrl+Z and fg.) poll(2) */
static inline bool try_again(int fd, short events)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    return (errno == EAGAIN && poll(&wanted, 1, -1) >= 0) || errno == EINTR;
}

/* Writes all COUNT bytes to FD, which is NAME's. Exits with a message if that fails. write(2) */
static inline void write_all(int fd, const char *bytes, size_t count, const char *name)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count); /* it may take only a part */
        if (written < 0 && !try_again(fd, POLLOUT))
            err(EXIT_FAILURE, "write %s", name);
        bytes += written < 0 ? 0 : written;
        count -= written < 0 ? 0 : (size_t)written;
    }
}

/* Exits with a message if both are the same file: to copy it into itself would never end. fstat(2) */
static inline void refuse_same_file(int from, const char *from_name, int to, const char *to_name)
{
    struct stat one, other;
    if (from >= 0 && (fstat(from, &one) < 0 || fstat(to, &other) < 0))
        err(EXIT_FAILURE, "stat %s and %s", from_name, to_name);
    if (from >= 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
        errx(EXIT_FAILURE, "%s is %s: it cannot be copied into itself", from_name, to_name);
}

/* Copies all that comes from FROM to TO. Exits with a message if that fails. read(2) */
static inline void copy_all(int from, const char *from_name, int to, const char *to_name)
{
    static char block[256 * 1024];
    ssize_t got;
    refuse_same_file(from, from_name, to, to_name);
    while ((got = read(from, block, sizeof block)) != 0) {
        if (got < 0 && !try_again(from, POLLIN))
            err(EXIT_FAILURE, "read %s", from_name);
        if (got > 0)
            write_all(to, block, (size_t)got, to_name);
    }
}

static volatile sig_atomic_t unfinished = -1; /* the file that has only a part of its contents */

static int empty_unfinished(const char *unused)
{
    (void)unused;
    return unfinished < 0 ? 0 : ftruncate(unfinished, 0);
}

/* Until end_contents(), an error or Ctrl+C leaves the open file FD empty, not half written. */
static inline void begin_contents(int fd)
{
    remove_at_exit(empty_unfinished, "the contents");
    unfinished = fd;
    unblock_ending_signals();
}

static inline void end_contents(void)
{
    unfinished = -1;
}

/* Opens the file that the operand names ("-": standard input). Returns its descriptor; -1: there is
 * no operand. Exits with a message if it cannot be read, or if there are two. open(2) */
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
