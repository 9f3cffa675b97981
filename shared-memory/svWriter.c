/* svWriter: puts a line of text into System V shared memory. (memwriter does it with POSIX calls.)
 *
 *     1$ ./svWriter
 *     shared mem address: 0xNNN [0..511]
 *     segment NNN, semaphores NNN: see ipcs -m -s
 *     2$ ./svReader
 *     This is the way the world ends...
 *
 * Calls: ftok -> shmget -> shmat -> semget -> semctl SETALL -> semop;
 *        at exit: shmctl IPC_RMID, semctl IPC_RMID
 *
 * Look for: a key, made from the directory, leads both processes to the same segment and the same
 * set of semaphores. To create the set and to initialize it takes two calls; a process that opened
 * it in between would find values that mean nothing yet. So svReader waits until announce_role().
 * Segment and set outlive us unless we remove them. `diff memwriter.c svWriter.c` shows what POSIX
 * does differently.
 *
 * Build: cc -I../include -o svWriter svWriter.c
 * Read:  sysvipc(7), ftok(3), shmget(2), shmop(2), semget(2), semctl(2), semop(2)
 */
#define _GNU_SOURCE
#include "start.h"
#include "svmem.h"

static const char HELP[] =
    "usage: svWriter [-h] [-s SECONDS] [-t SECONDS]\n"
    "Puts a line of text into System V shared memory, and waits until it has been read.\n"
    "  1$ ./svWriter      2$ ./svReader\n"
    "  -s SECONDS  how long to stay afterward, for more readers (0)\n"
    "  -t SECONDS  how long to wait for the first reader (12)\n";
static const char TEXT[] = "This is the way the world ends...\n";

/* Adds CHANGE to semaphore NUMBER of the set; sleeps as long as that would make it negative. */
static int change_semaphore(unsigned short number, short change)
{
    struct sembuf operation = { .sem_num = number, .sem_op = change };
    int result;
    do /* EINTR: after Ctrl+Z and fg; semop is never restarted */
        result = semop(set, &operation, 1);
    while (result < 0 && errno == EINTR);
    return result;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "s:t:", HELP, &options);
    key_t key = ftok(".", PROJECT_ID); /* the same number for both programs in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    claim_role("svWriter"); /* robust: no other svWriter runs in this directory */

    remove_at_exit(remove_segment, "segment"); /* even after Ctrl+C */
    remove_at_exit(remove_set, "set");
    remove_dead_objects(key); /* left by a killed svWriter */
    segment = shmget(key, BYTE_SIZE, IPC_CREAT | IPC_EXCL | 0600);
    if (segment < 0)
        exit_without("shmget", key);
    char *memory = shmat(segment, NULL, 0); /* NULL: wherever there is room; 0: to read and write */
    if (memory == (char *)-1)
        err(EXIT_FAILURE, "shmat %d", segment);
    set = semget(key, SEMAPHORES, IPC_CREAT | IPC_EXCL | 0600);
    if (set < 0)
        exit_without("semget", key);
    union semun values = { .array = (unsigned short[SEMAPHORES]){ [WRITTEN] = 0, [TAKEN] = 0 } };
    if (semctl(set, 0, SETALL, values) < 0)
        err(EXIT_FAILURE, "semctl SETALL %d", set);
    announce_role(); /* robust: everything exists, and svReader may open it */

    fprintf(stderr, "shared mem address: %p [0..%d]\n", (void *)memory, BYTE_SIZE - 1);
    fprintf(stderr, "segment %d, semaphores %d: see ipcs -m -s\n", segment, set);
    strcpy(memory, TEXT);
    if (change_semaphore(WRITTEN, +1) < 0) /* 0 becomes 1: a reader may go on */
        err(EXIT_FAILURE, "semop %d", set);

    set_deadline(options.timeout, "no reader came");
    if (change_semaphore(TAKEN, -1) < 0) /* sleeps until a reader has made it 1 */
        err(EXIT_FAILURE, "semop %d", set);
    clear_deadline();
    pause_for(options.pause);
    return EXIT_SUCCESS; /* segment and set are removed at exit */
}
