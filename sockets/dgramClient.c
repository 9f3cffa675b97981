/* dgramClient: sends titles in datagrams and repeats those that are not answered.
 *
 *     1$ ./dgramServer
 *     2$ ./dgramClient
 *     3 titles, 0 sent again
 *
 * Calls: getaddrinfo -> socket -> setsockopt -> connect -> send, recv, send, recv, ...
 *
 * Look for: nobody tells the client that a datagram was lost; there is just no answer. Stop the
 * server with Ctrl+Z for a while, and the title is sent again. With -u the client does not wait
 * for answers: the server's socket has room for a few hundred datagrams, and the others are lost.
 *
 * Build: cc -I../include -o dgramClient dgramClient.c
 * Read:  udp(7), getaddrinfo(3), connect(2), send(2), recv(2), socket(7) on SO_RCVTIMEO
 */
#define _GNU_SOURCE
#include <sys/random.h>

#include "datagram.h"
#include "deadline.h"

static const char HELP[] =
    "usage: dgramClient [-h] [-n COUNT] [-p PORT] [-t SECONDS] [-u] [HOST [TITLE...]]\n"
    "Sends titles to ./dgramServer on HOST and prints its echoes.\n"
    "  1$ ./dgramServer      2$ ./dgramClient\n"
    "  -n COUNT    with -u: how many datagrams (10000)\n"
    "  -p PORT     the server's port (PORT in the environment, else 9876)\n"
    "  -t SECONDS  how long to wait for each answer (12)\n"
    "  -u          unsafe: send a burst without waiting for echoes, and count what is lost\n";
enum { MOST = 8 }; /* addresses of the server that we try */
static struct options options = { .timeout = 12, .port = "9876", .count = 10000 };
static int sockets[MOST], socket_count; /* one for each address of the server */
static int current, resent;             /* the socket that we use; how often we sent again */
static struct datagram question, answer;

/* Makes a socket for each address of HOST that this machine can use. For UDP, connect(2) sends
 * nothing: it only sets the address to which send(2) sends and from which recv(2) receives. */
static void connect_all(const char *host)
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV }, *list;
    struct timeval limit = { .tv_usec = 500000 }; /* then recv(2) fails with EAGAIN */
    int error = getaddrinfo(host, options.port, &hints, &list);
    check_address(host, error);
    for (struct addrinfo *next = list; next != NULL && socket_count < MOST; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
        if (fd < 0)
            continue;
        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) < 0)
            err(EXIT_FAILURE, "setsockopt SO_RCVTIMEO");
        if (connect(fd, next->ai_addr, next->ai_addrlen) == 0)
            sockets[socket_count++] = fd;
        else
            close(fd);
    }
    if (socket_count == 0)
        err(EXIT_FAILURE, "connect");
    freeaddrinfo(list);
}

/* Sends the question, of SIZE bytes, until its answer comes; late answers to others are ignored. */
static void ask(size_t size)
{
    set_deadline(options.timeout, "no answer came");
    for (;;) {
        refuse_own_peer(sockets[current]); /* robust: a socket can meet itself */
        ssize_t done = send(sockets[current], &question, size, 0);
        while (done >= 0 || errno == EINTR) { /* EINTR: after Ctrl+Z and fg */
            done = recv(sockets[current], &answer, sizeof answer, MSG_TRUNC);
            if (done == (ssize_t)size && is_answer(&question, &answer, size)) {
                clear_deadline();
                return;
            }
        }
        if (errno == EAGAIN) {
            warnx("no answer within 0.5 s: sent again");
            resent++;
        } else if (errno == ECONNREFUSED) { /* the other kernel says that nobody has this port */
            current = (current + 1) % socket_count;
            if (current == 0)
                wait_to_retry("dgramServer", options.port);
        } else {
            err(EXIT_FAILURE, "send or recv");
        }
    }
}

static void send_titles(char **titles)
{
    uint32_t i = 0;
    question.kind = htonl(TITLE);
    for (; titles[i] != NULL; i++) {
        size_t length = strlen(titles[i]);
        question.number = htonl(i + 1);
        memcpy(question.title, titles[i], length);
        ask(HEAD_SIZE + length);
        print_escaped(stdout, answer.title, length);
        putchar('\n');
    }
    printf("%u title%s, %d sent again\n", i, i == 1 ? "" : "s", resent);
}

static void send_burst(uint32_t count)
{
    question.kind = htonl(BURST_END);
    ask(HEAD_SIZE); /* an empty burst, to see that the server is there */
    question.kind = htonl(BURST);
    for (uint32_t i = 0; i < count; i++)
        if (send(sockets[current], &question, HEAD_SIZE, 0) < 0 && errno != ENOBUFS)
            err(EXIT_FAILURE, "send"); /* ENOBUFS: it is lost already here */
    question.kind = htonl(BURST_END);
    question.number = htonl(count);
    ask(HEAD_SIZE);
    printf("%u titles sent, %u came\n", count, ntohl(answer.came));
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "+n:p:t:u", HELP, &options);
    const char *host = argv[optind] != NULL ? argv[optind++] : "127.0.0.1";
    char **titles = titles_from(argv + optind);
    connect_all(host);
    if (getrandom(&question.run, sizeof question.run, 0) < 0)
        err(EXIT_FAILURE, "getrandom");
    if (options.unsafe)
        send_burst((uint32_t)options.count);
    else
        send_titles(titles);
    return EXIT_SUCCESS;
}
