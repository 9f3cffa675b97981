/* mqSender: puts six messages with priorities into a POSIX message queue.
 *
 *     1$ ./mqSender
 *     msg1 sent with priority 1
 *     ...
 *     1$ ./mqReceiver
 *
 * In the same directory, from the same terminal or another, now or later.
 *
 * Look for: the same six messages as ./sender's; but what was a type there, which the receiver asks
 * for, is a priority here: the highest comes first, without being asked. Compare the calls: a queue
 * has a name, and the descriptor works with poll, too.
 *
 * Build: cc -I../include -o mqSender mqSender.c -lrt -lpthread
 * Read:  mq_overview(7), mq_open(3), mq_send(3)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sys/file.h>

#include "begin.h"
#include "here.h"
#include "patience.h"
#include "posixQueue.h"

static const char HELP[] = "Sends six messages with priorities, which wait for ./mqReceiver.\n"
                           "  1$ ./mqSender\n"
                           "  1$ ./mqReceiver\n";
static const struct {
    unsigned priority;
    const char *text;
} TO_SEND[MESSAGES] = {
    { 1, "msg1" }, { 1, "msg2" }, { 2, "msg3" }, { 2, "msg4" }, { 3, "msg5" }, { 3, "msg6" },
};

static char name[HERE_NAME_SIZE];
static mqd_t queue = (mqd_t)-1;
static int directory; /* as with ./sender: who sends locks it shared, who removes exclusively */

/* Nobody else would remove a queue that stays empty. */
static void remove_empty_queue(void)
{
    struct mq_attr now;
    if (queue == (mqd_t)-1 || flock(directory, LOCK_EX | LOCK_NB) < 0)
        return;
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs == 0)
        mq_unlink(name);
}

static void lock_directory(void)
{
    int r;
    set_patience(PATIENCE);
    start_ticks();
    do
        r = flock(directory, LOCK_SH);
    while (r < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (r < 0 && errno == EINTR)
        say_and_exit("another process has had this directory locked for %g s", PATIENCE);
    if (r < 0)
        report_and_exit("lock the directory");
}

static void open_queue(void)
{
    struct mq_attr now;
    mqd_t found = mq_open(name, O_WRONLY | O_CREAT | O_NONBLOCK, 0600, &ATTRIBUTES);
    if (found == (mqd_t)-1)
        report_and_exit("mq_open %s", name);
    insist_on_ours(found, S_IFREG, name); /* on Linux it is a descriptor like any other */
    queue = found;
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs > 0)
        say("%ld message(s) of an earlier sender were waiting; they stay", now.mq_curmsgs);
}

static void send_messages(void)
{
    for (int i = 0; i < MESSAGES; i++) {
        const char *text = TO_SEND[i].text;
        if (mq_send(queue, text, strlen(text), TO_SEND[i].priority) < 0) {
            report("send %s to %s", text, name);
            if (errno == EAGAIN) /* O_NONBLOCK: rather an error than a wait */
                advise("the queue is full: start ./mqReceiver, or remove it: make -C .. clean-ipc");
            exit(EXIT_FAILURE);
        }
        printf("%s sent with priority %u\n", text, TO_SEND[i].priority);
        flush_or_exit();
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "", "", HELP, &options);

    name_for_here(name, QUEUE);
    catch_ending_signals(remove_empty_queue);
    directory = open_here();
    lock_directory();
    open_queue();
    send_messages();
    return EXIT_SUCCESS;
}
