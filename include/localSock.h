/* localSock.h: what localServer and localClient agree on. */
#ifndef LOCAL_SOCK_H
#define LOCAL_SOCK_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "report.h"

static const char SOCKET_FILE[] = "./echo.socket";

/* The address of PATH. It has room for 107 bytes and a NUL; who copies a longer path carelessly,
 * binds to another one. Exits with a message if it is longer. unix(7) */
static inline struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (path[0] == '\0') /* to bind, a name outside of the file system, and everybody's */
        say_and_exit("a socket's path is not empty");
    if (strlen(path) >= sizeof address.sun_path)
        say_and_exit("%s: a socket's path has at most %zu bytes", path,
                     sizeof address.sun_path - 1);
    strcpy(address.sun_path, path);
    return address;
}

/* Removes the socket that a server of ours has made at PATH, and that nobody listens behind any
 * more. Returns false if something else is there, which stays. lstat(2), unlink(2) */
static inline bool remove_dead_socket(const char *path)
{
    struct stat found;
    if (lstat(path, &found) == 0 && (!S_ISSOCK(found.st_mode) || found.st_uid != geteuid()))
        return false;
    unlink(path);
    return true;
}

/* The process, as the kernel knows it, at the other end of the connected socket FD. Exits with a
 * message if it cannot be asked. unix(7) on SO_PEERCRED */
static inline struct ucred peer_of(int fd)
{
    struct ucred who;
    socklen_t size = sizeof who;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0)
        report_and_exit("ask who is at the other end");
    return who;
}

#endif
