/* audit: adds up all accounts while others move money between them.
 *
 *     2$ ./audit
 *     100 audits: the total was 100000 each time
 *
 * With any number of ./transfer beside it, in other terminals and the same directory.
 *
 * Look for: a shared lock on all records at once. It has to wait until no transfer holds a record;
 * and while it waits, new transfers would take theirs, again and again. So there is a gate, a lock
 * on the byte behind the last record: the audit closes it first, and transfers wait there. With -u
 * it adds up without a lock, and finds money missing that is on its way.
 *
 * Build: cc -I../include -o audit audit.c
 * Read:  fcntl(2) on advisory record locks, pread(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "accounts.h"
#include "begin.h"
#include "patience.h"

static const char HELP[] = "Checks that the accounts in accounts.dat add up.\n"
                           "  1$ ./transfer -n 100000\n"
                           "  2$ ./audit\n";

static int accounts;

static void set_lock(short type, off_t start, off_t count)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = count };
    start_ticks();
    while (fcntl(accounts, F_SETLKW, &lock) < 0) {
        struct flock other = lock;
        if (errno != EINTR)
            report_and_exit("lock %s", ACCOUNTS_FILE);
        if (fcntl(accounts, F_GETLK, &other) == 0 && other.l_type != F_UNLCK)
            say_if_stopped(other.l_pid);
    }
    stop_ticks();
}

static void lock_all(void)
{
    set_lock(F_WRLCK, GATE, 1); /* nobody new comes in ... */
    set_lock(F_RDLCK, 0, GATE); /* ... and those who are in go out */
    set_lock(F_UNLCK, GATE, 1);
}

static long add_up(void)
{
    long total = 0;
    for (long i = 0; i < ACCOUNTS; i++) {
        struct account account;
        if (read_all_at(accounts, &account, sizeof account, i * RECORD_SIZE) < 0)
            report_and_exit("read account %ld", i);
        total += account.balance;
    }
    return total;
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 100 };
    begin(argc, argv, "nu", "", HELP, &options);

    long wrong = 0, last_wrong = TOTAL;
    accounts = open_accounts();
    for (long i = 0; i < options.count; i++) {
        if (!options.unsafe)
            lock_all();
        long total = add_up();
        if (!options.unsafe)
            set_lock(F_UNLCK, 0, GATE);
        if (total != TOTAL) {
            wrong++;
            last_wrong = total;
        }
    }
    if (wrong == 0)
        printf("%ld audits: the total was %d each time\n", options.count, (int)TOTAL);
    else
        printf("%ld audits: %ld times the total was wrong, last %ld instead of %d\n", options.count,
               wrong, last_wrong, (int)TOTAL);
    flush_or_exit();
    return wrong == 0 || options.unsafe ? EXIT_SUCCESS : EXIT_FAILURE;
}
