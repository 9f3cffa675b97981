/* tasks.h: what taskServer and taskClient share, and what the server knows about its clients. */
#pragma once

#include <sys/msg.h>

#include "role.h"

struct task {
    long type;
    long long client;          /* its process ID */
    long long ticket;          /* of the request: an earlier process may have had this ID */
    unsigned long long number; /* in a request; in the answer, its square */
} __attribute__((packed));     /* no gaps: a 32-bit program sends the same bytes */

enum {
    TASKS_ID = 124,    /* for ftok(3): not the same queue as sender's */
    REQUEST = 1 << 30, /* the type of requests; an answer's is a process ID, below 4194304 */
    TASK_SIZE = sizeof(struct task) - sizeof(long), /* in bytes, without the type */
};

/* Claims KEY, as role.h claims a role, because two directories can have the same key: ftok(3).
 * Removes a dead server's queue if it is ours. Exits with a message if KEY is taken. bind(2) */
static inline void claim_key(key_t key)
{
    struct msqid_ds state;
    struct sockaddr_un address = { .sun_family = AF_UNIX }; /* sun_path[0] is 0: abstract */
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "taskServer of %x", (unsigned)key);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); /* stays open */
    if (fd < 0)
        err(EXIT_FAILURE, "socket");
    int tries = 0;
    for (; bind(fd, (struct sockaddr *)&address, sizeof address) < 0; pause_for(RETRY_MS / 1e3))
        if (errno != EADDRINUSE || tries++ == CLAIM_TRIES) /* that one may be about to exit */
            err(EXIT_FAILURE, "claim key 0x%x, which another directory uses, too", (unsigned)key);
    int old = msgget(key, 0600);
    if (old >= 0 && msgctl(old, IPC_STAT, &state) == 0 && state.msg_perm.cuid == geteuid())
        msgctl(old, IPC_RMID, NULL); /* waiting clients get EIDRM */
}

struct client {         /* it has one request in progress at a time */
    bool is_owed;       /* its answer has not been sent yet */
    struct task answer; /* its type is the client's process ID */
};

static struct client *clients; /* an array of client_count elements */
static size_t client_count;

/* Returns the entry of client PID, a new one if need be, or exits with a message. realloc(3) */
static inline struct client *entry_of(long pid)
{
    for (size_t i = 0; i < client_count; i++)
        if (clients[i].answer.type == pid)
            return &clients[i];
    clients = realloc(clients, (client_count + 1) * sizeof *clients);
    if (clients == NULL)
        err(EXIT_FAILURE, "make room for another client");
    clients[client_count] = (struct client){ .answer.type = pid };
    return &clients[client_count++];
}

/* Forgets one dead client. Returns its process ID, or 0 if all are alive (or zombies). kill(2) */
static inline long forget_dead_client(void)
{
    size_t i = 0;
    while (i < client_count && kill((pid_t)clients[i].answer.type, 0) == 0)
        i++;
    if (i == client_count)
        return 0;
    long pid = clients[i].answer.type;
    clients[i] = clients[--client_count];
    return pid;
}
