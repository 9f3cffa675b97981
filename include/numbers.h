/* numbers.h: what sigSender and sigReceiver agree on. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <signal.h>
#include <stdbool.h>

static const char MEETING_FILE[] = "sigReceiver.lock"; /* the receiver keeps it locked */

/* The signal that brings a number, from 0 on: SIGRTMIN, or SIGUSR1 with -u. (SIGRTMIN is no
 * constant: the C library keeps some for itself.) */
static inline int number_signal(bool unsafe)
{
    return unsafe ? SIGUSR1 : SIGRTMIN;
}

/* At the end, SIGRTMIN brings one below 0, which says how many there were: it comes after those
 * that wait for the same signal, and after a SIGUSR1, for the lowest signal is taken first. */
static inline int end_number(int count)
{
    return -1 - count;
}

#endif
