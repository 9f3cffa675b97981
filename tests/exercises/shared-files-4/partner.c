/* partner: holds the lock on one account until SIGUSR1 comes, and then takes a second one.
 *
 * ./partner FILE FIRST [SECOND] locks the record of account FIRST, prints "locked FIRST", waits for
 * SIGUSR1, locks the record of SECOND if there is one, prints that too, and ends, which unlocks
 * both. If the kernel refuses a lock because of a deadlock, it prints "deadlock".
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD = 10 };

static void lock_account(int fd, const char *account)
{
    off_t start = (off_t)atol(account) * RECORD;
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = RECORD
    };
    if (fcntl(fd, F_SETLKW, &lock) == 0)
        printf("locked %s\n", account);
    else if (errno == EDEADLK)
        printf("deadlock\n");
    else
        err(EXIT_FAILURE, "lock account %s", account);
    fflush(stdout);
}

int main(int argc, char *argv[])
{
    sigset_t usr1;
    int received;
    if (argc != 3 && argc != 4)
        errx(2, "usage: partner FILE FIRST [SECOND]");
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    int fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", argv[1]);
    lock_account(fd, argv[2]);
    sigwait(&usr1, &received);
    if (argc == 4)
        lock_account(fd, argv[3]);
    return EXIT_SUCCESS;
}
