/* oldSock.h: what server and client agree on. */
#ifndef OLD_SOCK_H
#define OLD_SOCK_H

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lines.h"
#include "report.h"

static const char PORT[] = "9876";
static const char LOOPBACK[] = "127.0.0.1";

enum { BACKLOG = 8 }; /* connections that wait to be accepted; Linux lets in one more */

static const double TITLE_PATIENCE = 30; /* seconds that a server gives a client for a title */

/* Resolves HOST (a name or a number) and PORT (a number) to the list of addresses to
 * try, for sockets of TYPE (SOCK_STREAM, SOCK_DGRAM). Exits with a message if there are
 * none. getaddrinfo(3) */
static inline struct addrinfo *addresses_of(const char *host, const char *port, int type)
{
    struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_NUMERICSERV }, *found;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error == EAI_SYSTEM)
        report_and_exit("find the address of %s", host);
    if (error != 0) {
        say("find the address of %s: %s", host, gai_strerror(error));
        advise("a host is a name, or a number as 127.0.0.1; the port goes with -p");
        exit(EXIT_FAILURE);
    }
    return found;
}

/* Closes FD, for which errno has a reason. errno stays. Returns -1. */
static inline int close_failed(int fd)
{
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

/* Says, from errno, that PORT of HOST cannot be had, and exits; if others have it, with what to
 * type instead. CLIENT is the program for the other end. */
static inline void refuse_port(const char *host, const char *port, const char *client)
    __attribute__((noreturn));
static inline void refuse_port(const char *host, const char *port, const char *client)
{
    int next = atoi(port) % 65535 + 1; /* after the last one comes 1 */
    report("listen on port %s of %s", port, host);
    if (errno == EADDRINUSE)
        advise("take another: ./%s -p %d, and ./%s -p %d", program_invocation_short_name, next,
               client, next);
    exit(EXIT_FAILURE);
}

/* Whether the connected socket FD is its own peer. A connect to a port of this machine on which
 * nobody listens can meet itself, if the kernel happens to give it just that port. */
static inline bool is_own_peer(int fd)
{
    struct sockaddr_storage own = { .ss_family = 0 }, peer = { .ss_family = 0 };
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    return getsockname(fd, (struct sockaddr *)&own, &own_size) == 0
           && getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0
           && memcmp(&own, &peer, sizeof own) == 0;
}

/* Raises the limit of open descriptors, usually 1024, as far as we may ourselves. Returns it. Exits
 * with a message if that fails. setrlimit(2) */
static inline unsigned long long raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        report_and_exit("ask for the limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        report_and_exit("raise the limit of descriptors");
    return limit.rlim_cur;
}

/* Whether ERROR, from accept(2), passes: it is of one connection, or of a shortage, and the server
 * should go on; but not at once, for a connection that found a shortage is still there. */
static inline bool is_passing(int error)
{
    static const int passing[] = { EINTR,     ECONNABORTED, EPROTO,      ENETDOWN, ENETUNREACH,
                                   EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT, ENONET,   EOPNOTSUPP,
                                   EPERM,     EMFILE,       ENFILE,      ENOBUFS,  ENOMEM };
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (error == passing[i])
            return true;
    return false;
}

/* As report(), but does not say the same reason twice in a row: a shortage lasts. And it does not
 * end the program, not even after Ctrl+C: conversations may be under way. */
static inline void report_once(const char *what)
{
    static int last;
    if (errno != last && errno != EINTR)
        say("%s: %s", what, strerror(errno));
    last = errno;
}

/* Waits a moment, 0.1 s, in which a shortage of descriptors or memory may pass. A signal cuts it
 * short. nanosleep(2) */
static inline void wait_for_room(void)
{
    static const struct timespec moment = { .tv_nsec = 100000000 };
    nanosleep(&moment, NULL);
}

#endif
