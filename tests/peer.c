/* peer: a TCP client that does as it is told, and misbehaves as it is told.
 *
 *     peer PORT STEP...
 *
 *     send=TEXT     sends TEXT, in which \n, \0 and \xNN stand for bytes
 *     slowly=TEXT   the same, a byte each millisecond
 *     flood=N       sends N bytes, all x, or a few less, as far as the server takes them
 *     lines=N       sends N lines of 200 bytes, and reads nothing
 *     trickle=N     sends a byte each 0.1 seconds, N times
 *     shut          closes its sending direction
 *     read          prints what comes, up to the end of the stream
 *     wait          waits until the server closes, and throws away what comes
 *     reset         from here on, to close is to reset the connection
 *     again=N       the last: all steps N more times, each time on a connection of its own
 *
 * A server that does not take what is sent, within five seconds or at all, is no error. Status 1: it
 * could not connect.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fd;
static char bytes[64 * 1024];

static void connect_to(int port)
{
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    struct timeval limit = { .tv_sec = 5 };
    int on = 1;
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0)
        err(EXIT_FAILURE, "connect");
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Sends COUNT bytes, or as many of them as the server takes. Returns whether that was all. */
static bool send_all(const char *from, size_t count)
{
    ssize_t sent = 0;
    while (count > 0 && (sent = send(fd, from, count, MSG_NOSIGNAL)) > 0) {
        from += sent;
        count -= (size_t)sent;
    }
    return count == 0;
}

/* Stores in BYTES what TEXT stands for. Returns how many they are. */
static size_t unescape(const char *text)
{
    size_t count = 0;
    while (*text != '\0') {
        unsigned byte = (unsigned char)*text;
        int length = 2;
        if (strncmp(text, "\\n", 2) == 0)
            byte = '\n';
        else if (strncmp(text, "\\0", 2) == 0)
            byte = '\0';
        else
            length = sscanf(text, "\\x%2x", &byte) == 1 ? 4 : 1;
        bytes[count++] = (char)byte;
        text += length;
    }
    return count;
}

/* Sends COUNT bytes so many TIMES, and sleeps for PAUSE microseconds after each. */
static void repeat(const char *from, size_t count, long long times, useconds_t pause)
{
    while (times-- > 0 && send_all(from, count))
        if (pause > 0)
            usleep(pause);
}

static void step(const char *name)
{
    static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    static char block[64 * 1024 + 1];
    const char *equals = strchr(name, '='), *text = equals != NULL ? equals + 1 : "";
    size_t size = sizeof block - 1, count = unescape(text);
    memset(block, 'x', size);
    block[size] = '\n';
    if (strncmp(name, "send=", 5) == 0)
        send_all(bytes, count);
    else if (strncmp(name, "slowly=", 7) == 0)
        for (size_t i = 0; i < count; i++)
            repeat(bytes + i, 1, 1, 1000);
    else if (strncmp(name, "flood=", 6) == 0)
        repeat(block, size, atoll(text) / (int)size, 0);
    else if (strncmp(name, "lines=", 6) == 0)
        repeat(block + size - 199, 200, atoll(text), 0);
    else if (strncmp(name, "trickle=", 8) == 0)
        repeat(block, 1, atoll(text), 100000);
    else if (strcmp(name, "shut") == 0)
        shutdown(fd, SHUT_WR);
    else if (strcmp(name, "reset") == 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else if (strcmp(name, "read") == 0 || strcmp(name, "wait") == 0)
        for (ssize_t got; (got = recv(fd, bytes, sizeof bytes, 0)) > 0;)
            fwrite(bytes, name[0] == 'r' ? (size_t)got : 0, 1, stdout);
    else
        errx(EXIT_FAILURE, "no such step: %s", name);
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    int rounds = 1;
    if (argc < 3)
        errx(2, "usage: peer PORT STEP...");
    if (strncmp(argv[argc - 1], "again=", 6) == 0)
        rounds += atoi(argv[--argc] + 6);
    while (rounds-- > 0) {
        connect_to(atoi(argv[1]));
        for (int i = 2; i < argc; i++)
            step(argv[i]);
        close(fd);
    }
    return EXIT_SUCCESS;
}
