/* svReader: prints the line of text that svWriter has put into System V shared memory.
 *
 *     1$ ./svWriter
 *     2$ ./svReader
 *     This is the way the world ends...
 *
 * Calls: ftok -> shmget -> shmat -> semget -> semop
 *
 * Look for: the same directory gives the same key, and the key leads to svWriter's segment and set.
 * One semop waits for the text and leaves it for the next reader: it does several operations at
 * once, or none of them. (memreader needs two calls for that: see `diff memreader.c svReader.c`.)
 *
 * Build: cc -I../include -o svReader svReader.c
 * Read:  sysvipc(7), ftok(3), shmget(2), shmop(2), semget(2), semop(2)
 */
#define _GNU_SOURCE
#include "start.h"
#include "svmem.h"

static const char HELP[] = "usage: svReader [-h] [-t SECONDS]\n"
                           "Prints the text that ./svWriter puts into shared memory.\n"
                           "  1$ ./svWriter      2$ ./svReader\n"
                           "  -t SECONDS  how long to wait for the writer (12)\n";

/* Does all COUNT operations on the set at once; sleeps until all of them are possible. */
static int operate(struct sembuf *operations, size_t count)
{
    int result;
    do /* EINTR: after Ctrl+Z and fg; semop is never restarted */
        result = semop(set, operations, count);
    while (result < 0 && errno == EINTR);
    return result;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);
    key_t key = ftok(".", PROJECT_ID); /* the same number for both programs in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    pid_t writer = wait_for_role("svWriter", options.timeout); /* robust: a running one */

    segment = shmget(key, BYTE_SIZE, 0);
    if (segment < 0)
        exit_without("shmget", key);
    char *memory = shmat(segment, NULL, SHM_RDONLY);
    if (memory == (char *)-1)
        err(EXIT_FAILURE, "shmat %d", segment);
    set = semget(key, SEMAPHORES, 0);
    if (set < 0)
        exit_without("semget", key);
    if (find_role("svWriter") != writer) /* robust: both belong to the same run */
        errx(EXIT_FAILURE, "the svWriter has ended");

    set_deadline(options.timeout, "the writer has not written its text");
    struct sembuf look[] = { { WRITTEN, -1, 0 }, { WRITTEN, +1, 0 } }; /* number, change, flags */
    if (operate(look, 2) < 0) /* sleeps until the writer has made it 1; the next reader finds 1 */
        err(EXIT_FAILURE, "semop %d%s", set, errno == EIDRM ? " (the writer has ended)" : "");
    clear_deadline();
    printf("%.*s", BYTE_SIZE, memory);
    check_output(); /* if nobody can read it, the writer has to wait for another reader */
    struct sembuf done = { TAKEN, +1, 0 };
    if (operate(&done, 1) < 0 && errno != EIDRM && errno != EINVAL) /* it may have ended already */
        err(EXIT_FAILURE, "semop %d", set);
    return EXIT_SUCCESS;
}
