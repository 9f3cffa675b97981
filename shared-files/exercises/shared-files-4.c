/* shared-files-4: money between two accounts
 *
 * Wanted: Line N of FILE, counting from 0, is the balance of account N: nine digits and a newline.
 *     ./shared-files-4 FILE FROM TO SUM COUNT tries COUNT times to move SUM from account FROM to
 *     account TO. If the balance of FROM is too small, it moves nothing. If that of TO would need
 *     ten digits, it moves nothing, and fails. At the end, it prints how many transfers it has
 *     made: "3 transfers". Even if several processes do this at the same time, no money is lost or
 *     created. A transfer takes exclusive record locks (fcntl) on its two accounts and on no
 *     others. It sleeps until it has both, and changes nothing before that. Then it unlocks both.
 *     Every program that uses FILE locks the lower-numbered account first, so there is no deadlock.
 *     The judge runs other programs that lock accounts in this order, too.
 * As it stands: wrong output. It prints "0 transfers", and FILE does not change.
 * Read: fcntl(2), "Advisory record locking"; pread(2)
 * Medium, 30 minutes. To judge it: make exercise-shared-files-4
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD = 10 }; /* bytes: nine digits and a newline */

/* You write these functions. If one fails, it prints a message and exits with status 1.
 *
 * static void set_lock(int fd, short type, long account)
 *     waits until it can lock the record of the account (F_WRLCK), or unlocks it (F_UNLCK).
 * static long read_balance(int fd, long account)
 *     returns the balance of the account, and fails if there is no such account.
 * static void write_balance(int fd, long account, long balance)
 *     replaces the balance of the account.
 */

/* Moves the sum and returns true, or returns false if the balance of FROM is too small. */
static bool transfer(int fd, long from, long to, long sum)
{
    (void)fd, (void)from, (void)to, (void)sum; /* to write */
    return false;
}

int main(int argc, char *argv[])
{
    if (argc != 6)
        errx(2, "usage: shared-files-4 FILE FROM TO SUM COUNT");
    long from = strtol(argv[2], NULL, 10), to = strtol(argv[3], NULL, 10);
    long sum = strtol(argv[4], NULL, 10), count = strtol(argv[5], NULL, 10), made = 0;
    if (from < 0 || to < 0 || from == to || sum <= 0)
        errx(2, "FROM and TO are two accounts, and SUM is greater than 0");
    int fd = open(argv[1], O_RDWR | O_CLOEXEC);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", argv[1]);
    for (long i = 0; i < count; i++)
        made += transfer(fd, from, to, sum);
    printf("%ld transfer%s\n", made, made == 1 ? "" : "s");
    if (fflush(stdout) == EOF)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS;
}
