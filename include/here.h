/* here.h: a different name for each directory, because POSIX objects share one name space. */
#pragma once

#include "start.h"

enum { HERE_NAME_SIZE = 64 };

/* Stores "/STEM-DEVICE-INODE" of the working directory in NAME, or exits with a message. stat(2) */
static inline void name_for_here(char name[HERE_NAME_SIZE], const char *stem)
{
    struct stat here;
    if (stat(".", &here) < 0)
        err(EXIT_FAILURE, "stat .");
    snprintf(name, HERE_NAME_SIZE, "/%.24s-%llx-%llx", stem, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
}
