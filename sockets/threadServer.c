/* threadServer: the echo server with a thread for each client.
 *
 *     1$ ./threadServer
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. Ctrl+C ends the server: it takes no new client, and gives those
 * that it has -s seconds to come to an end.
 *
 * Look for: `diff server.c threadServer.c`. A thread talks with its client as if there were no other.
 * All threads have the same memory, so what they share (the count of the conversations) has a mutex.
 * Signals are blocked in all of them but the first.
 *
 * Build: cc -I../include -o threadServer threadServer.c -lpthread
 * Read:  accept(2), pthreads(7), pthread_create(3), pthread_cond_init(3), pthread_sigmask(3)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>

#include "begin.h"
#include "echo.h"
#include "patience.h"
#include "sock.h"

enum {
    STACK_SIZE = 256 * 1024
}; /* bytes; the usual 8 MiB would soon be too much for many threads */

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves all at\n"
    "once. A client has -t seconds for a title, and -s seconds after Ctrl+C.\n"
    "  1$ ./threadServer\n"
    "  2$ ./client\n";

static double patience; /* seconds for a title */
static int talking;     /* conversations under way */
static pthread_mutex_t talking_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t talking_less; /* one conversation has come to its end */

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

static void count_conversation(int change)
{
    pthread_mutex_lock(&talking_mutex);
    talking += change;
    if (change < 0)
        pthread_cond_signal(&talking_less);
    pthread_mutex_unlock(&talking_mutex);
}

static void *talk_with(void *argument)
{
    int peer = (int)(intptr_t)argument;
    converse(peer, patience);
    close(peer);
    count_conversation(-1);
    return NULL;
}

static void start_thread(int peer, const pthread_attr_t *attributes)
{
    pthread_t thread;
    count_conversation(1);
    errno = pthread_create(&thread, attributes, talk_with, (void *)(intptr_t)peer);
    if (errno == 0)
        return;
    report("start a thread"); /* the client is told by the end of the stream */
    close(peer);
    count_conversation(-1);
}

/* Waits until the last conversation has come to its end, or for SECONDS. */
static void end_conversations(double seconds)
{
    double left = seconds_from_now(seconds);
    struct timespec deadline = { .tv_sec = (time_t)left,
                                 .tv_nsec = (long)((left - (double)(time_t)left) * 1e9) };
    pthread_mutex_lock(&talking_mutex);
    while (talking > 0)
        if (pthread_cond_timedwait(&talking_less, &talking_mutex, &deadline) == ETIMEDOUT) {
            say("the last conversations take too long");
            break;
        }
    pthread_mutex_unlock(&talking_mutex);
}

int main(int argc, char *argv[])
{
    struct options options = {
        .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE, .stay = 5
    };
    sigset_t unblocked;
    pthread_attr_t attributes;
    pthread_condattr_t clock;
    begin(argc, argv, "apst", "", HELP, &options);
    patience = options.patience;

    catch_ending_signals(NULL);
    block_ending_signals(&unblocked); /* the threads inherit that: only we take them, as we wait */
    ends_after_conversation = true;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&talking_less, &clock);

    int listener = start_listening(options.address, options.port);
    struct pollfd wanted = { .fd = listener, .events = POLLIN };
    while (ending_signal == 0) {
        int peer = -1;
        if (ppoll(&wanted, 1, NULL, &unblocked) > 0)
            peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0) {
            start_thread(peer, &attributes);
        } else if (errno != EINTR && errno != EAGAIN) {
            if (!is_passing(errno))
                report_and_exit("accept");
            report("accept");
            stay(0.1); /* if descriptors or memory are short: perhaps no more */
        }
    }
    close(listener);                            /* no new client */
    sigprocmask(SIG_SETMASK, &unblocked, NULL); /* a second Ctrl+C ends us at once */
    end_conversations(options.stay);
    leave_if_ended();
}
