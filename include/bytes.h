/* bytes.h: write all bytes, even when write(2) accepts only some of them. */
#pragma once

#include <poll.h>

#include "start.h"

/* Call after a failed read or write. Returns whether to try again, once EVENTS occur. poll(2) */
static inline bool try_again(int fd, short events)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    return (errno == EAGAIN && poll(&wanted, 1, -1) >= 0) || errno == EINTR;
}

/* Writes all COUNT bytes to FD. Exits with a message about NAME if that fails. write(2) */
static inline void write_all(int fd, const char *bytes, size_t count, const char *name)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count); /* perhaps only a part */
        if (written < 0 && !try_again(fd, POLLOUT))
            err(EXIT_FAILURE, "write %s", name);
        bytes += written < 0 ? 0 : written;
        count -= written < 0 ? 0 : (size_t)written;
    }
}
