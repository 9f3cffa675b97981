/* sigReceiver: receives numbers that signals carry.
 *
 *     1$ ./sigReceiver
 *     2$ ./sigSender
 *     1| 1000 numbers, all in order
 *
 * Calls: sigprocmask -> sigwaitinfo, sigwaitinfo, ...
 *
 * Look for: these signals have no handler. They are blocked, so they stay pending until sigwaitinfo
 * accepts them, one by one. A real-time signal can be pending many times, each with its own number.
 * A standard signal (`./sigSender -u`) is pending or not: more that arrive meanwhile are lost.
 *
 * Build: cc -I../include -o sigReceiver sigReceiver.c
 * Read:  sigprocmask(2), sigwaitinfo(2), signal(7) on real-time signals
 */
#define _GNU_SOURCE
#include "numbers.h"
#include "role.h"
#include "start.h"

static const char HELP[] = "usage: sigReceiver [-h] [-t SECONDS]\n"
                           "Counts the numbers that ./sigSender sends with signals.\n"
                           "  1$ ./sigReceiver      2$ ./sigSender\n"
                           "  -t SECONDS  how long to wait for each number (12)\n";

/* Returns the next signal that carries a number; stores in INFO what the kernel knows about it. */
static int take_signal(const sigset_t *awaited, siginfo_t *info, double timeout)
{
    int sig;
    set_deadline(timeout, "no number came");
    do { /* sleeps until one of them is pending; EINTR: after Ctrl+Z and fg */
        sig = sigwaitinfo(awaited, info);
        if (sig < 0 && errno != EINTR)
            err(EXIT_FAILURE, "sigwaitinfo");
    } while (sig < 0 || info->si_code != SI_QUEUE); /* robust: one from kill(1) carries none */
    clear_deadline();
    return sig;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:", HELP, &options);

    sigset_t awaited;
    sigemptyset(&awaited);
    sigaddset(&awaited, number_signal(false));
    sigaddset(&awaited, number_signal(true));
    /* before the sender can find us: if they were not blocked, their default action would end us */
    if (sigprocmask(SIG_BLOCK, &awaited, NULL) < 0)
        err(EXIT_FAILURE, "sigprocmask");
    claim_role("sigReceiver"); /* so that the sender gets our process ID from the kernel */
    announce_role();

    siginfo_t info;
    pid_t sender = 0;
    int came = 0;
    bool in_order = true;
    do {
        int sig = take_signal(&awaited, &info, options.timeout);
        if (info.si_pid != sender) { /* robust: the previous one was killed; start over */
            if (sender != 0)
                warnx("process %d stopped sending; another one begins", sender);
            sender = info.si_pid;
            came = 0;
            in_order = true;
        }
        if (info.si_value.sival_int >= 0) {
            in_order = in_order && info.si_value.sival_int == came;
            came++;
        }
        if (sig == number_signal(true)) /* UNSAFE: of those that arrive meanwhile, one is kept */
            pause_for(0.001);
    } while (info.si_value.sival_int >= 0);

    int sent = end_number(info.si_value.sival_int);
    if (came == sent && in_order) {
        printf("%d number%s, all in order\n", came, came == 1 ? "" : "s");
        return EXIT_SUCCESS;
    }
    printf("%d of %d numbers, %d lost\n", came, sent, sent - came);
    return EXIT_FAILURE;
}
