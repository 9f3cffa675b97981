/* receiver: takes six messages from a System V message queue, by their types.
 *
 *     1$ ./receiver
 *     msg5 received as type 3
 *     ...
 *
 * After ./sender, in the same directory; or before it, from a second terminal.
 *
 * Look for: the messages do not come in the order in which they were sent. The receiver asks for
 * the types 3 1 2 1 3 2, and gets the oldest message of each. A pipe could not do that.
 *
 * Build: cc -I../include -o receiver receiver.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2), msgctl(2)
 */
#define _GNU_SOURCE
#include <sys/file.h>
#include <sys/msg.h>

#include "begin.h"
#include "patience.h"
#include "queue.h"

static const char HELP[] = "Takes the six messages of ./sender, by type.\n"
                           "  1$ ./sender\n"
                           "  1$ ./receiver\n";
static const long TYPES[MESSAGES] = { 3, 1, 2, 1, 3, 2 };

static int queue = -1;
/* Who sends locks it, shared, and who removes an empty queue, exclusive: a message that came
 * between the look (it is empty) and the removal would be lost. */
static int directory;

/* Nobody else would remove a queue that stays empty; one with messages is not ours to destroy. */
static void remove_empty_queue(void)
{
    struct msqid_ds state;
    if (queue < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0)
        return; /* a sender is at work, and will do it */
    if (msgctl(queue, IPC_STAT, &state) == 0 && state.msg_qnum == 0)
        msgctl(queue, IPC_RMID, NULL);
    flock(directory, LOCK_UN);
}

static void say_what_remains(void)
{
    struct msqid_ds state;
    if (msgctl(queue, IPC_STAT, &state) == 0 && state.msg_qnum > 0)
        say("%lu message(s) remain in the queue", (unsigned long)state.msg_qnum);
}

static void find_queue(void)
{
    struct msqid_ds state;
    key_t key = key_for_here(PROJECT_ID);
    int found;
    while ((found = msgget(key, 0600)) < 0 || !is_our_queue(found, &state)) {
        if (found < 0 && errno != ENOENT) /* no IPC_CREAT: an empty queue is of no use */
            report_no_queue(key);
        try_again("./sender in this directory");
    }
    queue = found;
}

/* Without MSG_NOERROR, which would cut a message that is too long and say nothing. */
static void receive(long type)
{
    struct message message;
    ssize_t size;
    for (;;) {
        start_ticks();
        do
            size = msgrcv(queue, &message, PAYLOAD_SIZE, type, 0);
        while (size < 0 && errno == EINTR && keep_waiting());
        stop_ticks();
        if (size >= 0 || (errno != EIDRM && errno != EINVAL))
            break;
        find_queue(); /* another receiver found it empty, and removed it: wait for the next one */
    }
    if (size < 0 && errno == EINTR) {
        say("no message of type %ld came within %g s", type, patience_given);
        advise("start ./sender in this directory");
        say_what_remains();
        exit(EXIT_FAILURE);
    }
    if (size < 0)
        report_and_exit("receive a message of type %ld", type);
    printf("%.*s received as type %ld\n", (int)size, message.payload, message.type);
    flush_or_exit();
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    catch_ending_signals(remove_empty_queue);
    directory = open_here();
    set_patience(options.patience);
    find_queue();
    for (int i = 0; i < MESSAGES; i++)
        receive(TYPES[i]);

    start_ticks();
    while (flock(directory, LOCK_EX) < 0 && errno == EINTR && keep_waiting())
        ; /* the sender has sent its last message, and is about to leave */
    stop_ticks();
    say_what_remains();
    return EXIT_SUCCESS; /* remove_empty_queue() has the last word */
}
