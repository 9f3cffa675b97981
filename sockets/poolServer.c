/* poolServer: the echo server with four processes, which start before the first client comes.
 *
 *     1$ ./poolServer
 *     Listening on port 9876 for clients...
 *
 * Then run ./client, as many as you like. After Ctrl+C the server accepts no new client, and gives
 * the conversations under way a few seconds (-s) to finish.
 *
 * Calls: sigprocmask -> socket, bind, listen -> fork -> sigwaitinfo -> waitpid, fork, ...
 *        -> shutdown -> waitpid; the workers: prctl -> accept -> recv, send, ... -> close -> accept
 *
 * Look for: be_worker() is the loop of server.c. All workers call accept on the same socket, which
 * they have inherited, and the kernel gives each client to one of them. A slow client keeps one
 * worker busy, and four slow clients keep all four.
 *
 * Build: cc -I../include -o poolServer poolServer.c -lrt
 * Read:  accept(2), fork(2), sigwaitinfo(2), waitpid(2), shutdown(2), prctl(2) on PR_SET_PDEATHSIG
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lines.h"

enum { WORKERS = 4 };
static const char HELP[] =
    "usage: poolServer [-h] [-a ADDRESS] [-p PORT] [-s SECONDS] [-t SECONDS]\n"
    "Prints the titles that clients send and sends them back; serves four at once.\n"
    "  1$ ./poolServer      2$ ./client\n"
    "  -a ADDRESS  where to listen (127.0.0.1)\n"
    "  -p PORT     where to listen (PORT in the environment, else 9876)\n"
    "  -s SECONDS  how long conversations may go on after Ctrl+C (5)\n"
    "  -t SECONDS  how long a client may take for a title (30)\n";
static pid_t workers[WORKERS];

/* Ctrl+C reaches all processes in the foreground. The workers block it; the master handles it. */
static _Noreturn void be_worker(int listener, double timeout)
{
    for (;;) {
        int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until a client comes */
        if (peer < 0 && errno == EINVAL)                        /* the master has shut it down */
            exit(EXIT_SUCCESS);
        if (peer < 0) {
            warn_or_exit("accept"); /* one failed connection does not end a server */
            continue;
        }
        struct client client = new_client(peer, timeout);
        do
            limit_silence(peer, client.deadline - seconds_now());
        while (exchange(&client)); /* recv(2), which sleeps until something comes, and send(2) */
        close(peer);
    }
}

static pid_t start_worker(int listener, double timeout)
{
    pid_t master = getpid(), worker = fork();
    if (worker < 0)
        err(EXIT_FAILURE, "fork");
    if (worker > 0)
        return worker;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* from now on we do not outlive the master, ... */
        err(EXIT_FAILURE, "prctl");
    if (getppid() != master) /* ... which may have died already */
        exit(EXIT_FAILURE);
    be_worker(listener, timeout);
}

/* Replaces a worker that has been killed. A worker that has failed ends the server, because its
 * replacement would fail as well. */
static void replace_dead_workers(int listener, double timeout)
{
    for (int i = 0; i < WORKERS; i++) { /* one SIGCHLD may stand for several */
        int status;
        if (waitpid(workers[i], &status, WNOHANG) != workers[i])
            continue;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE)
            raise(SIGPIPE); /* nobody reads our output (| head): we end in the same way */
        if (WIFEXITED(status) && WEXITSTATUS(status) != EXIT_SUCCESS)
            errx(EXIT_FAILURE, "a worker has failed; another one would fail as well");
        warnx("worker %d, process %d, is replaced", i + 1, workers[i]);
        pause_for(0.1); /* robust: if each dies at once, we do not fork as fast as we can */
        workers[i] = start_worker(listener, timeout);
    }
}

/* Returns how many workers are alive. HOW: 0 to wait until they have ended, or WNOHANG. */
static int await_workers(int how)
{
    int living = 0;
    for (int i = 0; i < WORKERS; i++)
        if (waitpid(workers[i], NULL, how) == 0)
            living++;
    return living;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 30, .pause = 5, .address = "127.0.0.1", .port = "9876" };
    read_options(argc, argv, "a:p:s:t:", HELP, &options);
    sigset_t ending = block_ending_signals(), signals = ending; /* in the workers, too */
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    int listener = start_listening(options.address, options.port, 0); /* socket, bind, listen */
    for (int i = 0; i < WORKERS; i++)
        workers[i] = start_worker(listener, options.timeout);

    int sig;
    while ((sig = sigwaitinfo(&signals, NULL)) == SIGCHLD || sig < 0) /* EINTR: Ctrl+Z and fg */
        replace_dead_workers(listener, options.timeout);
    if (shutdown(listener, SHUT_RD) < 0) /* from now on accept fails, in all workers */
        err(EXIT_FAILURE, "shutdown");
    for (int looks = 0; looks < 20 && await_workers(WNOHANG) > 0; looks++)
        pause_for(0.05); /* robust: some are just leaving */
    if (await_workers(WNOHANG) > 0)
        begin_grace(sig, &ending, options.pause);
    await_workers(0);
    kill(getpid(), sig);
    sigprocmask(SIG_UNBLOCK, &ending, NULL); /* it ends us here, and any worker left with us */
}
