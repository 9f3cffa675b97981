/* lines.h: what the servers for many clients share: the conversation with one client, and the end.
 * What you can rely on: exchange() receives once, unless part of a title is still unsent, prints and
 * sends back each title that is complete by then, and returns whether the conversation continues. */
#pragma once

#include <sys/resource.h>

#include "serve.h"

enum { LINE_SIZE = TITLE_SIZE + 1 }; /* a title with its newline */

/* A client. A stream has no message boundaries, so a newline ends each title. */
struct client {
    int fd;          /* a connected socket */
    double timeout;  /* seconds allowed from one title to the next */
    double deadline; /* for the next title, by seconds_now() */
    size_t count;    /* bytes received and not yet sent back */
    size_t unsent;   /* of these, the bytes of a title that has been printed */
    char bytes[LINE_SIZE];
};

static inline struct client new_client(int fd, double timeout) /* TIMEOUT in seconds */
{
    return (struct client){ .fd = fd, .timeout = timeout, .deadline = seconds_now() + timeout };
}

/* Prints the first title, if it is complete, on a line that no other thread interrupts. Returns
 * whether it was complete. AT_END means that no more bytes will come. flockfile(3) */
static inline bool print_title(struct client *client, bool at_end)
{
    const char *newline = memchr(client->bytes, '\n', client->count);
    size_t length = newline != NULL ? (size_t)(newline - client->bytes) : client->count;
    if (newline == NULL && (!at_end || length == 0))
        return false;
    if (newline == NULL)
        warnx("the client's last title has no newline");
    flockfile(stdout);
    print_escaped(stdout, client->bytes, length);
    putchar('\n');
    funlockfile(stdout);
    check_output();
    client->unsent = length + (newline != NULL);
    client->deadline = seconds_now() + client->timeout;
    return true;
}

/* Returns 1; 0 at the end of the stream or if the title is too long; -1 with errno set. recv(2) */
static inline int receive_and_send(struct client *client)
{
    ssize_t got = 1;
    if (client->unsent == 0) {
        got = recv(client->fd, client->bytes + client->count, LINE_SIZE - client->count, 0);
        if (got < 0)
            return -1;
        client->count += (size_t)got;
    }
    while (client->unsent > 0 || print_title(client, got == 0)) {
        ssize_t sent = send(client->fd, client->bytes, client->unsent, MSG_NOSIGNAL);
        if (sent < 0)
            return -1;
        client->unsent -= (size_t)sent;
        client->count -= (size_t)sent;
        memmove(client->bytes, client->bytes + sent, client->count);
    }
    if (client->count == LINE_SIZE)
        warnx("the client: its title has more than %d bytes", TITLE_SIZE);
    return got > 0 && client->count < LINE_SIZE;
}

/* Performs one step of the conversation. Returns whether it continues. If not, the client has
 * closed its side, or an error was reported. Before the deadline, EAGAIN is not an error. */
static inline bool exchange(struct client *client)
{
    int result = receive_and_send(client);
    bool is_early = seconds_now() < client->deadline;
    if (result > 0 || (result < 0 && (errno == EINTR || (errno == EAGAIN && is_early))))
        return true;
    if (result < 0)
        warn_of_client(client->unsent > 0 ? "send" : "recv");
    return false;
}

/* Returns a socket that listens on PORT of the first usable address of HOST, as in server.c. FLAGS
 * is 0 or SOCK_NONBLOCK. Exits with a message if no address is usable. getaddrinfo(3), listen(2) */
static inline int start_listening(const char *host, const char *port, int flags)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *list;
    int error = getaddrinfo(host, port, &hints, &list), on = 1;
    check_address(host, error);
    for (struct addrinfo *next = list; next != NULL; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC | flags, 0);
        if (fd < 0)
            continue;
        if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
            && bind(fd, next->ai_addr, next->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) {
            freeaddrinfo(list);
            fprintf(stderr, "Listening on port %s for clients...\n", port);
            return fd;
        }
        close(fd);
    }
    exit_without_port(host, port, "client");
}

/* Sets the limit on open descriptors, usually 1024, to MOST or to the hard limit, whichever is
 * lower, and reports it. Exits with a message if that fails. setrlimit(2) */
static inline void raise_descriptor_limit(rlim_t most)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        err(EXIT_FAILURE, "getrlimit");
    limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        err(EXIT_FAILURE, "setrlimit");
    warnx("may open %d descriptors, one for each client", (int)limit.rlim_cur);
}

/* Blocks SIGINT and SIGTERM, and returns the set of the two. sigprocmask(2) */
static inline sigset_t block_ending_signals(void)
{
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    sigprocmask(SIG_BLOCK, &ending, NULL);
    return ending;
}

/* Call after SIG, one of ENDING, has arrived. Gives conversations SECONDS to end; then the kernel
 * sends SIG again, which ends the program. A second Ctrl+C ends it sooner. timer_create(2) */
static inline void begin_grace(int sig, const sigset_t *ending, double seconds)
{
    struct itimerspec end = { .it_value.tv_sec = (time_t)seconds };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = sig };
    timer_t timer;
    end.it_value.tv_nsec = (long)((seconds - (double)end.it_value.tv_sec) * 1e9) | 1; /* not 0 */
    warnx("conversations under way have %g s to end; a second Ctrl+C ends them at once", seconds);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0
        || timer_settime(timer, 0, &end, NULL) < 0)
        err(EXIT_FAILURE, "timer_create");
    sigprocmask(SIG_UNBLOCK, ending, NULL);
}
