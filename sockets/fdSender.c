/* fdSender: hands an open file to another process.
 *
 *     1$ ./fdSender
 *     fdSender: descriptor NNN is a file of NNN bytes, with 0 names, at position NNN
 *
 * With ./fdReceiver in a second terminal, in the same directory; either may start first.
 *
 * Look for: the file has no name (O_TMPFILE), so there is none to open. A descriptor's number
 * means nothing in another process: the kernel makes a new descriptor there, for the same open
 * file. Even the position in the file is one for both.
 *
 * Build: cc -I../include -o fdSender fdSender.c
 * Read:  unix(7) on SCM_RIGHTS, cmsg(3), sendmsg(2), open(2) on O_TMPFILE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "begin.h"
#include "bytes.h"
#include "fdSock.h"
#include "here.h"
#include "lines.h"
#include "owner.h"
#include "patience.h"

static const char HELP[] =
    "Hands an open file without a name, with a line in it, to ./fdReceiver.\n"
    "  1$ ./fdSender\n"
    "  2$ ./fdReceiver\n";
static const char TEXT[] = "No path leads to this file, but it can be read\n";

static int lock_file = -1; /* locked by us, and so the socket is ours to remove */

static void remove_files(void)
{
    if (lock_file < 0)
        return;
    remove_dead_socket(FD_SOCKET); /* our own, that is */
    unlink(FD_LOCK);
}

static void claim_path(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
    while (lock_file < 0) {
        int fd = open_ours(FD_LOCK);
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 0, FD_SOCKET);
        if (has_a_name(fd, FD_LOCK))
            lock_file = fd;
        else
            close(fd); /* its owner has just removed it: try again */
    }
}

/* A file system may not have such files: then one in memory, which has no name either. */
static int make_nameless_file(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        fd = memfd_create("nameless", MFD_CLOEXEC);
    if (fd < 0)
        report_and_exit("make a file without a name");
    if (write_all(fd, TEXT, strlen(TEXT)) < 0)
        report_and_exit("write the file without a name");
    say_what_it_is(fd);
    return fd;
}

static int start_listening(void)
{
    struct sockaddr_un address = address_of(FD_SOCKET);
    claim_path();
    if (!remove_dead_socket(FD_SOCKET)) /* SO_REUSEADDR would do nothing here */
        say_and_exit("%s is there, and is not a socket of ours", FD_SOCKET);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        report_and_exit("socket");
    umask(0177); /* bind makes the file, and its mode is what this leaves of 0777: 0600 */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0)
        report_and_exit("listen on %s", FD_SOCKET);
    return listener;
}

static int await_receiver(int listener, double deadline)
{
    static const char whom[] = "./fdReceiver in this directory";
    if (await_ready(listener, POLLIN, seconds_from_now(0)) < 0)
        say("waiting for %s, for %g s", whom, patience_given);
    if (await_ready(listener, POLLIN, deadline) < 0)
        give_up_on(whom);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (peer < 0)
        report_and_exit("accept");
    return peer;
}

/* Descriptors travel beside the bytes, in a message's control part, and never without
 * a byte at least. */
static void send_descriptor(int peer, int fd)
{
    char byte = 'f';
    struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header; /* for the alignment */
        char room[CMSG_SPACE(sizeof fd)];
    } control = { .room = { 0 } };
    struct msghdr message = { .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control.room };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(peer, &message, MSG_NOSIGNAL) < 0)
        report_and_exit("send the descriptor");
}

/* The receiver sends the byte back when it has the descriptor. */
static void await_answer(int peer, double deadline)
{
    char byte;
    if (await_ready(peer, POLLIN, deadline) < 0)
        report_and_exit("wait until the receiver has the descriptor");
    if (recv(peer, &byte, 1, 0) <= 0)
        say_and_exit("the receiver has left without the descriptor");
    say("process %d has it now", (int)peer_of(peer).pid);
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    catch_ending_signals(remove_files);
    int listener = start_listening();
    int fd = make_nameless_file();
    set_patience(options.patience);
    double deadline = seconds_from_now(options.patience);
    int peer = await_receiver(listener, deadline);
    send_descriptor(peer, fd);
    await_answer(peer, deadline);
    return EXIT_SUCCESS;
}
