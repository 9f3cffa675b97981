/* eventServer: the echo server for thousands of clients in one process, which waits for all at once.
 *
 *     1$ ./eventServer
 *     eventServer: may open NNN descriptors, one for each client
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. Ctrl+C ends the server: it takes no new client, and gives those
 * that it has -s seconds to come to an end.
 *
 * Look for: nothing waits but epoll_pwait. It says which sockets are ready; the program does for each
 * what can be done at once (include/talk.h), and remembers how far it has come. No thread, no
 * process: an idle client costs less than a kilobyte here.
 *
 * Build: cc -I../include -o eventServer eventServer.c
 * Read:  epoll(7), epoll_ctl(2), epoll_pwait(2), accept(2), listen(2)
 */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/socket.h>

#include "begin.h"
#include "patience.h"
#include "sock.h"
#include "talk.h"

enum { EVENTS = 64 }; /* taken at once */

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves all at\n"
    "once. A client has -t seconds for a title, and -s seconds after Ctrl+C.\n"
    "  1$ ./eventServer\n"
    "  2$ ./client\n";

static int epoll;
static int reserve;     /* a descriptor */
static double patience; /* seconds for a title */

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    int on = 1, listener = -1, reason = 0;
    for (struct addrinfo *next = found; listener < 0 && next != NULL; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        /* after Ctrl+C, old connections linger in TIME_WAIT: without this, bind fails for a minute */
        if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
            && bind(fd, next->ai_addr, next->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) {
            listener = fd;
            continue;
        }
        reason = errno;
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(found);
    errno = reason;
    if (listener < 0)
        refuse_port(host, port, "client");
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

/* There is no room: the client is told so by the end of the stream, rather than left waiting. That takes a
 * descriptor, for a moment, and so one is kept in reserve. */
static void refuse_client(int listener)
{
    static bool said;
    if (!said)
        report("no room for more clients now");
    said = true;
    close(reserve);
    close(accept4(listener, NULL, NULL, SOCK_CLOEXEC));
    reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_client(int listener)
{
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0 && (errno == EMFILE || errno == ENFILE))
        refuse_client(listener);
    else if (peer < 0 && errno != EAGAIN && !is_passing(errno))
        report_and_exit("accept");
    if (peer < 0)
        return;
    struct talk *talk = begin_talk(peer, patience);
    if (talk != NULL && !watch(EPOLL_CTL_ADD, POLLIN, talk)) {
        report("watch a client");
        end_talk(talk);
    }
}

static void serve(struct talk *talk)
{
    short wants = go_on(talk, patience);
    if (wants == 0 || (wants != talk->wants && !watch(EPOLL_CTL_MOD, wants, talk)))
        end_talk(talk);
}

/* Waits for the sockets, a tick at most, and does what they allow. */
static void take_turn(int listener, const sigset_t *unblocked)
{
    struct epoll_event events[EVENTS];
    int ready = epoll_pwait(epoll, events, EVENTS, TICK_MS, unblocked);
    if (ready < 0 && errno != EINTR)
        report_and_exit("epoll_pwait");
    for (int i = 0; i < ready; i++)
        if (events[i].data.ptr == NULL)
            accept_client(listener);
        else
            serve(events[i].data.ptr);
    end_overdue(patience);
}

int main(int argc, char *argv[])
{
    struct options options = { .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE };
    sigset_t unblocked;
    options.stay = 5;
    begin(argc, argv, "apst", "", HELP, &options);
    patience = options.patience;

    catch_ending_signals(NULL);
    block_ending_signals(&unblocked); /* but for the moments in which we wait */
    say("may open %llu descriptors, one for each client", raise_descriptor_limit());
    reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    int listener = start_listening(options.address, options.port);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) < 0)
        report_and_exit("epoll");

    while (ending_signal == 0)
        take_turn(listener, &unblocked);
    close(listener); /* no new client */
    for (double end = seconds_from_now(options.stay); anybody_talks() && seconds_from_now(0) < end;)
        take_turn(-1, &unblocked);
    if (anybody_talks())
        say("the last conversations take too long");
    leave_if_ended();
}
