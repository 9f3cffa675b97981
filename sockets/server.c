/* server: an echo server over TCP that serves one client at a time.
 *
 *     1$ ./server
 *     Listening on port 9876 for clients...
 *
 * Then ./client in a second terminal, or `nc 127.0.0.1 9876`. Ctrl+C ends the server.
 *
 * Calls: getaddrinfo -> socket -> setsockopt -> bind -> listen
 *        -> accept -> recv, send, recv, send, ... -> close -> accept -> ...
 *
 * Look for: there are two kinds of sockets, one that only accepts, and one for each conversation. A
 * client that comes while another one is being served can connect and send, because the kernel puts
 * its connection into the backlog. Its echoes have to wait. Try two at once, one with -s 5.
 *
 * Build: cc -I../include -o server server.c
 * Read:  tcp(7), getaddrinfo(3), socket(2), bind(2), listen(2), accept(2), recv(2), send(2)
 */
#define _GNU_SOURCE
#include "serve.h"

static const char HELP[] = "usage: server [-h] [-a ADDRESS] [-p PORT] [-t SECONDS]\n"
                           "Prints what its clients send and sends it back.\n"
                           "  1$ ./server      2$ ./client\n"
                           "  -a ADDRESS  where to listen (127.0.0.1)\n"
                           "  -p PORT     where to listen (PORT in the environment, else 9876)\n"
                           "  -t SECONDS  how long a client may be silent (30)\n";

/* Returns a socket that listens on the first address that can be bound. */
static int start_listening(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *list;
    int error = getaddrinfo(host, port, &hints, &list);
    check_address(host, error);
    for (struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        int listener = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0), on = 1;
        if (listener < 0)
            continue;
        /* after Ctrl+C, bind would fail for a minute: old connections are in TIME_WAIT */
        if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
            err(EXIT_FAILURE, "setsockopt SO_REUSEADDR");
        if (bind(listener, next->ai_addr, next->ai_addrlen) == 0
            && listen(listener, BACKLOG) == 0) {
            freeaddrinfo(list);
            return listener;
        }
        close(listener);
    }
    exit_without_port(host, port, "client");
}

/* Receives, prints, and sends back, until the client closes its side. TCP carries bytes, not
 * messages: one recv may return half of what the client sent with one call, or twice as much. */
static void echo(int peer)
{
    char bytes[BUFFER_SIZE];
    ssize_t got;
    while ((got = recv(peer, bytes, sizeof bytes, 0)) != 0) { /* 0: the end of the stream */
        if (got < 0 && errno == EINTR)
            continue; /* after Ctrl+Z and fg */
        if (got < 0) {
            warn_of_client("recv");
            return;
        }
        print_lines_escaped(stdout, bytes, (size_t)got);
        check_output();
        if (send_all(peer, bytes, (size_t)got) < 0) { /* send(2), until all of it is sent */
            warn_of_client("send");
            return;
        }
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 30, .address = "127.0.0.1", .port = "9876" };
    read_options(argc, argv, "a:p:t:", HELP, &options);

    int listener = start_listening(options.address, options.port);
    fprintf(stderr, "Listening on port %s for clients...\n", options.port);
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until a client comes */
        if (peer < 0) {
            warn_or_exit("accept"); /* one failed connection does not end a server */
            continue;
        }
        limit_silence(peer, options.timeout);
        echo(peer);
        close(peer);
    }
}
