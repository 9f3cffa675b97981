/* dgramClient: sends titles in datagrams, and sends again what is not answered.
 *
 *     2$ ./dgramClient
 *     War and Peace
 *     ...
 *     3 titles, 0 sent again
 *
 * With ./dgramServer in a first terminal; either may start first.
 *
 * Look for: stop the server with Ctrl+Z for a while, and titles are sent again. -u sends -n of
 * them and waits for no answer: a socket has room for a few hundred; the others are lost unsaid.
 *
 * Build: cc -I../include -o dgramClient dgramClient.c
 * Read:  udp(7), connect(2), send(2), recv(2), ppoll(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "datagram.h"
#include "escape.h"
#include "here.h"
#include "oldTitles.h"
#include "patience.h"

static const char HELP[] =
    "Sends titles to ./dgramServer on HOST, and prints its echoes.\n"
    "  1$ ./dgramServer\n  2$ ./dgramClient\n"
    "  -u          unsafe: -n titles in a burst, no waiting for echoes; count the lost\n";

static const double RESEND = 0.5;            /* seconds without an answer */
static struct addrinfo *addresses, *address; /* all, and the one that we try */
static char server[40];                      /* what to start */
static int sock = -1;
static double patience; /* seconds for an answer */
static long resent;     /* how often something had to be sent again */

/* No datagram goes out here. Returns false if this machine cannot: it may lack IPv6. */
static bool connect_to(struct addrinfo *next)
{
    if (sock >= 0)
        close(sock);
    address = next;
    sock = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
    return sock >= 0 && connect(sock, next->ai_addr, next->ai_addrlen) == 0;
}

/* Nobody has that port: a machine says so, in a message of its own, to who is connected. */
static void try_next_address(void)
{
    struct addrinfo *refused = address;
    if (errno != ECONNREFUSED)
        report_and_exit("talk with the server");
    do {
        if (address->ai_next == NULL)
            try_again(server);
        if (connect_to(address->ai_next != NULL ? address->ai_next : addresses))
            return;
    } while (address != refused);
    report_and_exit("make a socket for the server");
}

/* Waits for the answer to DATAGRAM, of SIZE bytes; one with another run, kind or number is a late
 * one. Returns 1; 0 if none came in time; -1 as recv(2) and ppoll(2). */
static int take_answer(const struct datagram *datagram, size_t size, struct datagram *answer)
{
    double deadline = seconds_from_now(RESEND);
    while (await_ready(sock, POLLIN, deadline) == 0) {
        ssize_t got = recv(sock, answer, sizeof *answer, MSG_TRUNC | MSG_DONTWAIT);
        if (got < 0 && errno != EAGAIN)
            return -1;
        if (got == (ssize_t)size && answer->run == datagram->run && answer->kind == datagram->kind
            && answer->number == datagram->number)
            return 1;
    }
    return errno == ETIMEDOUT ? 0 : -1;
}

/* Sends DATAGRAM, of SIZE bytes, until its answer comes. */
static void ask(const struct datagram *datagram, size_t size, struct datagram *answer)
{
    for (set_patience(patience);;) {
        int r = send(sock, datagram, size, 0) < 0 ? -1 : take_answer(datagram, size, answer);
        if (r > 0)
            return;
        if (r < 0)
            try_next_address();
        else if (keep_waiting())
            say("no answer within %g s: sent again", RESEND);
        else
            say_and_exit("no answer came within %g s", patience);
        resent += r == 0;
    }
}

static void send_titles(struct datagram *datagram, char **titles)
{
    struct datagram echo;
    uint32_t i = 0;
    datagram->kind = htonl(TITLE);
    for (; titles[i] != NULL; i++) {
        size_t length = strlen(titles[i]);
        datagram->number = htonl(i + 1);
        memcpy(datagram->title, titles[i], length);
        ask(datagram, HEAD_SIZE + length, &echo);
        if (memcmp(echo.title, titles[i], length) != 0)
            say_and_exit("the echo is not what was sent");
        print_escaped(stdout, echo.title, length);
        putchar('\n');
    }
    printf("%u titles, %ld sent again\n", i, resent);
}

static void send_burst(struct datagram *datagram, uint32_t count)
{
    struct datagram answer;
    datagram->kind = htonl(BURST_END);
    ask(datagram, HEAD_SIZE, &answer); /* an empty burst, to see that the server is there */
    datagram->kind = htonl(BURST);
    for (uint32_t i = 1; i <= count; i++) {
        datagram->number = htonl(i);
        if (send(sock, datagram, HEAD_SIZE, 0) < 0 && errno != EAGAIN && errno != ENOBUFS)
            report_and_exit("send title %u of the burst", i);
    }
    datagram->kind = htonl(BURST_END);
    datagram->number = htonl(count);
    ask(datagram, HEAD_SIZE, &answer);
    printf("%u titles sent, %u came\n", count, ntohl(answer.came));
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .port = PORT, .count = 10000 };
    begin(argc, argv, "nptu", "[HOST [TITLE...]]", HELP, &options);
    const char *host = optind < argc ? argv[optind++] : LOOPBACK;
    char **titles = titles_from(argv + optind);
    patience = options.patience;
    struct datagram datagram = { .run = htonl((uint32_t)number_of_run()) };
    snprintf(server, sizeof server, "./dgramServer -p %s", options.port);
    addresses = addresses_of(host, options.port, SOCK_DGRAM);
    for (struct addrinfo *next = addresses; !connect_to(next); next = next->ai_next)
        if (next->ai_next == NULL)
            report_and_exit("make a socket for the server");
    if (options.unsafe)
        send_burst(&datagram, (uint32_t)options.count);
    else
        send_titles(&datagram, titles);
    flush_or_exit();
    return EXIT_SUCCESS;
}
