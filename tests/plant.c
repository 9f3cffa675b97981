/* plant: puts something where one of our programs will look, as a hostile user might.
 *
 *     plant link NAME TARGET    a symbolic link
 *     plant fifo NAME           a FIFO, for everybody
 *     plant directory NAME      a directory, for everybody
 *     plant file NAME           a file with "planted" in it, for everybody
 *     plant socket NAME         a socket behind which nobody listens
 *     plant listener NAME       one that takes in whoever comes, until it is killed
 *     plant shm STEM            the shared-memory object /STEM-DEVICE-INODE, for everybody
 *     plant shmlink STEM TARGET a symbolic link in its place
 *     plant mq STEM             the POSIX queue of such a name, for everybody
 *     plant queue ID            the System V queue of ftok(".", ID), for everybody
 *     plant key ID              the claim to that key, as taskServer has it, until it is killed
 *     plant answer ID PROCESS   in that queue, the answer to an earlier taskClient of this process ID
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tasks.h"

static void check(int r)
{
    if (r < 0) {
        perror("plant");
        exit(EXIT_FAILURE);
    }
}

static int make_socket(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    check(fd);
    check(bind(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

static void listen_for_ever(const char *name)
{
    int listener = make_socket(name);
    check(listen(listener, 8));
    puts("listening");
    fflush(stdout);
    for (;;) {
        char bytes[256];
        int peer = accept(listener, NULL, NULL);
        check(peer);
        ssize_t got = recv(peer, bytes, sizeof bytes, 0);
        if (got > 0)
            printf("got %.*s\n", (int)got, bytes);
        fflush(stdout);
        close(peer);
    }
}

int main(int argc, char *argv[])
{
    if (argc < 3) {
        fputs("usage: plant KIND NAME [TARGET]\n", stderr);
        return 2;
    }
    const char *kind = argv[1], *name = argv[2], *target = argc > 3 ? argv[3] : "";
    struct stat here;
    char object[100], path[120];
    umask(0);
    check(stat(".", &here));
    snprintf(object, sizeof object, "/%s-%llx-%llx", name, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
    snprintf(path, sizeof path, "/dev/shm%s", object);

    if (strcmp(kind, "link") == 0) {
        check(symlink(target, name));
    } else if (strcmp(kind, "fifo") == 0) {
        check(mkfifo(name, 0666));
    } else if (strcmp(kind, "directory") == 0) {
        check(mkdir(name, 0777));
    } else if (strcmp(kind, "file") == 0) {
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        check(fd);
        check((int)write(fd, "planted\n", 8));
    } else if (strcmp(kind, "socket") == 0) {
        make_socket(name);
    } else if (strcmp(kind, "listener") == 0) {
        listen_for_ever(name);
    } else if (strcmp(kind, "shm") == 0) {
        int fd = shm_open(object, O_RDWR | O_CREAT | O_EXCL, 0666);
        check(fd);
        check(ftruncate(fd, 8 * 1024 * 1024));
    } else if (strcmp(kind, "shmlink") == 0) {
        check(symlink(target, path));
    } else if (strcmp(kind, "mq") == 0) {
        struct mq_attr attributes = { .mq_maxmsg = 6, .mq_msgsize = 16 };
        check((int)mq_open(object, O_RDWR | O_CREAT | O_EXCL, 0666, &attributes));
    } else if (strcmp(kind, "queue") == 0) {
        check(msgget(ftok(".", atoi(name)), IPC_CREAT | IPC_EXCL | 0666));
    } else if (strcmp(kind, "key") == 0) {
        claim_key(ftok(".", atoi(name)));
        puts("claimed");
        fflush(stdout);
        pause();
    } else if (strcmp(kind, "answer") == 0) {
        struct task answer = { .type = atol(target), .number = 123 };
        check(msgsnd(msgget(ftok(".", atoi(name)), 0), &answer, TASK_SIZE, 0));
    } else {
        fputs("plant: no such kind\n", stderr);
        return 2;
    }
    return EXIT_SUCCESS;
}
