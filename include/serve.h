/* serve.h: what a TCP server does when a call fails. */
#pragma once

#include <sys/time.h>

#include "sock.h"

enum { BACKLOG = 8, BUFFER_SIZE = 4096 };

/* Returns the time of CLOCK_MONOTONIC in seconds. clock_gettime(2) */
static inline double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* From now on, recv(2) and send(2) on FD fail with EAGAIN after SECONDS without progress; with 0 or
 * less, they hardly wait. Exits with a message if that fails. SO_RCVTIMEO of socket(7) */
static inline void limit_silence(int fd, double seconds)
{
    struct timeval limit = { .tv_usec = 1 }; /* 0 would mean no limit */
    if (seconds >= 1e-5) {
        limit.tv_sec = (time_t)seconds;
        limit.tv_usec = (suseconds_t)((seconds - (double)limit.tv_sec) * 1e6);
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0)
        err(EXIT_FAILURE, "setsockopt SO_RCVTIMEO");
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0)
        err(EXIT_FAILURE, "setsockopt SO_SNDTIMEO");
}

/* Reports that CALL has failed, and why (errno), which ends the conversation with a client. */
static inline void warn_of_client(const char *call)
{
    if (errno == EAGAIN) /* the time of limit_silence() is over */
        errno = ETIMEDOUT;
    warn("the client: %s", call);
}

/* Call after CALL, accept(2), has failed. Reports why. Returns if only that connection is lost, or
 * if the server is short of descriptors or memory, which may pass; otherwise exits. */
static inline void warn_or_exit_at_once(const char *call)
{
    static int said;
    int reason = errno;
    if (reason == EBADF || reason == EINVAL || reason == ENOTSOCK)
        err(EXIT_FAILURE, "%s", call);
    if (reason != said && reason != EINTR)
        warn("%s", call); /* once: a shortage may last */
    said = reason;
}

/* Does the same, but returns after 0.1 s, because the shortage may be over by then. */
static inline void warn_or_exit(const char *call)
{
    warn_or_exit_at_once(call);
    pause_for(0.1);
}

/* Call after bind(2) or listen(2) has failed. Reports why, suggests other ports, and exits. */
static inline _Noreturn void exit_without_port(const char *address, const char *port,
                                               const char *client)
{
    bool is_taken = errno == EADDRINUSE, is_roots = errno == EACCES;
    int next = is_taken && atoi(port) < 65535 ? atoi(port) + 1 : 9876;
    warn("listen on port %s of %s%s", port, address,
         is_roots ? " (below /proc/sys/net/ipv4/ip_unprivileged_port_start: only root may)" : "");
    if (is_taken || is_roots)
        warnx("take another: ./%s -p %d, and ./%s -p %d", program_invocation_short_name, next,
              client, next);
    exit(EXIT_FAILURE);
}
