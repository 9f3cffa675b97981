/* sockets-2: the server that dies with its client
 *
 * Wanted: ./sockets-2 PORT CLIENTS listens on that port of 127.0.0.1, prints "listening", and
 *     serves CLIENTS clients, one after another. A client sends a number and half-closes the
 *     connection; it gets the numbers from 1 to its own, one per line, however slowly it reads. For
 *     each client, the server prints "client 1: all sent", or "client 1: has left" if the client
 *     has closed its connection before all were sent, and turns to the next. Then it exits. While
 *     it waits, it sleeps.
 * As it stands: it crashes. A client that asks for many numbers and leaves takes the server with
 *     it, without a message; in the shell, echo $? prints 141. This is such a client:
 *         echo 10000000 | nc -N 127.0.0.1 PORT | head -n 1
 * Read: send(2), "The flags argument" and "ERRORS"
 * Easy, 5 minutes. To judge it: make exercise-sockets-2
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int start_listening(const char *port)
{
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_port = htons((uint16_t)atoi(port)),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        err(EXIT_FAILURE, "socket");
    if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, 8) < 0)
        err(EXIT_FAILURE, "listen on port %s", port);
    return listener;
}

/* Returns whether the client has asked for numbers and has been sent all of them. */
static bool serve(int peer)
{
    char text[16] = "";
    /* MSG_WAITALL: sleeps until the text is full or, as here, the client has half-closed */
    if (recv(peer, text, sizeof text - 1, MSG_WAITALL) <= 0)
        return false;
    int last = atoi(text);
    for (int number = 1; number <= last; number++) {
        char line[16];
        int length = snprintf(line, sizeof line, "%d\n", number);
        if (send(peer, line, (size_t)length, 0) != length)
            return false;
    }
    return true;
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(2, "usage: sockets-2 PORT CLIENTS");
    int listener = start_listening(argv[1]), clients = atoi(argv[2]);
    puts("listening");
    fflush(stdout);
    for (int i = 1; i <= clients; i++) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer < 0)
            err(EXIT_FAILURE, "accept");
        printf("client %d: %s\n", i, serve(peer) ? "all sent" : "has left");
        close(peer);
    }
    return EXIT_SUCCESS;
}
