/* here.h: a name of its own for each directory: POSIX objects have one name space for all of them. */
#pragma once

#include "start.h"

enum { HERE_NAME_SIZE = 64 };

/* Writes "/STEM-DEVICE-INODE" into NAME. Exits with a message if that fails. stat(2) */
static inline void name_for_here(char name[HERE_NAME_SIZE], const char *stem)
{
    struct stat here;
    if (stat(".", &here) < 0)
        err(EXIT_FAILURE, "stat .");
    snprintf(name, HERE_NAME_SIZE, "/%.24s-%llx-%llx", stem, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
}
