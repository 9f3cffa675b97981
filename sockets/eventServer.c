/* eventServer: the echo server for thousands of clients at once, in one process.
 *
 *     1$ ./eventServer
 *     eventServer: may open NNN descriptors, one for each client
 *     Listening on port 9876 for clients...
 *
 * Calls: signalfd -> socket, bind, listen -> epoll_create1 -> epoll_ctl
 *        -> epoll_wait -> accept, epoll_ctl, or recv, send -> epoll_wait -> ... -> close
 *
 * Look for: only epoll_wait waits. It returns the descriptors that are ready; for each the program
 * does what can be done at once and remembers the rest. Ctrl+C comes through a descriptor as well.
 * Build: cc -I../include -o eventServer eventServer.c -lrt
 * Read:  epoll(7), epoll_ctl(2), epoll_wait(2), signalfd(2), accept(2)
 */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "lines.h"

enum { EVENTS = 64, MOST_DESCRIPTORS = 65536, TICK_MS = 100, FOREVER = 1 << 30 };
static const char HELP[] =
    "usage: eventServer [-h] [-a ADDRESS] [-p PORT] [-s SECONDS] [-t SECONDS]\n"
    "Prints the titles that clients send and sends them back; serves all at once.\n"
    "  1$ ./eventServer      2$ ./client\n"
    "  -a ADDRESS  where to listen (127.0.0.1)\n"
    "  -p PORT     where to listen (PORT in the environment, else 9876)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n"
    "  -t SECONDS  how long a client may take for a title (30)\n";
static struct client clients[MOST_DESCRIPTORS]; /* indexed by descriptor */
static int epoll, listener, signals, client_count;

/* From now on, epoll_wait reports when FD is ready for EVENTS. */
static int watch(int operation, int fd, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.fd = fd };
    return epoll_ctl(epoll, operation, fd, &event);
}

static void accept_client(double timeout)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 || watch(EPOLL_CTL_ADD, fd, EPOLLIN) < 0) {
        warn_or_exit_at_once("accept");
        watch(EPOLL_CTL_MOD, listener, 0); /* if descriptors are short, it would stay ready */
        close(fd);                         /* if there is one */
        return;
    }
    clients[fd] = new_client(fd, timeout);
    client_count++;
}

static void handle_ready(struct client *client)
{
    if (exchange(client)) { /* recv(2), send(2) */
        watch(EPOLL_CTL_MOD, client->fd, client->unsent > 0 ? EPOLLOUT : EPOLLIN);
        return;
    }
    close(client->fd); /* which also removes it from the epoll set */
    client->fd = 0;
    client_count--;
}

/* Ten times a second: closes clients whose time has run out, and watches the listener again. */
static void close_overdue(void)
{
    static double next_look;
    double now = seconds_now();
    if (now < next_look)
        return;
    next_look = now + TICK_MS / 1e3;
    watch(EPOLL_CTL_MOD, listener, EPOLLIN);
    for (int fd = 0, seen = 0, all = client_count; seen < all; fd++) {
        if (clients[fd].fd == 0)
            continue;
        seen++;
        if (clients[fd].deadline <= now)
            handle_ready(&clients[fd]); /* robust: what came while we were stopped counts */
    }
}

/* Serves until a signal comes; without the listener, until all have left or until UNTIL. */
static void serve(double timeout, double until)
{
    struct epoll_event events[EVENTS];
    while (listener >= 0 || (client_count > 0 && seconds_now() < until)) {
        int ready = epoll_wait(epoll, events, EVENTS, TICK_MS);
        if (ready < 0 && errno != EINTR) /* Ctrl+Z and fg */
            err(EXIT_FAILURE, "epoll_wait");
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == signals)
                return;
            if (fd == listener)
                accept_client(timeout);
            else
                handle_ready(&clients[fd]);
        }
        close_overdue();
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 30, .pause = 5, .address = "127.0.0.1", .port = "9876" };
    read_options(argc, argv, "a:p:s:t:", HELP, &options);
    raise_descriptor_limit(MOST_DESCRIPTORS); /* setrlimit(2) */
    sigset_t ending = block_ending_signals(); /* they only make SIGNALS ready */
    signals = signalfd(-1, &ending, SFD_CLOEXEC);
    if (signals < 0)
        err(EXIT_FAILURE, "signalfd");
    listener = start_listening(options.address, options.port, SOCK_NONBLOCK); /* as server.c */
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        err(EXIT_FAILURE, "epoll_create1");
    if (watch(EPOLL_CTL_ADD, listener, EPOLLIN) < 0 || watch(EPOLL_CTL_ADD, signals, EPOLLIN) < 0)
        err(EXIT_FAILURE, "epoll_ctl");
    serve(options.timeout, FOREVER);
    int sig;
    sigwait(&ending, &sig); /* which one? */
    close(listener);        /* no new client */
    listener = -1;
    serve(options.timeout, seconds_now() + 1); /* robust: some are just leaving */
    if (client_count > 0)
        begin_grace(sig, &ending, options.pause);
    serve(options.timeout, FOREVER);
    kill(getpid(), sig);
    sigprocmask(SIG_UNBLOCK, &ending, NULL); /* it ends us here */
}
