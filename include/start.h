/* start.h: the first steps of every program.
 * What you can rely on: whatever started it, after prepare_process() the standard streams are open,
 * Ctrl+C works, output is line-buffered, and output that cannot be written is a failure. */
#pragma once

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { WRONG_USAGE = 2 }; /* exit status, as in the shell's built-in commands */
static const int ENDING_SIGNALS[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, 0 };
static const char DIGITS[] = "0123456789", FRACTION[] = "0123456789.";
static mode_t users_umask; /* for a program that we execute */

/* At exit: fails if output could not be written. fflush(3) */
static void report_lost_output(void)
{
    if (fflush(stdout) != EOF && !ferror(stdout))
        return;
    if (write(STDOUT_FILENO, "\n", 1) < 0) /* perhaps an earlier line was lost: find out why */
        warn("write standard output");
    else
        warnx("write standard output: not all of it could be written");
    _exit(EXIT_FAILURE); /* not exit(3): we are inside it */
}

/* Exits with a message if output could not be written. fflush(3) */
static inline void check_output(void)
{
    if (fflush(stdout) == EOF || ferror(stdout))
        exit(EXIT_FAILURE);
}

static void exit_for(int sig) /* a signal handler */
{
    if (sig != SIGXFSZ) /* SIGXFSZ only makes write(2) fail with EFBIG */
        _exit(128 + sig);
}

/* Opens closed standard descriptors on /dev/null, or the next file would get their numbers; reads
 * and writes still fail. Lets Ctrl+C end even a script's & command, which ignores it, and process 1
 * of a container, which needs a handler for it. Exits on failure. umask(2), pid_namespaces(7) */
static inline void prepare_process(void)
{
    static char error_line[BUFSIZ];
    struct sigaction hangup;
    sigset_t none;
    sigemptyset(&none);
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            _exit(EXIT_FAILURE);
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    setvbuf(stderr, error_line, _IOLBF, sizeof error_line);
    users_umask = umask(077);
    sigaction(SIGHUP, NULL, &hangup);
    for (const int *sig = ENDING_SIGNALS; *sig != 0; sig++)
        if (*sig != SIGHUP || hangup.sa_handler != SIG_IGN) /* nohup(1) has it ignored */
            signal(*sig, getpid() == 1 ? exit_for : SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL); /* only now: process 1 needs its handlers first */
    atexit(report_lost_output);            /* C guarantees room for 32 */
    signal(SIGXFSZ, exit_for);
}

/* What the user may set. The program first stores its defaults. */
struct options {
    double timeout;      /* -t, seconds */
    double pause;        /* -s, seconds */
    bool wait_for_lock;  /* -w */
    bool unsafe;         /* -u */
    bool crosswise;      /* -x, transfer */
    long count;          /* -n */
    long max_pause;      /* -d, microseconds */
    const char *port;    /* -p, or else $PORT, or else this; 1 to 65535 */
    const char *address; /* -a */
};

static inline _Noreturn void usage_exit(void) /* call after a message about it */
{
    fprintf(stderr, "try ./%s -h\n", program_invocation_short_name);
    exit(WRONG_USAGE);
}

/* Returns the number in TEXT, option NAME's argument. Exits with a message unless it consists of
 * ALLOWED characters, and is from LEAST to MOST. strtod(3) */
static inline double number_or_exit(const char *name, const char *text, const char *allowed,
                                    double least, double most)
{
    char *end;
    double number = strtod(text, &end);
    if (text[0] != '\0' && text[strspn(text, allowed)] == '\0' && *end == '\0' && number >= least
        && number <= most)
        return number;
    warnx("%s %s: want a number from %g to %.0f", name, text, least, most);
    usage_exit();
}

/* Exits with a message if OPERANDS is not empty. */
static inline void end_of_operands(char **operands)
{
    if (*operands != NULL) {
        warnx("%s: one argument too many", *operands);
        usage_exit();
    }
}

/* Stores the options with these LETTERS, as in getopt(3), in *OPTIONS. A "+" before them means that
 * operands are allowed, from argv[optind] on. Exits after -h (prints HELP) and on wrong usage. */
static inline void read_options(int argc, char *argv[], const char *letters, const char *help,
                                struct options *options)
{
    const char *environment = getenv("PORT");
    bool takes_operands = letters[0] == '+', takes_port = strchr(letters, 'p') != NULL;
    char all[32];
    int letter;
    if (takes_port && environment != NULL && environment[0] != '\0')
        options->port = environment; /* -p is read later, and takes precedence */
    snprintf(all, sizeof all, "+:h%s", letters + takes_operands); /* options come before operands */
    opterr = 0; /* the messages of getopt differ between C libraries */
    if (argc > 1 && strcmp(argv[1], "--help") == 0)
        argv[1] = "-h";
    while ((letter = getopt(argc, argv, all)) != -1)
        switch (letter) {
        case 'h': fputs(help, stdout); exit(EXIT_SUCCESS);
        case 't': options->timeout = number_or_exit("-t", optarg, FRACTION, 0, 1e6); break;
        case 's': options->pause = number_or_exit("-s", optarg, FRACTION, 0, 1e6); break;
        case 'w': options->wait_for_lock = true; break;
        case 'u': options->unsafe = true; break;
        case 'x': options->crosswise = true; break;
        case 'n': options->count = (long)number_or_exit("-n", optarg, DIGITS, 0, 1e9); break;
        case 'd': options->max_pause = (long)number_or_exit("-d", optarg, DIGITS, 0, 999999); break;
        case 'p': options->port = optarg; break;
        case 'a': options->address = optarg; break;
        default:
            warnx("-%c: %s", optopt, letter == ':' ? "requires an argument" : "no such option");
            usage_exit();
        }
    if (takes_port)
        number_or_exit("port", options->port, DIGITS, 1, 65535);
    if (!takes_operands)
        end_of_operands(argv + optind);
}

/* Sleeps for SECONDS, even when it is interrupted. nanosleep(2) */
static inline void pause_for(double seconds)
{
    struct timespec rest = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
        ; /* Ctrl+Z and fg */
}
