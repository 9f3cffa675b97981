/* role.h: one process at a time can be the memwriter (or the receiver, ...) of a directory, and
 * other processes can find it. What you can rely on:
 *     claim_role("memwriter");         until we end, no other process has this role, so any object
 *                                      with its names was left by a dead process
 *     announce_role();                 all objects exist: from here on, other programs find us
 *     wait_for_role("memwriter", 12);  in the other program: waits until the role is announced
 * How it works: a role is a Unix socket with an abstract name (unix(7)), which disappears when the
 * process dies. A forked child must close role_socket and role_directory, or it keeps the role. */
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include "deadline.h"
#include "here.h"

enum { CLAIM_TRIES = 4, MOST_WAITING = 4096 };
static int role_socket = -1, role_directory = -1; /* open for as long as the process lives */

/* Returns a socket, and ROLE's address in *ADDRESS and *LENGTH, or exits with a message. unix(7) */
static inline int role_address(const char *role, struct sockaddr_un *address, socklen_t *length)
{
    char stem[HERE_NAME_SIZE];
    struct stat memory = { .st_dev = 0 };
    if (stat("/dev/shm", &memory) < 0 && errno != ENOENT)
        err(EXIT_FAILURE, "stat /dev/shm");
    snprintf(stem, sizeof stem, "%s-%llx", role, (unsigned long long)memory.st_dev);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX }; /* sun_path[0] is 0: abstract */
    name_for_here(address->sun_path + 1, stem);
    *length = (socklen_t)(sizeof address->sun_family + 1 + strlen(address->sun_path + 1));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket for the role of %s", role);
    return fd;
}

/* Returns whether a process in another container has ROLE: its holder also has a shared lock on one
 * byte of the directory. If we CLAIM the role, we take that lock, too. F_OFD_SETLK of fcntl(2) */
static inline bool is_held_elsewhere(const char *role, bool claim)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_len = 1 };
    for (const char *letter = role; *letter != '\0'; letter++)
        lock.l_start = (lock.l_start * 31 + *letter) % 10000019;
    if (role_directory < 0 && (role_directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        err(EXIT_FAILURE, "open .");
    if (claim && fcntl(role_directory, F_OFD_SETLK, &lock) < 0) /* no such locks here */
        return false;
    lock.l_type = F_WRLCK;
    return fcntl(role_directory, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Returns the process ID of the process that announced ROLE; 0: it is in another PID namespace; -1:
 * there is none. Exits with a message if it belongs to another user, runs in another container, or
 * has a full backlog (EAGAIN: over 4,000 requests). connect(2), SO_PEERCRED of unix(7) */
static inline pid_t find_role(const char *role)
{
    static int looks; /* the first ones do not count: an ending process may still have its lock */
    struct sockaddr_un address;
    struct ucred peer = { .pid = -1, .uid = geteuid() };
    socklen_t length, size = sizeof peer;
    int fd = role_address(role, &address, &length);
    bool found = connect(fd, (struct sockaddr *)&address, length) == 0;
    if (found ? getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 : errno != ECONNREFUSED)
        err(EXIT_FAILURE, "ask who is the %s of this directory", role);
    if (!found && is_held_elsewhere(role, false)
        && bind(fd, (struct sockaddr *)&address, length) == 0 && looks++ == CLAIM_TRIES)
        errx(EXIT_FAILURE, "the %s runs in another container: start both in one", role);
    close(fd);
    if (peer.uid != geteuid())
        errx(EXIT_FAILURE, "the %s of this directory belongs to another user (%u), not to you",
             role, peer.uid);
    return peer.pid;
}

/* Takes ROLE until the process ends. Exits with a message if it is not free within a quarter of a
 * second: its holder may be about to exit. bind(2) */
static inline void claim_role(const char *role)
{
    struct sockaddr_un address;
    socklen_t length;
    for (int tries = 0; tries <= CLAIM_TRIES; tries++) {
        role_socket = role_address(role, &address, &length);
        bool is_ours = bind(role_socket, (struct sockaddr *)&address, length) == 0;
        if (!is_ours && errno != EADDRINUSE)
            err(EXIT_FAILURE, "claim the role of %s", role);
        if (is_ours && !is_held_elsewhere(role, true))
            return;
        if (is_ours && tries == CLAIM_TRIES)
            errx(EXIT_FAILURE, "the %s runs in another container", role);
        if (role_directory >= 0)
            close(role_directory);
        close(role_socket);
        role_directory = -1;
        pause_for((RETRY_MS + getpid() % 7) / 1e3);
    }
    pid_t other = find_role(role);
    if (other <= 0 || kill(other, 0) < 0)
        errx(EXIT_FAILURE, "another process is already the %s of this directory", role);
    errx(EXIT_FAILURE, "process %d is already the %s of this directory; to end it: kill %d", other,
         role, other);
}

/* Lets others find us. Call it when all objects exist. Unblocks the ending signals. listen(2) */
static inline void announce_role(void)
{
    if (listen(role_socket, MOST_WAITING) < 0) /* SOMAXCONN is 128 in musl */
        err(EXIT_FAILURE, "announce the role");
    unblock_ending_signals();
}

/* Like find_role(), but waits until ROLE is announced. Exits with a message after SECONDS. */
static inline pid_t wait_for_role(const char *role, double seconds)
{
    char text[64];
    pid_t pid;
    snprintf(text, sizeof text, "no %s came", role);
    set_deadline(seconds, text);
    while ((pid = find_role(role)) < 0)
        wait_to_retry(role, NULL);
    clear_deadline();
    return pid;
}
