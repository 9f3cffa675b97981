/* probe: tries what the programs need of this machine, in the working directory. tests/doctor asks it.
 *
 *     probe [PORT]
 *
 * Prints a line for each question: "NAME=ok", with a fact behind it where there is one, or
 * "NAME=CALL: REASON" for the call that failed. Each is asked by a child of its own, because a filter
 * of system calls may kill it, and a call that hangs is ended after a while. Nothing is left behind;
 * the working directory should be a fresh one. Status 0 whatever was found; 2, wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "ring.h"

enum {
    ANSWER_SECONDS = 8, /* for one question */
    CHILDREN = 16,      /* at once: more than any program has, but for the servers */
    LARGE = 8192,       /* bytes of the largest messages: those of benchQueue and benchPosixQueue */
    LARGE_WAITING = 10, /* of them, in a queue of benchPosixQueue, which has two */
};

static int port = 9876;
static char fact[300]; /* behind "ok"; or, without an error number, in place of the reason */

/* In a question: that CONDITION is false is the answer, WHAT failed with errno. */
#define NEED(what, condition) \
    do                        \
        if (!(condition))     \
            return what;      \
    while (0)

static const char *ask_library(void)
{
#ifdef __GLIBC__
    snprintf(fact, sizeof fact, "glibc %s", gnu_get_libc_version());
#else
    strcpy(fact, "musl"); /* which does not tell its version, nor its name */
#endif
    return NULL;
}

static const char *ask_processors(void)
{
    cpu_set_t allowed;
    NEED("sched_getaffinity", sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    NEED("sched_setaffinity", sched_setaffinity(0, sizeof allowed, &allowed) == 0);
    snprintf(fact, sizeof fact, "%d", CPU_COUNT(&allowed));
    return NULL;
}

static const char *ask_processes(void)
{
    int stop[2], started = 0;
    char byte;
    NEED("pipe2", pipe2(stop, O_CLOEXEC) == 0);
    for (pid_t child = 1; child > 0 && started<CHILDREN; started += child> 0) {
        child = fork();
        if (child == 0) {
            close(stop[1]);
            _exit(read(stop[0], &byte, 1) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
        }
    }
    int reason = errno;
    close(stop[1]);
    while (wait(NULL) > 0)
        ;
    errno = reason;
    NEED("fork", started == CHILDREN);
    return NULL;
}

/* A segment of the ring's size, as ringWriter makes it: the largest of all. */
static const char *ask_shared_memory(void)
{
    char name[40];
    snprintf(name, sizeof name, "/probe-%d", getpid());
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    NEED("shm_open", fd >= 0);
    NEED("shm_unlink", shm_unlink(name) == 0);
    errno = posix_fallocate(fd, 0, sizeof(struct ring));
    NEED("posix_fallocate", errno == 0);
    void *ring = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED("mmap", ring != MAP_FAILED);
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    NEED("sem_open", semaphore != SEM_FAILED);
    NEED("sem_unlink", sem_unlink(name) == 0);
    NEED("sem_post", sem_post(semaphore) == 0);
    NEED("sem_wait", sem_trywait(semaphore) == 0);
    return NULL;
}

static void *die_with_mutex(void *mutex)
{
    pthread_mutex_lock(mutex);
    return NULL;
}

static const char *ask_robust_mutex(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    pthread_t thread;
    pthread_mutexattr_init(&attributes);
    errno = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    NEED("pthread_mutexattr_setrobust", errno == 0);
    errno = pthread_mutex_init(&mutex, &attributes);
    NEED("pthread_mutex_init", errno == 0);
    errno = pthread_create(&thread, NULL, die_with_mutex, &mutex);
    NEED("pthread_create", errno == 0);
    pthread_join(thread, NULL);
    errno = pthread_mutex_lock(&mutex);
    NEED("pthread_mutex_lock", errno == EOWNERDEAD);
    return NULL;
}

static const char *ask_queue(void)
{
    static long message[1 + LARGE / sizeof(long)] = { 1 }; /* its type, and its bytes */
    int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);     /* its key is nobody's */
    NEED("msgget", queue >= 0);
    bool was_sent = msgsnd(queue, message, LARGE, IPC_NOWAIT) == 0;
    int reason = errno;
    NEED("msgctl, IPC_RMID", msgctl(queue, IPC_RMID, NULL) == 0);
    errno = reason;
    NEED("msgsnd", was_sent);
    return NULL;
}

/* Two queues, open at once. Other programs of this user may have some for a moment: that is no
 * shortage. */
static const char *ask_posix_queues(void)
{
    struct mq_attr attributes = { .mq_maxmsg = LARGE_WAITING, .mq_msgsize = LARGE };
    char name[40];
    snprintf(name, sizeof name, "/probe-%d", getpid());
    for (int made = 0, tries = 0; made < 2; tries++) {
        mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attributes);
        NEED("mq_open", queue != (mqd_t)-1 || (errno == EMFILE && tries < 300));
        if (queue == (mqd_t)-1) {
            poll(NULL, 0, 10);
            continue;
        }
        NEED("mq_unlink", mq_unlink(name) == 0);
        NEED("mq_send", mq_send(queue, name, 1, 0) == 0);
        made++;
    }
    return NULL;
}

/* What is made here is ours alone: the programs insist on it. */
static const char *ask_owner(void)
{
    struct stat made;
    umask(077);
    int fd = open("file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    NEED("open a new file", fd >= 0 && fstat(fd, &made) == 0);
    errno = 0;
    snprintf(fact, sizeof fact, "it belongs to user %u, not to you", made.st_uid);
    NEED("a new file", made.st_uid == geteuid());
    snprintf(fact, sizeof fact, "mode %o, not 600: others may read it", made.st_mode & 0777);
    NEED("a new file", (made.st_mode & 0777) == 0600);
    fact[0] = '\0';
    return NULL;
}

static const char *ask_fifo(void)
{
    char byte = 'x';
    NEED("mkfifo", mkfifo("fifo", 0600) == 0);
    int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    NEED("open a FIFO", reader >= 0);
    int writer = open("fifo", O_WRONLY | O_CLOEXEC);
    NEED("open a FIFO", writer >= 0);
    NEED("write", write(writer, &byte, 1) == 1);
    NEED("read", read(reader, &byte, 1) == 1);
    return NULL;
}

static const char *ask_local_socket(void)
{
    static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "./socket" };
    int pair[2], listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *where = (const struct sockaddr *)&address;
    NEED("socket, AF_UNIX", listener >= 0 && client >= 0);
    NEED("bind a Unix socket", bind(listener, where, sizeof address) == 0);
    NEED("listen", listen(listener, 1) == 0);
    NEED("connect to a Unix socket", connect(client, where, sizeof address) == 0);
    NEED("socketpair", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    return NULL;
}

static const char *ask_locks(void)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    int fd = open("locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    NEED("open a new file", fd >= 0 && directory >= 0);
    NEED("fcntl, F_SETLK", fcntl(fd, F_SETLK, &lock) == 0);
    NEED("fcntl, F_OFD_SETLK", fcntl(fd, F_OFD_SETLK, &lock) == 0);
    NEED("flock", flock(fd, LOCK_EX | LOCK_NB) == 0);
    NEED("flock of a directory", flock(directory, LOCK_SH | LOCK_NB) == 0);
    return NULL;
}

/* The tally's file, the publisher's, and fdSender's: where the file system has none without a name,
 * the memory has. */
static const char *ask_files(void)
{
    int fd = open("mapped", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    NEED("open a new file", fd >= 0);
    errno = posix_fallocate(fd, 0, 4096);
    NEED("posix_fallocate", errno == 0);
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED("mmap of a file", mapped != MAP_FAILED);
    mapped[0] = 'x';
    NEED("msync", msync(mapped, 4096, MS_SYNC) == 0);
    NEED("rename", rename("mapped", "renamed") == 0);
    NEED("unlink", unlink("renamed") == 0);
    fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    NEED("open, O_TMPFILE", fd >= 0 || errno == EOPNOTSUPP || errno == EISDIR);
    NEED("memfd_create", memfd_create("probe", MFD_CLOEXEC) >= 0);
    return NULL;
}

static const char *ask_events(void)
{
    int events = inotify_init1(IN_CLOEXEC);
    NEED("inotify_init1", events >= 0);
    NEED("inotify_add_watch", inotify_add_watch(events, ".", IN_CREATE) >= 0);
    struct pollfd ready = { .fd = events, .events = POLLIN };
    NEED("open a new file", open("seen", O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0);
    errno = ETIME;
    NEED("inotify", poll(&ready, 1, 1000) == 1);
    return NULL;
}

static const char *ask_epoll(void)
{
    int ends[2], all = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event wanted = { .events = EPOLLIN };
    sigset_t none;
    sigemptyset(&none);
    NEED("epoll_create1", all >= 0);
    NEED("pipe2", pipe2(ends, O_CLOEXEC) == 0);
    NEED("epoll_ctl", epoll_ctl(all, EPOLL_CTL_ADD, ends[0], &wanted) == 0);
    NEED("signalfd", signalfd(-1, &none, SFD_CLOEXEC) >= 0);
    return NULL;
}

static const char *ask_vmsplice(void)
{
    static char page[4096] __attribute__((aligned(4096)));
    struct iovec pages = { .iov_base = page, .iov_len = sizeof page };
    int ends[2];
    NEED("pipe2", pipe2(ends, O_CLOEXEC) == 0);
    NEED("vmsplice", vmsplice(ends[1], &pages, 1, 0) > 0);
    return NULL;
}

static const char *ask_futex(void)
{
    static int word;
    enum { WAKE = 1 }; /* FUTEX_WAKE; musl comes without the kernel's headers */
    NEED("futex", syscall(SYS_futex, &word, WAKE, 1, NULL, NULL, 0) >= 0);
    return NULL;
}

static const char *ask_queued_signals(void)
{
    struct timespec soon = { .tv_sec = 1 };
    union sigval value = { .sival_int = 1 };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    NEED("sigqueue", sigqueue(getpid(), SIGRTMIN, value) == 0);
    NEED("sigtimedwait", sigtimedwait(&set, NULL, &soon) > 0);
    return NULL;
}

static const char *ask_parents_death(void)
{
    NEED("prctl, PR_SET_PDEATHSIG", prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
    return NULL;
}

/* A child leaves a child of its own, which then ends. Who has adopted it, and does it wait for it? */
static const char *ask_orphan(void)
{
    int report[2];
    char path[40];
    FILE *stat_file;
    NEED("pipe2", pipe2(report, O_CLOEXEC) == 0);
    pid_t child = fork();
    NEED("fork", child >= 0);
    if (child == 0) {
        pid_t parent = getpid();
        pid_t grandchild = fork();
        while (grandchild == 0 && getppid() == parent)
            poll(NULL, 0, 1);
        pid_t ids[2] = { getpid(), getppid() };
        if (grandchild == 0 && write(report[1], ids, sizeof ids) < 0)
            _exit(EXIT_FAILURE);
        _exit(EXIT_SUCCESS);
    }
    close(report[1]);
    waitpid(child, NULL, 0);
    pid_t ids[2];
    NEED("fork", read(report[0], ids, sizeof ids) == sizeof ids);
    NEED("open /proc/self/stat", access("/proc/self/stat", R_OK) == 0);
    snprintf(path, sizeof path, "/proc/%d/stat", ids[0]);
    for (int tries = 0; tries < 300 && (stat_file = fopen(path, "re")) != NULL; tries++) {
        fclose(stat_file);
        poll(NULL, 0, 10);
    }
    snprintf(fact, sizeof fact, "%d", ids[1]);
    errno = 0;
    NEED("not reaped", access(path, F_OK) < 0);
    return NULL;
}

static const char *ask_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    NEED("posix_openpt", terminal >= 0);
    NEED("grantpt", grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    NEED("open a terminal", open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC) >= 0);
    return NULL;
}

/* Serves port AT of 127.0.0.1, over TCP and UDP, and connects. */
static const char *serve_port(int at)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons((in_port_t)at),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct sockaddr *where = (const struct sockaddr *)&address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    NEED("socket, AF_INET", listener >= 0 && datagrams >= 0 && client >= 0);
    NEED("setsockopt", setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    NEED("bind", bind(listener, where, sizeof address) == 0);
    NEED("bind", bind(datagrams, where, sizeof address) == 0);
    NEED("listen", listen(listener, 1) == 0);
    int result = connect(client, where, sizeof address);
    NEED("connect", result == 0 || errno == EINPROGRESS);
    return NULL;
}

/* If the port is taken, "taken NEXT", with the next one that is free. */
static const char *ask_port(void)
{
    const char *failed = serve_port(port);
    if (failed == NULL || errno != EADDRINUSE)
        return failed;
    int other = port;
    for (int tries = 0; tries < 100 && failed != NULL; tries++) {
        other = other == 65535 ? 1024 : other + 1;
        failed = serve_port(other);
    }
    snprintf(fact, sizeof fact, "%d", other);
    errno = 0;
    return "taken";
}

static const struct {
    const char *name;
    const char *(*ask)(void);
} QUESTIONS[] = {
    { "library", ask_library },
    { "processors", ask_processors },
    { "processes", ask_processes },
    { "memory", ask_shared_memory },
    { "robust", ask_robust_mutex },
    { "queue", ask_queue },
    { "queues", ask_posix_queues },
    { "owner", ask_owner },
    { "fifo", ask_fifo },
    { "socket", ask_local_socket },
    { "locks", ask_locks },
    { "files", ask_files },
    { "events", ask_events },
    { "epoll", ask_epoll },
    { "vmsplice", ask_vmsplice },
    { "futex", ask_futex },
    { "signals", ask_queued_signals },
    { "death", ask_parents_death },
    { "orphan", ask_orphan },
    { "terminal", ask_terminal },
    { "port", ask_port },
};

/* A child asks, and prints the answer; if it dies of it, we say so. */
static void ask(const char *name, const char *(*question)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        alarm(ANSWER_SECONDS);
        errno = 0;
        const char *failed = question();
        const char *reason = errno != 0 ? strerror(errno) : fact;
        if (failed == NULL)
            printf("%s=ok %s\n", name, fact);
        else
            printf("%s=%s%s %s\n", name, failed, errno != 0 ? ":" : "", reason);
        exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    if (child < 0)
        printf("%s=fork: %s\n", name, strerror(errno));
    else if (waitpid(child, &status, 0) == child && WIFSIGNALED(status)) {
        int sig = WTERMSIG(status);
        printf("%s=%s (%s)\n", name, sig == SIGALRM ? "no answer" : "killed", strsignal(sig));
    }
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    sigset_t ending;
    if (argc == 2)
        port = atoi(argv[1]);
    if (argc > 2 || port < 1 || port > 65535) {
        fputs("usage: probe [PORT]\n", stderr);
        return 2;
    }
    signal(SIGALRM, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN); /* then a file over the limit is an error, as in the programs */
    sigemptyset(&ending);
    sigaddset(&ending, SIGHUP);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        sigprocmask(SIG_BLOCK, &ending, NULL); /* not between the making of an object and its end */
        ask(QUESTIONS[i].name, QUESTIONS[i].ask);
        sigprocmask(SIG_UNBLOCK, &ending, NULL);
    }
    printf("ring_bytes=%zu\n", sizeof(struct ring));
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
