/* message-queues-1: words with a tail
 *
 * Wanted: ./message-queues-1 WORD... sends the words, each of up to 24 letters, from a child to its
 *     parent. Each message consists of the letters of one word and no other bytes. For each
 *     message, the parent prints a line with its size and the word, such as "4 pear".
 * As it stands: wrong output. A short word has a tail, which may contain letters of an earlier
 *     word, and a long word makes the parent end with an error.
 * Read: msgop(2), "DESCRIPTION"
 * Easy, 5 minutes. To judge it: make exercise-message-queues-1
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

static int queue;

static void remove_queue(void)
{
    msgctl(queue, IPC_RMID, NULL); /* the other process's calls then fail */
}

int main(int argc, char *argv[])
{
    struct {
        long type;
        char text[24]; /* the letters, without a NUL at the end */
    } message = { .type = 1 };
    for (int i = 1; i < argc; i++)
        if (strlen(argv[i]) > sizeof message.text)
            errx(EXIT_FAILURE, "%s has more than %zu letters", argv[i], sizeof message.text);
    queue = msgget(IPC_PRIVATE, 0600);
    if (queue < 0)
        err(EXIT_FAILURE, "msgget");
    atexit(remove_queue); /* err(3) calls it, too, in both processes */

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        for (int i = 1; i < argc; i++) {
            size_t length = strlen(argv[i]);
            memcpy(message.text, argv[i], length);
            if (msgsnd(queue, &message, sizeof message.type + length, 0) < 0)
                err(EXIT_FAILURE, "msgsnd %s", argv[i]);
        }
        _exit(EXIT_SUCCESS); /* not exit: the parent still needs the queue */
    }
    for (int i = 1; i < argc; i++) {
        ssize_t size = msgrcv(queue, &message, sizeof message.text, 0, 0);
        if (size < 0)
            err(EXIT_FAILURE, "msgrcv");
        printf("%zd %.*s\n", size, (int)size, message.text);
    }
    if (waitpid(child, NULL, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write standard output");
    return EXIT_SUCCESS;
}
