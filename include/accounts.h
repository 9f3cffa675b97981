/* accounts.h: the file that transfer and audit share, with one record for each account. */
#pragma once

#include <stdbool.h>

#include "directory.h"

static const char ACCOUNTS_FILE[] = "accounts.dat"; /* in the working directory */

enum { ACCOUNTS = 100, START_BALANCE = 1000, TOTAL = ACCOUNTS * START_BALANCE };
enum { RECORD_SIZE = sizeof(long long), GATE = ACCOUNTS * RECORD_SIZE }; /* the gate: see audit.c */

/* Opens the file, or creates it. Returns its descriptor, or exits with a message. open(2) */
static inline int open_accounts(void)
{
    int fd = open(ACCOUNTS_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", ACCOUNTS_FILE, hint_for_open());
    check_ours(fd, S_IFREG, ACCOUNTS_FILE);
    return fd;
}

/* Returns the balance of account NUMBER, or exits with a message. A record holds the difference
 * from START_BALANCE, so a new file needs no initial contents. pread(2) */
static inline long read_account(int fd, long number)
{
    long long gained = 0; /* it stays 0 if the file ends before this record */
    ssize_t held = 0, got = 1;
    while (held < RECORD_SIZE && got > 0) { /* pread may return only a part */
        got = pread(fd, (char *)&gained + held, (size_t)(RECORD_SIZE - held),
                    number * RECORD_SIZE + held);
        held += got;
    }
    if (got < 0)
        err(EXIT_FAILURE, "read account %ld", number);
    return START_BALANCE + (long)gained;
}

/* Sets account NUMBER to BALANCE, or returns false with errno set. Signal-safe. pwrite(2) */
static inline bool write_account(int fd, long number, long balance)
{
    long long gained = balance - START_BALANCE;
    ssize_t done = 0, written = 0;
    while (done < RECORD_SIZE && written >= 0) {
        written = pwrite(fd, (char *)&gained + done, (size_t)(RECORD_SIZE - done),
                         number * RECORD_SIZE + done);
        done += written;
    }
    return written >= 0;
}
