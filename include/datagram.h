/* datagram.h: the datagrams that dgramServer and dgramClient exchange. */
#pragma once

#include <arpa/inet.h>
#include <stdint.h>

#include "sock.h"

struct datagram {  /* the numbers are in network byte order: htonl(3) */
    uint32_t came; /* 0; in the answer to the end of a burst: how many of it have come */
    uint32_t run;  /* a random number: it tells this client from others, and from earlier ones */
    uint32_t kind;
    uint32_t number; /* of the title, from 1 on; at the end of a burst: how many were sent */
    char title[TITLE_SIZE];
};

enum {
    TITLE = 1,     /* the server sends it back */
    BURST = 2,     /* one of many; it is not answered */
    BURST_END = 3, /* the answer says how many arrived */
    HEAD_SIZE = offsetof(struct datagram, title),
};

/* Returns whether ONE and OTHER, of SIZE bytes each, are equal except for `came`. memcmp(3) */
static inline bool is_answer(const struct datagram *one, const struct datagram *other, size_t size)
{
    return memcmp(&one->run, &other->run, size - offsetof(struct datagram, run)) == 0;
}
