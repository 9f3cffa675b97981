/* watch.h: be told by the kernel when the other end dies, while we wait for it.
 *
 * What to believe without reading on:
 *
 *     watch_role("ringWriter", 12, "the writer has died");   waits until there is one (role.h)
 *     ...
 *     begin_watched_wait();
 *     if (sem_wait(full) < 0) ...     a plain wait, however long it takes; but if the writer dies,
 *     end_watched_wait();             the program ends with the message
 *
 * How: a connection to the role's socket breaks when its process dies, and O_ASYNC of fcntl(2) has
 * the kernel send SIGIO then. What the other end has posted or written before is there by that
 * time; so a wait that is not over a tenth of a second later is in vain.
 */
#ifndef WATCH_H
#define WATCH_H

#include "role.h"

static char watch_message[sizeof deadline.message];
static volatile sig_atomic_t peer_is_dead, is_watching;

static inline void limit_vain_wait(void)
{
    memcpy(deadline.message, watch_message, sizeof watch_message);
    deadline.timer.it_value.tv_usec = 100000;
    deadline.process = getpid();
    setitimer(ITIMER_REAL, &deadline.timer, NULL);
}

static void on_peer_death(int sig)
{
    (void)sig;
    peer_is_dead = 1;
    if (is_watching)
        limit_vain_wait();
}

/* As wait_for_role(), and keeps a connection to that process. TEXT says what its death means to us.
 * SIGIO is taken. fcntl(2) on O_ASYNC, F_SETOWN */
static inline pid_t watch_role(const char *role, double seconds, const char *text)
{
    struct sockaddr_un address;
    socklen_t length;
    struct sigaction action = { .sa_handler = on_peer_death, .sa_flags = SA_RESTART };
    pid_t pid = wait_for_role(role, seconds);
    snprintf(watch_message, sizeof watch_message, "%s: %s\n", program_invocation_short_name, text);
    set_deadline(1, ""); /* its handlers, for limit_vain_wait() */
    clear_deadline();
    sigfillset(&action.sa_mask);
    sigaction(SIGIO, &action, NULL);
    int fd = role_address(role, &address, &length); /* stays open */
    if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC) < 0)
        err(EXIT_FAILURE, "fcntl O_ASYNC");
    if (connect(fd, (struct sockaddr *)&address, length) < 0)
        err(EXIT_FAILURE, "connect to the %s", role);
    return pid;
}

/* Until end_watched_wait(), the other end's death ends the program. */
static inline void begin_watched_wait(void)
{
    is_watching = 1;
    if (peer_is_dead)
        limit_vain_wait();
}

static inline void end_watched_wait(void)
{
    is_watching = 0;
    clear_deadline();
}

#endif
