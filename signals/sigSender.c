/* sigSender: sends numbers to another process, each with a signal.
 *
 *     1$ ./sigReceiver
 *     2$ ./sigSender
 *     1000 numbers sent to process NNN
 *
 * Calls: sigqueue -> sigqueue -> ...
 *
 * Look for: the kernel keeps each signal, with its number, until the receiver accepts it. For each
 * user it keeps a limited number (`ulimit -i`). At the limit, sigqueue fails with EAGAIN, and the
 * sender tries again. -u sends a standard signal, of which only one can be pending: if one is, the
 * kernel drops the new one, and sigqueue reports success all the same.
 *
 * Build: cc -I../include -o sigSender sigSender.c
 * Read:  sigqueue(3), signal(7) on real-time signals
 */
#define _GNU_SOURCE
#include "numbers.h"
#include "role.h"
#include "start.h"

static const char HELP[] =
    "usage: sigSender [-h] [-n COUNT] [-t SECONDS] [-u]\n"
    "Sends numbers to ./sigReceiver, each with a signal.\n"
    "  1$ ./sigReceiver      2$ ./sigSender\n"
    "  -n COUNT    how many numbers (1000)\n"
    "  -t SECONDS  how long to wait for the receiver (12)\n"
    "  -u          unsafe: send a standard signal, SIGUSR1, instead of a real-time signal\n";

static void send_number(pid_t receiver, int sig, int number, double timeout)
{
    union sigval value = { .sival_int = number };
    set_deadline(timeout, "the receiver took no signal (is its ulimit -i too low?)");
    while (sigqueue(receiver, sig, value) < 0) {
        if (errno == ESRCH)
            errx(EXIT_FAILURE, "the receiver has ended");
        if (errno != EAGAIN)
            err(EXIT_FAILURE, "sigqueue to process %d", receiver);
        pause_for(0.001); /* EAGAIN: too many signals are pending */
    }
    clear_deadline();
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = 1000 };
    read_options(argc, argv, "n:t:u", HELP, &options);
    int count = (int)options.count, sig = number_signal(options.unsafe);

    claim_role("sigSender"); /* robust: the numbers of two senders would be counted together */
    /* a process ID stored somewhere might belong to another process by now, so ask the kernel */
    pid_t receiver = wait_for_role("sigReceiver", options.timeout);
    if (receiver == 0) /* robust: it has no process ID here */
        errx(EXIT_FAILURE, "the sigReceiver runs in another container: start both in one");

    for (int i = 0; i < count; i++)
        send_number(receiver, sig, i, options.timeout);
    send_number(receiver, number_signal(false), end_number(count), options.timeout);
    printf("%d number%s sent to process %d\n", count, count == 1 ? "" : "s", receiver);
    return EXIT_SUCCESS;
}
