/* client: sends titles to the echo server and checks what comes back.
 *
 *     1$ ./server
 *     2$ ./client
 * Calls: getaddrinfo -> socket -> connect -> send, recv, send, recv, ... -> shutdown -> recv
 *
 * Look for: one recv may return only a part of the echo, so the client counts bytes. At the end it
 * closes only its sending side (half-close); the server sees the end of the stream and closes.
 * Build: cc -I../include -o client client.c
 * Read:  tcp(7), getaddrinfo(3), socket(2), connect(2), send(2), recv(2), shutdown(2)
 */
#define _GNU_SOURCE
#include "deadline.h"
#include "sock.h"

static const char HELP[] =
    "usage: client [-h] [-p PORT] [-s SECONDS] [-t SECONDS] [HOST [TITLE...]]\n"
    "Sends titles to ./server on HOST and prints its echoes.\n  1$ ./server      2$ ./client\n"
    "  -p PORT     the server's port (PORT in the environment, else 9876)\n"
    "  -s SECONDS  pause between two titles (0)\n"
    "  -t SECONDS  how long to wait for the server, and for each echo (12)\n";

/* Returns a socket connected to the first address that answers; -1: the server is not there yet. */
static int try_to_connect(const struct addrinfo *list)
{
    bool refused = false;
    for (const struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        if (connect(fd, next->ai_addr, next->ai_addrlen) == 0)
            return fd;
        refused = refused || errno == ECONNREFUSED;
        close(fd);
    }
    if (!refused)
        err(EXIT_FAILURE, "connect");
    return -1; /* refused: nobody listens there yet */
}

static void exchange(int fd, const char *title, double timeout)
{
    char line[TITLE_SIZE + 2], echo[TITLE_SIZE + 2];
    size_t length = (size_t)snprintf(line, sizeof line, "%s\n", title);
    set_deadline(timeout, "no echo came");
    if (send_all(fd, line, length) < 0) /* send(2), until all of it is sent */
        err(EXIT_FAILURE, "send");
    for (size_t have = 0; have < length;) {
        ssize_t got = recv(fd, echo + have, length - have, 0); /* it may return only a part */
        if (got < 0)
            err(EXIT_FAILURE, "recv");
        if (got == 0)
            errx(EXIT_FAILURE, "the server has ended the conversation");
        have += (size_t)got;
    }
    clear_deadline();
    if (memcmp(line, echo, length) != 0)
        errx(EXIT_FAILURE, "the echo is not what was sent");
    print_lines_escaped(stdout, echo, length);
    check_output();
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .port = "9876" };
    read_options(argc, argv, "+p:s:t:", HELP, &options);
    const char *host = argv[optind] != NULL ? argv[optind++] : "127.0.0.1";
    char **titles = titles_from(argv + optind);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *list;
    set_deadline(options.timeout, "no server answered");
    int fd, error = getaddrinfo(host, options.port, &hints, &list);
    check_address(host, error);
    while ((fd = try_to_connect(list)) < 0)
        wait_to_retry("server", options.port);
    clear_deadline();
    freeaddrinfo(list);
    refuse_own_peer(fd); /* robust: where nobody listens, a socket can connect to itself */
    print_line("Connect to server, about to write some stuff...");
    for (; *titles != NULL; titles++) {
        exchange(fd, *titles, options.timeout);
        pause_for(titles[1] != NULL ? options.pause : 0);
    }
    set_deadline(options.timeout, "the server did not close the connection");
    if (shutdown(fd, SHUT_WR) < 0) /* half-close: we send no more, but still receive */
        err(EXIT_FAILURE, "shutdown");
    ssize_t more = recv(fd, &(char){ 0 }, 1, 0); /* sleeps until the server closes: 0 */
    if (more < 0)
        err(EXIT_FAILURE, "recv, after the last echo");
    if (more > 0)
        errx(EXIT_FAILURE, "the server has sent more than the echoes");
    clear_deadline();
    puts("Client done, about to exit...");
    return EXIT_SUCCESS;
}
