/* sockets-4: a line is not a recv
 *
 * Wanted: ./sockets-4 PORT listens on that port of 127.0.0.1, prints "listening", and serves one
 *     client. It answers each line, as soon as it is complete, with the number of the line, a
 *     colon, a space, and the line itself: "3: Emma". The answers are the same however the
 *     bytes arrive: a line in pieces, or many lines at once. A line has 1 to 80 bytes, the
 *     newline included. When the client half-closes the connection, the server exits.
 * As it stands: wrong output. A client that sends one line and waits for its answer before it
 *     sends the next gets the right answers. Other clients get several lines under one number, or
 *     one line split over two.
 * Read: recv(2), tcp(7); memchr(3)
 * Medium, 20 minutes. To judge it: make exercise-sockets-4
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINE_SIZE = 80 };

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

/* Sends NUMBER and LINE, which has LENGTH bytes and ends with a newline. */
static void answer(int peer, int number, const char *line, size_t length)
{
    char text[LINE_SIZE + 16];
    int head = snprintf(text, sizeof text, "%d: ", number);
    memcpy(text + head, line, length);
    length += (size_t)head;
    for (size_t done = 0; done < length;) {
        ssize_t sent = send(peer, text + done, length - done, MSG_NOSIGNAL);
        if (sent < 0)
            err(EXIT_FAILURE, "send");
        done += (size_t)sent;
    }
}

static void serve(int peer)
{
    char line[LINE_SIZE];
    int number = 0;
    ssize_t got;
    while ((got = recv(peer, line, sizeof line, 0)) > 0)
        answer(peer, ++number, line, (size_t)got);
    if (got < 0)
        err(EXIT_FAILURE, "recv");
}

int main(int argc, char *argv[])
{
    if (argc != 2)
        errx(2, "usage: sockets-4 PORT");
    int listener = start_listening(argv[1]);
    puts("listening");
    fflush(stdout);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0)
        err(EXIT_FAILURE, "accept");
    serve(peer);
    close(peer);
    return EXIT_SUCCESS;
}
