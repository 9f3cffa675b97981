/* numbers.h: what sigSender and sigReceiver agree on. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* The signal that brings a number, from 0 on: SIGRTMIN, or SIGUSR1 with -u. (SIGRTMIN is not a
 * constant, because the C library keeps some real-time signals for itself.) */
static inline int number_signal(bool unsafe)
{
    return unsafe ? SIGUSR1 : SIGRTMIN;
}

/* The number below 0 that says, at the end, that there were COUNT numbers; given that number, it
 * returns COUNT. SIGRTMIN brings it, so it comes last: signals of one kind are taken in the order
 * in which they were sent, and of different kinds, the lowest (SIGUSR1) is taken first. */
static inline int end_number(int count)
{
    return -1 - count;
}
