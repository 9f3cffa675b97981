/* sockets-5: many clients, one process
 *
 * Wanted: ./sockets-5 PORT CLIENTS listens on that port of 127.0.0.1, prints "listening", and
 *     serves the first CLIENTS clients (at most 16) with one process, one thread, and poll. All of
 *     them may be connected at the same time, and one that is silent does not hold up the others.
 *     When a client half-closes its connection, it gets a line with the numbers of newlines and
 *     bytes that it has sent ("3 17"), and then the end of the stream. A client whose connection
 *     breaks counts as served, but gets no answer; what it has sent is part of the sums. When all
 *     have been served, the server prints the sums over them ("in all 12 340") and exits. While
 *     nothing happens, it sleeps.
 * As it stands: wrong output. It serves nobody, because serve() has yet to be written.
 * Read: poll(2), accept(2), recv(2)
 * Hard, 40 minutes. To judge it: make exercise-sockets-5
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 16 };
struct count {
    size_t lines, bytes;
};

static int start_listening(const char *port)
{
    struct sockaddr_in own = { .sin_family = AF_INET,
                               .sin_port = htons((uint16_t)atoi(port)),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        err(EXIT_FAILURE, "socket");
    if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, MOST) < 0)
        err(EXIT_FAILURE, "listen on port %s", port);
    return listener;
}

/* Serves CLIENTS clients, and adds what they have sent to *ALL. Waits with poll for LISTENER and
 * for all connected clients at once: accepts new clients, counts what each of them sends, answers
 * one that has half-closed, and closes its socket. Write more functions if they help. */
static void serve(int listener, int clients, struct count *all)
{
    /* Delete these three lines, which only keep the compiler quiet. */
    (void)listener;
    (void)clients;
    (void)all;
}

int main(int argc, char *argv[])
{
    int clients = argc == 3 ? atoi(argv[2]) : -1;
    if (clients < 0 || clients > MOST)
        errx(2, "usage: sockets-5 PORT CLIENTS (at most %d)", MOST);
    int listener = start_listening(argv[1]);
    puts("listening");
    fflush(stdout);
    struct count all = { 0 };
    serve(listener, clients, &all);
    printf("in all %zu %zu\n", all.lines, all.bytes);
    return EXIT_SUCCESS;
}
