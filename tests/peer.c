/* peer: a TCP client that behaves, or misbehaves, as it is told.
 *
 *     peer PORT STEP...
 *
 *     send=TEXT     sends TEXT, in which \n and \xNN stand for bytes
 *     slowly=TEXT   sends it one byte at a time, every 20 milliseconds
 *     flood=TEXT    sends it again and again and reads nothing, until the server has had enough
 *     shut          closes its sending direction
 *     read          prints what it receives, until the end of the stream
 *     reset         from here on, closing the connection resets it
 *     again=N       as the last step: repeats all steps N times, each time on a new connection
 *
 * A server that does not accept what is sent within five seconds, or at all, is no error. The
 * status is 1 if it could not connect.
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

/* Stores in BYTES what TEXT stands for. Returns how many they are. */
static size_t unescape(const char *text, char *bytes)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        unsigned byte = (unsigned char)*text;
        if (*text == '\\') {
            byte = '\n';
            text += sscanf(text, "\\x%2x", &byte) == 1 ? 3 : 1;
        }
        bytes[count++] = (char)byte;
    }
    return count;
}

/* Sends COUNT bytes. Returns whether the server has taken them all. */
static bool send_all(const char *bytes, size_t count)
{
    return send(fd, bytes, count, MSG_NOSIGNAL) == (ssize_t)count;
}

static void step(const char *name)
{
    static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    char bytes[64 * 1024];
    const char *equals = strchr(name, '=');
    size_t count = unescape(equals != NULL ? equals + 1 : "", bytes);
    if (strncmp(name, "send=", 5) == 0)
        send_all(bytes, count);
    else if (strncmp(name, "slowly=", 7) == 0)
        for (size_t i = 0; i < count && send_all(bytes + i, 1); i++)
            usleep(20000);
    else if (strncmp(name, "flood=", 6) == 0)
        while (send_all(bytes, count))
            ;
    else if (strcmp(name, "shut") == 0)
        shutdown(fd, SHUT_WR);
    else if (strcmp(name, "reset") == 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else if (strcmp(name, "read") == 0)
        for (ssize_t got; (got = recv(fd, bytes, sizeof bytes, 0)) > 0;)
            fwrite(bytes, (size_t)got, 1, stdout);
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
