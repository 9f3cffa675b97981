/* poolServer: the echo server with four processes, which are there before the clients come.
 *
 *     1$ ./poolServer
 *     Listening on port 9876 for clients...
 *
 * Then ./client, as many as you like. Ctrl+C ends the server: it takes no new client, and gives those
 * that it has -s seconds to come to an end.
 *
 * Look for: `diff server.c poolServer.c`. All workers call accept on the same socket, which they have from
 * the fork, and the kernel gives each client to one of them. A slow client keeps one worker busy, and
 * four slow clients keep all four.
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
#include "patience.h"
#include "sock.h"

enum { WORKERS = 4 };

static const char HELP[] =
    "Prints the titles that clients send, and sends them back; serves four at\n"
    "once. A client has -t seconds for a title, and -s seconds after Ctrl+C.\n"
    "  1$ ./poolServer\n"
    "  2$ ./client\n";

static int start_listening(const char *host, const char *port)
{
    struct addrinfo *found = addresses_of(host, port, SOCK_STREAM);
    int on = 1, listener = -1, reason = 0;
    for (struct addrinfo *next = found; listener < 0 && next != NULL; next = next->ai_next) {
        int fd = socket(next->ai_family, next->ai_socktype | SOCK_CLOEXEC, 0);
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

/* The signals of the terminal reach all processes in it. What they mean is the master's business. */
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
            _exit(EXIT_SUCCESS); /* the master has shut the listener down */
        } else if (is_passing(errno)) {
            report("accept");
            stay(0.1); /* if descriptors or memory are short: perhaps no more */
        } else {
            report_and_exit("accept");
        }
    }
}

static void start_worker(int listener, double patience)
{
    pid_t master = getpid(), worker = fork();
    if (worker < 0)
        report_and_exit("fork");
    if (worker == 0)
        be_worker(listener, patience, master);
}

/* Replaces workers that are killed, until an ending signal comes. */
static void watch_workers(int listener, double patience)
{
    while (ending_signal == 0) {
        int status;
        if (waitpid(-1, &status, 0) < 0) {
            if (errno != EINTR) /* a tick ends the wait, or Ctrl+C */
                report_and_exit("waitpid");
            continue;
        }
        if (exit_status(status) != EXIT_SUCCESS && WIFEXITED(status))
            say_and_exit("a worker cannot go on, so nobody can");
        start_worker(listener, patience);
    }
}

/* Waits until the workers have ended, as they do after their conversations, or for SECONDS. */
static void await_workers(double seconds)
{
    double deadline = seconds_from_now(seconds);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        if (seconds_from_now(0) >= deadline) {
            say("the last conversations take too long");
            return; /* we die, and the workers with us */
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
        start_worker(listener, options.patience);

    set_patience(INFINITY);
    start_ticks();
    watch_workers(listener, options.patience);
    if (shutdown(listener, SHUT_RD) < 0) /* for all who have it: no new client */
        report("shutdown");
    await_workers(options.stay);
    leave_if_ended();
}
