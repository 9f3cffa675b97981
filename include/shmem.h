/* shmem.h: what memwriter and memreader agree on. */
#ifndef SHMEM_H
#define SHMEM_H

#include <sys/stat.h>

#include "here.h"

enum { BYTE_SIZE = 512 }; /* of the segment */

struct names {
    char segment[HERE_NAME_SIZE]; /* "/shMemEx-DEVICE-INODE" */
    char written[HERE_NAME_SIZE]; /* semaphore: the text is there */
    char taken[HERE_NAME_SIZE];   /* semaphore: a reader has it */
};

/* Fills in the semaphores' names that go with the open SEGMENT. They carry the segment's own inode,
 * which is another one in each run: a semaphore that a killed run left, posted already, is never
 * taken for this run's. Exits with a message if the segment cannot be asked. fstat(2) */
static inline void name_semaphores(struct names *names, int segment)
{
    struct stat run;
    char stem[HERE_NAME_SIZE];
    if (fstat(segment, &run) < 0)
        report_and_exit("stat %s", names->segment);
    snprintf(stem, sizeof stem, "mysemaphore-%llx-written", (unsigned long long)run.st_ino);
    name_for_here(names->written, stem);
    snprintf(stem, sizeof stem, "mysemaphore-%llx-taken", (unsigned long long)run.st_ino);
    name_for_here(names->taken, stem);
}

#endif
