/* localClient: sends titles to the echo server over a Unix socket and checks what comes back.
 *
 *     1$ ./localServer
 *     2$ ./localClient
 * Calls: socket -> connect -> getsockopt -> send, recv, send, recv, ... -> shutdown -> recv
 *
 * Look for: `diff client.c localClient.c`. Only the address differs: there is no name to look up
 * and only one address to try. The bytes flow as they do over TCP.
 * Build: cc -I../include -o localClient localClient.c
 * Read:  unix(7), socket(2), connect(2), send(2), recv(2), shutdown(2)
 */
#define _GNU_SOURCE
#include "deadline.h"
#include "localSock.h"
#include "sock.h"

static const char HELP[] =
    "usage: localClient [-h] [-s SECONDS] [-t SECONDS] [PATH [TITLE...]]\n"
    "Sends titles to ./localServer at PATH (./echo.socket) and prints its echoes.\n"
    "  1$ ./localServer      2$ ./localClient\n"
    "  -s SECONDS  pause between two titles (0)\n"
    "  -t SECONDS  how long to wait for the server, and for each echo (12)\n";

/* Returns a socket connected to ADDRESS; -1: the server is not there yet. */
static int try_to_connect(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return fd;
    if (errno != ENOENT && errno != ECONNREFUSED)
        err(EXIT_FAILURE, "connect to %s", address->sun_path);
    close(fd);
    return -1; /* there is no such file, or nobody listens behind it */
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
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "+s:t:", HELP, &options);
    const char *path = argv[optind] != NULL ? argv[optind++] : "./echo.socket";
    char **titles = titles_from(argv + optind);
    struct sockaddr_un address = address_of(path); /* AF_UNIX, and the path */
    set_deadline(options.timeout, "no server answered");
    int fd;
    while ((fd = try_to_connect(&address)) < 0)
        wait_to_retry("localServer", NULL);
    clear_deadline();
    uid_t user;
    peer_of(fd, &user); /* robust: whose server is it? SO_PEERCRED */
    if (user != geteuid())
        errx(EXIT_FAILURE, "%s belongs to another user (%u), not to you", path, user);
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
