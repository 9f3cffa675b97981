/* sockets-1: the name that stays
 *
 * Wanted: ./sockets-1 PATH CLIENTS listens on the Unix socket PATH, prints "listening", and gives
 *     CLIENTS clients a ticket each: the first gets "1", the next "2", and so on. Then it exits,
 *     and leaves no file behind. While it runs, a second server with the same PATH must fail
 *     with status 1, without disturbing the first, and without taking a ticket from it.
 * As it stands: leaves something behind. It works once; after that, every start fails with
 *     "Address already in use", although no server is running.
 * Read: unix(7), "NOTES"; bind(2)
 * Easy, 10 minutes. To judge it: make exercise-sockets-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int start_listening(const char *path)
{
    struct sockaddr_un own = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof own.sun_path)
        errx(EXIT_FAILURE, "%s: this name is too long for a socket", path);
    strcpy(own.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        err(EXIT_FAILURE, "socket");
    umask(0177); /* the socket's file gets mode 0600 */
    if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0)
        err(EXIT_FAILURE, "bind %s", path);
    if (listen(listener, 8) < 0)
        err(EXIT_FAILURE, "listen on %s", path);
    return listener;
}

/* Gives the client ticket NUMBER. A client that has left does not end the server. */
static void serve(int peer, int number)
{
    char ticket[16];
    int length = snprintf(ticket, sizeof ticket, "%d\n", number);
    if (send(peer, ticket, (size_t)length, MSG_NOSIGNAL) != length)
        warn("send");
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(2, "usage: sockets-1 PATH CLIENTS");
    int listener = start_listening(argv[1]);
    puts("listening");
    fflush(stdout);
    for (int number = 1; number <= atoi(argv[2]); number++) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer < 0)
            err(EXIT_FAILURE, "accept");
        serve(peer, number);
        close(peer);
    }
    close(listener); /* nobody can connect any more */
    return EXIT_SUCCESS;
}
