/* monitorTake: takes numbers out of a bounded buffer that any number of processes share.
 *
 *     1$ ./monitorPut
 *     2$ ./monitorTake
 *     1| 1000 numbers put, their sum is 500500
 *     2| 1000 numbers taken, their sum is 500500
 *     2| in all: 1000 put, 1000 taken, the sums are equal
 *
 * Several of each may run at once.
 *
 * Calls: pthread_mutex_lock -> pthread_cond_wait, while there is nothing -> pthread_cond_signal ->
 *        pthread_mutex_unlock
 *
 * Look for: take(), the mirror image of put(). There is a condition variable for each thing to wait
 * for: a signal that there is room must not wake a process that waits for numbers.
 *
 * Build: cc -I../include -o monitorTake monitorTake.c -lrt -lpthread
 * Read:  pthread_mutex_lock(3), pthread_cond_wait(3), pthread_mutexattr_setpshared(3)
 */
#define _GNU_SOURCE
#include "monitor.h"
#include "start.h"

static const char HELP[] =
    "usage: monitorTake [-h] [-n COUNT] [-t SECONDS] [-u]\n"
    "Takes the numbers that ./monitorPut puts into a buffer, until no more will come.\n"
    "  1$ ./monitorPut      2$ ./monitorTake      (several of each, if you like)\n"
    "  -n COUNT    how many ./monitorPut to wait for, at least (1)\n"
    "  -t SECONDS  how long to wait for a number (12)\n"
    "  -u          unsafe: as with `if` instead of `while` around pthread_cond_wait\n";
static struct options options = { .count = 1, .timeout = 12 };
static struct monitor at_end; /* a copy of the monitor, made when all were done */

static bool is_empty(const struct monitor *monitor)
{
    return monitor->put == monitor->taken;
}

/* All the processes that put numbers have come, and are done. */
static bool is_over(const struct monitor *monitor)
{
    return monitor->arrived >= options.count && monitor->putters == 0;
}

/* Takes the oldest number out of the buffer; sleeps while it is empty. 0: no more will come. -1
 * (UNSAFE): woken, but it is empty, and with an `if` we would now take what is not there. */
static long take(struct monitor *monitor)
{
    long number = -1;
    set_deadline(options.timeout, "no number came");
    check(pthread_mutex_lock(&monitor->mutex), "pthread_mutex_lock");
    while (is_empty(monitor) && !is_over(monitor)) {
        check(pthread_cond_wait(&monitor->not_empty, &monitor->mutex), "pthread_cond_wait");
        if (options.unsafe) /* UNSAFE: as with `if`, not `while` */
            break;
    }
    if (!is_empty(monitor)) {
        number = monitor->numbers[monitor->taken++ % SLOTS];
        monitor->taken_sum += number;
        check(pthread_cond_signal(&monitor->not_full), "pthread_cond_signal"); /* one sleeper */
    } else if (is_over(monitor)) {
        number = 0;
        at_end = *monitor;
    }
    if (is_empty(monitor))
        check(pthread_cond_broadcast(&monitor->all_taken), "pthread_cond_broadcast");
    check(pthread_mutex_unlock(&monitor->mutex), "pthread_mutex_unlock");
    clear_deadline();
    return number;
}

static bool has_putter(struct monitor *monitor)
{
    check(pthread_mutex_lock(&monitor->mutex), "pthread_mutex_lock");
    bool has_come = monitor->arrived > 0;
    check(pthread_mutex_unlock(&monitor->mutex), "pthread_mutex_unlock");
    return has_come;
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "n:t:u", HELP, &options);
    struct monitor *monitor = open_monitor(options.timeout);
    long number, count = 0, vain = 0; /* vain: woken, but nothing there */
    long long sum = 0;
    if (!has_putter(monitor))
        warnx("waiting for ./monitorPut in this directory, for %g s", options.timeout);

    while ((number = take(monitor)) != 0) {
        count += number > 0;
        sum += number > 0 ? number : 0;
        vain += number < 0;
    }
    printf("%ld number%s taken, their sum is %lld\n", count, count == 1 ? "" : "s", sum);
    if (options.unsafe)
        printf("woken in vain: %ld\n", vain);
    bool is_equal = at_end.put == at_end.taken && at_end.put_sum == at_end.taken_sum;
    printf("in all: %ld put, %ld taken, the sums are %s\n", at_end.put, at_end.taken,
           is_equal ? "equal" : "not equal");
    return is_equal ? EXIT_SUCCESS : EXIT_FAILURE;
}
