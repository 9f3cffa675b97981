/* sigReceiver: gets numbers that come with signals.
 *
 *     1$ ./sigReceiver
 *     1000 numbers, all in order
 *
 * With ./sigSender in a second terminal, in the same directory; either may start first.
 *
 * Look for: the signals are blocked, and taken one by one (sigtimedwait), without any handler.
 * Those of a real-time signal queue up, each with its number. With `./sigSender -u` a standard
 * signal is sent: it is pending or it is not, and what comes while it is pending is lost.
 *
 * Build: cc -I../include -o sigReceiver sigReceiver.c
 * Read:  sigqueue(3), sigtimedwait(2), signal(7) on real-time signals
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>

#include "begin.h"
#include "here.h"
#include "numbers.h"
#include "owner.h"
#include "patience.h"

static const char HELP[] = "Receives the numbers that ./sigSender sends with signals.\n"
                           "  1$ ./sigReceiver\n"
                           "  2$ ./sigSender\n";

struct account {
    pid_t sender; /* 0: none has come */
    long came, expected, out_of_order;
};

static int meeting = -1; /* the file, locked by us: so the sender knows whom to signal */

static void remove_file(void)
{
    struct stat found;
    if (meeting >= 0 && fstat(meeting, &found) == 0 && found.st_nlink > 0)
        unlink(MEETING_FILE);
}

static void open_meeting(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    lock.l_len = 1; /* byte 1 is the sender's */
    while (meeting < 0) {
        int fd = open_ours(MEETING_FILE);
        while (fcntl(fd, F_SETLK, &lock) < 0)
            refuse_owned(fd, 0, MEETING_FILE);
        if (has_a_name(fd, MEETING_FILE))
            meeting = fd;
        else
            close(fd); /* its owner has just removed it: try again */
    }
}

/* Waits for the next of the signals, a sender's and no stranger's. The ending signals are not
 * blocked: they interrupt it. */
static int next_signal(const sigset_t *awaited, siginfo_t *info)
{
    static const struct timespec tick = { .tv_nsec = TICK_MS * 1000000L };
    for (;;) {
        leave_if_ended(); /* where signals wait, nothing is interrupted */
        int sig = sigtimedwait(awaited, info, &tick);
        if (sig >= 0 && info->si_code == SI_QUEUE && info->si_uid == geteuid()) {
            set_patience(patience_given);
            return sig;
        }
        if (sig < 0 && errno != EAGAIN && errno != EINTR)
            report_and_exit("sigtimedwait");
        if (!keep_waiting())
            say_and_exit("no signal came within %g s", patience_given);
    }
}

/* Counts the number that INFO brings, in ACCOUNT; those of another sender are counted afresh. */
static void count_number(const siginfo_t *info, struct account *account)
{
    if (info->si_pid != account->sender) {
        if (account->sender != 0)
            say("process %d sends no more; another one begins", (int)account->sender);
        *account = (struct account){ .sender = info->si_pid };
    }
    if (info->si_value.sival_int < 0)
        return; /* the end */
    account->out_of_order += info->si_value.sival_int < account->expected;
    account->expected = info->si_value.sival_int + 1;
    account->came++;
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE };
    begin(argc, argv, "t", "", HELP, &options);

    sigset_t awaited; /* blocked before anybody can know of us */
    sigemptyset(&awaited);
    sigaddset(&awaited, number_signal(false));
    sigaddset(&awaited, number_signal(true));
    if (sigprocmask(SIG_BLOCK, &awaited, NULL) < 0)
        report_and_exit("sigprocmask");
    catch_ending_signals(remove_file);
    open_meeting();

    /* UNSAFE: of the signals that come while we work, one can be pending, and no more. */
    static const struct timespec work = { .tv_nsec = 1000000 };
    struct account account = { .sender = 0 };
    siginfo_t info;
    set_patience(options.patience);
    do {
        int sig = next_signal(&awaited, &info);
        count_number(&info, &account);
        if (sig == number_signal(true))
            nanosleep(&work, NULL);
    } while (info.si_value.sival_int >= 0);

    long sent = end_number(info.si_value.sival_int); /* and this is its own inverse */
    bool all_came = account.came == sent && account.out_of_order == 0;
    if (all_came)
        printf("%ld numbers, all in order\n", account.came);
    else
        printf("%ld of %ld numbers, %ld lost\n", account.came, sent, sent - account.came);
    flush_or_exit();
    return all_came ? EXIT_SUCCESS : EXIT_FAILURE;
}
