/* message-queues-2: a way out that forgets the queue
 *
 * Wanted: ./message-queues-2 NUMBER... prints the squares of the numbers, one per line. A child
 *     computes them and sends them to its parent through a queue. If an argument is not a number
 *     of one to four digits, the program prints the squares of the numbers before it, says on
 *     standard error what is wrong, and exits with status 1. In any case, it waits for its child
 *     to end, and it never leaves its queue behind.
 * As it stands: leaves something behind. After an argument that is not such a number, the program
 *     ends before its child, and the queue is still there: ipcs -q lists it.
 * Read: msgctl(2), "IPC_RMID"
 * Easy, 5 minutes. To judge it: make exercise-message-queues-2
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SQUARE = 1, NOT_A_NUMBER }; /* the types of messages */

struct message {
    long type, square;
};

/* In the child. Sends the squares, up to the first word that is not a number, and exits. */
static void send_squares(int queue, char *words[])
{
    struct message message = { .type = SQUARE };
    for (; *words != NULL && message.type == SQUARE; words++) {
        size_t digits = strspn(*words, "0123456789");
        bool is_number = digits >= 1 && digits <= 4 && (*words)[digits] == '\0';
        long number = is_number ? atol(*words) : 0;
        message.type = is_number ? SQUARE : NOT_A_NUMBER;
        message.square = number * number;
        if (msgsnd(queue, &message, sizeof message.square, 0) < 0) {
            warn("msgsnd");
            msgctl(queue, IPC_RMID, NULL); /* so that the parent's msgrcv fails, too */
            _exit(EXIT_FAILURE);
        }
    }
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    struct message message;
    int status = EXIT_SUCCESS;
    int queue = msgget(IPC_PRIVATE, 0600);
    if (queue < 0)
        err(EXIT_FAILURE, "msgget");
    pid_t child = fork();
    if (child == 0)
        send_squares(queue, argv + 1);
    if (child < 0) {
        warn("fork");
        status = EXIT_FAILURE;
    }
    for (int i = 1; i < argc && status == EXIT_SUCCESS; i++) {
        if (msgrcv(queue, &message, sizeof message.square, 0, 0) < 0) {
            warn("msgrcv");
            status = EXIT_FAILURE;
        } else if (message.type == NOT_A_NUMBER) {
            errx(EXIT_FAILURE, "%s is not a number of one to four digits", argv[i]);
        } else {
            printf("%ld\n", message.square);
        }
    }
    if (child > 0 && waitpid(child, NULL, 0) < 0)
        warn("waitpid");
    if (msgctl(queue, IPC_RMID, NULL) < 0)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write standard output");
    return status;
}
