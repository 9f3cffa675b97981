/* fdReceiver: gets an open file from another process, and reads it.
 *
 *     2$ ./fdReceiver
 *     fdReceiver: descriptor NNN is a file of NNN bytes, with 0 names, at position NNN
 *     No path leads to this file, but it can be read
 *
 * With ./fdSender in a first terminal, in the same directory; either may start first.
 *
 * Look for: no open stands here, and the file has no name that could be opened. The sender may have
 * ended by now: the file lives as long as anybody has it open. The sender has written it, so the
 * position that both share is at its end; lseek takes it back to the beginning, for both.
 *
 * Build: cc -I../include -o fdReceiver fdReceiver.c
 * Read:  unix(7) on SCM_RIGHTS, cmsg(3), recvmsg(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "begin.h"
#include "bytes.h"
#include "fdSock.h"
#include "here.h"
#include "oldSock.h"
#include "patience.h"

static const char HELP[] = "Gets an open file from ./fdSender, and prints what is in it.\n"
                           "  1$ ./fdSender\n"
                           "  2$ ./fdReceiver\n";

/* Returns a connected socket, or -1: nobody answers at ADDRESS. */
static int connect_at(const struct sockaddr_un *address)
{
    int r, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    start_ticks();
    do
        r = connect(fd, (const struct sockaddr *)address, sizeof *address);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r == 0)
        return fd;
    errno = errno == EINTR ? ETIMEDOUT : errno;
    return close_failed(fd);
}

static int connect_to_sender(void)
{
    struct sockaddr_un address = address_of(FD_SOCKET);
    int fd;
    while ((fd = connect_at(&address)) < 0) {
        if (errno != ENOENT && errno != ECONNREFUSED) /* no file; or nobody listens behind it */
            report_and_exit("connect to %s", FD_SOCKET);
        try_again("./fdSender in this directory");
    }
    if (peer_of(fd).uid != geteuid())
        say_and_exit("%s belongs to another user (%u), not to you", FD_SOCKET, peer_of(fd).uid);
    return fd;
}

/* Returns the descriptor that comes with the next byte. */
static int receive_descriptor(int sender)
{
    char byte;
    int fd;
    ssize_t got;
    struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header; /* for the alignment */
        char room[CMSG_SPACE(sizeof fd)];
    } control;
    struct msghdr message = { .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control.room };
    start_ticks();
    do
        got = recvmsg(sender, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (got < 0 && errno == EINTR)
        say_and_exit("no descriptor came within %g s", patience_given);
    if (got < 0)
        report_and_exit("receive a descriptor");
    if (got == 0)
        say_and_exit("the sender has left before it has sent anything");
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS
        || header->cmsg_len != CMSG_LEN(sizeof fd) || (message.msg_flags & MSG_CTRUNC) != 0) {
        say("the descriptor did not come with its byte");
        advise("perhaps this process may not open any more: ulimit -n");
        exit(EXIT_FAILURE);
    }
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    if (send(sender, &byte, 1, MSG_NOSIGNAL) < 0) /* the sender waits for that */
        report("tell the sender that its descriptor is here");
    return fd;
}

static void print_file(int fd)
{
    int failed;
    say_what_it_is(fd);
    if (lseek(fd, 0, SEEK_SET) < 0)
        report_and_exit("go back to the beginning of descriptor %d", fd);
    if (copy_all(fd, STDOUT_FILENO, &failed) < 0)
        report_and_exit("%s", failed == fd ? "read the file" : "write standard output");
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    set_patience(options.patience);
    int sender = connect_to_sender();
    int fd = receive_descriptor(sender);
    print_file(fd);
    return EXIT_SUCCESS;
}
