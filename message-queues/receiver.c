/* receiver: receives six messages from a System V message queue, by type.
 *
 *     1$ ./sender
 *     1$ ./receiver
 *     msg5 received as type 3
 *     ...
 *
 * Calls: ftok -> msgget -> msgrcv, msgrcv, ... -> msgctl IPC_RMID
 *
 * Look for: the messages do not come in the order in which they were sent. The receiver asks for
 * the types 3 1 2 1 3 2, and each time gets the oldest message of that type. A pipe cannot do that.
 * Started first, it creates the queue and sleeps in msgrcv until a message of type 3 comes.
 *
 * Build: cc -I../include -o receiver receiver.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2), msgctl(2)
 */
#define _GNU_SOURCE
#include "queue.h"
#include "start.h"

static const char HELP[] =
    "usage: receiver [-h] [-t SECONDS]\n"
    "Receives the six messages of ./sender, by type, and removes the queue.\n"
    "  1$ ./sender      1$ ./receiver\n"
    "  -t SECONDS  how long to wait for each message (12)\n";
static const long TYPES[MESSAGES] = { 3, 1, 2, 1, 3, 2 };

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    share_directory_lock(options.timeout); /* robust: while we run, nobody removes the queue */
    remove_at_exit(remove_unused_queue, "queue"); /* robust: the last to end does, if it is empty */

    key_t key = ftok(".", PROJECT_ID); /* the same key for every program in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    queue = msgget(key, IPC_CREAT | 0600); /* whichever of the two starts first creates it */
    if (queue < 0)
        exit_without_queue(key);
    unblock_ending_signals(); /* robust: Ctrl+C, now that we know what to remove */
    if (messages_in_queue() == 0 && options.timeout > 0)
        warnx("waiting for ./sender in this directory, for %g s", options.timeout);

    for (int i = 0; i < MESSAGES; i++) {
        struct message message;
        ssize_t size;
        set_deadline(options.timeout, "no message came");
        do /* sleeps until a message of this type is there; EINTR: after Ctrl+Z and fg */
            size = msgrcv(queue, &message, PAYLOAD_SIZE, TYPES[i], 0);
        while (size < 0 && errno == EINTR);
        clear_deadline();
        if (size < 0)
            err(EXIT_FAILURE, "msgrcv type %ld", TYPES[i]);
        printf("%.*s received as type %ld\n", (int)size, message.payload, message.type);
        check_output(); /* a message that cannot be printed is lost: take no more */
    }

    say_how_many("still");
    if (try_to_lock_alone() && messages_in_queue() == 0) /* robust: nothing can be sent meanwhile */
        if (msgctl(queue, IPC_RMID, NULL) < 0)           /* or the queue would outlive us */
            err(EXIT_FAILURE, "msgctl IPC_RMID");
    return EXIT_SUCCESS;
}
