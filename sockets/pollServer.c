/* pollServer: the echo server for many clients at once, in one process.
 *
 *     1$ ./pollServer
 *     pollServer: may open NNN descriptors, one for each client
 *     Listening on port 9876 for clients...
 * Calls: signalfd -> socket, bind, listen -> poll -> accept, or recv, send -> poll -> ... -> close
 * Look for: only poll waits. It marks the descriptors that are ready; for each of them the program
 * does what can be done at once and remembers the rest. Ctrl+C comes through a descriptor as well.
 * Build: cc -I../include -o pollServer pollServer.c -lrt
 * Read:  poll(2), signalfd(2), accept(2)
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/signalfd.h>

#include "lines.h"

enum { MOST_DESCRIPTORS = 65536, TICK_MS = 100, FOREVER = 1 << 30 };
static const char HELP[] =
    "usage: pollServer [-h] [-a ADDRESS] [-p PORT] [-s SECONDS] [-t SECONDS]\n"
    "Prints the titles that clients send and sends them back; serves all at once.\n"
    "  1$ ./pollServer      2$ ./client\n"
    "  -a ADDRESS  where to listen (127.0.0.1)\n"
    "  -p PORT     where to listen (PORT in the environment, else 9876)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n"
    "  -t SECONDS  how long a client may take for a title (30)\n";
static struct client clients[MOST_DESCRIPTORS]; /* indexed by descriptor */
static struct pollfd watched[MOST_DESCRIPTORS]; /* likewise */
static int watched_count, listener, signals, client_count;

/* From now on, poll reports when FD is ready for EVENTS. */
static void watch(int fd, short events)
{
    for (; watched_count <= fd; watched_count++)
        watched[watched_count].fd = -1; /* poll skips it */
    watched[fd] = (struct pollfd){ .fd = fd, .events = events };
}

static void accept_client(double timeout)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        warn_or_exit_at_once("accept");
        watch(listener, 0); /* if descriptors are short, it would stay ready */
        return;
    }
    watch(fd, POLLIN);
    clients[fd] = new_client(fd, timeout);
    client_count++;
}

static void handle_ready(struct client *client)
{
    if (exchange(client)) { /* recv(2), send(2) */
        watch(client->fd, client->unsent > 0 ? POLLOUT : POLLIN);
        return;
    }
    close(client->fd);
    watched[client->fd].fd = -1;
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
    if (listener >= 0)
        watch(listener, POLLIN);
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
    while (listener >= 0 || (client_count > 0 && seconds_now() < until)) {
        int ready = poll(watched, (nfds_t)watched_count, TICK_MS);
        if (ready < 0 && errno != EINTR)
            err(EXIT_FAILURE, "poll");
        for (int fd = 0; ready > 0; fd++) {
            if (watched[fd].revents == 0)
                continue;
            ready--;
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
    watch(listener, POLLIN);
    watch(signals, POLLIN);
    serve(options.timeout, FOREVER);
    int sig;
    sigwait(&ending, &sig); /* which one? */
    close(listener);        /* no new client */
    watched[listener].fd = -1;
    listener = -1;
    serve(options.timeout, seconds_now() + 1); /* robust: some are just leaving */
    if (client_count > 0)
        begin_grace(sig, &ending, options.pause);
    serve(options.timeout, FOREVER);
    kill(getpid(), sig);
    sigprocmask(SIG_UNBLOCK, &ending, NULL); /* it ends us here */
}
