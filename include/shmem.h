/* shmem.h: what memwriter and memreader share. */
#pragma once

#include "role.h"

enum { BYTE_SIZE = 512 }; /* bytes of the segment */

struct names {
    char segment[HERE_NAME_SIZE]; /* "/shMemEx-DEVICE-INODE" */
    char written[HERE_NAME_SIZE]; /* semaphore, posted when the text is there */
    char taken[HERE_NAME_SIZE];   /* semaphore, posted when a reader has read it */
};

/* Call after sem_open(3) has failed. Returns what the text for errno does not say, or "". glibc and
 * musl name an initialized semaphore with link(2), which the filters of some containers forbid. */
static inline const char *hint_for_sem_open(void)
{
    return errno == EPERM ? " (it needs link(2), which this container forbids: use another)" : "";
}

/* Returns the names that belong to the working directory, or exits with a message. */
static inline struct names names_for_here(void)
{
    struct names names = { .segment = "" };
    name_for_here(names.segment, "shMemEx");
    name_for_here(names.written, "mysemaphore-written");
    name_for_here(names.taken, "mysemaphore-taken");
    return names;
}

/* Exits with a message unless process WRITER is still the memwriter (so all objects that we opened
 * are from one run), and its sem_t is as large as ours. EI_CLASS of elf(5) */
static inline void check_writer(pid_t writer)
{
    char name[32], class = 0;
    snprintf(name, sizeof name, "/proc/%d/exe", writer);
    int program = open(name, O_RDONLY | O_CLOEXEC); /* -1 in another container */
    if (pread(program, &class, 1, 4) == 1 && class != (sizeof(long) == 8 ? 2 : 1))
        errx(EXIT_FAILURE, "the memwriter is built differently: 32 and 64 bit?");
    close(program);
    if (find_role("memwriter") != writer)
        errx(EXIT_FAILURE, "the memwriter has ended");
}
