/* partner: runs a program and prints its output, each line after the process that has written it.
 *
 *     partner COMMAND [ARGUMENT...]   prints lines such as "parent: word 1: fig" and "child 1: letters: 3". The command's
 *                                     standard output is a socket, which tells the writer. Its status is the command's
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 100 };

/* Which child that is, in the order in which they write first: 1, 2 ... */
static int number_of(pid_t writer)
{
    static pid_t children[MOST];
    static int count;
    int i = 0;
    while (i < count && children[i] != writer)
        i++;
    if (i == count && count < MOST)
        children[count++] = writer;
    return i + 1;
}

int main(int argc, char *argv[])
{
    int ends[2], on = 1, status;
    if (argc < 2)
        errx(2, "usage: partner COMMAND [ARGUMENT...]");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0
        || setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0)
        err(EXIT_FAILURE, "socketpair");
    pid_t parent = fork();
    if (parent < 0)
        err(EXIT_FAILURE, "fork");
    if (parent == 0) {
        if (dup2(ends[1], STDOUT_FILENO) >= 0)
            execvp(argv[1], argv + 1);
        warn("%s", argv[1]);
        _exit(127);
    }
    close(ends[1]);
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    char text[4096];
    bool begins = true; /* a line */
    for (;;) {
        struct iovec part = { .iov_base = text, .iov_len = sizeof text };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        ssize_t got = recvmsg(ends[0], &message, 0); /* never from two writers */
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (got <= 0 || header == NULL)
            break;
        struct ucred writer;
        memcpy(&writer, CMSG_DATA(header), sizeof writer);
        for (ssize_t i = 0; i < got; i++) {
            if (begins && writer.pid == parent)
                printf("parent: ");
            else if (begins)
                printf("child %d: ", number_of(writer.pid));
            putchar(text[i]);
            begins = text[i] == '\n';
        }
    }
    if (waitpid(parent, &status, 0) < 0 || fflush(stdout) != 0)
        err(EXIT_FAILURE, "waitpid, or standard output");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
