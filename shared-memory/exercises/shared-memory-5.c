/* shared-memory-5: a bounded buffer for many
 *
 * Wanted: ./shared-memory-5 PRODUCERS CONSUMERS COUNT creates that many producers and consumers.
 *     Each producer puts COUNT items into the buffer, which has room for eight. Each item is
 *     printed once, by the consumer that has taken it out: "2: 1 17" is what consumer 2 prints for
 *     item 17 of producer 1. Items leave the buffer in the order in which they went in. While a
 *     process waits, it sleeps. Write make_buffer, put, and take, with two semaphores and a mutex;
 *     the rest is finished.
 * As it stands: wrong output. Nothing is printed, because nothing is ever put into the buffer.
 * Read: sem_init(3), pthread_mutexattr_setpshared(3), mmap(2)
 * Hard, 40 minutes. To judge it: make exercise-shared-memory-5
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 8 };
struct item {
    int producer; /* 0: no more items will come */
    int number;
};
struct buffer; /* yours: SLOTS items, and what the processes need to share them */

/* Copies an item into a slot or out of it, slowly: other processes may run in the meantime. */
static void copy(struct item *to, const struct item *from)
{
    to->producer = from->producer;
    sched_yield();
    to->number = from->number;
}

/* Makes the buffer, ready for use, in memory that the children will share. */
static struct buffer *make_buffer(void)
{
    return NULL;
}

/* Sleeps while the buffer is full, and then copies the item into it. */
static void put(struct buffer *buffer, const struct item *item)
{
    (void)buffer, (void)item;
}

/* Sleeps while the buffer is empty, and then copies the oldest item out of it. */
static void take(struct buffer *buffer, struct item *item)
{
    (void)buffer;
    copy(item, &(struct item){ 0 });
}

static void produce(struct buffer *buffer, int producer, int count)
{
    for (int i = 1; i <= count; i++)
        put(buffer, &(struct item){ producer, i });
}

static void consume(struct buffer *buffer, int consumer)
{
    struct item item;
    take(buffer, &item);
    while (item.producer != 0) {
        printf("%d: %d %d\n", consumer, item.producer, item.number);
        take(buffer, &item);
    }
}

static void wait_for_children(int count)
{
    int status;
    for (int i = 0; i < count; i++)
        if (wait(&status) < 0 || status != 0)
            errx(EXIT_FAILURE, "a child has failed");
}

int main(int argc, char *argv[])
{
    int producers = argc == 4 ? atoi(argv[1]) : 0;
    int consumers = argc == 4 ? atoi(argv[2]) : 0;
    if (producers < 1 || consumers < 1)
        errx(2, "usage: %s PRODUCERS CONSUMERS COUNT", argv[0]);
    signal(SIGPIPE, SIG_IGN); /* if nobody reads our output, we go on, and fail at the end */
    setvbuf(stdout, NULL, _IOLBF, 0);
    struct buffer *buffer = make_buffer();
    for (int i = 1; i <= producers + consumers; i++) {
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child > 0)
            continue;
        if (i <= producers)
            produce(buffer, i, atoi(argv[3]));
        else
            consume(buffer, i - producers);
        exit(ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS);
    }
    wait_for_children(producers); /* the consumers do not end before they are told to */
    for (int i = 0; i < consumers; i++)
        put(buffer, &(struct item){ 0 });
    wait_for_children(consumers);
    return EXIT_SUCCESS;
}
