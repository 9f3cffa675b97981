/* localServer: the echo server over a Unix socket, which has a name in a directory
 * instead of a port.
 *
 *     1$ ./localServer
 *     Listening on ./echo.socket for clients...
 *
 * Then ./localClient in a second terminal, in the same directory. Ctrl+C ends the server.
 *
 * Look for: `diff server.c localServer.c`. The calls are the same, the address is another. The
 * kernel tells who is at the other end (SO_PEERCRED): that cannot be forged. The socket's file
 * outlives a killed server; a lock beside it shows whether its server lives.
 *
 * Build: cc -I../include -o localServer localServer.c
 * Read:  unix(7), socket(2), bind(2), listen(2), accept(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <math.h>
#include <sys/socket.h>

#include "begin.h"
#include "echo.h"
#include "here.h"
#include "localSock.h"
#include "oldSock.h"
#include "owner.h"
#include "patience.h"

static const char HELP[] = "Prints the titles that clients send, and sends them back.\n"
                           "  1$ ./localServer\n"
                           "  2$ ./localClient\n"
                           "  -t SECONDS  how long a client may take for a title (30)\n";

static const char *path;
static char lock_path[200];
static int lock_file = -1; /* locked by us, and so the socket is ours to remove */

static void remove_files(void)
{
    if (lock_file < 0)
        return;
    remove_dead_socket(path); /* our own, that is */
    unlink(lock_path);
}

/* A try to connect would not do: a server between bind and listen refuses, and is alive. */
static void claim_path(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
    snprintf(lock_path, sizeof lock_path, "%s.lock", path);
    while (lock_file < 0) {
        int fd = open_ours(lock_path);
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 0, path);
        if (has_a_name(fd, lock_path))
            lock_file = fd;
        else
            close(fd); /* its owner has just removed it: try again */
    }
}

static int start_listening(void)
{
    struct sockaddr_un address = address_of(path);
    claim_path();
    if (!remove_dead_socket(path)) /* SO_REUSEADDR would do nothing here */
        say_and_exit("%s is there, and is not a socket of ours", path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        report_and_exit("socket");
    umask(0177); /* bind makes the file, and its mode is what this leaves of 0777: 0600 */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        report_and_exit("bind %s", path);
    if (listen(listener, BACKLOG) < 0)
        report_and_exit("listen on %s", path);
    fprintf(stderr, "Listening on %s for clients...\n", path);
    return listener;
}

static void say_who(int peer)
{
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0)
        say("the client is process %d of user %u", (int)who.pid, who.uid);
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = TITLE_PATIENCE };
    begin(argc, argv, "t", "[PATH]", HELP, &options);
    path = optind < argc ? argv[optind] : SOCKET_FILE;

    catch_ending_signals(remove_files);
    int listener = start_listening();
    for (;;) {
        if (await_ready(listener, POLLIN, INFINITY) < 0)
            report_and_exit("wait for a client");
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0) {
            say_who(peer);
            converse(peer, options.patience);
            close(peer);
        } else if (is_passing(errno)) {
            report_once("accept");
            wait_for_room();
        } else {
            report_and_exit("accept");
        }
    }
}
