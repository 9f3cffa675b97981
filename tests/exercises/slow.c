/* slow.c: makes the machine seem slow to the program that is judged, which is linked with it (ld --wrap).
 *
 * Every sleep ends at once: on a busy machine, everything else may take longer than a sleep, so a program that needs a
 * sleep to be right is not right. For the same reason, a call with a time limit (poll, select, and those on a socket with
 * SO_RCVTIMEO or SO_SNDTIMEO) waits in only one of four cases; in the others, the time is over at once. Some calls,
 * chosen at random, are held up, each for at most a millisecond, and those of one process for at most 50 ms in all. So
 * whatever can go wrong between two calls does go wrong. A child ends up to 20 ms late, so a parent that does not wait for
 * it ends first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const long LONGEST = 1000000, ALL = 50000000, YIELD = 20000,
                  LATE = 20000000; /* nanoseconds */
static pid_t parent;

int __real_nanosleep(const struct timespec *time, struct timespec *rest);
int __real_sched_yield(void);

static unsigned long long state; /* of the random numbers */

static void hold_up(void)
{
    static pid_t process;
    static long held;
    int error = errno;
    if (process != getpid()) { /* it has been forked, so it needs other random numbers */
        struct timespec t;
        clock_gettime(CLOCK_MONOTONIC, &t);
        process = getpid();
        state = (unsigned long long)t.tv_nsec ^ (unsigned long long)process << 16;
        held = 0;
    }
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    if (held < ALL) {
        struct timespec time = { 0, (long)((state >> 33) % (unsigned long long)LONGEST) };
        if ((state >> 20) % 4 == 0) {
            held += time.tv_nsec;
            __real_nanosleep(&time, NULL);
        } else {
            held += YIELD;
            __real_sched_yield();
        }
    }
    errno = error;
}

/* Whether the time limit of a call, which has been held up, is over at once. */
static bool is_over(void)
{
    return (state >> 40) % 4 != 0;
}

/* A call that may be held up: the type of its result, its name, its parameters, and their names. */
#define HOLD_UP(type, name, parameters, arguments) \
    type __real_##name parameters;                 \
    type __wrap_##name parameters;                 \
    type __wrap_##name parameters                  \
    {                                              \
        hold_up();                                 \
        return __real_##name arguments;            \
    }

HOLD_UP(int, sched_yield, (void), ())
HOLD_UP(ssize_t, pread, (int fd, void *data, size_t size, off_t at), (fd, data, size, at))
HOLD_UP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
HOLD_UP(off_t, lseek, (int fd, off_t to, int whence), (fd, to, whence))
HOLD_UP(int, ftruncate, (int fd, off_t size), (fd, size))
HOLD_UP(int, flock, (int fd, int operation), (fd, operation))
HOLD_UP(int, dup2, (int from, int to), (from, to))
HOLD_UP(pid_t, fork, (void), ())
HOLD_UP(pid_t, wait, (int *status), (status))
HOLD_UP(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how))
HOLD_UP(int, kill, (pid_t pid, int sig), (pid, sig))
HOLD_UP(int, sigaction, (int sig, const struct sigaction *now, struct sigaction *before),
        (sig, now, before))
HOLD_UP(int, sigprocmask, (int how, const sigset_t *now, sigset_t *before), (how, now, before))
HOLD_UP(int, sigsuspend, (const sigset_t *mask), (mask))
HOLD_UP(int, pause, (void), ())
HOLD_UP(int, mkfifo, (const char *name, mode_t mode), (name, mode))
HOLD_UP(int, unlink, (const char *name), (name))
HOLD_UP(int, shm_open, (const char *name, int flags, mode_t mode), (name, flags, mode))
HOLD_UP(void *, mmap, (void *where, size_t size, int access, int flags, int fd, off_t at),
        (where, size, access, flags, fd, at))
HOLD_UP(int, sem_wait, (sem_t * semaphore), (semaphore))
HOLD_UP(int, sem_post, (sem_t * semaphore), (semaphore))
HOLD_UP(int, semop, (int id, struct sembuf *operations, size_t count), (id, operations, count))
HOLD_UP(int, pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
HOLD_UP(int, pthread_mutex_unlock, (pthread_mutex_t * mutex), (mutex))
HOLD_UP(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex),
        (condition, mutex))
HOLD_UP(int, pthread_cond_signal, (pthread_cond_t * condition), (condition))
HOLD_UP(int, pthread_cond_broadcast, (pthread_cond_t * condition), (condition))
HOLD_UP(int, msgget, (key_t key, int flags), (key, flags))
HOLD_UP(int, msgsnd, (int id, const void *message, size_t size, int flags),
        (id, message, size, flags))
HOLD_UP(ssize_t, msgrcv, (int id, void *message, size_t size, long type, int flags),
        (id, message, size, type, flags))
HOLD_UP(int, mq_send, (mqd_t queue, const char *text, size_t size, unsigned priority),
        (queue, text, size, priority))
HOLD_UP(ssize_t, mq_receive, (mqd_t queue, char *text, size_t size, unsigned *priority),
        (queue, text, size, priority))
HOLD_UP(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
HOLD_UP(int, listen, (int fd, int backlog), (fd, backlog))
HOLD_UP(int, connect, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
HOLD_UP(int, shutdown, (int fd, int how), (fd, how))
HOLD_UP(FILE *, fopen, (const char *name, const char *mode), (name, mode))
HOLD_UP(int, fclose, (FILE * file), (file))
HOLD_UP(int, fflush, (FILE * file), (file))
HOLD_UP(char *, fgets, (char *line, int size, FILE *file), (line, size, file))

HOLD_UP(int, puts, (const char *text), (text))
HOLD_UP(int, fputs, (const char *text, FILE *file), (text, file))
HOLD_UP(size_t, fwrite, (const void *data, size_t size, size_t count, FILE *file),
        (data, size, count, file))

int __wrap_dprintf(int fd, const char *format, ...);
int __wrap_dprintf(int fd, const char *format, ...)
{
    va_list more;
    hold_up();
    va_start(more, format);
    int result = vdprintf(fd, format, more);
    va_end(more);
    return result;
}

int __wrap_printf(const char *format, ...);
int __wrap_printf(const char *format, ...)
{
    va_list more;
    hold_up();
    va_start(more, format);
    int result = vprintf(format, more);
    va_end(more);
    return result;
}

int __wrap_fprintf(FILE *file, const char *format, ...);
int __wrap_fprintf(FILE *file, const char *format, ...)
{
    va_list more;
    hold_up();
    va_start(more, format);
    int result = vfprintf(file, format, more);
    va_end(more);
    return result;
}

int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? (mode_t)va_arg(more, unsigned) : 0;
    va_end(more);
    hold_up();
    return __real_open(name, flags, mode);
}

/* The third argument of fcntl is an int or a pointer, or is absent. */
int __real_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_fcntl(int fd, int command, ...)
{
    va_list more;
    va_start(more, command);
    void *argument = va_arg(more, void *);
    va_end(more);
    hold_up();
    return __real_fcntl(fd, command, argument);
}

/* ---- the end of a child ---- */

__attribute__((constructor)) static void begin(void)
{
    parent = getpid();
}

__attribute__((destructor)) static void end_late(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time = (struct timespec){ 0, time.tv_nsec % LATE };
    if (getpid() != parent)
        __real_nanosleep(&time, NULL);
}

/* (exit calls the function above, and _exit does not) */
__attribute__((noreturn)) void __real__exit(int status);
__attribute__((noreturn)) void __wrap__exit(int status);
void __wrap__exit(int status)
{
    end_late();
    __real__exit(status);
}

/* ---- the sleeps ---- */

unsigned __wrap_sleep(unsigned seconds);
unsigned __wrap_sleep(unsigned seconds)
{
    (void)seconds;
    hold_up();
    return 0;
}

int __wrap_usleep(useconds_t microseconds);
int __wrap_usleep(useconds_t microseconds)
{
    return (int)__wrap_sleep(microseconds);
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *rest);
int __wrap_nanosleep(const struct timespec *time, struct timespec *rest)
{
    (void)rest;
    return (int)__wrap_sleep((unsigned)time->tv_sec);
}

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *rest);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *time,
                           struct timespec *rest)
{
    (void)clock, (void)flags;
    return __wrap_nanosleep(time, rest);
}

/* ---- the time limits ---- */

int __real_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    hold_up();
    if (milliseconds > 0 && (count == 0 || is_over()))
        milliseconds = 0;
    return __real_poll(fds, count, milliseconds);
}

int __real_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time);
int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time);
int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *time)
{
    struct timeval none = { 0, 0 };
    hold_up();
    if (time != NULL && (count == 0 || is_over()))
        time = &none;
    return __real_select(count, in, out, other, time);
}

int __real_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *time,
                 const sigset_t *mask)
{
    struct timespec none = { 0, 0 };
    hold_up();
    if (time != NULL && (count == 0 || is_over()))
        time = &none;
    return __real_ppoll(fds, count, time, mask);
}

int __real_pselect(int count, fd_set *in, fd_set *out, fd_set *other, const struct timespec *time,
                   const sigset_t *mask);
int __wrap_pselect(int count, fd_set *in, fd_set *out, fd_set *other, const struct timespec *time,
                   const sigset_t *mask);
int __wrap_pselect(int count, fd_set *in, fd_set *out, fd_set *other, const struct timespec *time,
                   const sigset_t *mask)
{
    struct timespec none = { 0, 0 };
    hold_up();
    if (time != NULL && (count == 0 || is_over()))
        time = &none;
    return __real_pselect(count, in, out, other, time, mask);
}

static bool limited[2][1024]; /* whether a socket has a time limit for receiving, for sending */

int __real_setsockopt(int fd, int level, int option, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    hold_up();
    int result = __real_setsockopt(fd, level, option, value, size);
    if (result == 0 && fd < 1024 && level == SOL_SOCKET
        && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
        const struct timeval *time = value; /* 0: no limit */
        limited[option == SO_SNDTIMEO][fd] = time->tv_sec != 0 || time->tv_usec != 0;
    }
    return result;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    hold_up();
    if (fd >= 0 && fd < 1024)
        limited[0][fd] = limited[1][fd] = false;
    return __real_close(fd);
}

/* Whether a call on FD does not wait, because its time limit is over. */
static bool is_over_for(int fd, bool sends)
{
    hold_up();
    return fd >= 0 && fd < 1024 && limited[sends][fd] && is_over();
}

ssize_t __real_recv(int fd, void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t size, int flags)
{
    return __real_recv(fd, data, size, flags | (is_over_for(fd, false) ? MSG_DONTWAIT : 0));
}

ssize_t __real_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t size, int flags)
{
    return __real_send(fd, data, size, flags | (is_over_for(fd, true) ? MSG_DONTWAIT : 0));
}

ssize_t __real_read(int fd, void *data, size_t size);
ssize_t __wrap_read(int fd, void *data, size_t size);
ssize_t __wrap_read(int fd, void *data, size_t size)
{
    return is_over_for(fd, false) ? __real_recv(fd, data, size, MSG_DONTWAIT)
                                  : __real_read(fd, data, size);
}

ssize_t __real_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size);
ssize_t __wrap_write(int fd, const void *data, size_t size)
{
    return is_over_for(fd, true) ? __real_send(fd, data, size, MSG_DONTWAIT)
                                 : __real_write(fd, data, size);
}

int __real_accept(int fd, struct sockaddr *address, socklen_t *size);
int __wrap_accept(int fd, struct sockaddr *address, socklen_t *size);
int __wrap_accept(int fd, struct sockaddr *address, socklen_t *size)
{
    struct pollfd listener = { .fd = fd, .events = POLLIN };
    if (is_over_for(fd, false) && __real_poll(&listener, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return __real_accept(fd, address, size);
}
