/* helper: does one thing with include/start.h, ending.h, or role.h. tests/groups/helpers runs it.
 *
 *     helper COMMAND [ARGUMENT...]
 *
 * The commands are the functions below that take the arguments. Those that wait say "ready PID" on
 * standard error, with the number that the process has in /proc, and "came" on standard output.
 */
#define _GNU_SOURCE
#include <mqueue.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "start.h"

/* "Not known" must not reach kill(2): 0 and -1 are whole groups of processes. */
static int kill_one(pid_t pid, int sig)
{
    if (pid <= 0)
        errx(3, "kill(%d, %d)", pid, sig);
    return kill(pid, sig);
}
#define kill(pid, sig) kill_one(pid, sig)
#include "role.h"
#undef kill

enum { RANDOM_BLOCK = 4096 };
static int sysv_queue = -1;

static void ready(void)
{
    char pid[16] = "";
    if (readlink("/proc/self", pid, sizeof pid - 1) < 0)
        err(EXIT_FAILURE, "/proc/self");
    fprintf(stderr, "ready %s\n", pid);
}

static void sleep_for_good(void)
{
    ready();
    for (;;)
        pause();
}

static int check(int result, const char *what)
{
    if (result < 0)
        err(EXIT_FAILURE, "%s", what);
    return result;
}

static void make_file(const char *name)
{
    close(check(open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), name));
}

static int remove_sysv_queue(const char *name)
{
    (void)name;
    return msgctl(sysv_queue, IPC_RMID, NULL);
}

/* A semaphore's name must not be that of shared memory, too: with musl it is the same object. */
static sem_t *make_posix_objects(void)
{
    static struct mq_attr small = { .mq_maxmsg = 1, .mq_msgsize = 8 };
    char name[HERE_NAME_SIZE];
    name_for_here(name, "helper");
    remove_at_exit(shm_unlink, name);
    close(check(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), name));
    name_for_here(name, "semaphore");
    remove_at_exit(sem_unlink, name);
    sem_t *sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    check(sem == SEM_FAILED ? -1 : 0, name);
    name_for_here(name, "mq");
    remove_at_exit(mq_unlink, name);
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
    check(queue == (mqd_t)-1 && errno != ENOSYS ? -1 : 0, name);
    return sem;
}

static void fill(int fd)
{
    static const char block[RANDOM_BLOCK];
    int flags = fcntl(fd, F_GETFL);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    while (write(fd, block, sizeof block) > 0)
        ;
    fcntl(fd, F_SETFL, flags);
}

/* Waits in STATE. Only those calls have a loop for which set_deadline()'s comment says so. */
static void wait_in(const char *state, int event, sem_t *sem)
{
    static const char block[RANDOM_BLOCK];
    struct pollfd input = { .fd = event, .events = POLLIN };
    long message[2];
    char byte;
    int waiting = 0;
    if (strcmp(state, "sem") == 0)
        check(sem_wait(sem), "sem_wait");
    else if (strcmp(state, "read") == 0)
        check((int)read(event, &byte, 1), "read");
    else if (strcmp(state, "full") == 0)
        check((int)write(event, block, sizeof block), "write");
    else if (strcmp(state, "msgrcv") == 0)
        while (msgrcv(sysv_queue, message, sizeof message[1], 0, 0) < 0)
            check(errno == EINTR ? 0 : -1, "msgrcv");
    else if (strcmp(state, "poll") == 0)
        while (poll(&input, 1, -1) < 0)
            check(errno == EINTR ? 0 : -1, "poll");
    else if (strcmp(state, "retry") == 0)
        while (ioctl(event, FIONREAD, &waiting) == 0 && waiting == 0)
            wait_to_retry("the event", NULL);
    else if (strcmp(state, "compute") == 0)
        for (volatile unsigned count = 0;; count++)
            ;
    else if (strcmp(state, "printf") == 0)
        for (long count = 0;; count++)
            printf("line %ld\n", count);
    else if (strcmp(state, "exiting") == 0)
        exit(7);
    else
        errx(EXIT_FAILURE, "no such state: %s", state);
}

/* be STATE SECONDS: makes an object of each kind, waits in STATE. In "creating" the event is needed
 * in the middle of that; in "exiting" a handler of exit(3) sleeps. */
static int be(char **arg)
{
    const char *state = arg[0];
    char byte;
    remove_at_exit(unlink, "event");
    check(mkfifo("event", 0600), "mkfifo");
    int event = check(open("event", O_RDWR | O_CLOEXEC), "event");
    remove_at_exit(unlink, "object");
    make_file("object");
    if (strcmp(state, "creating") == 0) {
        ready();
        check((int)read(event, &byte, 1), "read");
        state = "read";
    }
    sem_t *sem = make_posix_objects();
    if (strcmp(state, "msgrcv") == 0) {
        remove_at_exit(remove_sysv_queue, "queue");
        sysv_queue = check(msgget(ftok(".", 1), IPC_CREAT | IPC_EXCL | 0600), "msgget");
    }
    if (strcmp(state, "full") == 0)
        fill(event);
    if (strcmp(state, "exiting") == 0)
        atexit(sleep_for_good);
    if (strcmp(arg[0], "creating") == 0)
        fputs("created\n", stderr);
    set_deadline(strtod(arg[1], NULL), "nothing came");
    if (strcmp(state, "exiting") != 0 && strcmp(arg[0], "creating") != 0)
        ready();
    wait_in(state, event, sem);
    clear_deadline();
    puts("came");
    return EXIT_SUCCESS;
}

/* poke STATE: brings that for which a helper in this directory waits. */
static int poke(char **arg)
{
    static char bytes[1 << 20];
    char name[HERE_NAME_SIZE];
    long message[2] = { 1, 0 };
    name_for_here(name, "semaphore");
    if (strcmp(arg[0], "sem") == 0)
        sem_post(sem_open(name, 0));
    else if (strcmp(arg[0], "msgrcv") == 0)
        check(msgsnd(msgget(ftok(".", 1), 0), message, sizeof message[1], 0), "msgsnd");
    else if (strcmp(arg[0], "full") == 0)
        check((int)read(open("event", O_RDWR), bytes, sizeof bytes), "read");
    else
        check((int)write(open("event", O_RDWR), bytes, 1), "write");
    return EXIT_SUCCESS;
}

/* own NAME...: files, until it ends. */
static int own(char **arg)
{
    for (; *arg != NULL; arg++) {
        remove_at_exit(unlink, *arg);
        make_file(*arg);
    }
    return EXIT_SUCCESS;
}

/* fill: standard output, as far as it takes something. */
static int fill_output(char **arg)
{
    (void)arg;
    fill(STDOUT_FILENO);
    return EXIT_SUCCESS;
}

/* nest SECONDS SECONDS: a deadline within a deadline. */
static int nest(char **arg)
{
    set_deadline(strtod(arg[0], NULL), "the first");
    set_deadline(strtod(arg[1], NULL), "the second");
    return EXIT_SUCCESS;
}

static int retry(char **arg)
{
    set_deadline(strtod(arg[0], NULL), "nothing came");
    for (int tries = 0; tries < 100; tries++) {
        fputs("try\n", stderr);
        wait_to_retry("X", NULL);
    }
    return EXIT_SUCCESS;
}

static int removal_signal;

static int remove_slowly(const char *name)
{
    raise(removal_signal);
    return unlink(name);
}

/* removal WAY SIGNAL: the signal comes while the object is being removed, which is done in this WAY. */
static int removal(char **arg)
{
    removal_signal = atoi(arg[1]);
    remove_at_exit(remove_slowly, "object");
    make_file("object");
    set_deadline(strcmp(arg[0], "deadline") == 0 ? 0.1
                 : strcmp(arg[0], "retry") == 0  ? 0
                                                 : 60,
                 "nothing came");
    if (strcmp(arg[0], "retry") == 0)
        wait_to_retry("X", NULL);
    if (strcmp(arg[0], "forget") == 0)
        forget_owned();
    if (strcmp(arg[0], "signal") == 0)
        raise(SIGINT);
    if (strcmp(arg[0], "deadline") == 0)
        pause();
    return EXIT_SUCCESS;
}

static int has_timer(void)
{
    struct itimerval timer;
    getitimer(ITIMER_REAL, &timer);
    return timer.it_value.tv_sec > 0 || timer.it_value.tv_usec > 0;
}

/* child WHAT: what a forked child does, to whom the object of its parent does not belong. */
static int child(char **arg)
{
    const char *what = arg[0];
    int status;
    remove_at_exit(unlink, "object");
    make_file("object");
    unblock_ending_signals();
    if (strcmp(what, "waiting") != 0)
        set_deadline(60, "nothing came");
    pid_t pid = check(fork(), "fork");
    if (pid == 0) {
        if (strcmp(what, "killed") == 0)
            raise(SIGTERM);
        if (strcmp(what, "executing") == 0)
            execlp("grep", "grep", "^Sig[BI]", "/proc/self/status", (char *)NULL);
        if (strcmp(what, "continued") == 0)
            raise(SIGCONT);
        if (strcmp(what, "owning") == 0) {
            remove_at_exit(unlink, "childs");
            make_file("childs");
        }
        if (strcmp(what, "waiting") == 0) {
            set_deadline(0.1, "nothing came");
            for (;;)
                pause();
        }
        exit(has_timer() ? 9 : 0);
    }
    while (waitpid(pid, &status, 0) < 0)
        ;
    printf("child %d %d, object %s\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0,
           WEXITSTATUS(status), access("object", F_OK) == 0 ? "there" : "gone");
    return EXIT_SUCCESS;
}

/* rough COMMAND...: with all signals blocked and ignored. */
static int rough(char **arg)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_IGN);
    execvp(arg[0], arg);
    return EXIT_FAILURE;
}

/* streams: makes two files; writes to the file "streams" what the standard streams are. */
static int streams(char **arg)
{
    FILE *file = fopen("streams", "we");
    char link[32], path[256];
    (void)arg;
    make_file("made");
    if (file == NULL)
        return EXIT_FAILURE;
    for (int fd = 0; fd <= 2; fd++) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        path[check((int)readlink(link, path, sizeof path - 1), link)] = '\0';
        fprintf(file, "%d %s %d\n", fd, path, fcntl(fd, F_GETFL) & O_ACCMODE);
    }
    fprintf(file, "file %d\n", fileno(file));
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* print TEXT [wait] */
static int print(char **arg)
{
    fputs(arg[0], stdout);
    if (arg[1] != NULL)
        sleep_for_good();
    return EXIT_SUCCESS;
}

/* options LETTERS ARGUMENT... */
static int options(char **arg)
{
    struct options got = {
        .timeout = 12, .pause = 1, .count = 7, .port = "9876", .address = "here"
    };
    int count = 0;
    while (arg[count] != NULL)
        count++;
    read_options(count, arg, arg[0], "help\n", &got);
    printf("%g %g %d %d %ld %ld %s %s %s\n", got.timeout, got.pause, got.wait_for_lock, got.unsafe,
           got.count, got.longest_pause, got.port, got.address,
           arg[optind] == NULL ? "" : arg[optind]);
    return EXIT_SUCCESS;
}

static int pause_so_long(char **arg)
{
    ready();
    pause_for(strtod(arg[0], NULL));
    return EXIT_SUCCESS;
}

/* hold ROLE HOW: takes the role and replaces the object; "claim": ends; "claimed": sleeps without
 * announcing it; "child", "closing": sleeps beside a child that goes on, and has closed the socket. */
static int hold(char **arg)
{
    const char *how = arg[1];
    claim_role(arg[0]);
    remove_at_exit(unlink, "object");
    unlink("object");
    make_file("object");
    if (strcmp(how, "claim") == 0)
        return EXIT_SUCCESS;
    if (strcmp(how, "claimed") == 0)
        sleep_for_good();
    announce_role();
    if ((strcmp(how, "child") == 0 || strcmp(how, "closing") == 0) && check(fork(), "fork") > 0)
        for (;;)
            pause();
    if (strcmp(how, "closing") == 0) {
        close(role_socket);
        close(role_directory);
    }
    sleep_for_good();
    return EXIT_SUCCESS;
}

/* ask ROLE TIMES; wait ROLE SECONDS: print the pid. */
static int ask(char **arg)
{
    pid_t pid = -1;
    for (int i = 0; i < atoi(arg[1]); i++)
        pid = find_role(arg[0]);
    printf("%s %d\n", pid >= 0 ? "found" : "nobody", pid < 0 ? 0 : pid);
    return EXIT_SUCCESS;
}

static int wait_for(char **arg)
{
    printf("%d\n", wait_for_role(arg[0], strtod(arg[1], NULL)));
    return EXIT_SUCCESS;
}

/* check ROLE PID */
static int check_holder(char **arg)
{
    check_role(arg[0], atoi(arg[1]));
    return EXIT_SUCCESS;
}

static int run(char **arg)
{
    static const struct {
        const char *name;
        int arguments;
        int (*run)(char **arg);
    } commands[] = { { "be", 2, be },           { "poke", 1, poke },
                     { "own", 1, own },         { "fill", 0, fill_output },
                     { "nest", 2, nest },       { "retry", 1, retry },
                     { "removal", 2, removal }, { "child", 1, child },
                     { "streams", 0, streams }, { "print", 1, print },
                     { "options", 1, options }, { "pause", 1, pause_so_long },
                     { "hold", 2, hold },       { "ask", 2, ask },
                     { "wait", 2, wait_for },   { "check", 2, check_holder } };
    int count = 0;
    while (arg[count] != NULL)
        count++;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0] && count > 0; i++)
        if (strcmp(arg[0], commands[i].name) == 0 && count > commands[i].arguments)
            return commands[i].run(arg + 1);
    return WRONG_USAGE;
}

int main(int argc, char *argv[])
{
    if (argc > 2 && strcmp(argv[1], "rough") == 0)
        return rough(argv + 2);
    prepare_process();
    return run(argv + 1);
}
