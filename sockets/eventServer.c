/* eventServer: the echo server for thousands of clients at once, in one process.
 *
 *     1$ ./eventServer
 *     eventServer: may open NNN descriptors, one for each client
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. After Ctrl+C it takes no new one, and gives those that it has
 * -s seconds to come to an end.
 *
 * Look for: nothing waits but epoll_wait. It says which sockets are ready; for each the program
 * does what can be done at once (include/talk.h), and remembers how far it has come. No thread, no
 * process: an idle client costs less than a kilobyte here.
 *
 * Build: cc -I../include -o eventServer eventServer.c
 * Read:  epoll(7), epoll_ctl(2), epoll_wait(2), accept(2), listen(2)
 */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include "begin.h"
#include "oldSock.h"
#include "patience.h"
#include "talk.h"

enum { EVENTS = 64 }; /* taken at once */

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves all at once.\n"
    "  1$ ./eventServer\n  2$ ./client\n"
    "  -t SECONDS  how long a client may take for a title (30)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n";

static int epoll;
static int reserve;     /* a descriptor for nothing but refuse_client() */
static double patience; /* seconds for a title */

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    int on = 1, listener = -1;
    for (struct addrinfo *next = found; listener < 0 && next != NULL; next = next->ai_next) {
        listener = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        /* after Ctrl+C, old connections are in TIME_WAIT: without this, bind fails for a minute */
        if (listener >= 0
            && (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0
                || bind(listener, next->ai_addr, next->ai_addrlen) < 0
                || listen(listener, SOMAXCONN) < 0))
            listener = close_failed(listener);
    }
    if (listener < 0)
        refuse_port(host, port, "client");
    freeaddrinfo(found);
    fprintf(stderr, "Listening on port %s for clients...\n", port);
    return listener;
}

/* With EPOLL_CTL_ADD or EPOLL_CTL_MOD: epoll shall say when TALK's socket is ready for EVENTS. */
static bool watch(int operation, short events, struct talk *talk)
{
    struct epoll_event event = { .events = (uint32_t)events, .data.ptr = talk };
    talk->wants = events; /* POLLIN is EPOLLIN, and POLLOUT is EPOLLOUT */
    return epoll_ctl(epoll, operation, talk->fd, &event) == 0;
}

/* There is no room: the client is told so by the end of the stream, rather than left waiting. That
 * takes a descriptor, for a moment, and so one is kept in reserve. */
static void refuse_client(int listener)
{
    report_once("no room for more clients now");
    close(reserve);
    if (close(accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
        wait_for_room(); /* the whole system has none */
    reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_client(int listener)
{
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (peer >= 0) {
        struct talk *talk = begin_talk(peer, patience);
        if (talk != NULL && !watch(EPOLL_CTL_ADD, POLLIN, talk)) {
            say("watch a client: %s", strerror(errno));
            end_talk(talk);
        }
    } else if (errno == EMFILE || errno == ENFILE) {
        refuse_client(listener);
    } else if (errno != EAGAIN) {
        if (!is_passing(errno))
            report_and_exit("accept");
        report_once("accept");
        wait_for_room();
    }
}

/* Returns false if TALK has not moved at all. */
static bool serve(struct talk *talk)
{
    unsigned steps = talk->steps;
    short wants = go_on(talk, patience);
    bool moved = talk->steps != steps;
    if (wants != 0 && (wants == talk->wants || watch(EPOLL_CTL_MOD, wants, talk)))
        return moved;
    end_talk(talk);
    return true;
}

/* Waits for the sockets, and does what they allow. A tick at most: Ctrl+C may come just before. */
static void take_turn(int listener)
{
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, TICK_MS);
    if (ready < 0 && errno != EINTR)
        report_and_exit("epoll_wait");
    for (int i = 0; i < ready; i++)
        if (events[i].data.ptr == NULL) /* no talk: it is the listener */
            accept_client(listener);
        else
            serve(events[i].data.ptr);
    double now = seconds_from_now(0);
    for (struct talk *talk; (talk = overdue_talk(now)) != NULL;)
        if (!serve(talk)) /* what has come, has come, though we did not see it before */
            dismiss_overdue(talk, patience);
}

int main(int argc, char *argv[])
{
    struct options options = { .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE };
    options.stay = 5;
    begin(argc, argv, "apst", "", HELP, &options);
    patience = options.patience;

    catch_ending_signals(NULL);
    say("may open %llu descriptors, one for each client", raise_descriptor_limit());
    reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = start_listening(options.address, options.port);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0)
        report_and_exit("epoll");
    while (ending_signal == 0)
        take_turn(listener);
    close(listener); /* no new client */
    double deadline = seconds_from_now(options.stay);
    for (; anybody_talks() && seconds_from_now(0) < deadline; say_grace(options.stay, deadline))
        take_turn(-1);
    if (anybody_talks())
        say("the last conversations take too long");
    leave_if_ended();
}
