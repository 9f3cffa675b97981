/* taskClient: asks the task server for squares, through a queue that it shares with all clients.
 *
 *     2$ ./taskClient
 *     1 squared is 1
 *     2 squared is 4
 *     3 squared is 9
 *
 * With ./taskServer in a first terminal, in the same directory; either may start first.
 *
 * Look for: the client takes messages of one type only, that of its own process id. Process ids are
 * used again: so a request carries a number of this run, too, and an answer to an earlier run is
 * thrown away. If the server dies, the next one is asked again.
 *
 * Build: cc -I../include -o taskClient taskClient.c
 * Read:  sysvipc(7), msgget(2), msgop(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/msg.h>

#include "begin.h"
#include "here.h"
#include "oldQueue.h"
#include "owner.h"
#include "patience.h"
#include "tasks.h"

static const char HELP[] = "Asks ./taskServer for the squares of numbers, from FIRST (1) on.\n"
                           "  1$ ./taskServer\n"
                           "  2$ ./taskClient\n"
                           "  -n COUNT    how many numbers (3)\n"
                           "  -s SECONDS  pause between two (0)\n";

static int queue, server = -1; /* the server keeps the second one locked */

static bool server_lives(void)
{
    pid_t owner = owner_of(server, 0);
    say_if_stopped(owner);
    return owner != 0;
}

/* The queue of a server that has been killed is still there: its lock is not. */
static bool see_server(void)
{
    struct msqid_ds state;
    if (server >= 0)
        close(server);
    server = open(TASKS_LOCK, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (server < 0 && errno != ENOENT)
        report_and_exit("open %s", TASKS_LOCK);
    if (server < 0)
        return false;
    insist_on_ours(server, S_IFREG, TASKS_LOCK);
    if (!server_lives())
        return false;
    key_t key = key_for_here(TASKS_ID);
    queue = msgget(key, 0600);
    if (queue < 0 && errno != ENOENT)
        report_no_queue(key);
    return queue >= 0 && is_our_queue(queue, &state);
}

static void find_server(void)
{
    while (!see_server())
        try_again("./taskServer in this directory");
}

/* Puts REQUEST into the queue; there may be no room. Returns false if the server has gone. */
static bool send_request(const struct task *request)
{
    int r;
    start_ticks();
    do
        r = msgsnd(queue, request, TASK_SIZE, 0);
    while (r < 0 && errno == EINTR && keep_waiting() && server_lives());
    stop_ticks();
    if (r < 0 && errno == EINTR && server_lives())
        say_and_exit("the queue has been full for %g s", patience_given);
    if (r < 0 && errno != EINTR && errno != EIDRM && errno != EINVAL)
        report_and_exit("send a request");
    return r == 0;
}

/* Waits for the answer to REQUEST. Returns false if the server has gone. */
static bool take_answer(const struct task *request, struct task *answer)
{
    ssize_t size;
    start_ticks();
    do
        size = msgrcv(queue, answer, TASK_SIZE, getpid(), 0);
    while ((size >= 0 && answer->run != request->run)
           || (size < 0 && errno == EINTR && keep_waiting() && server_lives()));
    stop_ticks();
    if (size < 0 && errno == EINTR && server_lives())
        say_and_exit("no answer came within %g s", patience_given);
    if (size < 0 && errno != EINTR && errno != EIDRM && errno != EINVAL)
        report_and_exit("receive an answer");
    return size >= 0;
}

static void ask(long long number, long long run, double patience)
{
    struct task request = { .type = REQUEST, .client = getpid(), .run = run, .number = number };
    struct task answer;
    set_patience(patience);
    while (!send_request(&request) || !take_answer(&request, &answer))
        find_server();
    if (answer.number != number * number)
        say_and_exit("the answer %lld is not the square of %lld", answer.number, number);
    printf("%lld squared is %lld\n", number, answer.number);
    flush_or_exit();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .count = 3 };
    begin(argc, argv, "nst", "[FIRST]", HELP, &options);
    long long first =
        optind < argc ? (long long)number_or_exit("FIRST", argv[optind], 1e9, false) : 1;

    long long run = number_of_run();
    set_patience(options.patience);
    find_server();
    for (long i = 0; i < options.count; i++) {
        if (i > 0)
            stay(options.stay);
        ask(first + i, run, options.patience);
    }
    return EXIT_SUCCESS;
}
