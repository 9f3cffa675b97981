/* taskServer: squares numbers for many clients, through one System V message queue.
 *
 *     1$ ./taskServer
 *     taskServer: room for 16 messages in queue NNN
 *     2$ ./taskClient
 *     1 squared is 1
 *     ...
 *
 * Calls: ftok -> msgget -> msgctl IPC_SET -> setitimer -> msgrcv -> msgsnd -> msgrcv -> ...;
 *        at exit: msgctl IPC_RMID
 *
 * Look for: all requests have the same type. The type of an answer is its client's process ID, so
 * each client receives its own. When the queue is full of requests, there is no room for an answer:
 * the server keeps it and receives the next request, which makes room. With -u it waits for room.
 *
 * Build: cc -I../include -o taskServer taskServer.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2), msgctl(2), kill(2), setitimer(2)
 */
#define _GNU_SOURCE
#include "start.h"
#include "tasks.h"

static const char HELP[] =
    "usage: taskServer [-h] [-n COUNT] [-u]\n"
    "Squares the numbers that its clients send.\n"
    "  1$ ./taskServer      2$ ./taskClient\n"
    "  -n COUNT  how many messages the queue has room for (16)\n"
    "  -u        unsafe: wait for room for each answer, to see the deadlock\n";
static const struct itimerval TICKS = { { 0, 50000 }, { 0, 50000 } }; /* 20 in a second */
static int queue = -1;

static int remove_queue(const char *unused)
{
    (void)unused;
    return msgctl(queue, IPC_RMID, NULL); /* calls of clients that are asleep fail: EIDRM */
}

static void create_queue(key_t key, long room)
{
    struct msqid_ds state;
    remove_at_exit(remove_queue, "queue");
    queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (queue < 0)
        err(EXIT_FAILURE, "msgget of key 0x%x%s", (unsigned)key,
            errno == EEXIST ? " (another user has a queue of this key: use another directory)"
                            : " (ipcs -q -l shows what this kernel allows, ipcs -q what is there)");
    if (msgctl(queue, IPC_STAT, &state) < 0) /* IPC_SET sets owner and mode, too */
        err(EXIT_FAILURE, "msgctl IPC_STAT");
    state.msg_qbytes = (msglen_t)room * TASK_SIZE;
    if (msgctl(queue, IPC_SET, &state) < 0)
        err(EXIT_FAILURE, "make room for %ld messages (sysctl kernel.msgmnb is the limit)", room);
    announce_role(); /* robust: from here on, clients find the queue */
    warnx("room for %ld message%s in queue %d", room, room == 1 ? "" : "s", queue);
}

static void solve(const struct task *request)
{
    struct client *client = entry_of((long)request->client);
    client->answer.ticket = request->ticket;
    client->answer.number = request->number * request->number;
    client->is_owed = true;
    printf("%llu squared, for process %lld\n", request->number, request->client);
    check_output();
}

/* Sends an answer, if there is room. UNSAFE: waits for room, which only the server could make. */
static void send_answer(struct client *client, bool unsafe)
{
    int ticks = 0;
    while (msgsnd(queue, &client->answer, TASK_SIZE, unsafe ? 0 : IPC_NOWAIT) < 0) {
        if (errno == EAGAIN) /* no room: try again after the next request or tick */
            return;
        if (errno != EINTR)
            err(EXIT_FAILURE, "msgsnd");
        if (++ticks == 20)
            errx(EXIT_FAILURE, "deadlock: the queue is full of requests; no room for an answer");
    }
    client->is_owed = false;
}

/* An answer to a client that has died would take up room in the queue forever. */
static void clean_up_after_clients(void)
{
    struct task answer;
    long dead;
    int caller; /* robust: a client that has asked for our role: only 4,096 may wait there */
    while ((dead = forget_dead_client()) != 0)
        while (msgrcv(queue, &answer, TASK_SIZE, dead, IPC_NOWAIT) >= 0)
            ;
    while ((caller = accept(role_socket, NULL, NULL)) >= 0)
        close(caller);
}

static void on_tick(int sig)
{
    (void)sig; /* its purpose: msgrcv and msgsnd, which have no timeout, fail with EINTR */
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 16 };
    read_options(argc, argv, "n:u", HELP, &options);
    if (options.count < 1 || options.count > 1000000)
        errx(WRONG_USAGE, "-n: want room for 1 to 1000000 messages");
    key_t key = ftok(".", TASKS_ID);
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    claim_role("taskServer"); /* robust: no other server runs in this directory */
    claim_key(key);           /* robust: or has this key; a dead server's queue is removed */
    create_queue(key, options.count);

    signal(SIGALRM, on_tick); /* it is free: this program has no set_deadline() */
    setitimer(ITIMER_REAL, &TICKS, NULL);
    for (;;) {
        struct task request;
        ssize_t size = msgrcv(queue, &request, TASK_SIZE, REQUEST, 0); /* the oldest request */
        if (size < 0 && errno != EINTR)
            err(EXIT_FAILURE, "msgrcv");
        if (size < 0) /* a tick */
            clean_up_after_clients();
        else if (size == TASK_SIZE && request.client > 0 && request.client < REQUEST)
            solve(&request);
        for (size_t i = 0; i < client_count; i++)
            if (clients[i].is_owed)
                send_answer(&clients[i], options.unsafe);
    }
}
