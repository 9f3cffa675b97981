/* message-queues-3: the sender that never waits
 *
 * Wanted: ./message-queues-3 send COUNT puts the numbers from 1 to COUNT, and then a 0, into a
 *     queue. ./message-queues-3 receive takes them out up to the 0, removes the queue, and prints a
 *     line such as "3 numbers, sum 6". Both run in the same directory, and either may start first.
 *     The queue has room for 100 numbers of sizeof(long) bytes, and the 0 is one of them. While it
 *     is full, the sender sleeps in msgsnd. No number is lost.
 * As it stands: wrong output. ./message-queues-3 send 300 ends at once, before anybody receives,
 *     and ./message-queues-3 receive, started after it, waits forever.
 *     (Then ipcs -q lists the queue that is left, and ipcrm -q ID removes it.)
 * Read: msgop(2), "msgsnd()"
 * Easy, 10 minutes. To judge it: make exercise-message-queues-3
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>

enum { ROOM = 100 }; /* numbers in the queue */

struct message {
    long type, number;
};

static int open_queue(void)
{
    struct msqid_ds state;
    key_t key = ftok(".", 'A');
    int queue = key == -1 ? -1 : msgget(key, IPC_CREAT | 0600); /* whoever is first creates it */
    if (queue < 0 || msgctl(queue, IPC_STAT, &state) < 0)
        err(EXIT_FAILURE, "make or find the queue");
    state.msg_qbytes = ROOM * sizeof(long);
    if (msgctl(queue, IPC_SET, &state) < 0)
        err(EXIT_FAILURE, "msgctl IPC_SET");
    return queue;
}

static void send_number(int queue, long number)
{
    struct message message = { .type = 1, .number = number };
    if (msgsnd(queue, &message, sizeof message.number, IPC_NOWAIT) < 0 && errno != EAGAIN)
        err(EXIT_FAILURE, "msgsnd %ld", number);
}

static void receive_numbers(int queue)
{
    struct message message;
    long count = 0, sum = 0;
    for (;;) {
        if (msgrcv(queue, &message, sizeof message.number, 0, 0) < 0)
            err(EXIT_FAILURE, "msgrcv");
        if (message.number == 0)
            break;
        count++;
        sum += message.number;
    }
    if (msgctl(queue, IPC_RMID, NULL) < 0)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    printf("%ld numbers, sum %ld\n", count, sum);
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write standard output");
}

int main(int argc, char *argv[])
{
    bool sends = argc == 3 && strcmp(argv[1], "send") == 0;
    if (!sends && (argc != 2 || strcmp(argv[1], "receive") != 0))
        errx(2, "usage: message-queues-3 send COUNT, or message-queues-3 receive");
    int queue = open_queue();
    if (!sends) {
        receive_numbers(queue);
        return EXIT_SUCCESS;
    }
    for (long number = 1; number <= atol(argv[2]); number++)
        send_number(queue, number);
    send_number(queue, 0);
    return EXIT_SUCCESS;
}
