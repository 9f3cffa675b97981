/* mqNotify: gets a signal when a message arrives in an empty POSIX message queue.
 *
 *     1$ ./mqNotify
 *     mqNotify: waiting for ./mqSender in this directory, for 12 s
 *     2$ ./mqSender
 *     1| msg5 received with priority 3
 *     1| ...
 *
 * Calls: sigprocmask -> mq_open -> mq_notify -> mq_receive until EAGAIN
 *        -> sigwaitinfo -> mq_notify -> mq_receive until EAGAIN -> ...; at exit: mq_unlink
 *
 * Look for: mqReceiver sleeps in mq_receive; this program could do something else meanwhile. The
 * kernel sends one signal when a message arrives in the empty queue, and then forgets the request,
 * so we ask again each time, before we read the queue until it is empty. If we asked afterward, a
 * message could arrive between the last mq_receive and mq_notify. It would cause no signal, and
 * neither would any later one, because the queue would not be empty.
 *
 * Build: cc -I../include -o mqNotify mqNotify.c -lrt -lpthread
 * Read:  mq_notify(3), mq_overview(7), mq_receive(3), sigwaitinfo(2)
 */
#define _GNU_SOURCE
#include "posixQueue.h"
#include "start.h"

static const char HELP[] = "usage: mqNotify [-h] [-t SECONDS]\n"
                           "Receives the six messages of ./mqSender; a signal says when to look.\n"
                           "  1$ ./mqNotify      2$ ./mqSender\n"
                           "  -t SECONDS  how long to wait for a signal (12)\n";

/* Asks for one SIGUSR1, when a message arrives in the empty queue. */
static void ask_for_signal(void)
{
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    mq_notify(queue, NULL); /* robust: after a kill(1) we are still registered */
    if (mq_notify(queue, &event) < 0)
        err(EXIT_FAILURE, "mq_notify%s",
            errno == EBUSY ? " (another process is registered, and only one can be)" : "");
}

/* Reads the queue until it is empty. Returns how many messages came. */
static int receive_all(void)
{
    char text[MESSAGE_SIZE];
    unsigned priority;
    ssize_t size;
    int count = 0;
    while ((size = mq_receive(queue, text, sizeof text, &priority)) >= 0) {
        printf("%.*s received with priority %u\n", (int)size, text, priority);
        check_output(); /* a message that cannot be printed is lost: take no more */
        count++;
    }
    if (errno != EAGAIN) /* EAGAIN: the queue is empty; it was opened with O_NONBLOCK */
        err(EXIT_FAILURE, "mq_receive");
    return count;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    sigset_t awaited; /* blocked: SIGUSR1 stays pending until sigwaitinfo, and does not end us */
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGUSR1);
    sigprocmask(SIG_BLOCK, &awaited, NULL);
    char name[HERE_NAME_SIZE];
    name_for_here(name, "mq");                 /* "/mq-DEVICE-INODE" */
    share_directory_lock(options.timeout);     /* robust: while we run, nobody removes the queue */
    remove_at_exit(remove_unused_queue, name); /* robust: the last to end does, if it is empty */

    queue = mq_open(name, O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &ATTRIBUTES);
    if (queue == (mqd_t)-1)
        exit_without_queue(name);
    check_queue(name);        /* robust: it is ours, and this directory's */
    unblock_ending_signals(); /* robust: Ctrl+C, now that we know what to remove */

    ask_for_signal();
    int count = receive_all(); /* what was there before we asked causes no signal */
    if (count == 0 && options.timeout > 0)
        warnx("waiting for ./mqSender in this directory, for %g s", options.timeout);
    while (count < MESSAGES) {
        int sig;
        set_deadline(options.timeout, "no message came");
        do /* sleeps until the signal comes; EINTR: after Ctrl+Z and fg */
            sig = sigwaitinfo(&awaited, NULL);
        while (sig < 0 && errno == EINTR);
        clear_deadline();
        ask_for_signal(); /* first ask again, then empty the queue, never the reverse */
        count += receive_all();
    }
    return EXIT_SUCCESS; /* remove_unused_queue() calls mq_unlink */
}
