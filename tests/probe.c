/* probe: tries for tests/doctor what the programs need from this machine, in the working directory.
 *
 *     probe PORT [NAME...]
 *
 * For each question, or for those that are named, it prints a line: "NAME=ok", or "NAME=CALL:
 * REASON" for the call that failed. A separate child tries each one, because a filter of system
 * calls may kill it, and a call that hangs is ended after a while. Only files in the working
 * directory are left behind.
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
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pidfd.h"
#include "ring.h"

enum {
    ANSWER_SECONDS = 8, /* for one question */
    CHILDREN = 16,      /* at once: more than any program has, but for the servers */
    LARGE = 8192,       /* bytes of the largest messages: those of benchQueue and benchPosixQueue */
    LARGE_WAITING = 10, /* of them, in a queue of benchPosixQueue, which has two */
};

static const char *port_text;

/* In a question: that CONDITION is false is the answer, WHAT failed with errno (0: no reason). */
#define NEED(what, condition) \
    do                        \
        if (!(condition))     \
            return what;      \
    while (0)

static const char *ask_processes(void)
{
    pid_t children[CHILDREN];
    int started = 0;
    while (started < CHILDREN && (children[started] = fork()) > 0)
        started++;
    if (started < CHILDREN && children[started] == 0) {
        alarm(ANSWER_SECONDS);
        pause();
    }
    int reason = errno;
    for (int i = 0; i < started; i++)
        kill(children[i], SIGKILL);
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
    NEED("shm_open", fd >= 0 && shm_unlink(name) == 0);
    errno = posix_fallocate(fd, 0, sizeof(struct ring));
    NEED("posix_fallocate", errno == 0);
    void *ring = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED("mmap", ring != MAP_FAILED);
    return NULL;
}

/* It gets its name by link(2), which some filters forbid. */
static const char *ask_semaphores(void)
{
    char name[40];
    snprintf(name, sizeof name, "/probe-%d", getpid());
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    NEED("sem_open", semaphore != SEM_FAILED && sem_unlink(name) == 0);
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

static const char *ask_system_v_memory(void)
{
    int segment = shmget(IPC_PRIVATE, 512, IPC_CREAT | 0600);
    NEED("shmget", segment >= 0);
    NEED("shmctl, IPC_RMID", shmctl(segment, IPC_RMID, NULL) == 0);
    int set = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    NEED("semget", set >= 0);
    NEED("semctl, IPC_RMID", semctl(set, 0, IPC_RMID) == 0);
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
        mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
        NEED("mq_open", queue != (mqd_t)-1 || (errno == EMFILE && tries < 300));
        if (queue == (mqd_t)-1)
            poll(NULL, 0, 10);
        else
            NEED("mq_unlink", mq_unlink(name) == 0 && ++made);
    }
    return NULL;
}

/* What is made here has to be ours alone: the programs insist on it. */
static const char *ask_directory(void)
{
    static const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "./socket" };
    const struct sockaddr *where = (const struct sockaddr *)&address;
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    struct stat made;
    umask(077);
    int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600), directory = open(".", O_RDONLY);
    NEED("open a new file", fd >= 0 && fstat(fd, &made) == 0 && directory >= 0);
    errno = 0;
    NEED("a new file is another user's, not yours", made.st_uid == geteuid());
    NEED("others may read a new file", (made.st_mode & 0777) == 0600);
    NEED("fcntl, F_SETLK", fcntl(fd, F_SETLK, &lock) == 0);
    NEED("fcntl, F_OFD_SETLK", fcntl(fd, F_OFD_SETLK, &lock) == 0);
    NEED("flock", flock(fd, LOCK_EX | LOCK_NB) == 0);
    NEED("flock of a directory", flock(directory, LOCK_SH | LOCK_NB) == 0);
    errno = posix_fallocate(fd, 0, 4096);
    NEED("posix_fallocate", errno == 0);
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    NEED("mmap of a file", mapped != MAP_FAILED);
    mapped[0] = 'x';
    NEED("msync", msync(mapped, 4096, MS_SYNC) == 0);
    NEED("rename", rename("file", "renamed") == 0);
    fd = open(".", O_TMPFILE | O_RDWR, 0600); /* where there are none, fdSender takes memory */
    NEED("open, O_TMPFILE", fd >= 0 || errno == EOPNOTSUPP || errno == EISDIR);
    NEED("mkfifo", mkfifo("fifo", 0600) == 0);
    NEED("open a FIFO", open("fifo", O_RDWR) >= 0);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0);
    NEED("socket, AF_UNIX", listener >= 0 && client >= 0);
    NEED("bind a Unix socket", bind(listener, where, sizeof address) == 0);
    NEED("listen", listen(listener, 1) == 0);
    NEED("connect to a Unix socket", connect(client, where, sizeof address) == 0);
    return NULL;
}

/* The calls that a filter, an emulator or an old kernel may lack. */
static const char *ask_calls(void)
{
    enum { WAKE = 1 }; /* FUTEX_WAKE; musl comes without the kernel's headers */
    static int word;
    struct iovec bytes = { .iov_base = &word, .iov_len = sizeof word };
    struct timespec soon = { .tv_sec = 1 };
    pthread_mutexattr_t attributes;
    pthread_mutex_t mutex;
    cpu_set_t cores;
    sigset_t set;
    int ends[2], events = inotify_init1(IN_CLOEXEC);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN); /* which is blocked already */
    NEED("inotify_init1", events >= 0);
    NEED("inotify_add_watch", inotify_add_watch(events, ".", IN_CREATE) >= 0);
    NEED("epoll_create1", epoll_create1(EPOLL_CLOEXEC) >= 0);
    NEED("signalfd", signalfd(-1, &set, SFD_CLOEXEC) >= 0);
    NEED("sigqueue", sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0);
    NEED("sigtimedwait", sigtimedwait(&set, NULL, &soon) > 0);
    int memory = memfd_create("probe", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    NEED("memfd_create", memory >= 0);
    NEED("fcntl, F_ADD_SEALS", fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    NEED("fcntl, F_GET_SEALS", (fcntl(memory, F_GET_SEALS) & F_SEAL_WRITE) != 0);
    NEED("pipe2", pipe2(ends, O_CLOEXEC) == 0);
    NEED("vmsplice", vmsplice(ends[1], &bytes, 1, 0) > 0);
    NEED("futex", syscall(SYS_futex, &word, WAKE, 1, NULL, NULL, 0) >= 0);
    NEED("prctl, PR_SET_PDEATHSIG", prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
    NEED("socketpair", socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    NEED("setsockopt, SO_PASSCRED",
         setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &(int){ 1 }, sizeof(int)) == 0);
    NEED("sched_getaffinity", sched_getaffinity(0, sizeof cores, &cores) == 0);
    NEED("sched_setaffinity", sched_setaffinity(0, sizeof cores, &cores) == 0);
    pthread_mutexattr_init(&attributes);
    errno = pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST); /* musl asks here, */
    NEED("pthread_mutexattr_setrobust", errno == 0);
    errno = pthread_mutex_init(&mutex, &attributes); /* glibc here */
    NEED("pthread_mutex_init", errno == 0);
    return NULL;
}

/* What eventLoop waits for. */
static const char *ask_events(void)
{
    NEED("timerfd_create", timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC) >= 0);
    NEED("eventfd", eventfd(0, EFD_CLOEXEC) >= 0);
    int pidfd = pidfd_open(getpid(), 0);
    NEED("pidfd_open", pidfd >= 0);
    NEED("pidfd_send_signal", pidfd_send_signal(pidfd, 0, NULL, 0) == 0);
    return NULL;
}

/* The port, on 127.0.0.1, for TCP and UDP. */
static const char *ask_port(void)
{
    long port = atol(port_text);
    bool is_number = port_text[strspn(port_text, "0123456789")] == '\0';
    NEED("want a number from 1 to 65535", is_number && port >= 1 && port <= 65535);
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons((in_port_t)port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const struct sockaddr *where = (const struct sockaddr *)&address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    int client = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    NEED("socket, AF_INET", listener >= 0 && datagrams >= 0 && client >= 0);
    NEED("setsockopt", setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    NEED("bind", bind(listener, where, sizeof address) == 0);
    NEED("bind", bind(datagrams, where, sizeof address) == 0);
    NEED("listen", listen(listener, 1) == 0);
    NEED("connect", connect(client, where, sizeof address) == 0);
    return NULL;
}

static const struct {
    const char *name;
    const char *(*ask)(void);
} QUESTIONS[] = {
    { "processes", ask_processes },
    { "memory", ask_shared_memory },
    { "semaphores", ask_semaphores },
    { "queue", ask_queue },
    { "system_v_memory", ask_system_v_memory },
    { "queues", ask_posix_queues },
    { "directory", ask_directory },
    { "calls", ask_calls },
    { "events", ask_events },
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
        if (failed != NULL && errno != 0)
            printf("%s=%s: %s\n", name, failed, strerror(errno));
        else
            printf("%s=%s\n", name, failed != NULL ? failed : "ok");
        exit(fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    if (child < 0)
        printf("%s=fork: %s\n", name, strerror(errno));
    else if (waitpid(child, &status, 0) == child && WIFSIGNALED(status))
        printf("%s=killed (%s)\n", name, strsignal(WTERMSIG(status)));
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    sigset_t all;
    port_text = argc > 1 ? argv[1] : "";
    signal(SIGCHLD, SIG_DFL);
    sigfillset(&all);
    sigdelset(&all, SIGALRM);
    sigprocmask(SIG_BLOCK, &all, NULL); /* not between the making of an object and its end */
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        bool wanted = argc <= 2;
        for (int k = 2; k < argc; k++)
            wanted = wanted || strcmp(argv[k], QUESTIONS[i].name) == 0;
        if (wanted)
            ask(QUESTIONS[i].name, QUESTIONS[i].ask);
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
