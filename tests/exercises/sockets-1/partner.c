/* partner: the clients of sockets-1 to sockets-5.
 *
 *     ./partner WHERE STEP...       WHERE is a port of 127.0.0.1, or the path of a Unix socket
 *
 * A step begins with the letter of a client, which connects at its first step:
 *
 *     a>TEXT  sends TEXT with one call; a slash in it stands for a newline
 *     a<      receives one line and prints it, as "a: line"
 *     a.      half-closes the connection, prints all lines until the end of the stream, and closes
 *     a+      half-closes the connection, waits (as a@ does), prints only how many bytes come until
 *             the end of the stream, and the last line, and closes. Little fits into its buffers.
 *     a@      waits until somebody writes to the FIFO "go", which has to be there
 *     a!      leaves: closes the connection without a look at what has come
 *     a#      breaks the connection
 *
 * "..." stands for the missing end of a line. A call that fails is printed, too ("a: connect:
 * Connection refused"); the client then does nothing more, but the others go on.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { NOT_YET = 0, FAILED = -1 };
static struct client {
    char letter;
    int fd;
} clients[256];

static void fail(struct client *client, const char *call)
{
    printf("%c: %s: %s\n", client->letter, call, strerror(errno));
    close(client->fd);
    client->fd = FAILED;
}

static void connect_to(const char *where, bool slow, struct client *client)
{
    struct sockaddr_in port = { .sin_family = AF_INET,
                                .sin_port = htons((uint16_t)atoi(where)),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    strncpy(path.sun_path, where, sizeof path.sun_path - 1);
    bool local = where[strspn(where, "0123456789")] != '\0';
    const struct sockaddr *to = local ? (struct sockaddr *)&path : (struct sockaddr *)&port;
    client->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        err(EXIT_FAILURE, "socket");
    if (slow) {
        int segment = 536,
            room = 4096; /* a small segment makes the other end's buffer small, too */
        if (setsockopt(client->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment) < 0
            || setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0)
            err(EXIT_FAILURE, "setsockopt");
    }
    if (connect(client->fd, to, local ? sizeof path : sizeof port) < 0)
        fail(client, "connect");
}

static void send_text(struct client *client, const char *text)
{
    char bytes[100000];
    size_t length = strlen(text);
    if (length > sizeof bytes)
        errx(2, "this text is too long");
    for (size_t i = 0; i < length; i++)
        bytes[i] = text[i] == '/' ? '\n' : text[i];
    for (size_t done = 0; done < length;) {
        ssize_t sent = send(client->fd, bytes + done, length - done, MSG_NOSIGNAL);
        if (sent < 0) {
            fail(client, "send");
            return;
        }
        done += (size_t)sent;
    }
}

/* Returns false at the end of the stream, or if recv fails. */
static bool print_line(struct client *client)
{
    char byte = '\0';
    for (size_t count = 0; byte != '\n'; count++) {
        ssize_t got = recv(client->fd, &byte, 1, 0);
        if (got <= 0) {
            if (count > 0)
                puts("...");
            if (got < 0)
                fail(client, "recv");
            return false;
        }
        if (count == 0)
            printf("%c: ", client->letter);
        putchar(byte);
    }
    return true;
}

static void wait_for_go(void)
{
    char byte;
    int fifo = open("go", O_RDONLY | O_CLOEXEC);
    if (fifo < 0)
        err(EXIT_FAILURE, "open go");
    while (read(fifo, &byte, 1) > 0)
        continue;
    close(fifo);
}

/* Prints how much comes until the end of the stream. */
static void print_sum(struct client *client)
{
    char bytes[4096], last[64];
    size_t sum = 0, length = 0;
    ssize_t got;
    bool ended = true; /* the line in LAST */
    while ((got = recv(client->fd, bytes, sizeof bytes, 0)) > 0) {
        sum += (size_t)got;
        for (ssize_t i = 0; i < got; i++) {
            if (ended)
                length = 0;
            ended = bytes[i] == '\n';
            if (!ended && length < sizeof last)
                last[length++] = bytes[i];
        }
    }
    printf("%c: %zu bytes, at last %.*s%s\n", client->letter, sum, (int)length, last,
           ended ? "" : "...");
    if (got < 0)
        fail(client, "recv");
}

/* Does what STEP says, which has no letter any more. */
static void act(struct client *client, const char *step)
{
    switch (*step) {
    case '>': send_text(client, step + 1); break;
    case '<':
        if (!print_line(client) && client->fd != FAILED)
            printf("%c: the stream has ended\n", client->letter);
        break;
    case '.':
        if (shutdown(client->fd, SHUT_WR) < 0) {
            fail(client, "shutdown");
            return;
        }
        while (print_line(client))
            continue;
        break;
    case '+':
        if (shutdown(client->fd, SHUT_WR) < 0) {
            fail(client, "shutdown");
            return;
        }
        wait_for_go();
        print_sum(client);
        break;
    case '@': wait_for_go(); break;
    case '!': break;
    case '#':
        if (setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &(struct linger){ .l_onoff = 1 },
                       sizeof(struct linger))
            < 0)
            fail(client, "setsockopt");
        break;
    default: errx(2, "%s: what is to be done?", step);
    }
}

/* Whether the client whose steps these are will receive its bytes with "+". */
static bool will_be_slow(char *steps[])
{
    char letter = steps[0][0];
    for (; *steps != NULL; steps++)
        if (**steps == letter && strchr(".!#+", (*steps)[1]) != NULL)
            return (*steps)[1] == '+';
    return false;
}

int main(int argc, char *argv[])
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 2; i < argc; i++) {
        struct client *client = &clients[(unsigned char)argv[i][0]];
        client->letter = argv[i][0];
        if (client->fd == NOT_YET)
            connect_to(argv[1], will_be_slow(argv + i), client);
        if (client->fd != FAILED || argv[i][1] == '@')
            act(client, argv[i] + 1);
        if (strchr(".!#+", argv[i][1]) != NULL) {
            if (client->fd != FAILED)
                close(client->fd);
            client->fd = NOT_YET;
        }
    }
    return EXIT_SUCCESS;
}
