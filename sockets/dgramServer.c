/* dgramServer: an echo server over UDP, which carries datagrams: each arrives whole, or not at all.
 *
 *     1$ ./dgramServer
 *     Listening on port 9876 for datagrams...
 *
 * Then ./dgramClient in a second terminal. Ctrl+C ends the server.
 *
 * Look for: no listen, no accept, one socket for all clients. A datagram is a message, with an
 * end, and the address of its sender comes with it. It may be lost, come late, or come twice, for
 * a client that hears nothing sends again. So it has a number, and the server remembers the last
 * one of each client.
 *
 * With -a, name the one address that clients ask: behind 0.0.0.0 an answer may leave from another
 * one, and a client takes no answer from there.
 *
 * Build: cc -I../include -o dgramServer dgramServer.c
 * Read:  udp(7), socket(2), bind(2), recvfrom(2), sendto(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "datagram.h"
#include "escape.h"

enum { PEERS = 64 }; /* that are remembered; then the oldest is forgotten */

static const char HELP[] =
    "Prints the titles that come in datagrams, and sends them back. Those of a\n"
    "burst (dgramClient -u) are only counted.\n"
    "  1$ ./dgramServer\n"
    "  2$ ./dgramClient\n"
    "  -d MICROSECONDS  the time that each of a burst takes (100)\n";

static struct peer {
    struct sockaddr_storage address;
    socklen_t size;
    uint32_t run;
    uint32_t last; /* the highest number that has come; or that of the burst, when it is over */
    uint32_t came; /* of its burst */
} peers[PEERS];

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_DGRAM);
    int receiver = -1;
    for (struct addrinfo *next = found; receiver < 0 && next != NULL; next = next->ai_next) {
        receiver = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
        /* a port of UDP: one of TCP may have the same number */
        if (receiver >= 0 && bind(receiver, next->ai_addr, next->ai_addrlen) < 0)
            receiver = close_failed(receiver);
    }
    if (receiver < 0)
        refuse_port(host, port, "dgramClient");
    freeaddrinfo(found);
    fprintf(stderr, "Listening on port %s for datagrams...\n", port);
    return receiver;
}

/* Returns the place of the client at ADDRESS in this RUN of it. */
static struct peer *peer_at(const struct sockaddr_storage *address, socklen_t size, uint32_t run)
{
    static unsigned next;
    for (struct peer *peer = peers; peer < peers + PEERS; peer++)
        if (peer->size == size && peer->run == run && memcmp(&peer->address, address, size) == 0)
            return peer;
    struct peer *peer = &peers[next++ % PEERS];
    *peer = (struct peer){ .size = size, .run = run };
    memcpy(&peer->address, address, size);
    return peer;
}

static void answer(int receiver, const struct peer *peer, const struct datagram *datagram,
                   size_t size)
{
    if (sendto(receiver, datagram, size, MSG_NOSIGNAL, (const struct sockaddr *)&peer->address,
               peer->size)
        < 0)
        report("answer a client"); /* it will ask again */
}

/* Prints the title, unless it has come before: its echo may be lost, or it is a copy
 * that comes late. */
static void take_title(struct peer *peer, const struct datagram *datagram, size_t size)
{
    uint32_t number = ntohl(datagram->number);
    if (number <= peer->last) {
        say("title %u has come again", number);
        return;
    }
    peer->last = number;
    print_escaped(stdout, datagram->title, size - HEAD_SIZE);
    putchar('\n');
    flush_or_exit();
}

/* The burst is over: says once how many of it have come, and puts that into DATAGRAM. */
static void count_burst(struct peer *peer, struct datagram *datagram)
{
    uint32_t sent = ntohl(datagram->number);
    uint32_t lost = sent > peer->came ? sent - peer->came : 0; /* some may have come twice */
    if (peer->last != sent)
        printf("%u of %u titles came, %u lost\n", sent - lost, sent, lost);
    flush_or_exit();
    peer->last = sent;
    datagram->came = htonl(peer->came);
}

int main(int argc, char *argv[])
{
    struct options options = { .address = LOOPBACK, .port = PORT, .pause = 100 };
    begin(argc, argv, "adp", "", HELP, &options);

    int receiver = start_listening(options.address, options.port);
    const struct timespec work = { .tv_nsec = options.pause * 1000 };
    for (;;) {
        struct datagram datagram;
        struct sockaddr_storage address = { .ss_family = 0 };
        socklen_t address_size = sizeof address;
        ssize_t size = recvfrom(receiver, &datagram, sizeof datagram, MSG_TRUNC,
                                (struct sockaddr *)&address, &address_size);
        if (size < 0) {
            if (errno != EINTR && errno != ENOMEM)
                report_and_exit("receive a datagram");
            continue;
        }
        if (size < HEAD_SIZE || size > HEAD_SIZE + TITLE_SIZE) {
            say("a datagram of %zd bytes is none of ours", size);
            continue;
        }
        struct peer *peer = peer_at(&address, address_size, datagram.run);
        switch (ntohl(datagram.kind)) {
        case TITLE:
            take_title(peer, &datagram, (size_t)size);
            answer(receiver, peer, &datagram, (size_t)size);
            break;
        case BURST:
            peer->came++;
            nanosleep(&work, NULL); /* meanwhile they come faster than they go, and room is short */
            break;
        case BURST_END:
            count_burst(peer, &datagram);
            answer(receiver, peer, &datagram, (size_t)size);
            break;
        default: say("a datagram of an unknown kind");
        }
    }
}
