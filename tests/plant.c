/* plant: creates objects that a shell cannot create, like a hostile user, where our programs look.
 *
 *     plant socket NAME         a socket at which nobody listens
 *     plant mq STEM             the POSIX queue /STEM-DEVICE-INODE, open to all
 *     plant queue ID            the System V queue with the key ftok(".", ID), open to all
 *     plant key ID              the claim to that key, like that of taskServer, until it is killed
 *     plant answer ID PROCESS   in that queue, the answer to an earlier taskClient with this PID
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tasks.h"

static int check(long result)
{
    if (result < 0)
        err(EXIT_FAILURE, NULL);
    return (int)result;
}

static void make_socket(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    int fd = check(socket(AF_UNIX, SOCK_STREAM, 0));
    check(bind(fd, (struct sockaddr *)&address, sizeof address));
}

int main(int argc, char *argv[])
{
    struct mq_attr attributes = { .mq_maxmsg = 6, .mq_msgsize = 16 };
    struct stat here;
    char object[100];
    if (argc < 3)
        errx(2, "usage: plant KIND NAME [PROCESS]");
    const char *kind = argv[1], *name = argv[2];
    umask(0);
    check(stat(".", &here));
    snprintf(object, sizeof object, "/%s-%llx-%llx", name, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
    if (strcmp(kind, "socket") == 0)
        make_socket(name);
    else if (strcmp(kind, "mq") == 0)
        check(mq_open(object, O_RDWR | O_CREAT | O_EXCL, 0666, &attributes));
    else if (strcmp(kind, "queue") == 0)
        check(msgget(ftok(".", atoi(name)), IPC_CREAT | IPC_EXCL | 0666));
    else if (strcmp(kind, "key") == 0) {
        claim_key(ftok(".", atoi(name)));
        puts("claimed");
        fflush(stdout);
        pause();
    } else if (strcmp(kind, "answer") == 0) {
        struct task answer = { .type = atol(argv[3]), .number = 123 };
        check(msgsnd(msgget(ftok(".", atoi(name)), 0), &answer, TASK_SIZE, 0));
    } else
        errx(2, "no such kind: %s", kind);
    return EXIT_SUCCESS;
}
