/* receiver: takes six messages from a System V message queue, by their types.
 *
 *     1$ ./sender
 *     1$ ./receiver
 *     msg5 received as type 3
 *     ...
 *
 * Calls: ftok -> msgget -> msgrcv, msgrcv, ...; and at exit msgctl IPC_RMID
 *
 * Look for: the messages do not come in the order in which they were sent. The receiver asks for the
 * types 3 1 2 1 3 2, and gets the oldest message of each type. A pipe could not do that. Started
 * first, it creates the queue, and sleeps in msgrcv until a message comes.
 *
 * Build: cc -I../include -o receiver receiver.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2), msgctl(2)
 */
#define _GNU_SOURCE
#include "queue.h"
#include "start.h"

static const char HELP[] = "usage: receiver [-h] [-t SECONDS]\n"
                           "Takes the six messages of ./sender, by type, and removes the queue.\n"
                           "  1$ ./sender      1$ ./receiver\n"
                           "  -t SECONDS  how long to wait for each message (12)\n";
static const long TYPES[MESSAGES] = { 3, 1, 2, 1, 3, 2 };

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    lock_directory(LOCK_SH); /* as long as anybody has this lock, nobody removes the queue ... */
    remove_at_exit(remove_unused_queue,
                   "the queue"); /* ... and the last one does, if it is empty */

    key_t key = ftok(".", PROJECT_ID); /* the same key for every program in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    queue = msgget(key, IPC_CREAT | 0600); /* whichever of the two comes first creates it */
    if (queue < 0)
        refuse_key(key);
    if (messages_in_our_queue() == 0 && options.timeout > 0)
        warnx("waiting for ./sender in this directory, for %g s", options.timeout);

    for (int i = 0; i < MESSAGES; i++) {
        struct message message;
        ssize_t size;
        begin_wait(options.timeout, "no message came");
        do
            size =
                msgrcv(queue, &message, PAYLOAD_SIZE, TYPES[i], 0); /* sleeps until one is there */
        while (size < 0 && errno == EINTR);                         /* after Ctrl+Z and fg */
        if (size < 0)
            err(EXIT_FAILURE, "msgrcv type %ld", TYPES[i]);
        end_wait();
        printf("%.*s received as type %ld\n", (int)size, message.payload, message.type);
        check_output(); /* the queue has this message no more: if nobody can read it, take no other */
    }

    unsigned long left = messages_in_our_queue();
    if (left > 0)
        warnx("the queue still holds %lu message%s", left, left == 1 ? "" : "s");
    return EXIT_SUCCESS; /* at exit the queue is removed (queue.h: msgctl IPC_RMID) */
}
