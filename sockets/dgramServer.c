/* dgramServer: an echo server over UDP, which carries datagrams: each arrives whole or not at all.
 *
 *     1$ ./dgramServer
 *     Listening on port 9876 for datagrams...
 *     2$ ./dgramClient
 *
 * Calls: getaddrinfo -> socket -> bind -> recvfrom, sendto, recvfrom, sendto, ...
 *
 * Look for: there is no listen and no accept. One socket serves all clients; the sender's address
 * comes with each datagram. A datagram may be lost or late, and it may come twice, because a client
 * that gets no answer sends it again. So each has a number, and the server remembers the last one.
 *
 * Build: cc -I../include -o dgramServer dgramServer.c
 * Read:  udp(7), getaddrinfo(3), socket(2), bind(2), recvfrom(2), sendto(2)
 */
#define _GNU_SOURCE
#include "datagram.h"
#include "serve.h"

static const char HELP[] =
    "usage: dgramServer [-h] [-a ADDRESS] [-d MICROSECONDS] [-p PORT]\n"
    "Prints the titles that come in datagrams and sends them back. Those of a burst\n"
    "(dgramClient -u) are only counted.\n"
    "  1$ ./dgramServer      2$ ./dgramClient\n"
    "  -a ADDRESS       where to listen (127.0.0.1); not 0.0.0.0: the answer might\n"
    "                   come from another address than the one that the client asked\n"
    "  -d MICROSECONDS  the time that each datagram of a burst takes (100)\n"
    "  -p PORT          where to listen (PORT in the environment, else 9876)\n";
enum { CLIENTS = 64 }; /* that are remembered; with more of them, the oldest is forgotten */

static struct client {
    uint32_t run;  /* the random number that the client chose */
    uint32_t last; /* the number of its last title; after a burst, how many it sent */
    uint32_t came; /* how many of its burst have come */
} clients[CLIENTS];

/* Returns a socket bound to this port, at the first address that allows it. */
static int take_port(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV }, *list;
    int error = getaddrinfo(host, port, &hints, &list);
    check_address(host, error);
    for (struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        /* no SO_REUSEADDR: over UDP, it would let a second server bind the same port */
        if (bind(fd, next->ai_addr, next->ai_addrlen) == 0) {
            freeaddrinfo(list);
            return fd;
        }
        close(fd);
    }
    exit_without_port(host, port, "dgramClient");
}

/* Returns what is remembered of the client that calls itself RUN. */
static struct client *client_of(uint32_t run)
{
    static int newest;
    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].run == run)
            return &clients[i];
    newest = (newest + 1) % CLIENTS;
    clients[newest] = (struct client){ .run = run };
    return &clients[newest];
}

/* Prints TITLE, of LENGTH bytes, unless it has come before. */
static void take_title(struct client *client, uint32_t number, const char *title, size_t length)
{
    if (number <= client->last) { /* our answer was lost or late */
        warnx("title %u has come again", number);
        return;
    }
    client->last = number;
    print_escaped(stdout, title, length);
    putchar('\n');
}

/* A burst of SENT datagrams is over: prints once how many have come, and returns that number. */
static uint32_t end_burst(struct client *client, uint32_t sent)
{
    uint32_t came = client->came < sent ? client->came : sent; /* robust: some may come twice */
    if (client->last != sent)
        printf("%u of %u titles came, %u lost\n", came, sent, sent - came);
    client->last = sent;
    return came;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .address = "127.0.0.1", .port = "9876", .max_pause = 100 };
    read_options(argc, argv, "a:d:p:", HELP, &options);

    int fd = take_port(options.address, options.port);
    fprintf(stderr, "Listening on port %s for datagrams...\n", options.port);
    for (;;) {
        struct datagram datagram;
        struct sockaddr_storage from;
        socklen_t from_size = sizeof from;
        /* sleeps until one comes; with MSG_TRUNC, it returns the true size, even of a longer one */
        ssize_t size = recvfrom(fd, &datagram, sizeof datagram, MSG_TRUNC, (struct sockaddr *)&from,
                                &from_size);
        if (size < 0) {
            warn_or_exit("recvfrom");
            continue;
        }
        if (size < HEAD_SIZE || size > HEAD_SIZE + TITLE_SIZE) {
            warnx("a datagram of %zd bytes is not one of ours", size);
            continue;
        }
        struct client *client = client_of(datagram.run);
        uint32_t number = ntohl(datagram.number);
        switch (ntohl(datagram.kind)) {
        case TITLE: take_title(client, number, datagram.title, (size_t)size - HEAD_SIZE); break;
        case BURST_END: datagram.came = htonl(end_burst(client, number)); break;
        case BURST:
            client->came++; /* meanwhile, more of them come than the socket has room for */
            pause_for((double)options.max_pause / 1e6);
            continue;
        default: warnx("a datagram of an unknown kind"); continue;
        }
        check_output(); /* do not confirm what could not be printed */
        if (sendto(fd, &datagram, (size_t)size, 0, (struct sockaddr *)&from, from_size) < 0)
            warn("sendto"); /* the client will ask again */
    }
}
