/* audit: adds up all accounts while transfers move money between them.
 *
 *     1$ ./transfer -n 100000
 *     2$ ./audit
 *     100 audits: the total was 100000 each time
 *
 * Calls: open -> F_SETLKW (the gate, all records) -> pread, pread, ... -> F_UNLCK
 *
 * Look for: the audit needs a shared lock on all records, so it has to wait until no transfer holds
 * any. If new transfers kept coming, it might wait forever. Hence the gate, a lock on the byte
 * after the last record: the audit takes it first, and new transfers wait there. With -u it adds up
 * without a lock, and sometimes misses money that is being moved.
 *
 * Build: cc -I../include -o audit audit.c
 * Read:  fcntl(2), section "Advisory record locking"; pread(2)
 */
#define _GNU_SOURCE
#include "accounts.h"
#include "start.h"

static const char HELP[] = "usage: audit [-h] [-n COUNT] [-u]\n"
                           "Checks that the accounts in accounts.dat add up.\n"
                           "  1$ ./transfer -n 100000      2$ ./audit\n"
                           "  -n COUNT    how many audits (100)\n"
                           "  -u          unsafe: without locks, to see wrong totals\n";

/* Locks LENGTH bytes from START, sleeping until they are free; with F_UNLCK, unlocks them. */
static void set_lock(int accounts, short type, off_t start, off_t length)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    if (fcntl(accounts, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, "F_SETLKW %s", ACCOUNTS_FILE);
}

static void lock_all(int accounts)
{
    set_lock(accounts, F_WRLCK, GATE, 1); /* no new transfer gets past the gate; */
    set_lock(accounts, F_RDLCK, 0, GATE); /* this waits for those that hold a record */
    set_lock(accounts, F_UNLCK, GATE, 1);
}

static long add_up(int accounts)
{
    long total = 0;
    for (long i = 0; i < ACCOUNTS; i++)
        total += read_account(accounts, i);
    return total;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 100 };
    read_options(argc, argv, "n:u", HELP, &options);
    int accounts = open_accounts();
    long wrong = 0, last_wrong = 0;
    for (long i = 0; i < options.count; i++) {
        if (!options.unsafe)
            lock_all(accounts);
        long total = add_up(accounts);
        if (!options.unsafe)
            set_lock(accounts, F_UNLCK, 0, GATE);
        if (total != TOTAL) {
            wrong++;
            last_wrong = total;
        }
    }
    printf("%ld audit%s: ", options.count, options.count == 1 ? "" : "s");
    if (wrong == 0)
        printf("the total was %d each time\n", TOTAL);
    else
        printf("the total was wrong %ld time%s, most recently %ld instead of %d\n", wrong,
               wrong == 1 ? "" : "s", last_wrong, TOTAL);
    return wrong == 0 || options.unsafe ? EXIT_SUCCESS : EXIT_FAILURE;
}
