/* fifo.h: the FIFO that fifoWriter and fifoReader share, and the amount of data. */
#pragma once

#include "start.h"

static const char FIFO[] = "fifoChannel";
enum { ROUNDS = 12000, ROUND_INTS = 64, LONGEST_PAUSE = 250 }; /* microseconds after a round */

/* Removes the name, unless it leads to a FIFO other than the one open as FD: that of a later pair.
 * (It could still change in the moment between lstat and unlink.) lstat(2), unlink(2) */
static inline void remove_fifo(int fd)
{
    struct stat ours, named;
    if (fstat(fd, &ours) < 0)
        err(EXIT_FAILURE, "stat %s", FIFO);
    bool is_another =
        lstat(FIFO, &named) == 0 && (named.st_dev != ours.st_dev || named.st_ino != ours.st_ino);
    if (!is_another && unlink(FIFO) < 0 && errno != ENOENT) /* ENOENT: the other end was first */
        err(EXIT_FAILURE, "unlink %s", FIFO);
}

/* Returns whether N is prime. A prime above 3 is one less or one more than a multiple of 6. */
static inline bool is_prime(unsigned n)
{
    if (n % 2 == 0 || n % 3 == 0)
        return n == 2 || n == 3;
    for (unsigned i = 5; i <= n / i; i += 6) /* i * i <= n could overflow */
        if (n % i == 0 || n % (i + 2) == 0)
            return false;
    return n > 1;
}
