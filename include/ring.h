/* ring.h: what ringWriter and ringReader agree on. */
#ifndef RING_H
#define RING_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>

enum {
    SLOT_SIZE = 64 * 1024, /* bytes */
    SLOTS = 64,            /* so the segment takes 4 MiB */
};

/* Bytes of the segment that a living process keeps locked, to show that it lives. */
enum { WRITER_BYTE, READER_BYTE, CLAIM_BYTE };

struct slot {
    atomic_size_t length; /* bytes used; 0: the end of the stream */
    char bytes[SLOT_SIZE];
};

struct ring {
    atomic_int is_ready;   /* stored last: the semaphores are usable */
    atomic_int has_reader; /* stored when one has come, and has locked its byte */
    sem_t free_slots;      /* how many the writer may fill: SLOTS at the start */
    sem_t full_slots;      /* how many the reader may empty: none at the start */
    sem_t all_read;        /* posted once: the reader has come to the end */
    struct slot slots[SLOTS];
};

#endif
