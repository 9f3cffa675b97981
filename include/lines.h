/* lines.h: titles over a stream. A stream has no message boundaries, so a newline ends each title.
 *
 * Deadlines are kept with ppoll(2), not with signals: fit for programs with threads as well.
 */
#ifndef LINES_H
#define LINES_H

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "oldEnding.h"

enum {
    TITLE_SIZE = 255,           /* bytes, the newline not counted */
    LINE_SIZE = TITLE_SIZE + 1, /* with it */
};

/* A stream of titles. Set fd and patience, the rest to zero. */
struct lines {
    int fd;          /* a connected socket */
    double patience; /* seconds for one whole title, or one whole answer */
    size_t start;    /* what has been read, and not yet been given, ... */
    size_t end;      /* ... lies from here to there */
    bool ended;      /* no more will come */
    char bytes[16 * 1024];
};

/* Whether a conversation goes on after an ending signal, to its end; others start no new one. */
static bool ends_after_conversation;

/* The time SECONDS from now, of CLOCK_MONOTONIC, in seconds. */
static inline double seconds_from_now(double seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9 + seconds;
}

/* Waits until FD is ready for EVENTS (POLLIN, POLLOUT), or until DEADLINE. Returns 0, or -1
 * with errno ETIMEDOUT or as ppoll(2) sets it. What is ready is ready, also after the deadline.
 * Does not return if an ending signal was caught, unless ends_after_conversation. No such
 * signal is lost: from the look whether one has come to the wait they are blocked, and ppoll
 * lets them in as it waits. */
static inline int await_ready(int fd, short events, double deadline)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    for (;;) {
        double left = deadline - seconds_from_now(0);
        struct timespec timeout = { .tv_sec = left > 0 ? (time_t)(left < 1e6 ? left : 1e6) : 0 };
        if (left > 0 && left < 1e6)
            timeout.tv_nsec = (long)((left - (double)timeout.tv_sec) * 1e9);
        sigset_t before;
        block_ending_signals(&before);
        int r = -1;
        errno = EINTR;
        if (ends_after_conversation || ending_signal == 0)
            r = ppoll(&wanted, 1, &timeout, &before);
        int reason = errno;
        sigprocmask(SIG_SETMASK, &before, NULL);
        errno = reason;
        if (!ends_after_conversation)
            leave_if_ended();
        if (r > 0)
            return 0;
        if (r < 0 && errno != EINTR)
            return -1;
        if (r == 0 && left <= 0) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

/* Reads what there is behind what is held. Returns 0, or -1 as read_line() does. */
static inline int read_more(struct lines *lines, double deadline)
{
    size_t held = lines->end - lines->start;
    memmove(lines->bytes, lines->bytes + lines->start, held);
    lines->start = 0;
    lines->end = held;
    if (await_ready(lines->fd, POLLIN, deadline) < 0)
        return -1;
    ssize_t got = recv(lines->fd, lines->bytes + held, sizeof lines->bytes - held, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    lines->end += (size_t)got;
    lines->ended = got == 0;
    return 0;
}

/* Gives the next title: LINE points to its bytes, its newline included, until the next call.
 * Returns their count; if the last of them is no newline, the stream has ended without one. 0 at
 * the end of the stream. -1 with errno: EMSGSIZE, a title of more than TITLE_SIZE bytes; ETIMEDOUT,
 * not whole within the patience, however many bytes came; or as recv(2) sets it. */
static inline ssize_t read_line(struct lines *lines, char **line)
{
    double deadline = seconds_from_now(lines->patience);
    for (;;) {
        size_t held = lines->end - lines->start;
        *line = lines->bytes + lines->start;
        char *newline = memchr(*line, '\n', held);
        size_t length = newline != NULL ? (size_t)(newline - *line) + 1 : held;
        if (length > LINE_SIZE || (length == LINE_SIZE && newline == NULL)) {
            errno = EMSGSIZE;
            return -1;
        }
        if (newline != NULL || lines->ended) {
            lines->start += length;
            return (ssize_t)length;
        }
        if (read_more(lines, deadline) < 0)
            return -1;
    }
}

/* Sends the COUNT bytes at BYTES. Returns 0; or -1 with errno ETIMEDOUT, when the other end does
 * not take them within the patience, or as send(2) sets it (EPIPE, ECONNRESET: it has left). */
static inline int send_line(const struct lines *lines, const char *bytes, size_t count)
{
    double deadline = seconds_from_now(lines->patience);
    while (count > 0) {
        ssize_t sent = send(lines->fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            count -= (size_t)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            if (await_ready(lines->fd, POLLOUT, deadline) < 0)
                return -1;
        } else if (sent < 0 && errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

#endif
