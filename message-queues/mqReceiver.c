/* mqReceiver: takes six messages from a POSIX message queue, the highest priority first.
 *
 *     1$ ./mqReceiver
 *     msg5 received with priority 3
 *     ...
 *
 * After ./mqSender, in the same directory; or before it, from a second terminal.
 *
 * Look for: mq_timedreceive waits until a moment of the clock, not for a while. With -e the
 * program does not wait in the queue at all. It asks to be told (mq_notify): when a message comes
 * into the empty queue, the kernel sends a signal, once. So it asks again each time, and looks
 * after it has asked.
 *
 * Build: cc -I../include -o mqReceiver mqReceiver.c -lrt -lpthread
 * Read:  mq_overview(7), mq_receive(3), mq_notify(3), sigtimedwait(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sys/file.h>

#include "begin.h"
#include "here.h"
#include "patience.h"
#include "posixQueue.h"

static const char HELP[] = "Takes the six messages of ./mqSender, by priority.\n"
                           "  1$ ./mqSender\n"
                           "  1$ ./mqReceiver\n";

static char name[HERE_NAME_SIZE];
static mqd_t queue = (mqd_t)-1;
static int directory;

/* Nobody else would remove a queue that stays empty; one with messages is not ours to destroy. Nor
 * is another one that has the name now: it is removed by name, and ours may have lost it. */
static void remove_empty_queue(void)
{
    struct mq_attr now;
    struct stat found;
    if (queue == (mqd_t)-1 || flock(directory, LOCK_EX | LOCK_NB) < 0)
        return; /* a sender is at work, and will do it */
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs == 0 && fstat(queue, &found) == 0
        && found.st_nlink > 0)
        mq_unlink(name);
    flock(directory, LOCK_UN);
}

static void say_what_remains(void)
{
    struct mq_attr now;
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs > 0)
        say("%ld message(s) remain in the queue", now.mq_curmsgs);
}

static void find_queue(bool event)
{
    mqd_t found;
    while ((found = mq_open(name, O_RDONLY | (event ? O_NONBLOCK : 0))) == (mqd_t)-1) {
        if (errno != ENOENT)
            report_and_exit("mq_open %s", name);
        try_again("./mqSender in this directory");
    }
    insist_on_ours(found, S_IFREG, name);
    queue = found;
}

/* Asks to be told of the next message; then there may already be one, which nobody tells of. */
static void await_event(const sigset_t *told)
{
    static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
    struct mq_attr now;
    if (mq_notify(queue, &event) < 0 && errno != EBUSY) /* busy: by our own asking before */
        report_and_exit("mq_notify");
    if (mq_getattr(queue, &now) == 0 && now.mq_curmsgs > 0)
        return;
    if (sigtimedwait(told, NULL, &tick) < 0 && errno != EAGAIN && errno != EINTR)
        report_and_exit("sigtimedwait");
}

static void receive(bool event, const sigset_t *told)
{
    char text[MESSAGE_SIZE];
    unsigned priority;
    ssize_t size;
    for (;;) {
        struct timespec tick = moment_in(TICK_MS); /* it returns then, if nothing comes */
        size = mq_timedreceive(queue, text, sizeof text, &priority, &tick);
        if (size >= 0)
            break;
        if (errno != ETIMEDOUT && errno != EINTR && errno != EAGAIN)
            report_and_exit("receive a message");
        if (!keep_waiting()) {
            say("no message came within %g s", patience_given);
            advise("start ./mqSender in this directory");
            exit(EXIT_FAILURE);
        }
        if (!has_a_name(queue, name)) { /* another receiver found it empty, and removed it */
            mq_close(queue);
            find_queue(event);
        }
        if (event)
            await_event(told);
    }
    printf("%.*s received with priority %u\n", (int)size, text, priority);
    flush_or_exit();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "et", "", HELP, &options);

    sigset_t told; /* blocked: it is waited for, and needs no handler */
    sigemptyset(&told);
    sigaddset(&told, SIGUSR1);
    if (sigprocmask(SIG_BLOCK, &told, NULL) < 0)
        report_and_exit("sigprocmask");

    name_for_here(name, QUEUE);
    catch_ending_signals(remove_empty_queue);
    directory = open_here();
    set_patience(options.patience);
    find_queue(options.event);
    for (int i = 0; i < MESSAGES; i++)
        receive(options.event, &told);

    start_ticks();
    while (flock(directory, LOCK_EX) < 0 && errno == EINTR && keep_waiting())
        ; /* the sender has sent its last message, and is about to leave */
    stop_ticks();
    say_what_remains();
    return EXIT_SUCCESS; /* remove_empty_queue() has the last word */
}
