/* message-queues-5: a reply for each client
 *
 * Wanted: a server and its clients, in one directory and with one queue. ./message-queues-5 ask
 *     WORD... sends each word to the server, waits for the reply before it sends the next, and
 *     prints the replies, one per line. ./message-queues-5 serve replies to each word with the same
 *     word in capital letters. Several clients may ask at the same time, and each gets its own
 *     replies. When no client is left, ./message-queues-5 end asks the server to end: it removes
 *     the queue and exits. A process that has nothing to do sleeps in msgrcv. Each message has SIZE
 *     bytes. The judge also runs a server of its own, and a client that takes its replies late;
 *     both are ./partner.
 * As it stands: wrong output. The server ends at once; the three functions are for you to write, in
 *     about 40 lines. (A server that is killed leaves its queue, with the messages in it: ipcs -q
 *     lists it, and ipcrm -q ID removes it.)
 * Read: msgop(2), "msgrcv()"; msgget(2)
 * Hard, 40 minutes. To judge it: make exercise-message-queues-5
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <unistd.h>

enum {
    TEXT_SIZE = 60,
    REQUEST = 1 << 30, /* a type; larger than any process ID */
};

struct message {
    long type;            /* REQUEST; in a reply, the client's process ID */
    pid_t client;         /* its process ID, in requests and in replies */
    char text[TEXT_SIZE]; /* a word, with a NUL at its end; "" is the request to end */
};

enum { SIZE = sizeof(struct message) - sizeof(long) }; /* without the type */

/* Creates the queue with this key, replies to each request as soon as it arrives, in order,
 * and removes the queue when it is asked to end. Exits with status 1 if a call fails. */
static void serve(key_t key)
{
    (void)key;
}

/* Sends WORD to the server, waits for the reply, and prints its text and a newline. Exits with
 * status 1 if a call fails. */
static void ask(int queue, const char *word)
{
    (void)queue, (void)word;
}

/* Asks the server to end. Exits with status 1 if a call fails. */
static void end(int queue)
{
    (void)queue;
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "";
    key_t key = ftok(".", 'A');
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    if (strcmp(what, "serve") == 0 && argc == 2) {
        serve(key);
        return EXIT_SUCCESS;
    }
    int queue = msgget(key, 0600);
    if (queue < 0)
        err(EXIT_FAILURE, "find the queue (is ./message-queues-5 serve running?)");
    if (strcmp(what, "end") == 0 && argc == 2)
        end(queue);
    else if (strcmp(what, "ask") != 0)
        errx(2, "usage: message-queues-5 serve, ask WORD..., or end");
    for (int i = 2; i < argc; i++) {
        if (strlen(argv[i]) < 1 || strlen(argv[i]) >= TEXT_SIZE)
            errx(2, "a word has from 1 to %d letters", TEXT_SIZE - 1);
        ask(queue, argv[i]);
    }
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "write standard output");
    return EXIT_SUCCESS;
}
