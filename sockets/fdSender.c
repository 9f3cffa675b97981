/* fdSender: passes an open file to another process.
 *
 *     1$ ./fdSender
 *     fdSender: descriptor NNN is a file of NNN bytes, with 0 names, at position NNN
 *     2$ ./fdReceiver
 *     1| fdSender: process NNN has it now
 *
 * Calls: socket -> bind -> listen -> open -> write -> accept -> sendmsg -> recv; at exit: unlink
 *
 * Look for: the file has no name (O_TMPFILE). A descriptor's number means nothing in another
 * process: the kernel creates a new descriptor there that refers to the same open file. The two
 * processes share even the position in it.
 *
 * Build: cc -I../include -o fdSender fdSender.c
 * Read:  unix(7) on SCM_RIGHTS, cmsg(3), sendmsg(2), open(2) on O_TMPFILE, memfd_create(2)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "bytes.h"
#include "deadline.h"
#include "localSock.h"

static const char HELP[] = "usage: fdSender [-h] [-t SECONDS]\n"
                           "Passes an open file without a name to ./fdReceiver.\n"
                           "  1$ ./fdSender      2$ ./fdReceiver\n"
                           "  -t SECONDS  how long to wait for the receiver (12)\n";
static const char FD_SOCKET[] = "./fd.socket";
static const char TEXT[] = "The file has no name, but it can still be read\n";

static int start_listening(void)
{
    struct sockaddr_un address = address_of(FD_SOCKET); /* AF_UNIX, and the path */
    int claim = claim_path(FD_SOCKET); /* robust: a killed sender's socket is replaced */
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        err(EXIT_FAILURE, "socket");
    umask(0177); /* bind creates a file of mode 0777 less these bits: 0600 */
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0)
        err(EXIT_FAILURE, "bind %s", FD_SOCKET);
    if (listen(listener, 1) < 0)
        err(EXIT_FAILURE, "listen on %s", FD_SOCKET);
    release_claim(claim, FD_SOCKET); /* robust */
    return listener;
}

static int create_nameless_file(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) /* not every file system has it: */
        fd = memfd_create("nameless", MFD_CLOEXEC);         /* use one in memory then */
    if (fd < 0)
        err(EXIT_FAILURE, "create a file without a name");
    write_all(fd, TEXT, sizeof TEXT - 1, "the file"); /* write(2), until all is written */
    return fd;
}

/* A descriptor travels in the control part of a message, beside at least one byte. */
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
    if (sendmsg(peer, &message, MSG_NOSIGNAL) < 0 && errno != EPIPE) /* EPIPE: it has left */
        err(EXIT_FAILURE, "sendmsg");
}

/* Returns whether the next process that connects has received FD. If not, it has died, or it is a
 * second fdSender, which only checks whether we are running. */
static bool hand_over(int listener, int fd)
{
    char byte;
    uid_t user;
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until one connects */
    if (peer < 0)
        err(EXIT_FAILURE, "accept");
    send_descriptor(peer, fd);
    bool got_it = recv(peer, &byte, 1, 0) > 0; /* it sends a byte back, or has left */
    warnx("%s %s", peer_of(peer, &user), got_it ? "has it now" : "has left without it");
    close(peer);
    return got_it;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);

    int listener = start_listening();
    int fd = create_nameless_file();
    struct stat found;
    if (fstat(fd, &found) < 0)
        err(EXIT_FAILURE, "fstat");
    warnx("descriptor %d is a file of %lld bytes, with %lu names, at position %lld", fd,
          (long long)found.st_size, (unsigned long)found.st_nlink,
          (long long)lseek(fd, 0, SEEK_CUR));
    struct pollfd connection = { .fd = listener, .events = POLLIN };
    if (poll(&connection, 1, 0) <= 0) /* nobody is there yet */
        warnx("waiting for ./fdReceiver in this directory, for %g s", options.timeout);
    set_deadline(options.timeout, "no receiver came");
    while (!hand_over(listener, fd))
        ;
    clear_deadline();
    return EXIT_SUCCESS;
}
