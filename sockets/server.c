/* server: an echo server over TCP that talks with one client at a time.
 *
 *     1$ ./server
 *     Listening on port 9876 for clients...
 *
 * Then ./client in a second terminal, or `nc 127.0.0.1 9876`. Ctrl+C ends the server.
 *
 * Look for: the server prints a title and sends it back. A client that comes while another is being
 * served can connect and send, for the kernel takes it in for us (into the backlog); its answers
 * wait until it is its turn. Start `./client -s 5` and, beside it, a second client.
 *
 * Build: cc -I../include -o server server.c
 * Read:  tcp(7), ip(7), getaddrinfo(3), socket(2), bind(2), listen(2), accept(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "echo.h"
#include "patience.h"
#include "sock.h"

static const char HELP[] = "Prints the titles that clients send, and sends them back.\n"
                           "  1$ ./server\n"
                           "  2$ ./client\n"
                           "  -t SECONDS  how long a client may take for a title (30)\n";

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    int on = 1, listener = -1;
    for (struct addrinfo *next = found; listener < 0 && next != NULL; next = next->ai_next) {
        listener = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
        /* after Ctrl+C, old connections are in TIME_WAIT: without this, bind fails for a minute */
        if (listener >= 0
            && (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0
                || bind(listener, next->ai_addr, next->ai_addrlen) < 0
                || listen(listener, BACKLOG) < 0))
            listener = close_failed(listener);
    }
    if (listener < 0)
        refuse_port(host, port, "client");
    freeaddrinfo(found);
    fprintf(stderr, "Listening on port %s for clients...\n", port);
    return listener;
}

int main(int argc, char *argv[])
{
    struct options options = { .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE };
    begin(argc, argv, "apt", "", HELP, &options);

    int listener = start_listening(options.address, options.port);
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0) {
            converse(peer, options.patience);
            close(peer);
        } else if (is_passing(errno)) {
            report_once("accept");
            wait_for_room();
        } else {
            report_and_exit("accept");
        }
    }
}
