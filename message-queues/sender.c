/* sender: puts six messages of three types into a System V message queue.
 *
 *     1$ ./sender
 *     msg1 sent as type 1
 *     ...
 *     1$ ./receiver
 *
 * Calls: ftok -> msgget -> msgsnd, msgsnd, ...
 *
 * Look for: the sender has ended, but its messages are still there (`ipcs -q`): the queue stays in
 * the kernel until somebody removes it. Run the sender twice, and there are twelve.
 *
 * Build: cc -I../include -o sender sender.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2)
 */
#define _GNU_SOURCE
#include "queue.h"
#include "start.h"

static const char HELP[] = "usage: sender [-h]\n"
                           "Sends six messages of three types, which wait for ./receiver.\n"
                           "  1$ ./sender      1$ ./receiver\n";
static const struct message TO_SEND[MESSAGES] = {
    { 1, "msg1" }, { 1, "msg2" }, { 2, "msg3" }, { 2, "msg4" }, { 3, "msg5" }, { 3, "msg6" },
};

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });
    share_directory_lock(12); /* robust: while we run, nobody removes the queue */
    remove_at_exit(remove_unused_queue, "queue"); /* robust: the last to end does, if it is empty */

    key_t key = ftok(".", PROJECT_ID); /* the same key for every program in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    queue = msgget(key, IPC_CREAT | 0600); /* whichever of the two starts first creates it */
    if (queue < 0)
        exit_without_queue(key);
    unblock_ending_signals(); /* robust: Ctrl+C, now that we know what to remove */
    say_how_many("already");

    for (int i = 0; i < MESSAGES; i++) {
        /* the size is that of the payload only; IPC_NOWAIT: fail if the queue is full */
        if (msgsnd(queue, &TO_SEND[i], PAYLOAD_SIZE, IPC_NOWAIT) < 0)
            err(EXIT_FAILURE, "msgsnd %s to queue %d%s", TO_SEND[i].payload, queue,
                errno == EAGAIN ? " (it is full: start ./receiver)" : "");
        printf("%s sent as type %ld\n", TO_SEND[i].payload, TO_SEND[i].type);
    }
    return EXIT_SUCCESS; /* the messages stay */
}
