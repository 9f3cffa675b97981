/* accounts.h: what transfer and audit agree on. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "here.h"
#include "patience.h"

static const char ACCOUNTS_FILE[] = "accounts.dat"; /* in the working directory */

enum {
    ACCOUNTS = 100,
    START_BALANCE = 1000,
    TOTAL = ACCOUNTS * START_BALANCE, /* of all balances, whatever is moved */
};

/* One record of the file. */
struct account {
    long number;
    long balance;
};

enum {
    RECORD_SIZE = sizeof(struct account),
    GATE = ACCOUNTS * RECORD_SIZE, /* the byte behind the records, to be locked: see audit.c */
};

/* Opens the accounts; makes them first, all with START_BALANCE, if they are not there, or not all
 * of them (somebody was killed while making them). Exits with a message if it cannot. */
static inline int open_accounts(void)
{
    struct account all[ACCOUNTS];
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat found;
    int file = open_ours(ACCOUNTS_FILE);
    if (fstat(file, &found) == 0 && found.st_size == sizeof all)
        return file;

    start_ticks();
    while (fcntl(file, F_SETLKW, &lock) < 0) {
        if (errno != EINTR)
            report_and_exit("lock %s", ACCOUNTS_FILE);
        leave_if_ended();
    }
    stop_ticks();
    if (fstat(file, &found) == 0 && found.st_size != sizeof all) {
        for (int i = 0; i < ACCOUNTS; i++)
            all[i] = (struct account){ .number = i, .balance = START_BALANCE };
        if (ftruncate(file, 0) < 0 || write_all(file, all, sizeof all) < 0)
            report_and_exit("write %s", ACCOUNTS_FILE);
    }
    lock.l_type = F_UNLCK;
    fcntl(file, F_SETLK, &lock);
    return file;
}

#endif
