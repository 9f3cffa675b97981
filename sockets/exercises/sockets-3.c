/* sockets-3: the end that never comes
 *
 * Wanted: ./sockets-3 PORT CLIENTS listens on that port of 127.0.0.1, prints "listening", and
 *     serves CLIENTS clients, each in a child of its own, so that a slow client does not hold up
 *     the others. A client sends a text and half-closes the connection; it gets the number of
 *     bytes, on a line, and then the end of the stream. Sixteen descriptors are enough for the
 *     server, however many clients come. It sleeps until all children have ended, and then exits.
 * As it stands: it hangs. With two clients or more, a client gets its line and waits for the end
 *     of the stream, although the child that has served it has exited.
 * Read: fork(2), the part on descriptors; close(2)
 * Medium, 10 minutes. To judge it: make exercise-sockets-3
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

/* Counts the bytes that the client sends until it half-closes, and sends it the count. */
static void serve(int peer)
{
    char bytes[4096], line[32];
    size_t count = 0;
    ssize_t got;
    while ((got = recv(peer, bytes, sizeof bytes, 0)) > 0)
        count += (size_t)got;
    if (got < 0)
        err(EXIT_FAILURE, "recv");
    int length = snprintf(line, sizeof line, "%zu\n", count);
    if (send(peer, line, (size_t)length, MSG_NOSIGNAL) != length)
        err(EXIT_FAILURE, "send");
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(2, "usage: sockets-3 PORT CLIENTS");
    int listener = start_listening(argv[1]), status, failures = 0;
    puts("listening");
    fflush(stdout); /* otherwise, each child would print the line, too */
    for (int left = atoi(argv[2]); left > 0; left--) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer < 0)
            err(EXIT_FAILURE, "accept");
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child == 0) {
            close(listener);
            serve(peer);
            exit(EXIT_SUCCESS);
        }
    }
    while (wait(&status) > 0)
        failures += status != 0;
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
