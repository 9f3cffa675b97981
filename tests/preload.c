/* preload: a library for LD_PRELOAD with which tests/faults changes what calls do.
 *
 *     PRELOAD_SHORT=FILE     read, write, send, recv, ... move one byte at a time wherever the
 *                            kernel may move less than requested. Each program in which that
 *                            happens writes its name to FILE, on a line.
 *     PRELOAD_SHIFT=CALL     a child, or a new thread, first makes system call CALL 1000 times, in
 *                            such a way that it fails and does nothing. strace counts the calls of
 *                            each process separately, so a fault at the child's call 1000 + K does
 *                            not hit its parent, which makes fewer calls.
 *
 * The kernel writes to a pipe all that fits into PIPE_BUF, and reads from it all that is
 * requested, if that much is in the pipe. Datagrams and objects that are not byte streams
 * (eventfd, inotify) have no short counts.
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
#include <unistd.h>

/* ---- short counts ---- */

static void note_short(void)
{
    static atomic_flag noted = ATOMIC_FLAG_INIT;
    if (atomic_flag_test_and_set(&noted))
        return;
    int fd = open(getenv("PRELOAD_SHORT"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dprintf(fd, "%s\n", program_invocation_short_name);
    syscall(SYS_close, fd);
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
    if (cut)
        note_short();
    errno = before;
    return cut ? 1 : count;
}

ssize_t read(int fd, void *bytes, size_t count)
{
    return syscall(SYS_read, fd, bytes, allowed(fd, count, false));
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return syscall(SYS_write, fd, bytes, allowed(fd, count, true));
}

/* These two are the C library's, for system calls take an offset in different ways. */
ssize_t pread(int fd, void *bytes, size_t count, off_t offset)
{
    ssize_t (*real)(int, void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, "pread");
    return real(fd, bytes, allowed(fd, count, false), offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, "pwrite");
    return real(fd, bytes, allowed(fd, count, true), offset);
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

#ifndef SYS_newfstatat /* 32 bit */
#define SYS_newfstatat SYS_fstatat64
#endif

/* The calls that may be made with senseless arguments: they fail, or give a number. */
#define ROW(call) [SYS_##call] = #call
#define ROWS                                                                                       \
    ROW(read), ROW(write), ROW(openat), ROW(close), ROW(dup2), ROW(fcntl), ROW(flock), ROW(lseek), \
        ROW(unlink), ROW(newfstatat), ROW(poll), ROW(ppoll), ROW(futex), ROW(clone), ROW(execve),  \
        ROW(getppid), ROW(prctl), ROW(rt_sigaction), ROW(rt_sigprocmask), ROW(rt_sigtimedwait),    \
        ROW(clock_nanosleep), ROW(accept4), ROW(sendto), ROW(recvfrom)
static const char *const CALLS[] = { ROWS };

static void shift_count(void)
{
    const char *call = getenv("PRELOAD_SHIFT");
    for (size_t i = 0; call != NULL && i < sizeof CALLS / sizeof CALLS[0]; i++)
        for (int n = 0; n < 1000 && CALLS[i] != NULL && strcmp(call, CALLS[i]) == 0; n++)
            syscall((long)i, -1, -1, -1, -1, -1, -1);
}

struct beginning {
    void *(*routine)(void *);
    void *argument;
};

static void *begin_thread(void *given)
{
    const struct beginning *beginning = given; /* never freed: that could be a call more */
    shift_count();
    return beginning->routine(beginning->argument);
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
    return real(thread, attributes, begin_thread, beginning);
}

__attribute__((constructor)) static void prepare(void)
{
    pthread_atfork(NULL, NULL, shift_count);
}
