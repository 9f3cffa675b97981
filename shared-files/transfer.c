/* transfer: moves sums between accounts, locking only the two records that it needs.
 *
 *     1$ ./transfer
 *     1000 transfers done
 *     2$ ./audit
 *     100 audits: the total was 100000 each time
 *
 * Calls: open -> F_SETLKW (the gate, two records) -> pread, pread -> pwrite, pwrite -> F_UNLCK
 *
 * Look for: any number of these can run at once, because one waits for another only if both want
 * the same account. Each locks the lower record first. With -x it locks the payer's record first:
 * then one process may hold record A and want B while another holds B and wants A. The kernel
 * detects this deadlock: one of them gets EDEADLK. With -u nothing is locked, and money is lost or
 * created.
 *
 * Build: cc -I../include -o transfer transfer.c
 * Read:  fcntl(2), section "Advisory record locking"; pread(2), pwrite(2)
 */
#define _GNU_SOURCE
#include <stdatomic.h>

#include "accounts.h"
#include "ending.h"
#include "start.h"

static const char HELP[] = "usage: transfer [-h] [-n COUNT] [-s SECONDS] [-u] [-x]\n"
                           "Moves random sums between the accounts in accounts.dat.\n"
                           "  1$ ./transfer -n 100000      2$ ./audit\n"
                           "  -n COUNT    how many transfers (1000)\n"
                           "  -s SECONDS  how long to pause between the two writes of each (0)\n"
                           "  -u          unsafe: without locks, to see the total go wrong\n"
                           "  -x          lock crosswise, the payer first, to see deadlocks\n";
enum { LARGEST_SUM = 50, FEW = 4 };      /* -u and -x use only a FEW accounts, ... */
static const double MOMENT = 0.000001;   /* ... and pause for this many seconds, to collide */
static int accounts;                     /* the open file */
static long from, to, sum, payer, payee; /* payer, payee: their balances before */
static atomic_bool under_way;            /* from before the first write until after the second */

/* Locks LENGTH bytes from START, sleeping until they are free; with F_UNLCK, unlocks them. Returns
 * false if waiting would be a deadlock. */
static bool set_lock(short type, off_t start, off_t length)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    int result = fcntl(accounts, F_SETLKW, &lock);
    if (result < 0 && errno != EDEADLK)
        err(EXIT_FAILURE, "F_SETLKW %s", ACCOUNTS_FILE);
    return result == 0;
}

static bool lock_both(bool crosswise)
{
    long first = (from < to || crosswise) ? from : to, second = from + to - first;
    set_lock(F_WRLCK, GATE, 1); /* waits here while an audit has the gate */
    set_lock(F_UNLCK, GATE, 1);
    bool locked = set_lock(F_WRLCK, first * RECORD_SIZE, RECORD_SIZE);
    if (crosswise)
        pause_for(MOMENT);
    if (locked && set_lock(F_WRLCK, second * RECORD_SIZE, RECORD_SIZE))
        return true;
    set_lock(F_UNLCK, 0, GATE); /* release the first, so that the other process can go on */
    return false;
}

static bool write_both(long paid)
{
    return write_account(accounts, from, payer - paid) && write_account(accounts, to, payee + paid);
}

/* robust: at exit, even by Ctrl+C, completes a transfer that is under way, or else undoes it. */
static int complete(const char *unused)
{
    (void)unused;
    return under_way && !write_both(sum) && !write_both(0) ? -1 : 0;
}

static void move_sum(const struct options *options)
{
    payer = read_account(accounts, from);
    payee = read_account(accounts, to);
    under_way = true; /* robust: from here on, complete() has something to do */
    if (!write_account(accounts, from, payer - sum))
        err(EXIT_FAILURE, "write account %ld", from);
    if (options->pause > 0)
        warnx("account %ld has paid %ld; account %ld has not received it yet", from, sum, to);
    if (options->pause > 0 || options->unsafe)
        pause_for(options->pause + MOMENT);
    if (!write_account(accounts, to, payee + sum))
        err(EXIT_FAILURE, "write account %ld", to);
    under_way = false;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 1000 };
    read_options(argc, argv, "n:s:ux", HELP, &options);
    long deadlocks = 0, among = options.unsafe || options.crosswise ? FEW : ACCOUNTS;
    accounts = open_accounts();
    remove_at_exit(complete, "a transfer"); /* robust: leaves no half-done transfer */
    unblock_ending_signals();
    srand((unsigned)getpid());
    for (long i = 0; i < options.count; i++) {
        from = rand() % among;
        to = (from + 1 + rand() % (among - 1)) % among; /* never the same as from */
        sum = rand() % LARGEST_SUM + 1;
        while (!options.unsafe && !lock_both(options.crosswise))
            deadlocks++;
        move_sum(&options);
        if (!options.unsafe)
            set_lock(F_UNLCK, 0, GATE);
    }
    printf("%ld transfer%s done", options.count, options.count == 1 ? "" : "s");
    if (options.crosswise)
        printf(", %ld deadlock%s detected", deadlocks, deadlocks == 1 ? "" : "s");
    puts("");
    return EXIT_SUCCESS;
}
