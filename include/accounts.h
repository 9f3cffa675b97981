/* accounts.h: what transfer and audit agree on. */
#ifndef ACCOUNTS_H
#define ACCOUNTS_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "here.h"

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

/* Opens the accounts; makes them first, all with START_BALANCE, if they are not there, or not all of
 * them (somebody was killed while making them). Exits with a message if it cannot. */
static inline int open_accounts(void)
{
    struct account accounts[ACCOUNTS];
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    struct stat found;
    int fd = open(ACCOUNTS_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        report_and_exit("open %s", ACCOUNTS_FILE);
    insist_on_ours(fd, S_IFREG, ACCOUNTS_FILE);
    if (fstat(fd, &found) == 0 && found.st_size == sizeof accounts)
        return fd;

    while (fcntl(fd, F_SETLKW, &lock) < 0)
        if (errno != EINTR || ending_signal != 0)
            report_and_exit("lock %s", ACCOUNTS_FILE);
    if (fstat(fd, &found) == 0 && found.st_size != sizeof accounts) {
        for (int i = 0; i < ACCOUNTS; i++)
            accounts[i] = (struct account){ .number = i, .balance = START_BALANCE };
        if (write_all(fd, accounts, sizeof accounts) < 0)
            report_and_exit("write %s", ACCOUNTS_FILE);
    }
    lock.l_type = F_UNLCK;
    fcntl(fd, F_SETLK, &lock);
    return fd;
}

#endif
