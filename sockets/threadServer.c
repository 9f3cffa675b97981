/* threadServer: the echo server with a thread for each client.
 *
 *     1$ ./threadServer
 *     Listening on port 9876 for clients...
 *
 * Then run ./client, as many as you like. After Ctrl+C the server accepts no new client and gives
 * the conversations under way a few seconds (-s) to finish.
 *
 * Calls: sigprocmask -> socket, bind, listen -> pthread_create -> sigwait -> shutdown
 *        -> pthread_cond_wait; the threads: accept -> pthread_create; recv, send, ... -> close
 *
 * Look for: converse() makes plain calls that wait, as if there were no other client. All threads
 * share the memory, so the count of conversations needs a mutex. Only main handles Ctrl+C: it
 * blocks the signals before it starts other threads, which inherit that, and waits for them.
 *
 * Build: cc -I../include -o threadServer threadServer.c -lrt -lpthread
 * Read:  pthreads(7), pthread_create(3), pthread_cond_wait(3), sigwait(3), accept(2), shutdown(2)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>

#include "lines.h"

enum { STACK_SIZE = 256 * 1024 }; /* bytes; the usual 8 MiB are too much for thousands of threads */
static const char HELP[] =
    "usage: threadServer [-h] [-a ADDRESS] [-p PORT] [-s SECONDS] [-t SECONDS]\n"
    "Prints the titles that clients send and sends them back; serves all at once.\n"
    "  1$ ./threadServer      2$ ./client\n"
    "  -a ADDRESS  where to listen (127.0.0.1)\n"
    "  -p PORT     where to listen (PORT in the environment, else 9876)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n"
    "  -t SECONDS  how long a client may take for a title (30)\n";

static int listener;
static double timeout; /* seconds for a title */

static int conversations; /* under way; only read or changed under this mutex: */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_over = PTHREAD_COND_INITIALIZER;

static void count_conversation(int change)
{
    pthread_mutex_lock(&mutex);
    conversations += change;
    if (conversations == 0)
        pthread_cond_signal(&all_over);
    pthread_mutex_unlock(&mutex);
}

/* The thread of one client. */
static void *converse(void *argument)
{
    struct client client = new_client((int)(intptr_t)argument, timeout);
    do
        limit_silence(client.fd, client.deadline - seconds_now());
    while (exchange(&client)); /* recv(2), which sleeps until something comes, and send(2) */
    close(client.fd);
    count_conversation(-1);
    return NULL;
}

/* The thread that accepts clients and starts a thread for each. */
static void *accept_clients(void *unused)
{
    (void)unused;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED); /* nobody joins them */
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until a client comes */
        if (peer < 0 && errno == EINVAL)                        /* main has shut it down */
            return NULL;
        if (peer < 0) {
            warn_or_exit("accept");
            continue;
        }
        pthread_t thread;
        count_conversation(+1);
        errno = pthread_create(&thread, &attributes, converse, (void *)(intptr_t)peer);
        if (errno == 0)
            continue;
        warn("pthread_create"); /* the client sees the end of the stream */
        close(peer);
        count_conversation(-1);
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 30, .pause = 5, .address = "127.0.0.1", .port = "9876" };
    read_options(argc, argv, "a:p:s:t:", HELP, &options);
    timeout = options.timeout;
    sigset_t ending = block_ending_signals();                     /* sigprocmask: for all threads */
    listener = start_listening(options.address, options.port, 0); /* socket, bind, listen */
    pthread_t acceptor;
    errno = pthread_create(&acceptor, NULL, accept_clients, NULL);
    if (errno != 0)
        err(EXIT_FAILURE, "pthread_create");

    int sig;
    sigwait(&ending, &sig);              /* sleeps until Ctrl+C */
    if (shutdown(listener, SHUT_RD) < 0) /* from now on accept fails: no new client */
        err(EXIT_FAILURE, "shutdown");
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec++;
    pthread_mutex_lock(&mutex);
    while (conversations > 0 && pthread_cond_timedwait(&all_over, &mutex, &limit) == 0)
        ; /* robust: some are just leaving */
    if (conversations > 0)
        begin_grace(sig, &ending, options.pause);
    while (conversations > 0)
        pthread_cond_wait(&all_over, &mutex);
    kill(getpid(), sig);
    sigprocmask(SIG_UNBLOCK, &ending, NULL); /* it ends us here */
}
