/* client: sends titles to the echo server, and checks what comes back.
 *
 *     1$ ./server
 *     2$ ./client
 *
 * Calls: getaddrinfo -> socket -> connect -> send, recv, send, recv, ... -> shutdown -> recv
 *
 * Look for: one recv may bring only a part of the echo, so the client counts bytes. At the end it
 * closes its sending side alone (half-close): the server sees the end of the stream, and closes, too.
 *
 * Build: cc -I../include -o client client.c
 * Read:  tcp(7), getaddrinfo(3), socket(2), connect(2), send(2), recv(2), shutdown(2)
 */
#define _GNU_SOURCE
#include "ending.h"
#include "sock.h"
#include "titles.h"

static const char HELP[] =
    "usage: client [-h] [-p PORT] [-s SECONDS] [-t SECONDS] [HOST [TITLE...]]\n"
    "Sends titles to ./server on HOST, and prints its echoes.\n  1$ ./server      2$ ./client\n"
    "  -p PORT     the server's port (PORT in the environment, else 9876)\n"
    "  -s SECONDS  pause between two titles (0)\n"
    "  -t SECONDS  how long to wait for the server, and for each echo (12)\n";

/* Returns a connected socket. If an address refuses us, the server may not be there yet: try again. */
static int connect_to(const char *host, const char *port)
{
    struct addrinfo *list = find_addresses(host, port);
    for (;;) {
        bool refused = false;
        for (struct addrinfo *next = list; next != NULL; next = next->ai_next) {
            int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
            if (fd < 0)
                continue;
            if (connect(fd, next->ai_addr, next->ai_addrlen) == 0 && !is_own_peer(fd)) {
                freeaddrinfo(list);
                return fd;
            }
            refused = refused || errno == ECONNREFUSED;
            close(fd); /* it cannot be used for a second try */
        }
        if (!refused)
            err(EXIT_FAILURE, "connect to port %s of %s", port, host);
        wait_to_retry("./server", port);
    }
}

static void exchange(int fd, const char *title)
{
    char line[TITLE_SIZE + 2], echo[TITLE_SIZE + 2];
    size_t length = (size_t)snprintf(line, sizeof line, "%s\n", title);
    if (send_all(fd, line, length) < 0) /* send(2), until all of it is sent */
        err(EXIT_FAILURE, "send");
    for (size_t have = 0; have < length;) {
        ssize_t got = recv(fd, echo + have, length - have, 0); /* it may bring only a part */
        if (got < 0)
            err(EXIT_FAILURE, "recv");
        if (got == 0)
            errx(EXIT_FAILURE, "the server has ended the conversation");
        have += (size_t)got;
    }
    if (memcmp(line, echo, length) != 0)
        errx(EXIT_FAILURE, "the echo is not what was sent");
    print_lines_escaped(stdout, echo, length);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .port = "9876" };
    read_options(argc, argv, "+p:s:t:", HELP, &options);
    const char *host = optind < argc ? argv[optind++] : "127.0.0.1";
    char **titles = titles_from(argv + optind);
    begin_wait(options.timeout, "no server answered");
    int fd = connect_to(host, options.port);
    end_wait();
    puts("Connect to server, about to write some stuff...");
    for (char **title = titles; *title != NULL; title++) {
        if (title != titles)
            pause_for(options.pause);
        begin_wait(options.timeout, "no echo came");
        exchange(fd, *title);
        end_wait();
    }
    begin_wait(options.timeout, "the server did not close the connection");
    if (shutdown(fd, SHUT_WR) < 0) /* half-close: we send no more, but still receive */
        err(EXIT_FAILURE, "shutdown");
    char rest;
    if (recv(fd, &rest, 1, 0) < 0) /* sleeps until the server has closed its side, too: 0 */
        err(EXIT_FAILURE, "recv");
    end_wait();
    puts("Client done, about to exit...");
    return EXIT_SUCCESS;
}
