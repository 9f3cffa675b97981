/* fifo.h: what fifoWriter and fifoReader agree on. */
#ifndef FIFO_H
#define FIFO_H

#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static const char FIFO[] = "fifoChannel"; /* in the working directory */

enum {
    ROUNDS = 12000,
    CHUNKS = 16,    /* a round has so many ... */
    CHUNK_INTS = 4, /* ... of so many ints */
    ROUND_INTS = CHUNKS * CHUNK_INTS,
    LONGEST_PAUSE = 250, /* microseconds, after a round */
};

/* Whether the name still stands for the FIFO that FD has open. lstat(2) */
static inline bool has_fifo_name(int fd)
{
    struct stat ours, named;
    return fstat(fd, &ours) == 0 && lstat(FIFO, &named) == 0 && ours.st_dev == named.st_dev
           && ours.st_ino == named.st_ino;
}

/* Removes the name, if it is a FIFO's, and ours. The FIFO itself lives on for those who have it
 * open. lstat(2), unlink(2) */
static inline void remove_fifo_name(void)
{
    struct stat found;
    if (lstat(FIFO, &found) == 0 && S_ISFIFO(found.st_mode) && found.st_uid == geteuid())
        unlink(FIFO);
}

#endif
