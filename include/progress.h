/* progress.h: what the two ends of benchFutex share. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>

#include "bench.h"

/* What one end has done, ever, and what the other waits with. Each in cache lines of its own. */
struct progress {
    atomic_uint done __attribute__((aligned(2 * CACHE_LINE)));    /* slots; the futex */
    atomic_uint waiting __attribute__((aligned(2 * CACHE_LINE))); /* number of the sleep; 0: none */
};

struct ring { /* goes one way */
    struct progress written, read;
    char slots[LEAST_SLOTS * LARGEST] __attribute__((aligned(4096)));
};

/* One end's view of a ring. */
struct side {
    struct ring *ring;
    size_t size;    /* bytes of a slot */
    unsigned slots; /* a power of two */
    unsigned done;  /* by us; not all of it is published */
    unsigned known; /* of the other end's, when we last looked */
    unsigned waits; /* how often we have slept */
    unsigned woken; /* the last of the other end's sleeps that we have ended */
};

#endif
