/* localSock.h: what localServer and localClient agree on. */
#ifndef LOCAL_SOCK_H
#define LOCAL_SOCK_H

#include <sys/socket.h>
#include <sys/un.h>

#include "report.h"

static const char SOCKET_FILE[] = "./echo.socket";

/* The address of PATH. It has room for 107 bytes and a NUL; who copies a longer path carelessly, binds
 * to another one. Exits with a message if it is longer. unix(7) */
static inline struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path)
        say_and_exit("%s: a socket's path has at most %zu bytes", path,
                     sizeof address.sun_path - 1);
    strcpy(address.sun_path, path);
    return address;
}

#endif
