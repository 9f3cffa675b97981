/* handOver: an fdSender that passes a wrong number of descriptors, or a sealSender that passes
 * unexpected memory.
 *
 *     handOver COUNT                  COUNT copies of its standard input, at ./fd.socket
 *     handOver COUNT SEALS SIZE       COUNT copies of memory (SIZE, SEALS), at ./seal.socket
 *     handOver COUNT -1 0             COUNT copies of its standard input, at ./seal.socket
 *
 * SEALS is a number (0: none), the sum of the values for F_ADD_SEALS of fcntl(2): 1 SEAL, 2
 * SHRINK, 4 GROW, 8 WRITE, 16 FUTURE_WRITE. It listens, and sends a byte with the descriptors to
 * the first process that connects. It ends when that process leaves.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MOST = 16 };

/* Lets descriptor 0 be memory of SIZE bytes, with SEALS. */
static void make_memory(int seals, off_t size)
{
    int fd = memfd_create("handOver", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || ftruncate(fd, size) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0 || dup2(fd, 0) < 0)
        err(EXIT_FAILURE, "make memory");
}

int main(int argc, char *argv[])
{
    size_t count = argc == 2 || argc == 4 ? (size_t)atoi(argv[1]) : MOST + 1;
    if (count > MOST)
        errx(2, "usage: handOver COUNT [SEALS SIZE]");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    strcpy(address.sun_path, argc == 4 ? "./seal.socket" : "./fd.socket");
    if (argc == 4 && atoi(argv[2]) >= 0)
        make_memory(atoi(argv[2]), atol(argv[3]));
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0
        || listen(listener, 1) < 0)
        err(EXIT_FAILURE, "listen on %s", address.sun_path);
    int peer = accept(listener, NULL, NULL);
    if (peer < 0)
        err(EXIT_FAILURE, "accept");
    unlink(address.sun_path);
    char byte = 'f';
    struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(MOST * sizeof(int))]; // cppcheck-suppress unusedStructMember
    } control = { .room = { 0 } };
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int)); /* each of them is 0 */
    }
    if (sendmsg(peer, &message, MSG_NOSIGNAL) < 0)
        err(EXIT_FAILURE, "sendmsg");
    return recv(peer, &byte, 1, 0) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
