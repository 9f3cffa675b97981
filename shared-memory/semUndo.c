/* semUndo: a System V semaphore as a lock; if its holder dies, the kernel releases it.
 *
 *     1$ ./semUndo
 *     process NNN has the semaphore
 *     2$ ./semUndo
 *     semUndo: process NNN has it; waiting
 *     3$ kill -KILL <its process ID>
 *     2| process NNN has the semaphore
 *
 * Calls: ftok -> semget -> semop +1, by the process that creates the set; semop -1, semop +1
 *
 * Look for: SEM_UNDO. The kernel remembers what each process has added and subtracted, and undoes
 * it when the process ends, even by SIGKILL. With -u it does not: the semaphore stays 0, and
 * processes that wait for it wait in vain. SEM_UNDO restores the semaphore, not the data: if the
 * holder died in a change, the next one is not told (with a robust mutex it is: holder, survivor).
 *
 * Build: cc -I../include -o semUndo semUndo.c
 * Read:  sysvipc(7), ftok(3), semget(2), semop(2) on SEM_UNDO, semctl(2)
 */
#define _GNU_SOURCE
#include <sys/ipc.h>
#include <sys/sem.h>

#include "directory.h"
#include "start.h"

enum { PROJECT_ID = 125 }; /* for ftok(3) */
static const char HELP[] = "usage: semUndo [-h] [-s SECONDS] [-t SECONDS] [-u]\n"
                           "Takes a semaphore, holds it for a while, and releases it.\n"
                           "  1$ ./semUndo      2$ ./semUndo      3$ kill -KILL <its process ID>\n"
                           "  -s SECONDS  how long to hold it (6)\n"
                           "  -t SECONDS  how long to wait for it (12)\n"
                           "  -u          unsafe: without SEM_UNDO\n";
static int set = -1; /* a set of one semaphore: 1 is free, 0 is taken */

/* Adds CHANGE to the semaphore; sleeps as long as that would make it negative. */
static void change_semaphore(short change, short flags)
{
    struct sembuf operation = { .sem_num = 0, .sem_op = change, .sem_flg = flags };
    while (semop(set, &operation, 1) < 0)
        if (errno != EINTR) /* after Ctrl+Z and fg: semop is never restarted */
            err(EXIT_FAILURE, "semop %+d on set %d", change, set);
}

/* robust: the set would outlive us. The last user removes it. */
static int remove_unused_set(const char *unused)
{
    (void)unused;
    return set >= 0 && try_to_lock_alone() ? semctl(set, 0, IPC_RMID) : -1;
}

/* robust: a set that killed processes have left, perhaps with the semaphore at 0. */
static int remove_dead_set(const char *unused)
{
    (void)unused;
    return semctl(semget(ftok(".", PROJECT_ID), 0, 0), 0, IPC_RMID);
}

/* Opens the set of KEY, or creates it, with the semaphore at 1. */
static void open_set(key_t key)
{
    set = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
    if (set >= 0) {
        /* Linux starts it at 0: others wait until now. No SEM_UNDO: this must outlive us */
        change_semaphore(+1, 0);
        return;
    }
    if (errno == EEXIST)
        set = semget(key, 1, 0);
    if (set < 0)
        err(EXIT_FAILURE, "semget of key 0x%x (ipcs -s -l shows what this kernel allows)",
            (unsigned)key);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 6, .timeout = 12 };
    read_options(argc, argv, "s:t:u", HELP, &options);
    short undo = options.unsafe ? 0 : SEM_UNDO;
    key_t key = ftok(".", PROJECT_ID); /* the same number for every process in this directory */
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    share_directory_lock_afresh(options.timeout, remove_dead_set, "set");
    remove_at_exit(remove_unused_set, "set");
    open_set(key);

    int holder = semctl(set, 0, GETPID); /* the last process that changed it */
    if (holder > 0 && semctl(set, 0, GETVAL) == 0)
        warnx("process %d has it; waiting", holder);
    set_deadline(options.timeout, "nobody released the semaphore");
    change_semaphore(-1, undo); /* 1 becomes 0; sleeps while it is 0 */
    clear_deadline();
    printf("process %d has the semaphore\n", getpid());
    pause_for(options.pause);
    change_semaphore(+1, undo); /* nothing is left to undo */
    printf("process %d has released it\n", getpid());
    return EXIT_SUCCESS;
}
