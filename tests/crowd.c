/* crowd: many clients of an echo server at once, in one process. Every echo is checked.
 *
 *     crowd SERVER CLIENTS CONVERSATIONS   runs CONVERSATIONS, CLIENTS of them at once
 *     crowd -i SERVER CLIENTS              idle: each client sends one title, and then stays silent
 *                                          until standard input ends
 *
 * SERVER is a port of 127.0.0.1, or the path of a Unix socket, with a slash. A conversation has
 * three titles; each one is sent when the echo of the previous one has arrived. The last line
 * printed is "N conversations, N failed, N per second"; with -i, "N idle" when all have connected.
 * The status is 1 if one failed; a minute without any event is a failure of all that remain.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
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

enum { TITLES = 3, EVENTS = 64, SILENCE_MS = 60000, PACE = 100 /* idle ones that come at once */ };

static struct client {     /* one for each conversation */
    int fd, titles;        /* titles that have been sent */
    char title[64];        /* the last of them */
    size_t length, echoed; /* so much of it has come back, and was right */
} * clients;
static int epoll, begun, over, failed;
static bool idling;

/* The conversation is over (an idle client stays); WHY it has failed, or NULL. */
static void end(struct client *client, const char *why)
{
    if (why != NULL)
        warnx("conversation %td, title %d: %s", client - clients, client->titles, why);
    if (why != NULL || !idling)
        close(client->fd);
    over++;
    failed += why != NULL;
}

/* A title is short, so the socket's buffer takes it whole. */
static void send_title(struct client *client)
{
    client->titles++;
    client->echoed = 0;
    client->length = (size_t)snprintf(client->title, sizeof client->title, "title %d of %td\n",
                                      client->titles, client - clients);
    if (send(client->fd, client->title, client->length, MSG_NOSIGNAL) < 0)
        end(client, strerror(errno));
}

static void begin(struct client *client, const struct sockaddr *server, socklen_t size)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
    client->fd = socket(server->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        err(EXIT_FAILURE, "socket");
    if (connect(client->fd, server, size) < 0
        || epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) < 0)
        end(client, strerror(errno));
    else
        send_title(client);
}

/* Something has come for CLIENT; for an idle one, that is a failure. */
static void go_on(struct client *client)
{
    char bytes[sizeof client->title];
    size_t missing = client->length - client->echoed;
    ssize_t got = recv(client->fd, bytes, sizeof bytes, 0);
    if (got < 0)
        end(client, strerror(errno));
    else if (got == 0 || (size_t)got > missing
             || memcmp(bytes, client->title + client->echoed, (size_t)got) != 0)
        end(client, "a wrong echo, or none");
    else if ((client->echoed += (size_t)got) < client->length)
        return;
    else if (client->titles < (idling ? 1 : TITLES))
        send_title(client);
    else
        end(client, NULL);
}

int main(int argc, char *argv[])
{
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct sockaddr_in tcp = { .sin_family = AF_INET };
    struct rlimit limit;
    struct timespec start, stop;
    struct epoll_event events[EVENTS];
    idling = argc == 4 && strcmp(argv[1], "-i") == 0;
    if (argc != 4)
        errx(2, "usage: crowd SERVER CLIENTS CONVERSATIONS, or crowd -i SERVER CLIENTS");
    const char *name = argv[1 + idling];
    int total = atoi(argv[3]), most = idling ? PACE : atoi(argv[2]);
    bool is_local = strchr(name, '/') != NULL;
    struct sockaddr *server = is_local ? (struct sockaddr *)&local : (struct sockaddr *)&tcp;
    snprintf(local.sun_path, sizeof local.sun_path, "%s", name);
    tcp.sin_port = htons((uint16_t)atoi(name));
    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    clients = calloc((size_t)total, sizeof *clients);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    clock_gettime(CLOCK_MONOTONIC, &start);

    while (over < total) {
        if (begun < total && begun - over < most) {
            begin(&clients[begun++], server, is_local ? sizeof local : sizeof tcp);
            continue;
        }
        int ready = epoll_wait(epoll, events, EVENTS, SILENCE_MS);
        if (ready == 0)
            errx(EXIT_FAILURE, "nothing has come for a minute; %d are over", over);
        for (int i = 0; i < ready; i++) /* -1: after Ctrl+Z and fg */
            go_on(events[i].data.ptr);
    }
    clock_gettime(CLOCK_MONOTONIC, &stop);
    double seconds = difftime(stop.tv_sec, start.tv_sec);
    seconds += (double)(stop.tv_nsec - start.tv_nsec) / 1e9;
    if (!idling)
        printf("%d conversations, %d failed, %.0f per second\n", over, failed, over / seconds);
    else
        printf("%d idle\n", over - failed);
    fflush(stdout);
    while (idling && getchar() != EOF)
        ;
    free(clients);
    return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
