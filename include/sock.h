/* sock.h: what server and client agree on. */
#pragma once

#include <netdb.h>
#include <sys/socket.h>

#include "escape.h"
#include "start.h"

/* Exits with a message if ERROR, which getaddrinfo(3) has returned for HOST, is not 0. */
static inline void check_address(const char *host, int error)
{
    if (error == EAI_SYSTEM)
        err(EXIT_FAILURE, "find the address of %s", host);
    if (error != 0)
        errx(EXIT_FAILURE,
             "find the address of %s: %s (a host is a name, or a number as 127.0.0.1)", host,
             gai_strerror(error));
}

/* Sends all COUNT bytes; send(2) may take only a part of them. If the other end has left, that is
 * an error, EPIPE, and no SIGPIPE. Returns 0, or -1 with errno. */
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

/* Exits with a message if the connected socket FD is its own peer: where nobody listens, a connect
 * to this machine can meet itself, if the kernel happens to choose just that port for it. */
static inline void refuse_own_peer(int fd)
{
    struct sockaddr_storage own = { .ss_family = 0 }, peer = { .ss_family = 0 };
    socklen_t own_size = sizeof own, peer_size = sizeof peer;
    if (getsockname(fd, (struct sockaddr *)&own, &own_size) == 0
        && getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0
        && memcmp(&own, &peer, sizeof own) == 0)
        errx(EXIT_FAILURE, "no server is there yet; try again");
}

enum { TITLE_SIZE = 255 }; /* bytes, the newline at its end not counted */

static char *TITLES[] = { "War and Peace", "Pride and Prejudice", "The Sound and the Fury", NULL };

/* puts(3), but exits with a message if that fails. */
static inline void print_line(const char *line)
{
    puts(line);
    check_output();
}

/* The titles that the user has given in OPERANDS, or else TITLES. One with a newline in it, or a
 * longer one, is wrong usage. */
static inline char **titles_from(char **operands)
{
    for (char **next = operands; *next != NULL; next++)
        if (strchr(*next, '\n') != NULL || strlen(*next) > TITLE_SIZE)
            errx(WRONG_USAGE, "a title is one line of at most %d bytes", TITLE_SIZE);
    return *operands != NULL ? operands : TITLES;
}
