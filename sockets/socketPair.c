/* socketPair: a parent and its child talk both ways, over one pair of connected sockets.
 *
 *     1$ ./socketPair
 *     child: is it 50?  parent: lower
 *     child: is it 25?  parent: higher
 *     ...
 *     child: is it 42?  parent: (half-close)
 *     child: 7 guesses
 *
 * Calls: socketpair -> fork -> close; the child: send -> recv, until recv returns 0 -> send;
 *        the parent: recv -> send, until the number is guessed -> shutdown -> recv -> waitpid
 *
 * Look for: each process has one end, where it both sends and receives. A pipe has one direction, a
 * pair of sockets has two, and shutdown ends one of them (a half-close): the child sees the end of
 * what the parent sends, and can still send. close would end both.
 *
 * Build: cc -I../include -o socketPair socketPair.c
 * Read:  socketpair(2), unix(7), shutdown(2), send(2), recv(2)
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "reap.h"
#include "start.h"

enum { LEAST = 1, MOST = 100, SECRET = 42 }; /* each number fits into one byte */

static const char HELP[] = "usage: socketPair [-h] [-s SECONDS]\n"
                           "A child guesses its parent's number over a pair of sockets.\n"
                           "  1$ ./socketPair\n"
                           "  -s SECONDS  how long the child pauses before each guess (0)\n";

/* The child. A message is one byte, so it comes whole or not at all. */
static void guess_number(int end, double pause)
{
    int least = LEAST, most = MOST;
    unsigned char guess, guesses = 0;
    char answer = '\0';
    ssize_t got = 1;
    while (got > 0) {
        pause_for(pause);
        guess = (unsigned char)((least + most) / 2);
        guesses++;
        if (send(end, &guess, 1, MSG_NOSIGNAL) < 0) /* EPIPE, without SIGPIPE */
            err(EXIT_FAILURE, "send a guess");
        got = recv(end, &answer, 1, 0); /* sleeps until the parent answers */
        if (got < 0)
            err(EXIT_FAILURE, "receive an answer");
        if (got > 0 && answer == '<')
            most = guess - 1;
        else if (got > 0)
            least = guess + 1;
    }
    if (send(end, &guesses, 1, MSG_NOSIGNAL) < 0) /* recv has returned 0, and we can still send */
        err(EXIT_FAILURE, "send the number of guesses");
}

/* The parent. Returns false if the child has ended too early. */
static bool answer_guesses(int end)
{
    unsigned char guess, guesses;
    ssize_t got;
    while ((got = recv(end, &guess, 1, 0)) > 0 && guess != SECRET) {
        bool is_less = SECRET < guess;
        printf("child: is it %d?  parent: %s\n", guess, is_less ? "lower" : "higher");
        if (send(end, is_less ? "<" : ">", 1, MSG_NOSIGNAL) < 0)
            err(EXIT_FAILURE, "send an answer");
    }
    if (got > 0) {
        printf("child: is it %d?  parent: (half-close)\n", guess);
        if (shutdown(end, SHUT_WR) < 0) /* now the child's recv returns 0 */
            err(EXIT_FAILURE, "shutdown");
        got = recv(end, &guesses, 1, 0); /* the other direction is still open */
    }
    if (got < 0)
        err(EXIT_FAILURE, "receive from the child");
    if (got == 0)
        warnx("the child has ended too early");
    else
        printf("child: %d guesses\n", guesses);
    return got > 0;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0 };
    read_options(argc, argv, "s:", HELP, &options);

    int ends[2]; /* what is sent over one end is received from the other */
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        err(EXIT_FAILURE, "socketpair");
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        end_with_parent(parent); /* robust: even while it pauses */
        close(ends[0]);          /* or recv would not return 0 after the parent has died */
        guess_number(ends[1], options.pause);
        exit(EXIT_SUCCESS);
    }

    close(ends[1]); /* likewise: while any process has this end open, the stream has no end */
    bool complete = answer_guesses(ends[0]);
    int status;
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    int result = exit_status(status);
    return complete ? result : EXIT_FAILURE;
}
