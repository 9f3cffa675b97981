/* localSock.h: the address of a Unix socket, and which process may use it.
 * What you can rely on: after claim_path(), no live process listens on the path, and a socket left
 * by a dead one is removed. No other program of ours gets the path before release_claim(), which
 * you call after listen(2). At exit, our socket is removed. */
#pragma once

#include <libgen.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "ending.h"

static ino_t own_socket; /* its inode number; 0: unknown */

/* Returns PATH's address. Exits with a message if it is too long, or its directory is gone. */
static inline struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (path[0] == '\0' || strlen(path) >= sizeof address.sun_path)
        errx(EXIT_FAILURE, "%s: a socket's path has 1 to 107 bytes", path);
    strcpy(address.sun_path, path);
    if (path[0] != '/' && directory_is_gone())
        errx(EXIT_FAILURE, "this directory has been removed: cd to another one");
    return address;
}

/* Returns the process at the other end of the connected socket FD ("process 123"), and in *USER its
 * user ID, which nobody can forge. Exits with a message on failure. SO_PEERCRED of unix(7) */
static inline const char *peer_of(int fd, uid_t *user)
{
    static char name[40];
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        err(EXIT_FAILURE, "getsockopt SO_PEERCRED");
    *user = peer.uid;
    snprintf(name, sizeof name, "process %d", peer.pid);
    return peer.pid > 0 ? name : "a process in another container";
}

static int remove_own_socket(const char *path) /* not one that another process has put there */
{
    struct stat now;
    bool is_another = own_socket != 0 && lstat(path, &now) == 0 && now.st_ino != own_socket;
    return is_another ? -1 : unlink(path);
}

/* Returns a lock on PATH's directory, with the ending signals blocked. Exits with a message if PATH
 * is in use, or is not a socket of ours, or after 12 s. flock(2), connect(2) */
static inline int claim_path(const char *path)
{
    struct sockaddr_un address = address_of(path), copy = address;
    struct stat found;
    uid_t user;
    int directory = open(dirname(copy.sun_path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), tries = 0;
    while (directory < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0) {
        if (directory < 0 || errno != EWOULDBLOCK || tries++ == 240)
            err(EXIT_FAILURE, "lock the directory of %s", path);
        pause_for(0.05); /* 240 times, 12 s: another server is claiming a path there */
    }
    if (lstat(path, &found) == 0 && (!S_ISSOCK(found.st_mode) || found.st_uid != geteuid()))
        errx(EXIT_FAILURE, "%s exists, and is not a socket of yours", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        errx(EXIT_FAILURE, "%s is in use already, by %s; end that first", path, peer_of(fd, &user));
    if (errno != ENOENT && (errno != ECONNREFUSED || unlink(path) < 0)) /* refused: it is dead */
        err(EXIT_FAILURE, "%s may be in use already", path); /* EAGAIN: the backlog is full */
    close(fd);
    mask_ending_signals(SIG_BLOCK);
    return directory;
}

/* Releases the lock DIRECTORY. Our socket at PATH will be removed at exit. Call after listen(2). */
static inline void release_claim(int directory, const char *path)
{
    struct stat own;
    remove_at_exit(remove_own_socket, path);
    own_socket = lstat(path, &own) == 0 ? own.st_ino : 0;
    close(directory);
    unblock_ending_signals();
}
