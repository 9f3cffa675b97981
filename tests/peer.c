/* peer: a TCP client that does as it is told, and misbehaves as it is told.
 *
 *     peer PORT STEP...
 *
 *     send=TEXT     sends TEXT, in which \n, \0 and \xNN stand for bytes
 *     slowly=TEXT   likewise, a byte at a time, and waits until each has been taken in by the other
 *                   machine's kernel
 *     flood=N       sends N bytes, all x, as far as the server takes them
 *     lines=N       sends N lines, and reads nothing
 *     trickle=N     sends a byte each 0.1 seconds, N times
 *     shut          closes its sending direction
 *     read          prints what comes, up to the end of the stream
 *     wait          waits until the server closes, and throws away what comes
 *     reset         closes so that the server gets a reset
 *     again=N       from here on, N more times from the first step, each on a connection of its own
 *
 * A write that the server does not take any more is no error. Status 1: it could not connect.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd = -1;

static void connect_to(int port)
{
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0) {
        perror("peer: connect");
        exit(EXIT_FAILURE);
    }
}

/* Sends all; false: the server does not take it, within five seconds, or at all. */
static bool send_all(const char *bytes, size_t count)
{
    while (count > 0) {
        struct pollfd room = { .fd = fd, .events = POLLOUT };
        if (poll(&room, 1, 5000) <= 0)
            return false;
        ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN)
            return false;
        if (sent > 0) {
            bytes += sent;
            count -= (size_t)sent;
        }
    }
    return true;
}

static size_t unescape(char *out, const char *text)
{
    size_t count = 0;
    while (*text != '\0') {
        unsigned byte;
        if (text[0] == '\\' && text[1] == 'n') {
            out[count++] = '\n';
            text += 2;
        } else if (text[0] == '\\' && text[1] == '0') {
            out[count++] = '\0';
            text += 2;
        } else if (sscanf(text, "\\x%2x", &byte) == 1) {
            out[count++] = (char)byte;
            text += 4;
        } else {
            out[count++] = *text++;
        }
    }
    return count;
}

static void send_slowly(const char *bytes, size_t count)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t i = 0; i < count; i++) {
        struct tcp_info info;
        socklen_t size = sizeof info;
        if (!send_all(bytes + i, 1))
            return;
        do
            poll(NULL, 0, 1);
        while (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_unacked > 0);
    }
}

static void read_to_end(bool print)
{
    char block[4096];
    ssize_t got;
    while ((got = recv(fd, block, sizeof block, 0)) > 0)
        if (print)
            fwrite(block, 1, (size_t)got, stdout);
    fflush(stdout);
}

static void reset(void)
{
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
    fd = -1;
}

static void step(const char *text)
{
    static char bytes[1 << 16];
    const char *argument = strchr(text, '=') != NULL ? strchr(text, '=') + 1 : "";
    long count = strtol(argument, NULL, 10);
    if (strncmp(text, "send=", 5) == 0) {
        send_all(bytes, unescape(bytes, argument));
    } else if (strncmp(text, "slowly=", 7) == 0) {
        send_slowly(bytes, unescape(bytes, argument));
    } else if (strncmp(text, "flood=", 6) == 0) {
        memset(bytes, 'x', sizeof bytes);
        while (count > 0 && send_all(bytes, count < 65536 ? (size_t)count : 65536))
            count -= 65536;
    } else if (strncmp(text, "lines=", 6) == 0) {
        memset(bytes, 'x', 200);
        bytes[199] = '\n';
        while (count-- > 0 && send_all(bytes, 200))
            ;
    } else if (strncmp(text, "trickle=", 8) == 0) {
        while (count-- > 0 && send_all("x", 1))
            poll(NULL, 0, 100);
    } else if (strcmp(text, "shut") == 0) {
        shutdown(fd, SHUT_WR);
    } else if (strcmp(text, "read") == 0 || strcmp(text, "wait") == 0) {
        read_to_end(text[0] == 'r');
    } else if (strcmp(text, "reset") == 0) {
        reset();
    } else {
        fprintf(stderr, "peer: no such step: %s\n", text);
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char *argv[])
{
    long rounds = 1;
    if (argc < 3) {
        fputs("usage: peer PORT STEP...\n", stderr);
        return 2;
    }
    if (strncmp(argv[argc - 1], "again=", 6) == 0)
        rounds += strtol(argv[--argc] + 6, NULL, 10);
    for (; rounds > 0; rounds--) {
        connect_to(atoi(argv[1]));
        for (int i = 2; i < argc; i++)
            step(argv[i]);
        if (fd >= 0)
            close(fd);
    }
    return EXIT_SUCCESS;
}
