/* clients.h: whom the task server knows, and what it owes them. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "report.h"
#include "tasks.h"

/* A client has one request under way. */
struct client {
    pid_t pid;
    bool waits; /* for this answer, which has not been sent */
    struct task answer;
};

static struct client *clients;
static size_t client_count;

/* Returns the place of the client PID, a new one if it is not known. Exits with a message if there
 * is no memory. realloc(3) */
static inline struct client *place_of(pid_t pid)
{
    for (size_t i = 0; i < client_count; i++)
        if (clients[i].pid == pid)
            return &clients[i];
    struct client *more = realloc(clients, (client_count + 1) * sizeof *clients);
    if (more == NULL)
        report_and_exit("make room for another client");
    clients = more;
    clients[client_count] = (struct client){ .pid = pid };
    return &clients[client_count++];
}

/* Forgets a client that has ended, and returns its process id; 0: all live. A zombie counts as
 * living. kill(2) on signal 0 */
static inline pid_t forget_a_dead_one(void)
{
    for (size_t i = 0; i < client_count; i++) {
        pid_t pid = clients[i].pid;
        if (kill(pid, 0) < 0 && errno == ESRCH) {
            clients[i] = clients[--client_count];
            return pid;
        }
    }
    return 0;
}

#endif
