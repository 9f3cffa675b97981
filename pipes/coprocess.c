/* coprocess: talks both ways with a filter, over two pipes.
 *
 *     1$ echo hello | ./coprocess
 *     HELLO
 *
 * Look for: a pipe holds 64 KiB. With -u we first write all, and then read. When both pipes are
 * full, the filter waits for us to read, and we wait for the filter to read: a deadlock. poll tells
 * which of the two is ready, and we never wait for one while the other is.
 *
 * Build: cc -I../include -o coprocess coprocess.c
 * Read:  pipe(7), poll(2), fcntl(2) on O_NONBLOCK, dup2(2), execvp(3)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"
#include "bytes.h"
#include "child.h"
#include "patience.h"

static const char HELP[] =
    "Sends standard input through a filter (tr a-z A-Z); prints what comes.\n"
    "  1$ echo hello | ./coprocess\n";
static char *USUAL[] = { "tr", "a-z", "A-Z", NULL };

static pid_t start_filter(char **words, int *to_filter, int *from_filter)
{
    int in[2], out[2];
    pid_t parent = getpid();
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() == parent && dup2(in[0], 0) >= 0 && dup2(out[1], 1) >= 0) {
            restore_defaults();
            execvp(words[0], words);
        }
        report("run %s", words[0]);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *to_filter = in[1];
    *from_filter = out[0];
    return child;
}

static void pass_on(const char *bytes, size_t count)
{
    bool done = write_all(STDOUT_FILENO, bytes, count) == 0;
    if (!done && errno == EPIPE)
        die_of_signal(SIGPIPE); /* which we ignore for the filter's sake */
    if (!done)
        report_and_exit("write standard output");
}

/* Whatever is ready: the input, the filter to take something, the filter to give something. */
static void talk(int to, int from)
{
    static char block[64 * 1024], answer[64 * 1024];
    size_t start = 0, end = 0; /* what is read, and not yet written, lies between them */
    if (fcntl(to, F_SETFL, O_NONBLOCK) < 0)
        report_and_exit("make the pipe non-blocking");
    while (to >= 0 || from >= 0) {
        struct pollfd ready[] = {
            { .fd = to >= 0 && start == end ? STDIN_FILENO : -1, .events = POLLIN },
            { .fd = to, .events = start < end ? POLLOUT : 0 }, /* POLLERR comes unasked */
            { .fd = from, .events = POLLIN },
        };
        bool more = true;
        if (poll(ready, 3, -1) < 0 && errno != EINTR)
            report_and_exit("poll");
        if (ready[0].revents != 0) {
            ssize_t got = read_some(STDIN_FILENO, block, sizeof block);
            if (got < 0)
                report_and_exit("read standard input");
            start = 0;
            end = (size_t)got;
            more = got > 0;
        } else if (ready[1].revents != 0) {
            ssize_t written = write(to, block + start, end - start);
            if (written < 0 && errno != EPIPE && errno != EAGAIN && errno != EINTR)
                report_and_exit("write to the filter");
            start += written > 0 ? (size_t)written : 0;
            more = (ready[1].revents & POLLERR) == 0; /* or the filter reads no more */
        }
        if (!more) {
            close(to); /* now the filter sees the end */
            to = -1;
        }
        if (ready[2].revents != 0) {
            ssize_t got = read_some(from, answer, sizeof answer);
            if (got < 0)
                report_and_exit("read from the filter");
            pass_on(answer, (size_t)got);
            from = got > 0 ? from : -1;
        }
    }
}

/* First all to the filter, then all from it: good for as much as two pipes and the filter hold. */
static void talk_unsafely(int to, int from, double patience)
{
    static char block[64 * 1024];
    long long sent = 0;
    ssize_t got, written = 0;
    while ((got = read_some(STDIN_FILENO, block, sizeof block)) > 0) {
        for (ssize_t start = 0; start < got; start += written) {
            set_patience(patience);
            start_ticks();
            do
                written = write(to, block + start, (size_t)(got - start));
            while (written < 0 && errno == EINTR && keep_waiting());
            stop_ticks();
            if (written < 0 && errno == EINTR)
                say_and_exit("a deadlock after %lld bytes: the filter waits for us to read", sent);
            if (written < 0)
                report_and_exit("write to the filter");
            sent += written;
        }
    }
    close(to);
    if (got == 0) /* the end of our input, and not an error */
        while ((got = read_some(from, block, sizeof block)) > 0)
            pass_on(block, (size_t)got);
    if (got < 0)
        report_and_exit("read");
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = 2 };
    int to, from, status;
    begin(argc, argv, "tu", "[COMMAND [ARG...]]", HELP, &options);
    pid_t filter = start_filter(optind < argc ? argv + optind : USUAL, &to, &from);
    signal(SIGPIPE, SIG_IGN); /* a filter that has ended is an error of write: we live on */
    if (options.unsafe)
        talk_unsafely(to, from, options.patience);
    else
        talk(to, from);
    if (waitpid(filter, &status, 0) < 0) /* without ticks, nothing interrupts it */
        report_and_exit("waitpid");
    return exit_status(status);
}
