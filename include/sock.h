/* sock.h: what server and client share. */
#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include "escape.h"
#include "start.h"

/* Exits with a message if ERROR, which getaddrinfo(3) returned for HOST, is not 0. */
static inline void check_address(const char *host, int error)
{
    if (error == EAI_SYSTEM)
        err(EXIT_FAILURE, "find the address of %s", host);
    if (error != 0)
        errx(EXIT_FAILURE,
             "find the address of %s: %s (a host is a name, or an address like 127.0.0.1)", host,
             gai_strerror(error));
}

/* Sends all COUNT bytes, even when send(2) accepts only some of them. Returns 0, or -1 with errno
 * set. If the other end has left, that is EPIPE, without a SIGPIPE. */
static inline int send_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) /* Ctrl+Z and fg, where there is a limit_silence() */
            return -1;
        bytes += sent > 0 ? sent : 0;
        count -= sent > 0 ? (size_t)sent : 0;
    }
    return 0;
}

/* Exits with a message if the connected socket FD is its own peer. When no process listens, a
 * socket can connect to itself if the kernel happens to give it that very port. getpeername(2) */
static inline void refuse_own_peer(int fd)
{
    struct sockaddr_storage own = { .ss_family = 0 }, peer = { .ss_family = 0 };
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    if (getsockname(fd, (struct sockaddr *)&own, &own_size) == 0
        && getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0
        && memcmp(&own, &peer, sizeof own) == 0)
        errx(EXIT_FAILURE, "no server is there yet; try again");
}

enum { TITLE_SIZE = 255 }; /* bytes, without the newline at the end */

static char *TITLES[] = { "War and Peace", "Pride and Prejudice", "The Sound and the Fury", NULL };

/* Prints LINE and a newline, or exits with a message. puts(3) */
static inline void print_line(const char *line)
{
    puts(line);
    check_output();
}

/* Returns the titles that the user gave in OPERANDS, or else TITLES. Exits with a message if a
 * title contains a newline or is too long. */
static inline char **titles_from(char **operands)
{
    for (char **next = operands; *next != NULL; next++)
        if (strchr(*next, '\n') != NULL || strlen(*next) > TITLE_SIZE)
            errx(WRONG_USAGE, "a title is one line of at most %d bytes", TITLE_SIZE);
    return *operands != NULL ? operands : TITLES;
}
