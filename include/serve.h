/* serve.h: what a server over TCP does when a call fails. */
#ifndef SERVE_H
#define SERVE_H

#include <sys/time.h>

#include "sock.h"

enum { BACKLOG = 8, BUFFER_SIZE = 4096 };

/* From now on, recv(2) and send(2) on FD fail with EAGAIN after SECONDS in which nothing moves.
 * SO_RCVTIMEO of socket(7) */
static inline void limit_silence(int fd, double seconds)
{
    struct timeval limit = { .tv_sec = (time_t)seconds };
    limit.tv_usec = (suseconds_t)((seconds - (double)limit.tv_sec) * 1e6);
    if (limit.tv_sec == 0 && limit.tv_usec == 0)
        limit.tv_usec = 1; /* 0 would mean no limit */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0)
        err(EXIT_FAILURE, "setsockopt SO_RCVTIMEO");
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0)
        err(EXIT_FAILURE, "setsockopt SO_SNDTIMEO");
}

/* Says, from errno, why the conversation with a client ends before the end of its stream. */
static inline void warn_of_client(const char *call)
{
    if (errno == EAGAIN) /* the limit of limit_silence() */
        errno = ETIMEDOUT;
    warn("the client: %s", call);
}

/* After accept(2) has failed: says why, and returns after 0.1 s if only that connection is lost, or
 * if descriptors or memory are short, which may pass. Exits otherwise. accept(2) */
static inline void warn_or_exit(const char *call)
{
    static const int passing[] = { EINTR,     ECONNABORTED, EPROTO,       ENETDOWN,    ENETUNREACH,
                                   EHOSTDOWN, ENONET,       EHOSTUNREACH, EPERM,       EMFILE,
                                   ENFILE,    ENOBUFS,      ENOMEM,       ENOPROTOOPT, EOPNOTSUPP };
    static int said;
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++) {
        if (errno != passing[i])
            continue;
        if (said != passing[i] && passing[i] != EINTR)
            warn("%s", call); /* once: a shortage may last */
        said = passing[i];
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
        return;
    }
    err(EXIT_FAILURE, "%s", call);
}

/* After bind(2) or listen(2) has failed: says why, and what to type instead, and exits. CLIENT is
 * the name of the program for the other end. */
static inline _Noreturn void exit_without_port(const char *address, const char *port,
                                               const char *client)
{
    int reason = errno, next = atoi(port) < 65535 ? atoi(port) + 1 : 9876;
    warn("listen on port %s of %s", port, address);
    if (reason == EADDRINUSE)
        warnx("take another: ./%s -p %d, and ./%s -p %d", program_invocation_short_name, next,
              client, next);
    exit(EXIT_FAILURE);
}

#endif
