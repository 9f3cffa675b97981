/* shmem.h: what memwriter and memreader agree on. */
#pragma once

#include "role.h"

enum { BYTE_SIZE = 512 }; /* of the segment */

struct names {
    char segment[HERE_NAME_SIZE]; /* "/shMemEx-DEVICE-INODE" */
    char written[HERE_NAME_SIZE]; /* semaphore: the text is there */
    char taken[HERE_NAME_SIZE];   /* semaphore: a reader has it */
};

/* After sem_open(3) has failed: what the text of errno does not say. glibc and musl give a finished
 * semaphore its name with link(2), which the filters of some containers forbid. */
static inline const char *hint_for_sem_open(void)
{
    return errno == EPERM ? " (it needs link(2), which this container forbids: use another)" : "";
}

/* The names that belong to the working directory. */
static inline struct names names_for_here(void)
{
    struct names names = { .segment = "" };
    name_for_here(names.segment, "shMemEx");
    name_for_here(names.written, "mysemaphore-written");
    name_for_here(names.taken, "mysemaphore-taken");
    return names;
}
