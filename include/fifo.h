/* fifo.h: what fifoWriter and fifoReader agree on. */
#ifndef FIFO_H
#define FIFO_H

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static const char FIFO[] = "fifoChannel"; /* in the working directory */

enum {
    ROUNDS = 12000,
    ROUND_INTS = 16 * 4, /* 16 chunks of 4 ints */
    LONGEST_PAUSE = 250, /* microseconds, after a round */
};

static bool created;  /* we have created the FIFO; else the other end, or a killed run, has */
static int fifo = -1; /* the FIFO, once both ends are open */

/* unlink(2) for remove_at_exit(): only if we have created NAME; once both ends are open, either end
 * removes it, but only that FIFO, and not the next pair's. */
static inline int remove_fifo(const char *name)
{
    struct stat named, ours;
    if (lstat(name, &named) < 0 || !S_ISFIFO(named.st_mode))
        return -1;
    if (fifo < 0 ? !created : fstat(fifo, &ours) < 0 || ours.st_ino != named.st_ino)
        return -1;
    return unlink(name);
}

/* By trial: a prime divisor other than 2 and 3 is one less or one more than a multiple of 6. */
static inline bool is_prime(unsigned n)
{
    if (n <= 3)
        return n > 1;
    if (n % 2 == 0 || n % 3 == 0)
        return false;
    for (unsigned i = 5; i <= n / i; i += 6) /* i * i <= n could overflow */
        if (n % i == 0 || n % (i + 2) == 0)
            return false;
    return true;
}

#endif
