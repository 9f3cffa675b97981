/* sender: puts six messages of three types into a System V message queue.
 *
 *     1$ ./sender
 *     msg1 sent as type 1
 *     ...
 *     1$ ./receiver
 *
 * In the same directory, from the same terminal or another, now or tomorrow.
 *
 * Look for: the sender has ended, and its messages are still there: `ipcs -q`. They lie in the
 * kernel until a receiver takes them. Start it twice, and it says how many were waiting.
 *
 * Build: cc -I../include -o sender sender.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2), msgctl(2)
 */
#define _GNU_SOURCE
#include <sys/file.h>
#include <sys/msg.h>

#include "begin.h"
#include "patience.h"
#include "queue.h"

static const char HELP[] = "Sends six messages of three types, which wait for ./receiver.\n"
                           "  1$ ./sender\n"
                           "  1$ ./receiver\n";
static const struct message TO_SEND[MESSAGES] = {
    { 1, "msg1" }, { 1, "msg2" }, { 2, "msg3" }, { 2, "msg4" }, { 3, "msg5" }, { 3, "msg6" },
};

static int queue = -1;
/* Who sends locks it, shared, and who removes an empty queue, exclusive: a message that came
 * between the look (it is empty) and the removal would be lost. */
static int directory;

/* Nobody else would remove a queue that stays empty. */
static void remove_empty_queue(void)
{
    struct msqid_ds state;
    if (queue < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0)
        return;
    if (msgctl(queue, IPC_STAT, &state) == 0 && state.msg_qnum == 0)
        msgctl(queue, IPC_RMID, NULL);
}

/* A receiver may just be removing an empty queue: it will soon be done. */
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

static void make_queue(void)
{
    struct msqid_ds state;
    key_t key = key_for_here(PROJECT_ID);
    int found = msgget(key, IPC_CREAT | 0600);
    if (found < 0)
        report_no_queue(key);
    if (!is_our_queue(found, &state))
        say_and_exit("somebody has just removed the queue; start again");
    queue = found;
    if (state.msg_qnum > 0)
        say("%lu message(s) of an earlier sender were waiting; they stay",
            (unsigned long)state.msg_qnum);
}

static void send_messages(void)
{
    for (int i = 0; i < MESSAGES; i++) {
        /* the size is the payload's alone; IPC_NOWAIT: rather an error than a wait for room */
        if (msgsnd(queue, &TO_SEND[i], PAYLOAD_SIZE, IPC_NOWAIT) < 0) {
            report("send %s to queue %d", TO_SEND[i].payload, queue);
            if (errno == EAGAIN)
                advise("the queue is full: start ./receiver, or remove it: ipcrm -q %d", queue);
            exit(EXIT_FAILURE);
        }
        printf("%s sent as type %ld\n", TO_SEND[i].payload, TO_SEND[i].type);
        flush_or_exit();
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "", "", HELP, &options);

    catch_ending_signals(remove_empty_queue);
    directory = open_here();
    lock_directory();
    make_queue();
    send_messages();
    return EXIT_SUCCESS;
}
