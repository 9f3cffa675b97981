/* coprocess: sends data to a filter and reads its output, over two pipes.
 *
 *     1$ echo hello | ./coprocess
 *     HELLO
 *
 * Calls: pipe -> fork; the child: close -> dup2 -> close -> execvp;
 *        the parent: close -> poll -> read, write -> poll -> ... -> close -> waitpid
 *
 * Look for: a pipe holds 64 KiB by default. With -u we write everything before we read. Once both
 * are full, each side waits for the other: a deadlock. poll waits for room, input, and output.
 *
 * Build: cc -I../include -o coprocess coprocess.c
 * Read:  pipe(7), poll(2), dup2(2), execvp(3)
 */
#define _GNU_SOURCE
#include <limits.h>

#include "bytes.h"
#include "deadline.h"
#include "reap.h"

static const char HELP[] = "usage: coprocess [-h] [-t SECONDS] [-u] [COMMAND [ARGUMENT...]]\n"
                           "Sends its input through a filter (tr a-z A-Z) and prints the result.\n"
                           "  1$ echo hello | ./coprocess\n"
                           "  -t SECONDS  with -u: after how long it is a deadlock (2)\n"
                           "  -u          unsafe: write everything, then read\n";
static char *USUAL[] = { "tr", "a-z", "A-Z", NULL };

/* The child. Of each pipe it keeps one end, as its standard input or output. */
static _Noreturn void become(char *words[], const int in[2], const int out[2])
{
    close(in[1]);  /* else its own read would never return 0 */
    close(out[0]); /* else it would get no SIGPIPE when we have ended */
    if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0) {
        warn("dup2");
        _exit(EXIT_FAILURE);
    }
    close(in[0]);
    close(out[1]); /* else a filter that closes descriptor 1 would still have its output open */
    execvp(words[0], words);
    warn("run %s", words[0]); /* execvp returns only if it fails */
    _exit(127);               /* whatever the error */
}

/* There is input, and room in the pipe TO the filter. Returns TO, or -1 at the end. */
static int feed(int to, double timeout)
{
    char block[PIPE_BUF]; /* if poll reports room in a pipe, at least this much fits */
    ssize_t got, written = 0;
    while ((got = read(STDIN_FILENO, block, sizeof block)) < 0)
        if (!try_again(STDIN_FILENO, POLLIN)) /* robust: it may be non-blocking */
            err(EXIT_FAILURE, "read standard input");
    void (*before)(int) = signal(SIGPIPE, SIG_IGN); /* the filter may stop reading: EPIPE */
    set_deadline(timeout, "a deadlock: the filter did not read its input");
    if (got > 0)
        written = write(to, block, (size_t)got); /* sleeps only with -u */
    if (written < 0 && errno != EPIPE)
        err(EXIT_FAILURE, "write to the filter");
    clear_deadline();
    signal(SIGPIPE, before);
    if (written > 0)
        return to;
    close(to); /* at the end of the input: now the filter's read returns 0 */
    return -1;
}

/* There is output FROM the filter. Returns FROM, or -1 if the filter has closed its end. */
static int print(int from)
{
    static char block[64 * 1024];
    ssize_t got = read(from, block, sizeof block);
    if (got < 0)
        err(EXIT_FAILURE, "read from the filter");
    write_all(STDOUT_FILENO, block, (size_t)got, "standard output");
    return got == 0 ? -1 : from;
}

/* Input is useful only if the pipe has room for it; output may come at any time. */
static void talk(int to, int from, double timeout)
{
    enum { ROOM, INPUT, OUTPUT };
    bool has_room = false; /* the pipe to the filter */
    while (to >= 0 || from >= 0) {
        struct pollfd ready[] = {
            [ROOM] = { .fd = to, .events = has_room ? 0 : POLLOUT }, /* POLLERR: always */
            [INPUT] = { .fd = has_room ? STDIN_FILENO : -1, .events = POLLIN }, /* -1: skipped */
            [OUTPUT] = { .fd = from, .events = POLLIN },
        };
        if (poll(ready, 3, -1) < 0 && errno != EINTR) /* EINTR: a handler has run */
            err(EXIT_FAILURE, "poll");
        has_room = ready[ROOM].revents == POLLOUT;
        if (ready[ROOM].revents & POLLERR)
            to = -1; /* the filter no longer reads */
        else if (ready[INPUT].revents != 0)
            to = feed(to, timeout);
        if (ready[OUTPUT].revents != 0)
            from = print(from);
    }
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 2 };
    read_options(argc, argv, "+t:u", HELP, &options);
    int in[2], out[2]; /* the filter's; [0] to read from, [1] to write to */
    if (pipe(in) < 0 || pipe(out) < 0)
        err(EXIT_FAILURE, "pipe");
    pid_t parent = getpid(), filter = fork();
    if (filter < 0)
        err(EXIT_FAILURE, "fork");
    if (filter == 0) {
        end_with_parent(parent);
        umask(users_umask); /* robust: the user's, not our stricter one */
        become(optind < argc ? argv + optind : USUAL, in, out);
    }
    close(in[0]);  /* else write would not fail when the filter no longer reads */
    close(out[1]); /* else our own read would never return 0 */
    int to = in[1], from = out[0], status;
    if (!options.unsafe)
        talk(to, from, options.timeout);
    while (options.unsafe && to >= 0) /* first everything to the filter, ... */
        to = feed(to, options.timeout);
    while (options.unsafe && from >= 0) /* ... then everything from it */
        from = print(from);
    if (waitpid(filter, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    return exit_status(status);
}
