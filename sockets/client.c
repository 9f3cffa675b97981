/* client: sends titles to the echo server, and checks what comes back.
 *
 *     2$ ./client
 *     Connect to server, about to write some stuff...
 *     War and Peace
 *     Pride and Prejudice
 *     The Sound and the Fury
 *     Client done, about to exit...
 *
 * With ./server in a first terminal; either may start first.
 *
 * Look for: TCP carries bytes, not messages. Titles are told apart by their newlines, and one read
 * may bring half a title, or two. And a name may have several addresses: try them all.
 *
 * Build: cc -I../include -o client client.c
 * Read:  tcp(7), ip(7), getaddrinfo(3), socket(2), connect(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "escape.h"
#include "lines.h"
#include "patience.h"
#include "sock.h"
#include "titles.h"

static const char HELP[] =
    "Sends titles to ./server on HOST, and prints its echoes. Pauses for -s\n"
    "seconds between two titles.\n"
    "  1$ ./server\n"
    "  2$ ./client\n";

/* Returns a connected socket, or -1: nobody answers at ADDRESS. */
static int connect_at(const struct addrinfo *address)
{
    int r, fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    start_ticks();
    do /* after EINTR the connecting goes on, and the next call waits for it */
        r = connect(fd, address->ai_addr, address->ai_addrlen);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r == 0 && !is_own_peer(fd))
        return fd;
    errno = r == 0 ? ECONNREFUSED : errno == EINTR ? ETIMEDOUT : errno;
    return close_failed(fd);
}

static int connect_to(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    char server[32];
    snprintf(server, sizeof server, "./server -p %s", port);
    for (;;) {
        bool refused = false;
        for (struct addrinfo *next = found; next != NULL; next = next->ai_next) {
            int fd = connect_at(next);
            if (fd >= 0) {
                freeaddrinfo(found);
                return fd;
            }
            refused = refused || errno == ECONNREFUSED;
        }
        if (!refused)
            report_and_exit("connect to port %s of %s", port, host);
        try_again(server); /* it may not be there yet */
    }
}

static void exchange(struct lines *lines, const char *title)
{
    char line[LINE_SIZE + 1], *echo;
    int length = snprintf(line, sizeof line, "%s\n", title);
    if (send_line(lines, line, (size_t)length) < 0)
        report_and_exit("send a title");
    ssize_t got = read_line(lines, &echo);
    if (got == 0)
        say_and_exit("the server has ended the conversation");
    if (got < 0 && errno == ETIMEDOUT)
        say_and_exit("no echo came within %g s", lines->patience);
    if (got < 0)
        report_and_exit("read an echo");
    if (got != length || memcmp(echo, line, (size_t)got) != 0)
        say_and_exit("the echo is not what was sent");
    print_escaped(stdout, echo, (size_t)got - 1);
    putchar('\n');
    flush_or_exit();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .port = PORT };
    begin(argc, argv, "pst", "[HOST [TITLE...]]", HELP, &options);
    const char *host = optind < argc ? argv[optind++] : LOOPBACK;
    char **titles = titles_from(argv + optind);

    set_patience(options.patience);
    struct lines lines = { .fd = connect_to(host, options.port), .patience = options.patience };
    puts("Connect to server, about to write some stuff...");
    for (char **next = titles; *next != NULL; next++) {
        if (next != titles)
            stay(options.stay);
        exchange(&lines, *next);
    }
    puts("Client done, about to exit...");
    flush_or_exit();
    return EXIT_SUCCESS;
}
