/* preload: a library for LD_PRELOAD, with which tests/faults changes what calls do to a program.
 *
 *     PRELOAD_SHORT=FILE     read, write, send, recv, ... move one byte at a time, wherever the
 *                            kernel might move less than it was asked for. Each program in which
 *                            that has happened puts its name into FILE, on a line.
 *     PRELOAD_SHIFT=CALL:N   a child, or a new thread, first makes system call CALL N times, so
 *                            that it fails and does nothing. strace counts the calls of each
 *                            process by itself: a fault at the child's call N + K is then one
 *                            that does not hit its parent, which makes fewer than N.
 *
 * The kernel moves all of what fits into PIPE_BUF, when a pipe is written, and all that is asked
 * for, when so much is in a pipe. Datagrams, and objects that are no streams of bytes (eventfd,
 * inotify), have no short counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The calls that may be made with senseless arguments: they fail, or give a number. */
static const struct {
    const char *name;
    long number;
} CALLS[] = {
    { "read", SYS_read },
    { "write", SYS_write },
    { "pread64", SYS_pread64 },
    { "pwrite64", SYS_pwrite64 },
    { "openat", SYS_openat },
    { "close", SYS_close },
    { "dup2", SYS_dup2 },
    { "fcntl", SYS_fcntl },
    { "flock", SYS_flock },
    { "lseek", SYS_lseek },
    { "newfstatat", SYS_newfstatat },
    { "pipe2", SYS_pipe2 },
    { "unlink", SYS_unlink },
    { "poll", SYS_poll },
    { "ppoll", SYS_ppoll },
    { "futex", SYS_futex },
    { "clone", SYS_clone },
    { "execve", SYS_execve },
    { "wait4", SYS_wait4 },
    { "getpid", SYS_getpid },
    { "getppid", SYS_getppid },
    { "prctl", SYS_prctl },
    { "rt_sigaction", SYS_rt_sigaction },
    { "rt_sigprocmask", SYS_rt_sigprocmask },
    { "rt_sigsuspend", SYS_rt_sigsuspend },
    { "rt_sigtimedwait", SYS_rt_sigtimedwait },
    { "clock_nanosleep", SYS_clock_nanosleep },
    { "setitimer", SYS_setitimer },
    { "accept4", SYS_accept4 },
    { "sendto", SYS_sendto },
    { "recvfrom", SYS_recvfrom },
    { "sendmsg", SYS_sendmsg },
    { "recvmsg", SYS_recvmsg },
    { "shutdown", SYS_shutdown },
    { "epoll_wait", SYS_epoll_wait },
};

/* ---- short counts ---- */

static void note_short(void)
{
    static atomic_flag noted = ATOMIC_FLAG_INIT;
    const char *file = getenv("PRELOAD_SHORT");
    char line[128];
    if (file == NULL || atomic_flag_test_and_set(&noted))
        return;
    int before = errno, fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int length = snprintf(line, sizeof line, "%s\n", program_invocation_short_name);
    if (fd >= 0) {
        syscall(SYS_write, fd, line, (size_t)length);
        syscall(SYS_close, fd);
    }
    errno = before;
}

/* How many of COUNT bytes may be moved. */
static size_t allowed(int fd, size_t count, bool out)
{
    struct stat found;
    int type, held = 0, before = errno;
    socklen_t size = sizeof type;
    bool cut = count > 1 && getenv("PRELOAD_SHORT") != NULL && fstat(fd, &found) == 0;
    if (cut && S_ISFIFO(found.st_mode))
        cut = out ? count > PIPE_BUF : ioctl(fd, FIONREAD, &held) == 0 && (size_t)held < count;
    else if (cut && S_ISSOCK(found.st_mode))
        cut = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
    else if (cut)
        cut = S_ISREG(found.st_mode) || S_ISCHR(found.st_mode);
    errno = before;
    if (!cut)
        return count;
    note_short();
    return 1;
}

ssize_t read(int fd, void *bytes, size_t count)
{
    return syscall(SYS_read, fd, bytes, allowed(fd, count, false));
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return syscall(SYS_write, fd, bytes, allowed(fd, count, true));
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset)
{
    return syscall(SYS_pread64, fd, bytes, allowed(fd, count, false), offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    return syscall(SYS_pwrite64, fd, bytes, allowed(fd, count, true), offset);
}

ssize_t recv(int fd, void *bytes, size_t count, int flags)
{
    return syscall(SYS_recvfrom, fd, bytes, allowed(fd, count, false), flags, NULL, NULL);
}

ssize_t send(int fd, const void *bytes, size_t count, int flags)
{
    return syscall(SYS_sendto, fd, bytes, allowed(fd, count, true), flags, NULL, 0);
}

/* ---- the shift of a child's count ---- */

static void shift_count(void)
{
    const char *what = getenv("PRELOAD_SHIFT"), *colon = what != NULL ? strchr(what, ':') : NULL;
    if (colon == NULL)
        return;
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++)
        if (strlen(CALLS[i].name) == (size_t)(colon - what)
            && strncmp(what, CALLS[i].name, (size_t)(colon - what)) == 0)
            for (int n = atoi(colon + 1); n > 0; n--)
                syscall(CALLS[i].number, -1, -1, -1, -1, -1, -1);
    errno = 0;
}

struct beginning {
    void *(*routine)(void *);
    void *argument;
};

static void *begin_thread(void *given)
{
    struct beginning beginning = *(struct beginning *)given;
    free(given);
    shift_count();
    return beginning.routine(beginning.argument);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*routine)(void *),
                   void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    struct beginning *beginning = malloc(sizeof *beginning);
    if (beginning == NULL)
        return EAGAIN;
    *beginning = (struct beginning){ .routine = routine, .argument = argument };
    int error = real(thread, attributes, begin_thread, beginning);
    if (error != 0)
        free(beginning);
    return error;
}

static void prepare(void) __attribute__((constructor));
static void prepare(void)
{
    pthread_atfork(NULL, NULL, shift_count);
}
