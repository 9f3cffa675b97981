/* poolServer: the echo server with four processes, which are there before the clients come.
 *
 *     1$ ./poolServer
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. After Ctrl+C it takes no new one, and gives those that it has
 * -s seconds to come to an end.
 *
 * Look for: be_worker() is the loop of server.c. All workers call accept on the same socket, which
 * they have from the fork, and the kernel gives each client to one of them. A slow client keeps one
 * worker busy, and four slow clients keep all four.
 *
 * Build: cc -I../include -o poolServer poolServer.c
 * Read:  accept(2), fork(2), shutdown(2), prctl(2) on PR_SET_PDEATHSIG
 */
#define _GNU_SOURCE
#include <math.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "begin.h"
#include "child.h"
#include "echo.h"
#include "oldSock.h"
#include "oldWorkers.h"
#include "patience.h"

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves four at once.\n"
    "  1$ ./poolServer\n  2$ ./client\n"
    "  -t SECONDS  how long a client may take for a title (30)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n";

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    int on = 1, listener = -1;
    for (struct addrinfo *next = found; listener < 0 && next != NULL; next = next->ai_next) {
        listener = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
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

/* The signals of the terminal reach all processes in it. What they mean is the master's business;
 * only SIGPIPE (nobody reads what we print) is our own. */
static _Noreturn void be_worker(int listener, double patience, pid_t master)
{
    for (int i = 0; i < ENDING_SIGNAL_COUNT; i++)
        if (ENDING_SIGNALS[i] != SIGPIPE)
            signal(ENDING_SIGNALS[i], SIG_IGN);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* from here on no worker outlives its master, ... */
        report_and_exit("prctl");
    if (getppid() != master)
        _exit(EXIT_FAILURE); /* ... and this one has died before */
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0) {
            converse(peer, patience);
            close(peer);
        } else if (errno == EINVAL) {
            _exit(EXIT_SUCCESS); /* it listens no more: the master has shut it down, for all */
        } else if (is_passing(errno)) {
            leave_if_ended();
            report_once("accept");
            wait_for_room();
        } else {
            report_and_exit("accept");
        }
    }
}

static void start_worker(int i, int listener, double patience)
{
    pid_t master = getpid(), worker = fork();
    if (worker < 0)
        report_and_exit("fork");
    if (worker == 0)
        be_worker(listener, patience, master);
    enter_worker(i, worker);
}

/* Replaces workers that are killed, until an ending signal comes. */
static void watch_workers(int listener, double patience)
{
    while (ending_signal == 0) {
        int status;
        pid_t dead = waitpid(-1, &status, 0); /* a tick ends it, or Ctrl+C */
        int i = dead > 0 ? strike_worker(dead, false) : -1;
        if (i < 0)
            continue;
        if (exit_status(status) != EXIT_SUCCESS && (WIFEXITED(status) || is_hopeless(i)))
            say_and_exit("a worker cannot go on, so nobody can");
        say("worker %d, process %d, is replaced", i + 1, (int)dead);
        start_worker(i, listener, patience);
    }
}

/* Waits until the workers have ended, as they do after their conversations, or for SECONDS. */
static void await_workers(double seconds)
{
    double deadline = seconds_from_now(seconds);
    while (living > 0) {
        pid_t dead = waitpid(-1, NULL, 0);
        if (dead > 0) {
            strike_worker(dead, true);
            continue;
        }
        if (seconds_from_now(0) >= deadline) {
            say("the last conversations take too long");
            return; /* we die, and the workers with us */
        }
        say_grace(seconds, deadline);
    }
}

int main(int argc, char *argv[])
{
    struct options options = {
        .address = LOOPBACK, .port = PORT, .patience = TITLE_PATIENCE, .stay = 5
    };
    begin(argc, argv, "apst", "", HELP, &options);

    catch_ending_signals(NULL);
    int listener = start_listening(options.address, options.port);
    for (int i = 0; i < WORKERS; i++)
        start_worker(i, listener, options.patience);

    set_patience(INFINITY);
    start_ticks();
    watch_workers(listener, options.patience);
    if (shutdown(listener, SHUT_RD) < 0) /* for all who have it: no new client */
        report("shutdown");
    await_workers(options.stay);
    leave_if_ended();
}
