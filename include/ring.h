/* ring.h: what ringWriter and ringReader agree on; and how the kernel tells each of them that the
 * other has died. What to believe without reading on: after watch_role("ringWriter", 12, "the writer
 * has died"), a call between begin_watched_wait() and end_watched_wait() may take as long as it
 * likes; but if the writer dies, the program ends with the message.
 * How: a connection to the role's socket breaks when its process dies, and the kernel sends SIGIO
 * (O_ASYNC). What the other has written before is there; after 0.3 s more, it is vain to wait. */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>

#include "role.h"

enum { SLOT_SIZE = 64 * 1024, SLOTS = 64 }; /* in bytes; so the segment takes 4 MiB */

struct slot {
    atomic_size_t length; /* bytes used; 0: the end of the stream */
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

static void on_peer_death(int sig)
{
    peer_is_dead = sig; /* not 0 */
    if (is_watching)
        start_timer(0.3);
}

/* As wait_for_role(), and keeps a connection to that process. TEXT says what its death means to us.
 * SIGIO is taken, and so are deadlines from here on. fcntl(2) on O_ASYNC, F_SETOWN */
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

static inline void begin_watched_wait(void)
{
    is_watching = 1;
    if (peer_is_dead)
        on_peer_death(SIGIO);
}

static inline void end_watched_wait(void)
{
    is_watching = 0;
    clear_deadline();
}
