/* datagram.h: what dgramServer and dgramClient agree on. */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"
#include "oldSock.h"

/* All numbers are in network byte order, htonl(3), for the other machine may have another one. */
struct datagram {
    uint32_t run; /* tells this client from an earlier one at the same port */
    uint32_t kind;
    uint32_t number; /* of the title, from 1 on; at the end of a burst, how many there were */
    uint32_t came;   /* how many of them came, in the answer to that */
    char title[TITLE_SIZE];
};

enum {
    TITLE = 1,     /* is answered by itself */
    BURST = 2,     /* one of many, and is not answered */
    BURST_END = 3, /* is answered with how many came */
    HEAD_SIZE = offsetof(struct datagram, title),
};

#endif
