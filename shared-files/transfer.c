/* transfer: moves sums between accounts, and locks no more than the two records at hand.
 *
 *     1$ ./transfer
 *     1000 transfers done
 *     2$ ./audit
 *     100 audits: the total was 100000 each time
 *
 * Look for: any number of these run at once, for two transfers only wait for each other if they
 * want the same account. Both locks are taken in the order of the records. With -x they are taken
 * in the order of the transfer: then one process has A and wants B, another has B and wants A, and
 * the kernel tells one of them (EDEADLK). With -u there are no locks, and money is lost, or made.
 *
 * Build: cc -I../include -o transfer transfer.c
 * Read:  fcntl(2) on advisory record locks, pread(2), pwrite(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "accounts.h"
#include "begin.h"
#include "patience.h"

static const char HELP[] = "Moves random sums between the accounts in accounts.dat.\n"
                           "  1$ ./transfer -n 100000\n"
                           "  2$ ./audit\n";

enum {
    MOST = 50, /* the largest sum */
    FEW = 4,   /* so few accounts -u and -x take, to meet more often */
};

/* For -u and -x: that others may come between more often. With the wake-up some 50 microseconds. */
static const struct timespec MOMENT = { .tv_nsec = 1 };

static int accounts;
static struct account paid, to_pay; /* the first record as it was, the second as it has to be, */
static bool is_due;                 /* from when the first one is written until the second one is */

static void read_account(long number, struct account *account)
{
    if (read_all_at(accounts, account, sizeof *account, number * RECORD_SIZE) < 0)
        report_and_exit("read account %ld", number);
}

static void write_account(const struct account *account)
{
    if (write_all_at(accounts, account, sizeof *account, account->number * RECORD_SIZE) < 0)
        report_and_exit("write account %ld", account->number);
}

/* Ctrl+C between the two writes: the second is done before we go. If it fails, the first one is
 * undone. (After SIGKILL it is never done.) */
static void pay_what_is_due(void)
{
    if (is_due && write_all_at(accounts, &to_pay, sizeof to_pay, to_pay.number * RECORD_SIZE) < 0)
        write_all_at(accounts, &paid, sizeof paid, paid.number * RECORD_SIZE);
}

/* Locks COUNT bytes from START, or unlocks them. False: that would be a deadlock. */
static bool set_lock(short type, off_t start, off_t count)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = count };
    while (fcntl(accounts, F_SETLKW, &lock) < 0) {
        struct flock other = lock;
        if (errno == EDEADLK)
            return false;
        if (errno != EINTR)
            report_and_exit("lock %s", ACCOUNTS_FILE);
        leave_if_ended();
        if (fcntl(accounts, F_GETLK, &other) == 0 && other.l_type != F_UNLCK)
            say_if_stopped(other.l_pid);
    }
    return true;
}

/* Past the gate: an audit that wants the whole file keeps it closed until it has got it. */
static bool lock_both(long first, long second, bool dawdle)
{
    set_lock(F_WRLCK, GATE, 1);
    set_lock(F_UNLCK, GATE, 1);
    set_lock(F_WRLCK, first * RECORD_SIZE, RECORD_SIZE);
    if (dawdle)
        nanosleep(&MOMENT, NULL);
    if (set_lock(F_WRLCK, second * RECORD_SIZE, RECORD_SIZE))
        return true;
    set_lock(F_UNLCK, 0, GATE); /* give back what we have, and the other can go on */
    return false;
}

static void move_sum(long from, long to, long sum, const struct options *options)
{
    struct account payer, payee;
    read_account(from, &payer);
    read_account(to, &payee);
    paid = payer;
    payer.balance -= sum;
    payee.balance += sum;

    to_pay = payee;
    write_account(&payer);
    is_due = true;
    if (options->unsafe)
        nanosleep(&MOMENT, NULL);
    if (options->stay > 0)
        say("account %ld has paid %ld, account %ld has not got it yet", from, sum, to);
    stay(options->stay);
    write_account(&payee);
    is_due = false;
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 1000 };
    begin(argc, argv, "nsux", "", HELP, &options);
    long deadlocks = 0, among = options.unsafe || options.crosswise ? FEW : ACCOUNTS;

    catch_ending_signals(pay_what_is_due);
    accounts = open_accounts();
    srand((unsigned)getpid());
    start_ticks();
    for (long i = 0; i < options.count; i++) {
        long from = rand() % among, to = (from + 1 + rand() % (among - 1)) % among;
        bool swap = to < from && !options.crosswise;
        while (!options.unsafe && !lock_both(swap ? to : from, swap ? from : to, options.crosswise))
            deadlocks++;
        move_sum(from, to, rand() % MOST + 1, &options);
        if (!options.unsafe)
            set_lock(F_UNLCK, 0, GATE);
        leave_if_ended();
    }
    stop_ticks();

    printf("%ld transfers done", options.count);
    if (options.crosswise)
        printf(", %ld deadlocks noticed", deadlocks);
    putchar('\n');
    flush_or_exit();
    return EXIT_SUCCESS;
}
