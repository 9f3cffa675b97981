/* fdReceiver: receives an open file from another process and reads it.
 *
 *     1$ ./fdSender
 *     2$ ./fdReceiver
 *     fdReceiver: descriptor NNN is a file of NNN bytes, with 0 names, at position NNN
 *     The file has no name, but it can still be read
 *
 * Calls: socket -> connect -> getsockopt -> recvmsg -> send -> lseek -> read
 *
 * Look for: there is no open here, and the file has no name. The sender may have ended by now: the
 * file exists as long as any process has it open. The sender has written to it, so the position
 * that both share is at its end; lseek sets it back to the beginning, for both.
 *
 * Build: cc -I../include -o fdReceiver fdReceiver.c
 * Read:  unix(7) on SCM_RIGHTS, cmsg(3), recvmsg(2), lseek(2)
 */
#define _GNU_SOURCE
#include "bytes.h"
#include "deadline.h"
#include "localSock.h"

static const char HELP[] = "usage: fdReceiver [-h] [-t SECONDS]\n"
                           "Receives an open file from ./fdSender and prints what is in it.\n"
                           "  1$ ./fdSender      2$ ./fdReceiver\n"
                           "  -t SECONDS  how long to wait for the sender (12)\n";
static const char FD_SOCKET[] = "./fd.socket";

/* Returns a socket connected to ADDRESS; -1: the sender is not there yet. */
static int try_to_connect(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0)
        return fd;
    if (errno != ENOENT && errno != ECONNREFUSED)
        err(EXIT_FAILURE, "connect to %s", address->sun_path);
    close(fd);
    return -1; /* there is no such file, or nobody listens behind it */
}

/* Returns the descriptor that comes with the next byte. */
static int receive_descriptor(int sender)
{
    char byte;
    int fd;
    struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header; /* for the alignment */
        char room[CMSG_SPACE(sizeof fd)];
    } control;
    struct msghdr message = { .msg_iov = &bytes,
                              .msg_iovlen = 1,
                              .msg_control = &control,
                              .msg_controllen = sizeof control.room };
    ssize_t got = recvmsg(sender, &message, MSG_CMSG_CLOEXEC); /* sleeps until it comes */
    if (got < 0)
        err(EXIT_FAILURE, "recvmsg");
    if (got == 0)
        errx(EXIT_FAILURE, "the sender has left without sending anything");
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL && (message.msg_flags & MSG_CTRUNC) != 0)
        errx(EXIT_FAILURE,
             "the descriptor was lost; perhaps there is no room for one more: ulimit -n");
    if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof fd)
        || (message.msg_flags & MSG_CTRUNC) != 0)
        errx(EXIT_FAILURE,
             "the byte came with no descriptor, or with several: it is not ./fdSender's");
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);

    struct sockaddr_un address = address_of(FD_SOCKET); /* AF_UNIX, and the path */
    int sender;
    uid_t user;
    set_deadline(options.timeout, "no sender came");
    while ((sender = try_to_connect(&address)) < 0)
        wait_to_retry("fdSender", NULL);
    clear_deadline();
    peer_of(sender, &user); /* robust: whose sender is it? SO_PEERCRED */
    if (user != geteuid())
        errx(EXIT_FAILURE, "%s belongs to another user (%u), not to you", FD_SOCKET, user);

    set_deadline(options.timeout, "no descriptor came");
    int fd = receive_descriptor(sender);
    clear_deadline();
    if (send(sender, "f", 1, MSG_NOSIGNAL) < 0) /* the sender waits for that */
        warn("tell the sender that its descriptor has arrived");
    struct stat found;
    if (fstat(fd, &found) < 0)
        err(EXIT_FAILURE, "fstat");
    warnx("descriptor %d is a file of %lld bytes, with %lu names, at position %lld", fd,
          (long long)found.st_size, (unsigned long)found.st_nlink,
          (long long)lseek(fd, 0, SEEK_CUR));
    if (lseek(fd, 0, SEEK_SET) < 0) /* back to the beginning */
        err(EXIT_FAILURE, "lseek");
    char bytes[4096];
    ssize_t got;
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        write_all(STDOUT_FILENO, bytes, (size_t)got, "standard output");
    if (got < 0)
        err(EXIT_FAILURE, "read the file");
    return EXIT_SUCCESS;
}
