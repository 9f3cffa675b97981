/* taskServer: many clients, one queue: each gets the answers to its own requests.
 *
 *     1$ ./taskServer
 *     taskServer: room for 16 message(s) in queue NNN
 *
 * With ./taskClient in a second terminal, and a third, in the same directory. Ctrl+C ends it.
 *
 * Look for: the type of an answer is its client's process id, so each takes its own. In a queue
 * full of requests there is no room for an answer: the server keeps it, and goes on (-u: waits).
 *
 * Build: cc -I../include -o taskServer taskServer.c
 * Read:  sysvipc(7), msgget(2), msgop(2), msgctl(2), kill(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/msg.h>

#include "begin.h"
#include "clients.h"
#include "here.h"
#include "oldQueue.h"
#include "owner.h"
#include "patience.h"
#include "tasks.h"

static const char HELP[] =
    "Squares the numbers that clients ask for.\n"
    "  1$ ./taskServer\n  2$ ./taskClient\n"
    "  -n COUNT    how many messages the queue has room for (16)\n"
    "  -u          unsafe: wait for room in the queue, to see the deadlock\n";

static int queue = -1, lock_file = -1; /* while we have the lock, the queue is ours to remove */

static void remove_queue(void)
{
    if (queue >= 0)
        msgctl(queue, IPC_RMID, NULL); /* who waits in it is told: EIDRM */
    if (lock_file >= 0)
        unlink(TASKS_LOCK);
}

static void claim_queue(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
    while (lock_file < 0) {
        int fd = open_ours(TASKS_LOCK);
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 0, TASKS_LOCK);
        if (has_a_name(fd, TASKS_LOCK))
            lock_file = fd;
        else
            close(fd); /* its owner has just removed it: try again */
    }
}

/* The queue that a killed server has left goes; its clients are told (EIDRM), and ask again. */
static void make_queue(long room)
{
    struct msqid_ds state;
    key_t key = key_for_here(TASKS_ID);
    int found = msgget(key, 0600);
    if (found >= 0 && is_left_over(found, lock_file) && msgctl(found, IPC_RMID, NULL) == 0)
        found = -1;
    if (found < 0)
        note_queue(lock_file, TO_BE_MADE); /* if we are killed before we have noted its number */
    queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (queue < 0)
        report_no_queue(key);
    note_queue(lock_file, queue);
    if (msgctl(queue, IPC_STAT, &state) < 0) /* IPC_SET sets owner and mode, too */
        report_and_exit("ask for the state of queue %d", queue);
    state.msg_qbytes = (msglen_t)room * TASK_SIZE;
    if (msgctl(queue, IPC_SET, &state) < 0) /* less than the system's 16 KiB is always allowed */
        report_and_exit("make room for %ld messages (sysctl kernel.msgmnb has the limit)", room);
    say("room for %ld message(s) in queue %d", room, queue);
}

/* Waits for a request, a tick at most. Returns false if none of ours has come. */
static bool take_request(struct task *request)
{
    start_ticks();
    ssize_t size = msgrcv(queue, request, TASK_SIZE, REQUEST, 0);
    stop_ticks();
    if (size < 0 && errno != EINTR)
        report_and_exit("receive a request");
    leave_if_ended();
    return size == TASK_SIZE && request->client > 0 && request->client < REQUEST
           && request->number >= 0 && request->number <= MOST;
}

static void solve(const struct task *request)
{
    struct client *client = place_of((pid_t)request->client);
    client->answer = *request;
    client->answer.type = client->pid;
    client->answer.number = request->number * request->number;
    client->waits = true;
    printf("%lld squared, for process %d\n", request->number, (int)client->pid);
    flush_or_exit();
}

/* Sends one answer, if there is room. UNSAFE: waits for room. But who should make it? */
static bool send_answer(const struct task *answer, bool unsafe)
{
    int r;
    set_patience(patience_given);
    start_ticks();
    do
        r = msgsnd(queue, answer, TASK_SIZE, unsafe ? 0 : IPC_NOWAIT);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r < 0 && errno == EINTR)
        say_and_exit("a deadlock: the queue is full of requests, and I wait for room in it");
    if (r < 0 && errno != EAGAIN)
        report_and_exit("send an answer");
    return r == 0;
}

/* The answer to a client that has ended would stay in the queue for ever. */
static void tidy_after_the_dead(void)
{
    struct task answer;
    pid_t dead;
    while ((dead = forget_a_dead_one()) != 0)
        while (msgrcv(queue, &answer, TASK_SIZE, dead, IPC_NOWAIT) >= 0)
            ;
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 16 };
    begin(argc, argv, "nu", "", HELP, &options);
    if (options.count < 1 || options.count > 1000000)
        wrong_usage("-n: want room for 1 to 1000000 messages");

    catch_ending_signals(remove_queue);
    claim_queue();
    make_queue(options.count);
    set_patience(1); /* with -u, for room: then it is a deadlock */
    for (;;) {
        struct task request;
        if (take_request(&request))
            solve(&request);
        else
            tidy_after_the_dead();
        for (size_t i = 0; i < client_count; i++)
            if (clients[i].waits && send_answer(&clients[i].answer, options.unsafe))
                clients[i].waits = false;
    }
}
