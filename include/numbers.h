/* numbers.h: which signals and numbers sigSender and sigReceiver agree on. */
#pragma once

#include <signal.h>
#include <stdbool.h>

/* Returns the signal that carries a number from 0 up: SIGRTMIN, or SIGUSR1 if UNSAFE (-u). SIGRTMIN
 * is not a constant, because the C library reserves some real-time signals for itself. signal(7) */
static inline int number_signal(bool unsafe)
{
    return unsafe ? SIGUSR1 : SIGRTMIN;
}

/* Returns the negative number that marks the end, after COUNT numbers; given that number, it
 * returns COUNT. SIGRTMIN carries it, so it comes last: real-time signals of one kind arrive in the
 * order sent, and of different kinds the lowest (SIGUSR1) comes first. signal(7) */
static inline int end_number(int count)
{
    return -1 - count;
}
