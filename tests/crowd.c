/* crowd: many clients of an echo server at once, in one process. Every echo is checked.
 *
 *     crowd SERVER CLIENTS CONVERSATIONS   so many conversations, CLIENTS of them at once
 *     crowd -i SERVER CLIENTS              idle: each sends one title, and stays, without a word,
 *                                          until standard input ends
 *
 * SERVER is a port of 127.0.0.1, or the path of a Unix socket, with a slash. A conversation has
 * three titles; each is sent when the echo of the one before has come. The last line printed reads
 * "N conversations, N failed, N per second"; with -i, "N idle" when all are there. Status 1 if one
 * has failed, and a minute without any event is a failure of all that remain.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    TITLES = 3,
    EVENTS = 64,
    SILENCE_MS = 60000,
    PACE = 100, /* idle ones that come at once: musl's SOMAXCONN is 128 */
};

struct client {
    int fd;
    int number;      /* of the conversation */
    int titles;      /* that have been sent */
    char title[64];  /* the last of them */
    size_t expected; /* its length */
    size_t echoed;   /* so much of it has come back, and was right */
};

static union {
    struct sockaddr any;
    struct sockaddr_in tcp;
    struct sockaddr_un local;
} server;
static socklen_t server_size;
static int epoll, begun, over, failed, idle;
static bool idling;

static void die(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void set_server(const char *name)
{
    if (strchr(name, '/') != NULL) {
        server.local.sun_family = AF_UNIX;
        snprintf(server.local.sun_path, sizeof server.local.sun_path, "%s", name);
        server_size = sizeof server.local;
    } else {
        server.tcp.sin_family = AF_INET;
        server.tcp.sin_port = htons((uint16_t)atoi(name));
        server.tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        server_size = sizeof server.tcp;
    }
}

/* A title is short, so the socket's buffer takes it whole. */
static bool send_title(struct client *client)
{
    client->titles++;
    client->echoed = 0;
    client->expected = (size_t)snprintf(client->title, sizeof client->title, "title %d of %d\n",
                                        client->titles, client->number);
    ssize_t sent = send(client->fd, client->title, client->expected, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == (ssize_t)client->expected;
}

static void end_conversation(struct client *client, bool well)
{
    if (!well)
        fprintf(stderr, "crowd: conversation %d, title %d: %s\n", client->number, client->titles,
                errno != 0 ? strerror(errno) : "a wrong echo, or none");
    close(client->fd);
    client->fd = -1;
    over++;
    failed += !well;
}

/* A full backlog of a Unix socket refuses (EAGAIN) a socket that does not wait: then it is tried
 * again. Returns false if the conversation has failed at once. */
static bool begin_conversation(struct client *client)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
    struct timespec moment = { .tv_nsec = 1000000 };
    int r, tries = 0;
    client->number = begun++;
    client->titles = 0;
    client->fd =
        socket(server.any.sa_family,
               SOCK_STREAM | SOCK_CLOEXEC | (server.any.sa_family == AF_UNIX ? SOCK_NONBLOCK : 0),
               0);
    if (client->fd < 0)
        die("crowd: socket");
    while ((r = connect(client->fd, &server.any, server_size)) < 0 && errno == EAGAIN
           && tries++ < 1000)
        nanosleep(&moment, NULL);
    if (r < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0 || !send_title(client)) {
        end_conversation(client, false);
        return false;
    }
    return true;
}

/* Something has come for CLIENT. Returns false when its conversation is over. */
static bool go_on(struct client *client)
{
    char bytes[sizeof client->title];
    errno = 0;
    ssize_t got = recv(client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return true;
    errno = got < 0 ? errno : 0;
    if (idling && client->echoed == client->expected)
        idle--; /* it has been dismissed */
    if (got <= 0 || (size_t)got > client->expected - client->echoed
        || memcmp(bytes, client->title + client->echoed, (size_t)got) != 0) {
        end_conversation(client, false);
        return false;
    }
    client->echoed += (size_t)got;
    if (client->echoed < client->expected)
        return true;
    if (idling) {
        idle++;
        return true;
    }
    if (client->titles < TITLES && send_title(client))
        return true;
    end_conversation(client, client->titles == TITLES);
    return false;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
    struct rlimit limit;
    struct epoll_event events[EVENTS];
    idling = argc == 4 && strcmp(argv[1], "-i") == 0;
    if (argc != 4) {
        fputs("usage: crowd SERVER CLIENTS CONVERSATIONS, or crowd -i SERVER CLIENTS\n", stderr);
        return 2;
    }
    int count = atoi(argv[idling ? 3 : 2]), total = idling ? count : atoi(argv[3]);
    set_server(argv[idling ? 2 : 1]);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    struct client *clients = calloc((size_t)count, sizeof *clients);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (clients == NULL || epoll < 0)
        die("crowd");

    double start = now();
    for (int i = 0; i < count && !idling; i++)
        while (begun < total && !begin_conversation(&clients[i]))
            ;
    while (over + idle < total) {
        while (idling && begun < total && begun - over - idle < PACE)
            begin_conversation(&clients[begun]);
        int ready = epoll_wait(epoll, events, EVENTS, SILENCE_MS);
        if (ready < 0 && errno != EINTR)
            die("crowd: epoll_wait");
        if (ready == 0) {
            fputs("crowd: nothing has come for a minute\n", stderr);
            failed += total - over;
            break;
        }
        for (int i = 0; i < ready; i++)
            if (!go_on(events[i].data.ptr))
                while (begun < total && !begin_conversation(events[i].data.ptr))
                    ;
    }
    if (idling) {
        printf("%d idle\n", idle);
        fflush(stdout);
        while (getchar() != EOF)
            ;
    } else {
        printf("%d conversations, %d failed, %.0f per second\n", over, failed,
               over / (now() - start));
    }
    free(clients);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
