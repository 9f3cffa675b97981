/* threadServer: the echo server with a thread for each client.
 *
 *     1$ ./threadServer
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. After Ctrl+C it takes no new one, and waits for those it has.
 *
 * Look for: talk_with(), which a thread does as if there were no other. All threads have the same
 * memory, so what they share (the count of the conversations) has a mutex. Ctrl+C is a matter of
 * the first thread alone: it is blocked in all others.
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
#include "oldSock.h"
#include "patience.h"

enum { STACK_SIZE = 256 * 1024 }; /* bytes; the usual 8 MiB are too much for many threads */

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves all at once.\n"
    "  1$ ./threadServer\n  2$ ./client\n"
    "  -t SECONDS  how long a client may take for a title (30)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n";

static double patience; /* seconds for a title */
static int talking;     /* conversations under way */
static pthread_mutex_t talking_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t conversation_ended;

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

static void count_conversation(int change)
{
    pthread_mutex_lock(&talking_mutex);
    talking += change;
    if (change < 0)
        pthread_cond_signal(&conversation_ended);
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

/* Waits for a client, and starts a thread for it. The ending signals are blocked meanwhile, and in
 * the thread for good: all of them come to us, as we wait. Returns false when one has come. */
static bool take_client(int listener, const pthread_attr_t *attributes)
{
    struct pollfd wanted = { .fd = listener, .events = POLLIN };
    sigset_t unblocked;
    int peer = -1;
    block_ending_signals(&unblocked);
    if (ending_signal == 0 && ppoll(&wanted, 1, NULL, &unblocked) > 0)
        peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (peer >= 0)
        start_thread(peer, attributes);
    sigprocmask(SIG_SETMASK, &unblocked, NULL);
    if (peer < 0 && ending_signal == 0 && errno != EINTR && errno != EAGAIN) {
        if (!is_passing(errno))
            report_and_exit("accept");
        report_once("accept");
        wait_for_room();
    }
    return ending_signal == 0;
}

/* Waits until the last conversation has come to its end, or for SECONDS. */
static void end_conversations(double seconds)
{
    double deadline = seconds_from_now(seconds);
    pthread_mutex_lock(&talking_mutex);
    while (talking > 0 && seconds_from_now(0) < deadline) {
        double look = seconds_from_now(TICK_MS / 1e3);
        struct timespec until = { .tv_sec = (time_t)look,
                                  .tv_nsec = (long)((look - (double)(time_t)look) * 1e9) };
        pthread_cond_timedwait(&conversation_ended, &talking_mutex, &until);
        say_grace(seconds, deadline);
    }
    if (talking > 0)
        say("the last conversations take too long");
    pthread_mutex_unlock(&talking_mutex);
}

int main(int argc, char *argv[])
{
    struct options options = { .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE };
    pthread_attr_t attributes;
    pthread_condattr_t clock;
    options.stay = 5;
    begin(argc, argv, "apst", "", HELP, &options);
    patience = options.patience;

    catch_ending_signals(NULL);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&conversation_ended, &clock);
    int listener = start_listening(options.address, options.port);
    ends_after_conversation = true;
    while (take_client(listener, &attributes))
        ;
    close(listener); /* no new client */
    end_conversations(options.stay);
    leave_if_ended();
}
