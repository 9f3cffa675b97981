/* bytes.h: whole blocks of bytes, though read(2) and write(2) may do less than they are asked. */
#ifndef BYTES_H
#define BYTES_H

#include <errno.h>
#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include "oldEnding.h"

/* Writes all COUNT bytes. Returns 0, or -1 with errno set by write(2). Goes on after a short count
 * and after EINTR; waits where somebody has made FD non-blocking. When an ending signal has come,
 * be it while a call was under way or between two, it is -1 with EINTR. */
static inline int write_all(int fd, const void *bytes, size_t count)
{
    const char *next = bytes;
    while (count > 0) {
        if (ending_signal != 0) {
            errno = EINTR;
            return -1;
        }
        ssize_t written = write(fd, next, count);
        if (written >= 0) {
            next += written;
            count -= (size_t)written;
            continue;
        }
        if (errno == EAGAIN) {
            struct pollfd room = { .fd = fd, .events = POLLOUT };
            if (poll(&room, 1, -1) > 0)
                continue;
        }
        if (errno != EINTR)
            return -1;
    }
    return 0;
}

/* Reads what there is, up to COUNT bytes. As read(2), but goes on after EINTR, and waits where
 * somebody has made FD non-blocking. When an ending signal has come, it is -1 with EINTR. */
static inline ssize_t read_some(int fd, void *bytes, size_t count)
{
    for (;;) {
        if (ending_signal != 0) {
            errno = EINTR;
            return -1;
        }
        ssize_t got = read(fd, bytes, count);
        if (got >= 0)
            return got;
        if (errno == EAGAIN) {
            struct pollfd data = { .fd = fd, .events = POLLIN };
            if (poll(&data, 1, -1) > 0)
                continue;
        }
        if (errno != EINTR)
            return -1;
    }
}

/* As pread(2), but of all COUNT bytes. Returns 0, or -1 with errno: ENODATA at the file's end, or
 * as pread sets it. Goes on after a short count and after EINTR. */
static inline int read_all_at(int fd, void *bytes, size_t count, off_t offset)
{
    for (size_t done = 0; done < count;) {
        ssize_t got = pread(fd, (char *)bytes + done, count - done, offset + (off_t)done);
        if (got == 0)
            errno = ENODATA;
        if (got == 0 || (got < 0 && errno != EINTR))
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

/* As pwrite(2), but of all COUNT bytes. Returns 0, or -1 with errno set by pwrite. Goes on after a
 * short count and after EINTR. */
static inline int write_all_at(int fd, const void *bytes, size_t count, off_t offset)
{
    for (size_t done = 0; done < count;) {
        ssize_t written =
            pwrite(fd, (const char *)bytes + done, count - done, offset + (off_t)done);
        if (written < 0 && errno != EINTR)
            return -1;
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}

/* Copies all bytes from FROM to TO, in constant memory. Returns 0, or -1 with errno set, and then
 * FAILED is the descriptor, FROM or TO, that failed. */
static inline int copy_all(int from, int to, int *failed)
{
    static char block[256 * 1024];
    ssize_t got;
    *failed = to;
    while ((got = read_some(from, block, sizeof block)) > 0)
        if (write_all(to, block, (size_t)got) < 0)
            return -1;
    *failed = from;
    return (int)got;
}

#endif
