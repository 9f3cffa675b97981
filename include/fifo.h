/* fifo.h: the FIFO that fifoWriter and fifoReader share, and the amount of data. */
#pragma once

#include <stdbool.h>

static const char FIFO[] = "fifoChannel"; /* in the working directory */

enum {
    ROUNDS = 12000,
    ROUND_INTS = 16 * 4, /* 16 chunks of 4 ints */
    LONGEST_PAUSE = 250, /* microseconds, after a round */
};

/* Returns whether N is prime. A prime above 3 is one less or one more than a multiple of 6. */
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
