/* sigSender: sends numbers with signals, to a process that it knows by its lock.
 *
 *     2$ ./sigSender
 *     1000 numbers sent to process NNN
 *
 * With ./sigReceiver in a first terminal, in the same directory; either may start first.
 *
 * Look for: the receiver keeps a file locked, and the kernel says who has the lock. So no process
 * number that is written down somewhere can be of yesterday. A user has room for so many pending
 * signals and no more (ulimit -i): then sigqueue fails with EAGAIN, and we try again.
 *
 * Build: cc -I../include -o sigSender sigSender.c
 * Read:  sigqueue(3), signal(7) on real-time signals, fcntl(2) on F_GETLK
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>

#include "begin.h"
#include "here.h"
#include "numbers.h"
#include "owner.h"
#include "patience.h"

static const char HELP[] = "Sends -n numbers to ./sigReceiver, with signals.\n"
                           "  1$ ./sigReceiver\n"
                           "  2$ ./sigSender\n";

static pid_t find_receiver(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1 };
    for (;;) {
        int fd = open(MEETING_FILE, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 && errno != ENOENT)
            report_and_exit("open %s", MEETING_FILE);
        if (fd >= 0) {
            insist_on_ours(fd, S_IFREG, MEETING_FILE);
            pid_t receiver = owner_of(fd, 0);
            if (receiver > 0 && fcntl(fd, F_SETLK, &lock) == 0)
                return receiver; /* and the lock stays: the numbers of two would get mixed */
            if (receiver > 0 && errno != EAGAIN && errno != EACCES)
                report_and_exit("lock %s", MEETING_FILE);
            if (receiver > 0)
                say_and_exit("another ./sigSender is at work");
            close(fd);
        }
        try_again("./sigReceiver in this directory");
    }
}

static void send_number(pid_t receiver, int sig, int number)
{
    static const struct timespec moment = { .tv_nsec = 1000000 };
    union sigval value = { .sival_int = number };
    set_patience(patience_given);
    while (sigqueue(receiver, sig, value) < 0) {
        if (errno == ESRCH)
            say_and_exit("the receiver has ended after %d numbers", number);
        if (errno != EAGAIN)
            report_and_exit("signal %d to process %d", sig, (int)receiver);
        if (!keep_waiting()) /* too many are pending: the receiver does not take them */
            say_and_exit("the receiver has taken no signal for %g s", patience_given);
        nanosleep(&moment, NULL);
    }
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = PATIENCE, .count = 1000 };
    begin(argc, argv, "ntu", "", HELP, &options);

    set_patience(options.patience);
    pid_t receiver = find_receiver();
    for (int i = 0; i < options.count; i++)
        send_number(receiver, number_signal(options.unsafe), i);
    send_number(receiver, number_signal(false), end_number((int)options.count));
    printf("%ld numbers sent to process %d\n", options.count, (int)receiver);
    flush_or_exit();
    return EXIT_SUCCESS;
}
