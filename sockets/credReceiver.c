/* credReceiver: learns from the kernel which process sent each datagram.
 *
 *     1$ ./credReceiver
 *     Listening as @/credReceiver-NNN-NNN for datagrams...
 *     2$ ./credSender
 *     1| process NNN of user NNN, group NNN: I am user NNN
 *
 * Calls: socket -> setsockopt SO_PASSCRED -> bind -> recvmsg, recvmsg, ...
 *
 * Look for: SO_PASSCRED comes before bind. After bind, anybody can send, and the kernel attaches
 * the sender's credentials when a datagram is sent, not when it is received. The text is only
 * the sender's word; the credentials beside it have been checked. The name is abstract (its first
 * byte is 0): it is in no directory, has no mode, and disappears with its socket.
 *
 * Build: cc -I../include -o credReceiver credReceiver.c
 * Read:  unix(7) on SO_PASSCRED, SCM_CREDENTIALS and abstract names, cmsg(3), recvmsg(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/un.h>

#include "escape.h"
#include "here.h"

static const char HELP[] = "usage: credReceiver [-h]\n"
                           "Prints who sent each datagram, as the kernel says, and its text.\n"
                           "  1$ ./credReceiver      2$ ./credSender\n";
enum { TEXT_SIZE = 256 };

static int start_receiving(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX }; /* sun_path[0] is 0: abstract */
    char *name = address.sun_path + 1;
    name_for_here(name, "credReceiver"); /* robust: with this directory's device and inode */
    socklen_t length = (socklen_t)(sizeof address.sun_family + 1 + strlen(name));

    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0)
        err(EXIT_FAILURE, "setsockopt SO_PASSCRED");
    if (bind(fd, (struct sockaddr *)&address, length) < 0)
        err(EXIT_FAILURE, "bind @%s%s", name,
            errno == EADDRINUSE ? " (another ./credReceiver runs in this directory)" : "");
    fprintf(stderr, "Listening as @%s for datagrams...\n", name);
    return fd;
}

/* Receives one datagram and prints who sent it. */
static void receive(int fd)
{
    char text[TEXT_SIZE];
    struct iovec bytes = { .iov_base = text, .iov_len = sizeof text };
    struct ucred sender;
    union {
        struct cmsghdr header; /* for the alignment */
        char room[CMSG_SPACE(sizeof sender)];
    } control; /* room for credentials only: descriptors that somebody sends along are closed */
    struct msghdr message = { .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control.room };
    ssize_t got = recvmsg(fd, &message, 0); /* sleeps until one comes */
    if (got < 0)
        err(EXIT_FAILURE, "recvmsg");
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_CREDENTIALS)
        errx(EXIT_FAILURE, "a datagram came without credentials");
    memcpy(&sender, CMSG_DATA(header), sizeof sender);
    if (sender.pid == 0) /* it has no number in our PID namespace */
        printf("a process in another container, ");
    else
        printf("process %d ", sender.pid);
    printf("of user %u, group %u: ", sender.uid, sender.gid);
    print_escaped(stdout, text, (size_t)got);
    puts((message.msg_flags & MSG_TRUNC) != 0 ? "... (cut)" : "");
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 0 };
    read_options(argc, argv, "", HELP, &options);

    int fd = start_receiving();
    for (;;) {
        receive(fd);
        check_output(); /* exits if the output cannot be written */
    }
}
