/* shmem.h: what memwriter and memreader agree on. */
#pragma once

#include "role.h"

enum { BYTE_SIZE = 512 }; /* of the segment */

struct names {
    char segment[HERE_NAME_SIZE]; /* "/shMemEx-DEVICE-INODE" */
    char written[HERE_NAME_SIZE]; /* semaphore: the text is there */
    char taken[HERE_NAME_SIZE];   /* semaphore: a reader has it */
};

/* The names that belong to the working directory. */
static inline struct names names_for_here(void)
{
    struct names names = { .segment = "" };
    name_for_here(names.segment, "shMemEx");
    name_for_here(names.written, "mysemaphore-written");
    name_for_here(names.taken, "mysemaphore-taken");
    return names;
}
