/* accounts.h: what transfer and audit agree on: a file of records, one for each account. */
#pragma once

#include <stdbool.h>

#include "directory.h"

static const char ACCOUNTS_FILE[] = "accounts.dat"; /* in the working directory */

enum { ACCOUNTS = 100, START_BALANCE = 1000, TOTAL = ACCOUNTS * START_BALANCE };
enum { RECORD_SIZE = sizeof(long long), GATE = ACCOUNTS * RECORD_SIZE }; /* the gate: see audit.c */

/* Opens the file, or creates it. Returns the descriptor, or exits with a message. open(2) */
static inline int open_accounts(void)
{
    int fd = open(ACCOUNTS_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", ACCOUNTS_FILE, hint_for_open());
    check_ours(fd, S_IFREG, ACCOUNTS_FILE);
    return fd;
}

/* Returns the balance of account NUMBER, or exits with a message. A record holds what the account
 * has gained since it had START_BALANCE: so a new file need not be filled. pread(2) */
static inline long read_account(int fd, long number)
{
    long long gained = 0; /* if the file ends before this record */
    ssize_t held = 0, got = 1;
    while (held < RECORD_SIZE && got > 0) { /* it may read only a part */
        got = pread(fd, (char *)&gained + held, (size_t)(RECORD_SIZE - held),
                    number * RECORD_SIZE + held);
        held += got;
    }
    if (got < 0)
        err(EXIT_FAILURE, "read account %ld", number);
    return START_BALANCE + (long)gained;
}

/* Makes BALANCE that of account NUMBER. Returns false if it cannot; errno says why. It is safe in a
 * signal handler. pwrite(2) */
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
