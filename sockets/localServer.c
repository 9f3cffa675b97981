/* localServer: an echo server over a Unix socket that serves one client at a time.
 *
 *     1$ ./localServer
 *     Listening on ./echo.socket for clients...
 *
 * Then ./localClient in a second terminal, in the same directory. Ctrl+C ends the server.
 *
 * Calls: socket -> bind -> listen
 *        -> accept -> getsockopt -> recv, send, recv, send, ... -> close -> accept -> ...;
 *        at exit: unlink
 *
 * Look for: the address is a path. bind creates a file there, whose mode says who may connect; a
 * killed server leaves it behind. The kernel knows which process connects. The rest is as in TCP.
 *
 * Build: cc -I../include -o localServer localServer.c
 * Read:  unix(7), socket(2), bind(2), listen(2), accept(2), recv(2), send(2)
 */
#define _GNU_SOURCE
#include "localSock.h"
#include "serve.h"

static const char HELP[] = "usage: localServer [-h] [-t SECONDS] [PATH]\n"
                           "Prints what its clients send and sends it back.\n"
                           "  1$ ./localServer      2$ ./localClient\n"
                           "  -t SECONDS  how long a client may be silent (30)\n"
                           "  PATH        where to listen (./echo.socket)\n";

/* Returns a socket that listens on PATH. */
static int start_listening(const char *path)
{
    struct sockaddr_un address = address_of(path); /* AF_UNIX, and the path */
    int claim = claim_path(path); /* robust: a killed server's socket is replaced */
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        err(EXIT_FAILURE, "socket");
    umask(0177); /* bind creates a file of mode 0777 less these bits: 0600 */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        err(EXIT_FAILURE, "bind %s", path);
    if (listen(listener, BACKLOG) < 0)
        err(EXIT_FAILURE, "listen on %s", path);
    release_claim(claim, path); /* robust */
    return listener;
}

/* Receives, prints, and sends back, until the client closes its side. A stream carries bytes, not
 * messages: one recv may return half of what the client sent with one call, or twice as much. */
static void echo(int peer)
{
    char bytes[BUFFER_SIZE];
    ssize_t got;
    while ((got = recv(peer, bytes, sizeof bytes, 0)) != 0) { /* 0: the end of the stream */
        if (got < 0 && errno == EINTR)
            continue; /* after Ctrl+Z and fg */
        if (got < 0) {
            warn_of_client("recv");
            return;
        }
        print_lines_escaped(stdout, bytes, (size_t)got);
        check_output();
        if (send_all(peer, bytes, (size_t)got) < 0) { /* send(2), until all of it is sent */
            warn_of_client("send");
            return;
        }
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 30 };
    read_options(argc, argv, "+t:", HELP, &options);
    const char *path = argv[optind] != NULL ? argv[optind++] : "./echo.socket";
    end_of_operands(argv + optind);

    int listener = start_listening(path);
    fprintf(stderr, "Listening on %s for clients...\n", path);
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until a client comes */
        if (peer < 0) {
            warn_or_exit("accept"); /* one failed connection does not end a server */
            continue;
        }
        uid_t user;
        const char *who = peer_of(peer, &user); /* SO_PEERCRED: the kernel knows */
        warnx("the client is %s of user %u", who, user);
        limit_silence(peer, options.timeout);
        echo(peer);
        close(peer);
    }
}
