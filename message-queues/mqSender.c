/* mqSender: puts six messages with priorities into a POSIX message queue.
 *
 *     1$ ./mqSender
 *     msg1 sent with priority 1
 *     ...
 *     1$ ./mqReceiver
 *
 * Calls: mq_open -> mq_send, mq_send, ...
 *
 * Look for: each message has a priority. The receiver gets the highest first, and among equals the
 * oldest. The queue has a name; mq_open fixes how many messages it holds and how long they may be.
 * It stays, with its messages, after the sender has ended. (./sender does the same with types.)
 *
 * Build: cc -I../include -o mqSender mqSender.c -lrt -lpthread
 * Read:  mq_overview(7), mq_open(3), mq_send(3)
 */
#define _GNU_SOURCE
#include "posixQueue.h"
#include "start.h"

static const char HELP[] = "usage: mqSender [-h]\n"
                           "Sends six messages with priorities, which wait for ./mqReceiver.\n"
                           "  1$ ./mqSender      1$ ./mqReceiver\n";
static const struct {
    unsigned priority;
    const char *text;
} TO_SEND[MESSAGES] = {
    { 1, "msg1" }, { 1, "msg2" }, { 2, "msg3" }, { 2, "msg4" }, { 3, "msg5" }, { 3, "msg6" },
};

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });
    char name[HERE_NAME_SIZE];
    name_for_here(name, "mq");                 /* "/mq-DEVICE-INODE" */
    share_directory_lock(12);                  /* robust: while we run, nobody removes the queue */
    remove_at_exit(remove_unused_queue, name); /* robust: the last to end does, if it is empty */

    /* whichever program starts first creates it; O_NONBLOCK: mq_send fails if it is full */
    queue = mq_open(name, O_WRONLY | O_CREAT | O_NONBLOCK, 0600, &ATTRIBUTES);
    if (queue == (mqd_t)-1)
        exit_without_queue(name);
    check_queue(name);        /* robust: it is ours, and this directory's */
    unblock_ending_signals(); /* robust: Ctrl+C, now that we know what to remove */
    say_how_many("already");

    for (int i = 0; i < MESSAGES; i++) {
        const char *text = TO_SEND[i].text;
        if (mq_send(queue, text, strlen(text), TO_SEND[i].priority) < 0)
            err(EXIT_FAILURE, "mq_send %s to %s%s", text, name,
                errno == EAGAIN ? " (it is full: start ./mqReceiver)" : "");
        printf("%s sent with priority %u\n", text, TO_SEND[i].priority);
    }
    return EXIT_SUCCESS; /* the messages stay */
}
