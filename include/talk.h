/* talk.h: the conversation of echo.h for a server that never waits for one client: it goes on as
 * far as it can, and says what it wants next. And a list of conversations in the order of their
 * deadlines: all have the same patience, so the one that has moved goes to the end. */
#ifndef TALK_H
#define TALK_H

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "echo.h"

/* A conversation. One title fits: while its echo has not gone out whole, nothing more is read. */
struct talk {
    struct talk *previous, *next;
    double deadline;       /* when it is overdue, of CLOCK_MONOTONIC, in seconds */
    int fd;                /* a connected socket */
    short wants;           /* what its socket is watched for: POLLIN or POLLOUT */
    unsigned steps;        /* grows with each title that has come, and each echo that has gone */
    size_t held;           /* bytes that have come, and have not gone back */
    size_t echoing;        /* so many of them are a title, ... */
    size_t echoed;         /* ... of which so many have gone back */
    bool ended;            /* no more will come */
    char bytes[LINE_SIZE]; /* the held ones */
};

static struct talk talks = { .previous = &talks, .next = &talks }; /* the head of the list */

/* Puts TALK at the end of the list, overdue in PATIENCE seconds. */
static inline void put_last(struct talk *talk, double patience)
{
    talk->deadline = seconds_from_now(patience);
    talk->next = &talks;
    talk->previous = talks.previous;
    talk->previous->next = talk->next->previous = talk;
}

/* Takes TALK out of the list. */
static inline void take_out(struct talk *talk)
{
    talk->previous->next = talk->next;
    talk->next->previous = talk->previous;
}

/* Begins the conversation with the client behind the connected socket PEER. If there is no memory
 * for it, says so, closes PEER, and returns NULL. */
static inline struct talk *begin_talk(int peer, double patience)
{
    struct talk *talk = calloc(1, sizeof *talk);
    if (talk == NULL) {
        say("take in a client: %s", strerror(errno));
        close(peer);
        return NULL;
    }
    talk->fd = peer;
    put_last(talk, patience);
    return talk;
}

/* Whether there is a conversation. */
static inline bool anybody_talks(void)
{
    return talks.next != &talks;
}

/* Ends the conversation, and closes its socket: that takes it out of epoll, too. */
static inline void end_talk(struct talk *talk)
{
    take_out(talk);
    close(talk->fd);
    free(talk);
}

/* Receives what there is room for. Returns 0, or -1 as recv(2) sets errno. */
static inline int receive_more(struct talk *talk)
{
    ssize_t got =
        recv(talk->fd, talk->bytes + talk->held, sizeof talk->bytes - talk->held, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    talk->held += (size_t)got;
    talk->ended = got == 0;
    return 0;
}

/* Prints the next title that has come whole, and makes it the one to echo. Returns false if none
 * has. Exits only if standard output cannot be written. */
static inline bool take_title(struct talk *talk)
{
    char *newline = memchr(talk->bytes, '\n', talk->held);
    if (talk->held == 0 || (newline == NULL && !talk->ended))
        return false;
    talk->echoing = newline != NULL ? (size_t)(newline - talk->bytes) + 1 : talk->held;
    talk->steps++;
    print_title(talk->bytes, talk->echoing);
    return true;
}

/* Sends what is left of the echo. Returns 1 when there is nothing left; 0 if the client takes no
 * more now; -1 as send(2) sets errno. */
static inline int send_echo(struct talk *talk)
{
    while (talk->echoed < talk->echoing) {
        ssize_t sent = send(talk->fd, talk->bytes + talk->echoed, talk->echoing - talk->echoed,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return errno == EAGAIN ? 0 : -1;
        if (sent > 0)
            talk->echoed += (size_t)sent;
    }
    talk->steps += talk->echoing > 0;
    talk->held -= talk->echoing;
    memmove(talk->bytes, talk->bytes + talk->echoing, talk->held);
    talk->echoing = talk->echoed = 0;
    return 1;
}

/* What the client does not do, for dismiss(). */
static inline const char *awaited_of(const struct talk *talk)
{
    return talk->echoing > 0 ? "take its echo" : "finish a title";
}

/* Returns a conversation that was overdue at NOW, or NULL. */
static inline struct talk *overdue_talk(double now)
{
    return anybody_talks() && talks.next->deadline <= now ? talks.next : NULL;
}

/* Ends TALK, whose client has had PATIENCE seconds. */
static inline void dismiss_overdue(struct talk *talk, double patience)
{
    errno = ETIMEDOUT;
    dismiss(awaited_of(talk), patience);
    end_talk(talk);
}

/* Goes on with TALK as far as it can without waiting; reads once, so that a client that always has
 * more to say does not keep the others waiting. Returns what it wants next, POLLIN or POLLOUT; 0:
 * it is over, and if that was before its time, the reason has been said. If it has moved, it has
 * PATIENCE seconds again. Exits only if standard output cannot be written. */
static inline short go_on(struct talk *talk, double patience)
{
    unsigned steps = talk->steps;
    enum { FAILED = -1, BLOCKED, SENT } echo = send_echo(talk);
    if (echo == SENT && !talk->ended && receive_more(talk) < 0)
        echo = FAILED;
    while (echo == SENT && take_title(talk))
        echo = send_echo(talk);
    if (echo == SENT && talk->held == sizeof talk->bytes) {
        errno = EMSGSIZE;
        echo = FAILED;
    }
    if (talk->steps != steps) {
        take_out(talk);
        put_last(talk, patience);
    }
    if (echo == FAILED)
        dismiss(awaited_of(talk), patience);
    return echo == BLOCKED ? POLLOUT : echo == SENT && !talk->ended ? POLLIN : 0;
}

#endif
