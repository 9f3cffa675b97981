/* restart: a signal interrupts a call that sleeps. Does the call go on after the handler, or fail?
 *
 *     1$ ./restart
 *     call  SA_RESTART  after the handler
 *     read  no          fails with EINTR
 *     read  yes         goes on
 *     poll  no          fails with EINTR
 *     poll  yes         fails with EINTR
 *
 * Calls: each time: sigaction -> pipe -> fork -> read or poll -> waitpid;
 *        the child: kill, once its parent sleeps; write, once its parent sleeps again
 *
 * Look for: with SA_RESTART, read goes on after the handler, and its caller notices nothing. Some
 * calls fail whatever the flag: poll, epoll_wait, nanosleep, pause, and others in signal(7).
 * Build: cc -I../include -o restart restart.c
 * Read:  signal(7) on interrupted calls, sigaction(2), read(2), poll(2)
 */
#define _GNU_SOURCE
#include <poll.h>

#include "reap.h"

static const char HELP[] = "usage: restart [-h] [-s SECONDS]\n"
                           "Interrupts calls by a signal, with and without SA_RESTART.\n"
                           "  1$ ./restart\n"
                           "  -s SECONDS  how long the child waits before each signal (0)\n";
static struct options options;

static void on_signal(int sig)
{
    (void)sig; /* nothing to do, but only a signal with a handler interrupts a call */
}

/* Each of the two calls sleeps, because the pipe whose read end is END is empty. */
static int call_read(int end)
{
    char byte;
    return (int)read(end, &byte, 1);
}

static int call_poll(int end)
{
    struct pollfd one = { .fd = end, .events = POLLIN };
    return poll(&one, 1, -1);
}

/* Waits until process PID sleeps: its state, in /proc/PID/stat, is S. */
static void await_sleep(pid_t pid)
{
    char name[40], state = 'R';
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    while (state != 'S') {
        pause_for(0.001);
        FILE *file = fopen(name, "re");
        if (file == NULL || fscanf(file, "%*d (%*[^)]) %c", &state) != 1) /* PID (PROGRAM) ... */
            err(EXIT_FAILURE, "read %s", name);
        fclose(file);
    }
}

/* Prints what happens to CALL when a signal with these FLAGS of sigaction interrupts it. */
static void interrupt(const char *name, int (*call)(int end), int flags)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction");
    int ends[2], status;
    if (pipe2(ends, O_CLOEXEC) < 0)
        err(EXIT_FAILURE, "pipe");
    fflush(stdout); /* or the child would print its copy of the buffer, too */
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        end_with_parent(parent); /* robust: it must not outlive its parent */
        pause_for(options.pause);
        await_sleep(parent);
        if (kill(parent, SIGUSR1) < 0)
            err(EXIT_FAILURE, "kill");
        await_sleep(parent); /* in the same call again, or already in waitpid */
        if (write(ends[1], "x", 1) < 0)
            err(EXIT_FAILURE, "write");
        exit(EXIT_SUCCESS);
    }

    close(ends[1]); /* if the child dies, no write end is left, and both calls return */
    int result = call(ends[0]);
    if (result < 0 && errno != EINTR)
        err(EXIT_FAILURE, "%s", name);
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) /* SIGUSR1 may interrupt this call, too */
            err(EXIT_FAILURE, "waitpid");
    close(ends[0]); /* only after the child's write, which would raise SIGPIPE */
    if (exit_status(status) != EXIT_SUCCESS)
        exit(EXIT_FAILURE);
    printf("%-5s %-11s %s\n", name, flags == SA_RESTART ? "yes" : "no",
           result < 0 ? "fails with EINTR" : "goes on");
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "s:", HELP, &options);
    puts("call  SA_RESTART  after the handler");
    interrupt("read", call_read, 0);
    interrupt("read", call_read, SA_RESTART);
    interrupt("poll", call_poll, 0);
    interrupt("poll", call_poll, SA_RESTART);
    return EXIT_SUCCESS;
}
