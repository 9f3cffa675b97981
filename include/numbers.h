/* numbers.h: what sigSender and sigReceiver agree on. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include <signal.h>

static const char MEETING_FILE[] = "sigReceiver.lock"; /* the receiver keeps it locked */

/* The signals: SIGRTMIN brings a number (SIGUSR1 with -u), from 0 on; the one after it how many
 * there were. Of several that are pending, the kernel delivers the lowest signal first. SIGRTMIN is
 * no constant: the C library keeps some for itself. */
static inline int number_signal(bool unsafe)
{
    return unsafe ? SIGUSR1 : SIGRTMIN;
}

static inline int end_signal(void)
{
    return SIGRTMIN + 1;
}

#endif
