/* message-queues-4: the signal that ends the wait
 *
 * Wanted: ./message-queues-4 receive sleeps in msgrcv until a number comes through a queue, prints
 *     it, and removes the queue. ./message-queues-4 send NUMBER, in the same directory, sends one.
 *     Each time the receiver gets SIGUSR1 while it waits, it prints "still waiting" and goes on
 *     waiting. If the queue is removed (./message-queues-4 remove), the receiver's call fails: it
 *     says so on standard error and exits with status 1.
 * As it stands: wrong output. After kill -USR1 PID, the receiver prints "still waiting" and ends
 *     with an error, although its handler was installed with SA_RESTART.
 *     (./message-queues-4 remove removes the queue that is left.)
 * Read: signal(7), "Interruption of system calls and library functions by signal handlers"
 * Medium, 10 minutes. To judge it: make exercise-message-queues-4
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

struct message {
    long type, number;
};

static void on_sigusr1(int sig)
{
    static const char line[] = "still waiting\n";
    int error = errno;
    (void)sig;
    if (write(STDOUT_FILENO, line, sizeof line - 1) < 0) /* printf is not safe in a handler */
        _exit(EXIT_FAILURE);
    errno = error;
}

static void receive_number(int queue)
{
    struct message message;
    struct sigaction action = { .sa_handler = on_sigusr1, .sa_flags = SA_RESTART };
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGUSR1, &action, NULL) < 0)
        err(EXIT_FAILURE, "sigaction SIGUSR1");
    if (msgrcv(queue, &message, sizeof message.number, 0, 0) < 0)
        err(EXIT_FAILURE, "msgrcv");
    printf("%ld\n", message.number);
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write standard output");
}

int main(int argc, char *argv[])
{
    bool sends = argc == 3 && strcmp(argv[1], "send") == 0;
    bool receives = argc == 2 && strcmp(argv[1], "receive") == 0;
    if (!sends && !receives && (argc != 2 || strcmp(argv[1], "remove") != 0))
        errx(2, "usage: message-queues-4 receive, send NUMBER, or remove");
    key_t key = ftok(".", 'A');
    int queue = key == -1 ? -1 : msgget(key, IPC_CREAT | 0600); /* whoever is first creates it */
    if (queue < 0)
        err(EXIT_FAILURE, "make or find the queue");
    struct message message = { .type = 1, .number = sends ? atol(argv[2]) : 0 };
    if (sends && msgsnd(queue, &message, sizeof message.number, 0) < 0)
        err(EXIT_FAILURE, "msgsnd");
    if (receives)
        receive_number(queue);
    if (!sends && msgctl(queue, IPC_RMID, NULL) < 0)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    return EXIT_SUCCESS;
}
