/* bytes.h: all bytes, though write(2) may take only a part of them. */
#pragma once

#include <poll.h>

#include "start.h"

/* After a failed read or write: whether to try again. Waits if FD has become non-blocking. poll(2) */
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
