/* monitor.h: what monitorPut and monitorTake share: a bounded buffer, its mutex, and its condition
 * variables, in shared memory. The first process creates them, and the last removes them. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "directory.h"
#include "here.h"

enum { SLOTS = 8 };

struct monitor {
    atomic_bool is_ready; /* stored last, by the process that created it */
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full, all_taken; /* all_taken: for those that are done */
    long numbers[SLOTS];                           /* the oldest is numbers[taken % SLOTS] */
    long put, taken; /* totals; put - taken numbers are in the buffer */
    long long put_sum, taken_sum;
    int putters, arrived; /* putting processes: those not done yet, and all so far */
};

static char monitor_name[HERE_NAME_SIZE];

/* Exits with a message if CALL returned an ERROR other than 0. pthreads(7) */
static inline void check(int error, const char *call)
{
    if (error == EOWNERDEAD || error == ENOTRECOVERABLE)
        errx(EXIT_FAILURE, "a process has died inside the monitor: its data may be half changed");
    if ((errno = error) != 0)
        err(EXIT_FAILURE, "%s", call);
}

/* For remove_at_exit(): the last user removes NAME. Returns 0 or -1. shm_unlink(3) */
static inline int remove_unused_monitor(const char *name)
{
    return try_to_lock_alone() ? shm_unlink(name) : -1;
}

/* Initializes an empty buffer, and a mutex and condition variables that several processes can use.
 * Exits with a message if that fails. pthread_mutexattr_setpshared(3) */
static inline void init_monitor(struct monitor *monitor)
{
    pthread_mutexattr_t mutex;
    pthread_condattr_t condition;
    check(pthread_mutexattr_init(&mutex), "pthread_mutexattr_init");
    check(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), "setpshared");
    check(pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST), "setrobust");
    check(pthread_mutex_init(&monitor->mutex, &mutex), "pthread_mutex_init");
    check(pthread_condattr_init(&condition), "pthread_condattr_init");
    check(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), "setpshared");
    check(pthread_cond_init(&monitor->not_empty, &condition), "pthread_cond_init");
    check(pthread_cond_init(&monitor->not_full, &condition), "pthread_cond_init");
    check(pthread_cond_init(&monitor->all_taken, &condition), "pthread_cond_init");
    atomic_store(&monitor->is_ready, true);
}

/* Returns the monitor of this directory. Creates it, or waits until its creator has initialized it.
 * Exits with a message if that fails, or takes longer than TIMEOUT seconds. shm_open(3), mmap(2) */
static inline struct monitor *open_monitor(double timeout)
{
    name_for_here(monitor_name, "monitor");
    share_directory_lock_afresh(timeout, shm_unlink, monitor_name);
    remove_at_exit(remove_unused_monitor, monitor_name);
    int segment = shm_open(monitor_name, O_RDWR | O_CREAT | O_EXCL, 0600);
    bool is_ours = segment >= 0;
    if (!is_ours && errno == EEXIST)
        segment = shm_open(monitor_name, O_RDWR, 0);
    if (segment < 0)
        err(EXIT_FAILURE, "shm_open %s", monitor_name);
    errno = posix_fallocate(segment, 0, sizeof(struct monitor)); /* robust: no SIGBUS later */
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate %s", monitor_name);
    struct monitor *monitor =
        mmap(NULL, sizeof *monitor, PROT_READ | PROT_WRITE, MAP_SHARED, segment, 0);
    if (monitor == MAP_FAILED)
        err(EXIT_FAILURE, "mmap %s", monitor_name);
    close(segment);
    if (is_ours)
        init_monitor(monitor);
    set_deadline(timeout, "the monitor was not ready");
    while (!atomic_load(&monitor->is_ready))
        pause_for(RETRY_MS / 1e3);
    clear_deadline();
    return monitor;
}
