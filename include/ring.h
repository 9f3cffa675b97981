/* ring.h: what ringWriter and ringReader share, and how the kernel notifies each of them that the
 * other has died. What you can rely on: after watch_role("ringWriter", 12, "the writer has died"),
 * a call between begin_watched_wait() and end_watched_wait() may take any time, but if the writer
 * dies, the program ends with that message.
 * How it works: when a process dies, a connection to its role's socket breaks, and the kernel sends
 * SIGIO (O_ASYNC). What it wrote before is available; after another 0.3 s, waiting is useless. */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>

#include "role.h"

enum { SLOT_SIZE = 64 * 1024, SLOTS = 64 }; /* SLOT_SIZE in bytes; the segment takes 4 MiB */

struct slot {
    atomic_size_t length; /* bytes used; 0 marks the end of the stream */
    char bytes[SLOT_SIZE];
};

struct ring {
    sem_t reader_came; /* posted once */
    sem_t free_slots;  /* how many the writer may fill: SLOTS at the start */
    sem_t full_slots;  /* how many the reader may empty: none at the start */
    sem_t all_read;    /* posted once: the reader has come to the end of the stream */
    struct slot slots[SLOTS];
};

static volatile sig_atomic_t peer_is_dead, is_watching;

static void on_peer_death(int sig) /* the handler for SIGIO */
{
    peer_is_dead = sig; /* not 0 */
    if (is_watching)
        start_timer(0.3);
}

/* Does the same as wait_for_role(), and keeps a connection to that process. TEXT is the message if
 * it dies. The program can no longer use SIGIO or deadlines. O_ASYNC and F_SETOWN of fcntl(2) */
static inline pid_t watch_role(const char *role, double seconds, const char *text)
{
    struct sockaddr_un address;
    socklen_t length;
    pid_t pid = wait_for_role(role, seconds);
    snprintf(deadline_message, 250, "%s: %s", program_invocation_short_name, text);
    signal(SIGIO, on_peer_death);
    int fd = role_address(role, &address, &length); /* stays open */
    if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
        err(EXIT_FAILURE, "fcntl O_ASYNC");
    if (connect(fd, (struct sockaddr *)&address, length) < 0)
        err(EXIT_FAILURE, "%s", text); /* it has died just now */
    return pid;
}

static inline void begin_watched_wait(void) /* from here on, the death of the other ends us */
{
    is_watching = 1;
    if (peer_is_dead)
        on_peer_death(SIGIO);
}

static inline void end_watched_wait(void) /* from here on, it does not */
{
    is_watching = 0;
    clear_deadline();
}
