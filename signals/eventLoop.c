/* eventLoop: waits for signals, a timer, a child's rings, and the child's end, all in one place.
 *
 *     1$ ./eventLoop
 *     eventfd:  ring 1
 *     timerfd:  tick 1
 *     ...
 *     pidfd:    no signal reaches it any more: No such process
 * Calls: sigprocmask -> signalfd, timerfd_create, eventfd -> fork -> pidfd_open -> poll -> read,
 *        pidfd_send_signal -> poll -> ... -> waitpid; the child: eventfd_write
 * Look for: every event makes a descriptor readable, and one poll waits for all of them. No handler
 * runs: the signals are blocked and stay pending until read. A pidfd stands for one process, and
 * never for another one that gets the same process ID later.
 * Build: cc -I../include -o eventLoop eventLoop.c
 * Read:  poll(2), signalfd(2), timerfd_create(2), eventfd(2), pidfd_open(2), pidfd_send_signal(2)
 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "pidfd.h"
#include "reap.h"

/* robust: poll checks them in this order, so if it finds SIGCHLD, it finds the child's end, too */
enum { SIGNALS, CHILD, BELL, TIMER, DESCRIPTORS };

static const char HELP[] = "usage: eventLoop [-h] [-n COUNT] [-s SECONDS]\n"
                           "Waits for signals, a timer, and a child in one loop.\n"
                           "  1$ ./eventLoop\n"
                           "  -n COUNT    how many times the child rings (2)\n"
                           "  -s SECONDS  how long the child works after each ring (1.4)\n";

/* Returns how many times it has happened since the last read. Resets the kernel's counter to 0. */
static unsigned long long read_count(int fd)
{
    unsigned long long count;
    if (read(fd, &count, sizeof count) < 0)
        err(EXIT_FAILURE, "read a timerfd or eventfd");
    return count;
}

/* Returns the process ID of a child that rings BELL as often as the user wants, and exits. */
static pid_t start_child(int bell, const struct options *options)
{
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child > 0)
        return child;
    end_with_parent(parent); /* it inherits the mask: Ctrl+C does not end it */
    for (long i = 0; i < options->count; i++) {
        if (eventfd_write(bell, 1) < 0) /* adds 1 */
            err(EXIT_FAILURE, "eventfd_write");
        pause_for(options->pause);
    }
    exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 2, .pause = 1.4 };
    read_options(argc, argv, "n:s:", HELP, &options);

    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGCHLD);
    sigprocmask(SIG_BLOCK, &awaited, NULL); /* or the kernel would take the default actions */
    int signals = signalfd(-1, &awaited, SFD_CLOEXEC);
    if (signals < 0)
        err(EXIT_FAILURE, "signalfd");
    int bell = eventfd(0, EFD_CLOEXEC); /* a counter in the kernel */
    if (bell < 0)
        err(EXIT_FAILURE, "eventfd");

    struct itimerspec each_second = { .it_interval.tv_sec = 1, .it_value.tv_sec = 1 };
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer < 0 || timerfd_settime(timer, 0, &each_second, NULL) < 0)
        err(EXIT_FAILURE, "timerfd");
    pid_t child = start_child(bell, &options);
    int pidfd = pidfd_open(child, 0); /* it may have ended, but nobody else can get its PID yet */
    if (pidfd < 0)
        err(EXIT_FAILURE, "pidfd_open, which needs Linux 5.3");

    struct pollfd fds[DESCRIPTORS] = {
        { signals, POLLIN, 0 }, { pidfd, POLLIN, 0 }, { bell, POLLIN, 0 }, { timer, POLLIN, 0 }
    };
    struct signalfd_siginfo info;
    int status;
    bool interrupted = false, has_child = true;
    unsigned long long rings = 0, ticks = 0;
    while (has_child) {
        while (poll(fds, DESCRIPTORS, -1) < 0) /* sleeps until something can be read */
            if (errno != EINTR)
                err(EXIT_FAILURE, "poll");
        if (fds[TIMER].revents != 0)
            printf("timerfd:  tick %llu\n", ticks += read_count(timer));
        if (fds[BELL].revents != 0)
            printf("eventfd:  ring %llu\n", rings += read_count(bell));
        if (fds[CHILD].revents != 0) {
            puts("pidfd:    the child has ended");
            fds[CHILD].fd = -1; /* it stays readable, so make poll ignore it */
        }
        if (fds[SIGNALS].revents == 0)
            continue;
        if (read(signals, &info, sizeof info) < 0)
            err(EXIT_FAILURE, "read signalfd");
        if (info.ssi_signo == SIGINT) {
            puts("signalfd: SIGINT, so the child gets SIGTERM");
            interrupted = true;
            if (pidfd_send_signal(pidfd, SIGTERM, NULL, 0) < 0)
                err(EXIT_FAILURE, "pidfd_send_signal");
        } else {
            pid_t ended = waitpid(child, &status, WNOHANG);
            if (ended < 0)
                err(EXIT_FAILURE, "waitpid");
            puts("signalfd: SIGCHLD");
            has_child = ended == 0; /* 0: it only stopped or continued */
        }
    }
    if (pidfd_send_signal(pidfd, 0, NULL, 0) < 0) /* reaches nobody else, though the PID is free */
        printf("pidfd:    no signal reaches it any more: %s\n", strerror(errno));
    check_output();
    sigprocmask(SIG_UNBLOCK, &awaited, NULL);
    if (interrupted)
        raise(SIGINT); /* so that the shell sees why */
    return exit_status(status);
}
