/* monitorPut: puts numbers into a bounded buffer that any number of processes share.
 *
 *     1$ ./monitorPut
 *     2$ ./monitorTake
 *     1| 1000 numbers put, their sum is 500500
 *     2| 1000 numbers taken, their sum is 500500
 *
 * Several of each may run at once.
 *
 * Calls: pthread_mutex_lock -> pthread_cond_wait, while there is no room -> pthread_cond_signal ->
 *        pthread_mutex_unlock
 *
 * Look for: put(), the textbook's monitor, with a mutex and condition variables in shared memory.
 * pthread_cond_wait unlocks the mutex and sleeps, in one step; before it returns, it locks the
 * mutex again. By then another process may have filled the buffer (or nobody has signaled at all: a
 * spurious wakeup). That is why it is called in a `while` loop. With -u the test is not repeated,
 * as with an `if`, and the program counts how often that would have gone wrong.
 *
 * Build: cc -I../include -o monitorPut monitorPut.c -lrt -lpthread
 * Read:  pthread_mutex_lock(3), pthread_cond_wait(3), pthread_mutexattr_setpshared(3)
 */
#define _GNU_SOURCE
#include "monitor.h"
#include "start.h"

static const char HELP[] =
    "usage: monitorPut [-h] [-n COUNT] [-t SECONDS] [-u]\n"
    "Puts the numbers from 1 to COUNT into a buffer of 8, which it shares with ./monitorTake.\n"
    "  1$ ./monitorPut      2$ ./monitorTake      (several of each, if you like)\n"
    "  -n COUNT    how many (1000)\n"
    "  -t SECONDS  how long to wait for room (12)\n"
    "  -u          unsafe: as with `if` instead of `while` around pthread_cond_wait\n";
static struct options options = { .count = 1000, .timeout = 12 };

/* Puts NUMBER into the buffer; sleeps while it is full. False (UNSAFE): woken, but it is full, and
 * with an `if` we would now overwrite a number that nobody has taken. */
static bool put(struct monitor *monitor, long number)
{
    set_deadline(options.timeout, "no room came");
    check(pthread_mutex_lock(&monitor->mutex), "pthread_mutex_lock");
    while (monitor->put - monitor->taken == SLOTS) {
        check(pthread_cond_wait(&monitor->not_full, &monitor->mutex), "pthread_cond_wait");
        if (options.unsafe) /* UNSAFE: as with `if`, not `while` */
            break;
    }
    bool has_room = monitor->put - monitor->taken < SLOTS;
    if (has_room) {
        monitor->numbers[monitor->put++ % SLOTS] = number;
        monitor->put_sum += number;
        check(pthread_cond_signal(&monitor->not_empty), "pthread_cond_signal"); /* one sleeper */
    }
    check(pthread_mutex_unlock(&monitor->mutex), "pthread_mutex_unlock");
    clear_deadline();
    return has_room;
}

static void arrive(struct monitor *monitor)
{
    check(pthread_mutex_lock(&monitor->mutex), "pthread_mutex_lock");
    monitor->putters++;
    monitor->arrived++;
    check(pthread_mutex_unlock(&monitor->mutex), "pthread_mutex_unlock");
}

/* We put no more. Waits until all are taken: the last process to leave removes the buffer. */
static void leave(struct monitor *monitor)
{
    set_deadline(options.timeout, "not all numbers were taken");
    check(pthread_mutex_lock(&monitor->mutex), "pthread_mutex_lock");
    monitor->putters--;
    check(pthread_cond_broadcast(&monitor->not_empty), "pthread_cond_broadcast"); /* all sleepers */
    while (monitor->taken < monitor->put)
        check(pthread_cond_wait(&monitor->all_taken, &monitor->mutex), "pthread_cond_wait");
    check(pthread_mutex_unlock(&monitor->mutex), "pthread_mutex_unlock");
    clear_deadline();
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "n:t:u", HELP, &options);
    struct monitor *monitor = open_monitor(options.timeout);
    long long sum = 0;
    long vain = 0; /* how often we were woken although there was no room */

    arrive(monitor);
    for (long number = 1; number <= options.count; sum += number++)
        while (!put(monitor, number))
            vain++;
    leave(monitor);
    printf("%ld number%s put, their sum is %lld\n", options.count, options.count == 1 ? "" : "s",
           sum);
    if (options.unsafe)
        printf("woken in vain: %ld\n", vain);
    return EXIT_SUCCESS;
}
