/* partner: the other end of message-queues-5; the judge runs it.
 *
 *     partner server COUNT SUFFIX   collects requests of COUNT clients and then replies, to the last first. A reply is
 *                                   the word with the suffix. Ends and removes the queue when it is asked to
 *     partner client WORD WORD      asks for two processes, itself and a child; after SIGUSR1, takes and prints the
 *                                   replies, the later first
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEXT_SIZE = 60, REQUEST = 1 << 30, MOST = 8 };

struct message {
    long type;
    pid_t client;
    char text[TEXT_SIZE];
};

enum { SIZE = sizeof(struct message) - sizeof(long) };

static void send_message(int queue, long type, pid_t client, const char *text, const char *suffix)
{
    struct message message = { .type = type, .client = client };
    snprintf(message.text, sizeof message.text, "%s%s", text, suffix);
    if (msgsnd(queue, &message, SIZE, 0) < 0)
        err(EXIT_FAILURE, "msgsnd");
}

static struct message receive_message(int queue, long type)
{
    union {
        struct message message;
        struct {
            long type;
            char bytes[4 * SIZE]; /* so that a message that is too long arrives, too */
        } longer;
    } received;
    memset(&received, 0, sizeof received);
    ssize_t size = msgrcv(queue, &received, sizeof received.longer.bytes, type, 0);
    if (size < 0)
        err(EXIT_FAILURE, "msgrcv");
    if (size != SIZE)
        errx(EXIT_FAILURE, "a message has %zd bytes after its type, not %d (SIZE)", size, SIZE);
    received.message.text[TEXT_SIZE - 1] = '\0';
    return received.message;
}

static void serve(key_t key, int count, const char *suffix)
{
    struct message requests[MOST];
    int collected = 0, queue = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    bool created = queue >= 0; /* a queue that was already there stays: the judge will find it */
    if (!created)
        queue = msgget(key, 0600);
    if (queue < 0 || count < 1 || count > MOST)
        err(EXIT_FAILURE, "msgget");
    for (;;) {
        requests[collected] = receive_message(queue, REQUEST);
        if (requests[collected].text[0] == '\0')
            break;
        if (++collected == count)
            while (collected-- > 0)
                send_message(queue, requests[collected].client, requests[collected].client,
                             requests[collected].text, suffix);
        collected = collected < 0 ? 0 : collected;
    }
    if (created && msgctl(queue, IPC_RMID, NULL) < 0)
        err(EXIT_FAILURE, "msgctl IPC_RMID");
}

static void ask(int queue, const char *first, const char *second)
{
    int sig;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        for (;;)
            pause(); /* it is there, in case the server looks whether its client lives */
    send_message(queue, REQUEST, child, first, "");
    send_message(queue, REQUEST, getpid(), second, "");
    sigwait(&signals, &sig);
    printf("%s\n", receive_message(queue, getpid()).text);
    printf("%s\n", receive_message(queue, child).text);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

int main(int argc, char *argv[])
{
    key_t key = ftok(".", 'A');
    if (key == -1 || argc != 4)
        err(EXIT_FAILURE, "ftok");
    if (strcmp(argv[1], "server") == 0) {
        serve(key, atoi(argv[2]), argv[3]);
    } else {
        int queue = msgget(key, 0600);
        if (queue < 0)
            err(EXIT_FAILURE, "msgget");
        ask(queue, argv[2], argv[3]);
    }
    return EXIT_SUCCESS;
}
