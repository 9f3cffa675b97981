/* sealed.h: what sealSender and sealReceiver share, and how a descriptor passes from one to the
 * other; that is the lesson of sockets/fdSender.c and fdReceiver.c. */
#pragma once

#include "deadline.h"
#include "localSock.h"

enum {
    MEMORY_SIZE = 128 * 1024, /* bytes; at least two pages on any machine */
    TEXT_SIZE = 64,
    ALL_SEALS = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW,
};
static const char SEAL_SOCKET[] = "./seal.socket";

/* Returns the names of SEALS, each after a space. F_GET_SEALS of fcntl(2) */
static inline const char *names_of(int seals)
{
    static char names[40];
    snprintf(names, sizeof names, "%s%s%s", (seals & F_SEAL_WRITE) != 0 ? " WRITE" : "",
             (seals & F_SEAL_SHRINK) != 0 ? " SHRINK" : "",
             (seals & F_SEAL_GROW) != 0 ? " GROW" : "");
    return names;
}

/* Returns a socket that listens at SEAL_SOCKET, or exits with a message. listen(2) */
static inline int listen_for_receiver(void)
{
    struct sockaddr_un address = address_of(SEAL_SOCKET);
    int claim = claim_path(SEAL_SOCKET);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0)
        err(EXIT_FAILURE, "socket");
    umask(0177);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0)
        err(EXIT_FAILURE, "listen on %s", SEAL_SOCKET);
    release_claim(claim, SEAL_SOCKET);
    return listener;
}

/* Returns a socket connected to our own sealSender, or exits with a message after SECONDS. */
static inline int connect_to_sender(double seconds)
{
    struct sockaddr_un address = address_of(SEAL_SOCKET);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uid_t user;
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    set_deadline(seconds, "no sender came");
    while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno != ENOENT && errno != ECONNREFUSED)
            err(EXIT_FAILURE, "connect to %s", SEAL_SOCKET);
        wait_to_retry("sealSender", NULL);
    }
    clear_deadline();
    peer_of(fd, &user);
    if (user != geteuid())
        errx(EXIT_FAILURE, "%s belongs to another user (%u), not to you", SEAL_SOCKET, user);
    return fd;
}

/* Sends FD and one byte to PEER, or exits with a message; EPIPE is no error. unix(7), cmsg(3) */
static inline void send_descriptor(int peer, int fd)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = { 0 };
    struct iovec bytes = { .iov_base = (char[]){ 'f' }, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    if (sendmsg(peer, &message, MSG_NOSIGNAL) < 0 && errno != EPIPE)
        err(EXIT_FAILURE, "sendmsg");
}

/* Returns the one descriptor that SENDER sends, or exits with a message. recvmsg(2), cmsg(3) */
static inline int receive_descriptor(int sender)
{
    int fd;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)];
    struct iovec bytes = { .iov_base = (char[]){ 0 }, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    if (recvmsg(sender, &message, MSG_CMSG_CLOEXEC) < 0)
        err(EXIT_FAILURE, "recvmsg");
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    bool is_cut = (message.msg_flags & MSG_CTRUNC) != 0; /* several, or too many open files */
    if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(sizeof fd)
        || is_cut)
        errx(EXIT_FAILURE, "expected exactly one descriptor%s", is_cut ? "; see ulimit -n" : "");
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}
