/* mqReceiver: receives six messages from a POSIX message queue, the highest priority first.
 *
 *     1$ ./mqSender
 *     1$ ./mqReceiver
 *     msg5 received with priority 3
 *     ...
 *
 * Calls: mq_open -> mq_receive, mq_receive, ... -> mq_unlink
 *
 * Look for: the receiver cannot choose. It gets the highest priority first, and within a priority
 * the oldest message. If it is started first, it creates the queue and sleeps in mq_receive until a
 * message comes; then it gets msg1 before msg5 has been sent.
 *
 * Build: cc -I../include -o mqReceiver mqReceiver.c -lrt -lpthread
 * Read:  mq_overview(7), mq_open(3), mq_receive(3), mq_unlink(3)
 */
#define _GNU_SOURCE
#include "posixQueue.h"
#include "start.h"

static const char HELP[] = "usage: mqReceiver [-h] [-t SECONDS]\n"
                           "Receives the six messages of ./mqSender, the highest priority first.\n"
                           "  1$ ./mqSender      1$ ./mqReceiver\n"
                           "  -t SECONDS  how long to wait for each message (12)\n";

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    char name[HERE_NAME_SIZE];
    name_for_here(name, "mq");                 /* "/mq-DEVICE-INODE" */
    share_directory_lock(options.timeout);     /* robust: while we run, nobody removes the queue */
    remove_at_exit(remove_unused_queue, name); /* robust: the last to end does, if it is empty */

    /* whichever program starts first creates it, with these attributes */
    queue = mq_open(name, O_RDONLY | O_CREAT, 0600, &ATTRIBUTES);
    if (queue == (mqd_t)-1)
        exit_without_queue(name);
    check_queue(name);        /* robust: it is ours, and this directory's */
    unblock_ending_signals(); /* robust: Ctrl+C, now that we know what to remove */
    if (messages_in_queue() == 0 && options.timeout > 0)
        warnx("waiting for ./mqSender in this directory, for %g s", options.timeout);

    for (int i = 0; i < MESSAGES; i++) {
        char text[MESSAGE_SIZE]; /* room for the longest message that may come */
        unsigned priority;
        set_deadline(options.timeout, "no message came");
        ssize_t size = mq_receive(queue, text, sizeof text, &priority); /* sleeps until one comes */
        if (size < 0)
            err(EXIT_FAILURE, "mq_receive from %s", name);
        clear_deadline();
        printf("%.*s received with priority %u\n", (int)size, text, priority);
        check_output(); /* a message that cannot be printed is lost: take no more */
    }

    say_how_many("still");
    if (try_to_lock_alone() && messages_in_queue() == 0) /* robust: nothing can be sent meanwhile */
        if (mq_unlink(name) < 0)                         /* or the queue would outlive us */
            err(EXIT_FAILURE, "mq_unlink %s", name);
    return EXIT_SUCCESS;
}
