/* ring.h: what ringWriter and ringReader agree on. */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>

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
