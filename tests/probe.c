/* probe: tries what the programs need of this machine, in the working directory. tests/doctor asks it.
 *
 *     probe [PORT]
 *
 * Prints a line for each question: "NAME=ok", with a fact behind it where there is one, or
 * "NAME=CALL: REASON" for the call that failed. Each is asked by a child of its own, for a filter of
 * system calls may kill it, and a call that hangs is ended after a while. Nothing is left behind; the
 * working directory should be a fresh one. Status 0 whatever was found; 2, wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "posixQueue.h"
#include "ring.h"
#include "role.h"
#include "tasks.h"

enum {
    ANSWER_SECONDS = 8, /* for one question */
    TRIES = 300,        /* so often something is asked for that may take a while */
    CHILDREN = 16,      /* at once: more than any program has, but for the servers */
    LARGE = 8192,       /* bytes of the largest messages: those of benchQueue and benchPosixQueue */
    LARGE_WAITING = 10, /* of them, in a queue of benchPosixQueue, which has two */
    TASKS_WAITING = 16, /* in taskServer's queue */
};

static const struct timespec TRY_AGAIN = { .tv_nsec = 10000000 }; /* 10 ms */
static in_port_t port = 9876;
static char fact[300]; /* behind "ok"; or, without an error number, in place of the reason */

/* Each of these asks one question. It returns NULL if all went well, else the call that failed, with the
 * reason in errno; errno 0: it is in fact. */

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
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return "sched_getaffinity";
    if (sched_setaffinity(0, sizeof allowed, &allowed) < 0)
        return "sched_setaffinity";
    snprintf(fact, sizeof fact, "%d", CPU_COUNT(&allowed));
    return NULL;
}

static const char *ask_processes(void)
{
    int stop[2], started = 0, reason = 0;
    char byte;
    if (pipe2(stop, O_CLOEXEC) < 0)
        return "pipe2";
    while (reason == 0 && started < CHILDREN) {
        pid_t child = fork();
        if (child == 0) {
            close(stop[1]);
            _exit(read(stop[0], &byte, 1) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
        }
        reason = child < 0 ? errno : 0;
        started += child > 0;
    }
    close(stop[1]);
    while (wait(NULL) > 0)
        ;
    snprintf(fact, sizeof fact, "%d", started);
    errno = reason;
    return reason != 0 ? "fork" : NULL;
}

/* A segment of the ring's size, as ringWriter makes it: the largest of all. */
static const char *ask_shared_memory(void)
{
    char name[HERE_NAME_SIZE];
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
    name_for_here(name, "probe");
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0)
        return "shm_open";
    if (shm_unlink(name) < 0)
        return "shm_unlink";
    if (fcntl(fd, F_SETLK, &lock) < 0)
        return "fcntl, F_SETLK, of a segment";
    errno = posix_fallocate(fd, 0, sizeof(struct ring));
    if (errno != 0)
        return "posix_fallocate";
    void *ring = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return ring == MAP_FAILED ? "mmap" : NULL;
}

static const char *ask_semaphores(void)
{
    char name[HERE_NAME_SIZE];
    name_for_here(name, "probe");
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    if (semaphore == SEM_FAILED)
        return "sem_open";
    if (sem_unlink(name) < 0)
        return "sem_unlink";
    return sem_post(semaphore) < 0 ? "sem_post" : sem_trywait(semaphore) < 0 ? "sem_wait" : NULL;
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
    if (errno == 0)
        errno = pthread_mutex_init(&mutex, &attributes);
    if (errno != 0)
        return "pthread_mutexattr_setrobust";
    errno = pthread_create(&thread, NULL, die_with_mutex, &mutex);
    if (errno != 0)
        return "pthread_create";
    pthread_join(thread, NULL);
    errno = pthread_mutex_lock(&mutex);
    return errno != EOWNERDEAD ? "pthread_mutex_lock" : NULL;
}

/* So many messages of SIZE bytes in a System V queue. Its key is nobody's. */
static const char *fill_queue(int count, size_t size)
{
    static struct large_message {
        long type;
        char bytes[LARGE];
    } message;
    const char *failed = NULL;
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    if (id < 0)
        return "msgget";
    message.type = 1;
    message.bytes[0] = 'x';
    while (failed == NULL && count-- > 0)
        if (msgsnd(id, &message, size, IPC_NOWAIT) < 0)
            failed = "msgsnd";
    int reason = errno;
    if (msgctl(id, IPC_RMID, NULL) < 0)
        return "msgctl, IPC_RMID";
    errno = reason;
    return failed;
}

static const char *ask_queue(void)
{
    return fill_queue(TASKS_WAITING, TASK_SIZE);
}

static const char *ask_large_queue(void)
{
    return fill_queue(1, LARGE);
}

/* COUNT POSIX queues with these attributes, one after the other, all open in the end. */
static const char *open_queues(int count, const struct mq_attr *attributes)
{
    char name[HERE_NAME_SIZE];
    const char *failed = NULL;
    if (count == 0)
        return NULL;
    name_for_here(name, "probe");
    mqd_t opened =
        mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC, 0600, attributes);
    if (opened == (mqd_t)-1)
        return "mq_open";
    if (mq_unlink(name) < 0)
        failed = "mq_unlink";
    else if (mq_send(opened, name, 1, 0) < 0)
        failed = "mq_send";
    else
        failed = open_queues(count - 1, attributes);
    int reason = errno;
    mq_close(opened);
    errno = reason;
    return failed;
}

static const char *ask_posix_queue(void)
{
    return open_queues(1, &ATTRIBUTES);
}

/* Other programs of this user may have queues for a moment, that is no shortage. */
static const char *ask_large_posix_queues(void)
{
    const struct mq_attr attributes = { .mq_maxmsg = LARGE_WAITING, .mq_msgsize = LARGE };
    const char *failed;
    int tries = 0;
    while ((failed = open_queues(2, &attributes)) != NULL && errno == EMFILE && ++tries < TRIES)
        nanosleep(&TRY_AGAIN, NULL);
    return failed;
}

/* What is made here is ours alone: the programs insist on it. */
static const char *ask_owner(void)
{
    struct stat made;
    umask(077);
    int fd = open("file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return "open a new file";
    if (fstat(fd, &made) < 0)
        return "fstat";
    unlink("file");
    errno = 0;
    if (made.st_uid != geteuid())
        snprintf(fact, sizeof fact, "it belongs to user %u, not to you", made.st_uid);
    else if ((made.st_mode & 0777) != 0600)
        snprintf(fact, sizeof fact, "mode %o, not 600: others may read it", made.st_mode & 0777);
    else
        return NULL;
    return "a new file";
}

static const char *ask_fifo(void)
{
    char byte = 'x';
    if (mkfifo("fifo", 0600) < 0)
        return "mkfifo";
    int reader = open("fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    int writer = reader < 0 ? -1 : open("fifo", O_WRONLY | O_CLOEXEC);
    int reason = errno;
    unlink("fifo");
    errno = reason;
    if (writer < 0)
        return "open a FIFO";
    return write(writer, &byte, 1) < 0 ? "write" : read(reader, &byte, 1) < 0 ? "read" : NULL;
}

static const char *ask_local_socket(void)
{
    static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "./socket" };
    int pair[2], listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const char *failed = NULL;
    if (listener < 0 || client < 0)
        return "socket, AF_UNIX";
    if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0)
        return "bind a Unix socket";
    if (listen(listener, 1) < 0)
        failed = "listen";
    else if (connect(client, (const struct sockaddr *)&address, sizeof address) < 0)
        failed = "connect to a Unix socket";
    int reason = errno;
    unlink("socket");
    errno = reason;
    if (failed == NULL && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        failed = "socketpair, SOCK_SEQPACKET";
    return failed;
}

static const char *ask_locks(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open("locked", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || here < 0)
        return "open a new file";
    unlink("locked");
    if (fcntl(fd, F_SETLK, &lock) < 0)
        return "fcntl, F_SETLK";
    lock.l_type = F_UNLCK;
    fcntl(fd, F_SETLK, &lock);
    lock.l_type = F_WRLCK;
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
        return "fcntl, F_OFD_SETLK";
    lock.l_type = F_UNLCK;
    fcntl(fd, F_OFD_SETLK, &lock);
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return "flock";
    return flock(here, LOCK_SH | LOCK_NB) < 0 ? "flock of a directory" : NULL;
}

/* The tally's file, and the publisher's. */
static const char *ask_files(void)
{
    int fd = open("mapped", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return "open a new file";
    errno = posix_fallocate(fd, 0, 4096);
    if (errno != 0)
        return "posix_fallocate";
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        return "mmap of a file";
    mapped[0] = 'x';
    if (msync(mapped, 4096, MS_SYNC) < 0)
        return "msync";
    if (rename("mapped", "renamed") < 0)
        return "rename";
    return unlink("renamed") < 0 ? "unlink" : NULL;
}

/* As fdSender: where the file system has none, the memory has. */
static const char *ask_nameless_file(void)
{
    int fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR))
        fd = memfd_create("nameless", MFD_CLOEXEC);
    return fd < 0                                   ? "open, O_TMPFILE"
           : memfd_create("probe", MFD_CLOEXEC) < 0 ? "memfd_create"
                                                    : NULL;
}

static const char *ask_events(void)
{
    int events = inotify_init1(IN_CLOEXEC);
    if (events < 0)
        return "inotify_init1";
    if (inotify_add_watch(events, ".", IN_CREATE) < 0)
        return "inotify_add_watch";
    int fd = open("seen", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct pollfd ready = { .fd = events, .events = POLLIN };
    if (fd < 0)
        return "open a new file";
    unlink("seen");
    errno = ETIME;
    return poll(&ready, 1, 1000) < 1 ? "inotify" : NULL;
}

static const char *ask_epoll(void)
{
    int ends[2], all = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event wanted = { .events = EPOLLIN };
    if (all < 0)
        return "epoll_create1";
    if (pipe2(ends, O_CLOEXEC) < 0)
        return "pipe2";
    return epoll_ctl(all, EPOLL_CTL_ADD, ends[0], &wanted) < 0 ? "epoll_ctl" : NULL;
}

static const char *ask_vmsplice(void)
{
    static char page[4096] __attribute__((aligned(4096)));
    struct iovec pages = { .iov_base = page, .iov_len = sizeof page };
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return "pipe2";
    return vmsplice(ends[1], &pages, 1, 0) < 0 ? "vmsplice" : NULL;
}

static const char *ask_futex(void)
{
    static int word;
    enum { WAKE = 1 }; /* FUTEX_WAKE; musl comes without the kernel's headers */
    return syscall(SYS_futex, &word, WAKE, 1, NULL, NULL, 0) < 0 ? "futex" : NULL;
}

static const char *ask_queued_signals(void)
{
    struct timespec soon = { .tv_sec = 1 };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    if (sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 1 }) < 0)
        return "sigqueue";
    return sigtimedwait(&set, NULL, &soon) < 0 ? "sigtimedwait" : NULL;
}

static const char *ask_parents_death(void)
{
    return prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 ? "prctl, PR_SET_PDEATHSIG" : NULL;
}

/* The state of process PID as /proc/PID/stat has it, '-' if it is gone; its parent in PARENT. */
static char look_at(pid_t pid, int *parent)
{
    char path[40], state = '-';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat_file = fopen(path, "re");
    if (stat_file == NULL)
        return '-';
    if (fscanf(stat_file, "%*d (%*[^)]) %c %d", &state, parent) != 2)
        state = '-';
    fclose(stat_file);
    return state;
}

/* A child leaves a child of its own, which then ends. Who has adopted it, and does it wait for it? */
static const char *ask_orphan(void)
{
    int talk[2], stop[2], parent = -1, tries = 0;
    pid_t orphan = -1;
    char byte;
    if (pipe2(talk, O_CLOEXEC) < 0 || pipe2(stop, O_CLOEXEC) < 0)
        return "pipe2";
    pid_t child = fork();
    if (child == 0) {
        orphan = fork();
        if (orphan == 0) {
            close(stop[1]);
            _exit(read(stop[0], &byte, 1) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
        }
        _exit(write(talk[1], &orphan, sizeof orphan) == sizeof orphan ? EXIT_SUCCESS
                                                                      : EXIT_FAILURE);
    }
    if (child < 0 || waitpid(child, NULL, 0) < 0)
        return "fork";
    if (read(talk[0], &orphan, sizeof orphan) != sizeof orphan || orphan < 0)
        return "fork";
    errno = ENOENT;
    if (look_at(orphan, &parent) == '-')
        return "open /proc/PID/stat";
    close(stop[1]);
    while (tries < TRIES && look_at(orphan, &(int){ 0 }) != '-') {
        nanosleep(&TRY_AGAIN, NULL);
        tries++;
    }
    snprintf(fact, sizeof fact, "%d", parent);
    errno = 0;
    return tries < TRIES ? NULL : "not reaped";
}

static const char *ask_terminal(void)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return "posix_openpt";
    if (grantpt(terminal) < 0 || unlockpt(terminal) < 0)
        return "grantpt";
    const char *name = ptsname(terminal);
    return name == NULL || open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) < 0 ? "open a terminal" : NULL;
}

/* Serves AT on 127.0.0.1, over TCP and UDP, and connects. */
static const char *serve_port(in_port_t at)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(at),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const char *failed = NULL;
    if (listener < 0 || datagrams < 0 || client < 0)
        return "socket, AF_INET";
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        failed = "setsockopt";
    else if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0
             || bind(datagrams, (const struct sockaddr *)&address, sizeof address) < 0)
        failed = "bind";
    else if (listen(listener, 1) < 0)
        failed = "listen";
    else if (connect(client, (const struct sockaddr *)&address, sizeof address) < 0
             && errno != EINPROGRESS)
        failed = "connect";
    int reason = errno;
    close(client);
    close(datagrams);
    close(listener);
    errno = reason;
    return failed;
}

/* If the port is taken, "taken NEXT", with the next one that is free. */
static const char *ask_port(void)
{
    const char *failed = serve_port(port);
    if (failed == NULL || errno != EADDRINUSE)
        return failed;
    in_port_t other = port;
    for (int tries = 0; tries < 100 && failed != NULL; tries++) {
        other = (in_port_t)(other == 65535 ? 1024 : other + 1);
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
    { "semaphores", ask_semaphores },
    { "robust", ask_robust_mutex },
    { "queue", ask_queue },
    { "large_queue", ask_large_queue },
    { "posix_queue", ask_posix_queue },
    { "large_posix_queues", ask_large_posix_queues },
    { "owner", ask_owner },
    { "fifo", ask_fifo },
    { "socket", ask_local_socket },
    { "locks", ask_locks },
    { "files", ask_files },
    { "nameless", ask_nameless_file },
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

/* What a POSIX queue takes of RLIMIT_MSGQUEUE: its messages, and for each of them two records of the
 * kernel's, of six words. getrlimit(2) */
static size_t room_of(struct mq_attr attributes)
{
    return (size_t)attributes.mq_maxmsg * ((size_t)attributes.mq_msgsize + 12 * sizeof(long));
}

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
    if (argc > 2 || (argc == 2 && (atoi(argv[1]) < 1 || atoi(argv[1]) > 65535))) {
        fputs("usage: probe [PORT]\n", stderr);
        return 2;
    }
    if (argc == 2)
        port = (in_port_t)atoi(argv[1]);
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
    printf("ring_bytes=%zu\nmessage_room=%zu\nlarge_message_room=%zu\nqueue_room=%zu\n",
           sizeof(struct ring), room_of(ATTRIBUTES),
           2 * room_of((struct mq_attr){ .mq_maxmsg = LARGE_WAITING, .mq_msgsize = LARGE }),
           (size_t)TASKS_WAITING * TASK_SIZE);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
