/* svmem.h: what svWriter and svReader share. */
#pragma once

#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "role.h"

enum { BYTE_SIZE = 512, PROJECT_ID = 124 }; /* bytes of the segment; for ftok(3) */
enum { WRITTEN, TAKEN, SEMAPHORES };        /* of one set: the text is there; a reader has it */

union semun { /* semctl(2): each program has to define it */
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static int segment = -1, set = -1; /* the kernel's identifiers for the two objects */

/* For remove_at_exit(), as is remove_set(). They return 0 or -1. shmctl(2), semctl(2) */
static inline int remove_segment(const char *unused)
{
    (void)unused;
    return segment < 0 ? -1 : shmctl(segment, IPC_RMID, NULL);
}

static inline int remove_set(const char *unused)
{
    (void)unused;
    return set < 0 ? -1 : semctl(set, 0, IPC_RMID);
}

/* Call after CALL has failed for KEY. Explains why, and exits. */
static inline _Noreturn void exit_without(const char *call, key_t key)
{
    const char *hint = "";
    if (errno == EACCES || errno == EPERM || errno == EEXIST)
        hint = " (another user or program has an object with this key: use another directory)";
    if (errno == ENOSPC)
        hint = " (no more can be made: see ipcs -l; /proc/sys/kernel/shmmni, .../sem)";
    if (errno == ENOSYS)
        hint = " (this kernel has no System V IPC: use WSL 2, or ./memwriter and ./memreader)";
    err(EXIT_FAILURE, "%s of key 0x%x%s", call, (unsigned)key, hint);
}

/* Removes the segment and the set with KEY that a killed svWriter left, if any. Exits with a
 * message if the segment is in use: another directory can have the same key. shmctl(2) */
static inline void remove_dead_objects(key_t key)
{
    struct shmid_ds state;
    int old = shmget(key, 0, 0);
    if (old >= 0 && shmctl(old, IPC_STAT, &state) == 0) {
        if (state.shm_nattch > 0 && state.shm_cpid > 0 && kill(state.shm_cpid, 0) == 0)
            errx(EXIT_FAILURE, "process %d uses key 0x%x in another directory: use another one",
                 state.shm_cpid, (unsigned)key);
        shmctl(old, IPC_RMID, NULL);
    }
    old = semget(key, 0, 0);
    if (old >= 0)
        semctl(old, 0, IPC_RMID);
}
