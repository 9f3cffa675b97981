/* localClient: sends titles to the echo server over a Unix socket, and checks what comes back.
 *
 *     2$ ./localClient
 *     Connect to server, about to write some stuff...
 *     War and Peace
 *     Pride and Prejudice
 *     The Sound and the Fury
 *     Client done, about to exit...
 *
 * With ./localServer in a first terminal, in the same directory; either may start first.
 *
 * Look for: `diff client.c localClient.c`. Only the address is another, and how it is found: there
 * is no name to resolve, and nothing to try but one path. The bytes flow as they do over TCP.
 *
 * Build: cc -I../include -o localClient localClient.c
 * Read:  unix(7), socket(2), connect(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "escape.h"
#include "lines.h"
#include "localSock.h"
#include "oldSock.h"
#include "oldTitles.h"
#include "patience.h"

static const char HELP[] =
    "Sends titles to ./localServer at PATH, and prints its echoes. Pauses for -s\n"
    "seconds between two titles.\n"
    "  1$ ./localServer\n"
    "  2$ ./localClient\n";

/* Returns a connected socket, or -1: nobody answers at ADDRESS. */
static int connect_at(const struct sockaddr_un *address)
{
    int r, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    start_ticks();
    do
        r = connect(fd, (const struct sockaddr *)address, sizeof *address);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r == 0)
        return fd;
    errno = errno == EINTR ? ETIMEDOUT : errno;
    return close_failed(fd);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = address_of(path);
    int fd;
    while ((fd = connect_at(&address)) < 0) {
        if (errno != ENOENT && errno != ECONNREFUSED) /* no file; or nobody listens behind it */
            report_and_exit("connect to %s", path);
        try_again("./localServer in this directory"); /* it may not be there yet */
    }
    if (peer_of(fd).uid != geteuid())
        say_and_exit("%s belongs to another user (%u), not to you", path, peer_of(fd).uid);
    return fd;
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
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "st", "[PATH [TITLE...]]", HELP, &options);
    const char *path = optind < argc ? argv[optind++] : SOCKET_FILE;
    char **titles = titles_from(argv + optind);

    set_patience(options.patience);
    struct lines lines = { .fd = connect_to(path), .patience = options.patience };
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
