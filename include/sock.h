/* sock.h: what server and client agree on. */
#ifndef SOCK_H
#define SOCK_H

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "lines.h"
#include "report.h"

static const char PORT[] = "9876";
static const char LOOPBACK[] = "127.0.0.1";

enum { BACKLOG = 8 }; /* connections that wait to be accepted; Linux lets in one more */

static const double TITLE_PATIENCE = 30; /* seconds that a server gives a client for a title */

/* Resolves HOST (a name or a number) and PORT (a number) to the list of addresses to try. Exits with a message if there are none. getaddrinfo(3) */
static inline struct addrinfo *addresses_of(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found;
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

/* Whether ERROR, from accept(2), passes: it is of one connection, or of a shortage, and the server
 * should go on. After a shortage it waits for a tenth of a second: the connection is still there, and
 * accept would fail again at once, and again. */
static inline bool is_passing(int error)
{
    static const int passing[] = { EINTR,     ECONNABORTED, EPROTO,      ENETDOWN, ENETUNREACH,
                                   EHOSTDOWN, EHOSTUNREACH, ENOPROTOOPT, ENONET,   EOPNOTSUPP,
                                   EPERM,     EMFILE,       ENFILE,      ENOBUFS,  ENOMEM };
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        if (error == passing[i]) {
            struct timespec moment = { .tv_nsec = 100 * 1000000L };
            if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM)
                nanosleep(&moment, NULL);
            return true;
        }
    return false;
}

#endif
