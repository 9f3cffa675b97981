/* begin.h: what every program does first, and the options that all of them share.
 *
 *     -h  help        -t SECONDS  patience      -s SECONDS  stay      -w  wait     -u  unsafe
 *     -n COUNT        -d MICROSECONDS           -p PORT     -a ADDRESS
 */
#ifndef BEGIN_H
#define BEGIN_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

enum { WRONG_USAGE = 2 }; /* the exit status, as the shell's own commands have it */

/* What the user may set. The program fills in its defaults; begin() puts the options over them. */
struct options {
    double patience;     /* -t, seconds */
    double stay;         /* -s, seconds */
    bool wait;           /* -w */
    bool unsafe;         /* -u */
    bool crosswise;      /* -x, transfer alone */
    bool event;          /* -e, mqReceiver alone */
    long count;          /* -n */
    long pause;          /* -d, microseconds */
    const char *port;    /* -p, else $PORT, else the default; a number from 1 to 65535 */
    const char *address; /* -a */
};

/* Prints what is wrong with the command line and exits with status 2. */
static inline void wrong_usage(const char *text, ...)
    __attribute__((noreturn, format(printf, 1, 2)));
static inline void wrong_usage(const char *text, ...)
{
    va_list args;
    va_start(args, text);
    print_message(true, 0, text, args);
    va_end(args);
    advise("try ./%s -h", program_invocation_short_name);
    exit(WRONG_USAGE);
}

/* A number of decimal digits, with a fraction if FRACTION is true, from 0 to MOST. Anything else is
 * wrong usage, named by NAME. strtod(3) would also take blanks, signs, "inf" and "0x10". */
static inline double number_or_exit(const char *name, const char *text, double most, bool fraction)
{
    char *end;
    double number = strtod(text, &end);
    size_t allowed = strspn(text, fraction ? "0123456789." : "0123456789");
    if (text[0] == '\0' || text[allowed] != '\0' || *end != '\0' || !(number <= most))
        wrong_usage("%s %s: want a %snumber from 0 to %.0f", name, text, fraction ? "" : "whole ",
                    most);
    return number;
}

/* Prints the line for option LETTER: HELP's own, or the usual one, with the default in OPTIONS. */
static inline void print_option(char letter, const char *help, const struct options *options)
{
    char key[] = { '\n', ' ', ' ', '-', letter, ' ', '\0' };
    const char *own = strstr(help, key);
    if (own != NULL) {
        printf("%.*s\n", (int)strcspn(own + 1, "\n"), own + 1);
        return;
    }
    switch (letter) {
    case 't':
        printf("  -t SECONDS  patience: how long to wait for the other end (%g; 0: try once)\n",
               options->patience);
        break;
    case 's':
        printf("  -s SECONDS  stay that long at the moment that is worth a look (%g)\n",
               options->stay);
        break;
    case 'w': puts("  -w          wait in the kernel instead of being refused"); break;
    case 'u': puts("  -u          unsafe: without the synchronisation, to see it fail"); break;
    case 'e': puts("  -e          be told of the event, instead of waiting in the queue"); break;
    case 'x': puts("  -x          take the locks crosswise, in no fixed order"); break;
    case 'n': printf("  -n COUNT    how many (%ld)\n", options->count); break;
    case 'd':
        printf("  -d MICROSECONDS  longest pause between rounds (%ld)\n", options->pause);
        break;
    case 'p':
        puts("  -p PORT     where the server listens (PORT in the environment, else 9876)");
        break;
    case 'a': puts("  -a ADDRESS  where to listen (127.0.0.1)"); break;
    default: break;
    }
}

/* Prints "usage: PROGRAM [-h] ..." and the help, with a line for each option. */
static inline void print_help(const char *takes, const char *operands, const char *help,
                              const struct options *options)
{
    static const char *const ARGUMENT[128] = {
        ['t'] = " SECONDS",      ['s'] = " SECONDS", ['n'] = " COUNT",
        ['d'] = " MICROSECONDS", ['p'] = " PORT",    ['a'] = " ADDRESS",
    };
    printf("usage: %s [-h]", program_invocation_short_name);
    for (const char *letter = takes; *letter != '\0'; letter++) {
        const char *argument = ARGUMENT[(unsigned char)*letter];
        printf(" [-%c%s]", *letter, argument != NULL ? argument : "");
    }
    const char *own = strstr(help, "\n  -"); /* its own lines on options come in their places */
    size_t length = own != NULL ? (size_t)(own - help) + 1 : strlen(help);
    printf("%s%s\n%.*s\n", operands[0] != '\0' ? " " : "", operands, (int)length, help);
    for (const char *letter = takes; *letter != '\0'; letter++)
        print_option(*letter, help, options);
}

/* Puts option LETTER, whose argument is TEXT, into OPTIONS. */
static inline void set_option(struct options *options, int letter, const char *text)
{
    switch (letter) {
    case 't': options->patience = number_or_exit("-t", text, 1e6, true); break;
    case 's': options->stay = number_or_exit("-s", text, 1e6, true); break;
    case 'w': options->wait = true; break;
    case 'u': options->unsafe = true; break;
    case 'x': options->crosswise = true; break;
    case 'e': options->event = true; break;
    case 'n': options->count = (long)number_or_exit("-n", text, 1e9, false); break;
    case 'd': options->pause = (long)number_or_exit("-d", text, 999999, false); break;
    case 'p': options->port = text; break;
    case 'a': options->address = text; break;
    default: break;
    }
}

/* A descriptor 0, 1 or 2 that was closed would be given to the next file that is opened, and a
 * message would go into the data. It is opened on something that refuses reads and writes. */
static inline void guard_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0
            && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) /* no O_CLOEXEC: it is 0-2 */
            _exit(EXIT_FAILURE);                                       /* nobody would hear why */
}

static mode_t users_umask;

/* Undoes, in a child that becomes another program, what begin() has set and exec keeps. */
static inline void restore_defaults(void)
{
    umask(users_umask);
    signal(SIGXFSZ, SIG_DFL);
}

/* The first step of every program. Makes standard output and error go out line by line, also into a
 * pipe or file; objects private (mode 0600 is then exact, whatever the umask was); no signal
 * blocked; and none that matters ignored, as a script's "command &" has it for Ctrl+C (SIGHUP may
 * be, by nohup). Then reads the options whose letters TAKES has into OPTIONS, which holds the
 * defaults; operands begin at argv[optind], as many at most as OPERANDS ("", "[FILE]", "[HOST
 * [TITLE...]]") has words, or any number if it has dots. Prints HELP and exits for -h; exits with
 * status 2 for anything else. HELP may end in lines of its own on options, as "  -s SECONDS  pause
 * between two titles", in place of the usual ones. setvbuf(3), umask(2), getopt(3) */
static inline void begin(int argc, char *argv[], const char *takes, const char *operands,
                         const char *help, struct options *options)
{
    static char error_line[BUFSIZ];
    char letters[32] = "+:h"; /* options first: then a title may begin with a dash */
    const char *environment = getenv("PORT");
    static const int defaults[] = { SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD };
    struct options given = *options;
    sigset_t none;
    int letter, most = 0;

    guard_standard_streams();
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    setvbuf(stderr, error_line, _IOLBF, sizeof error_line);
    users_umask = umask(077);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++)
        signal(defaults[i], SIG_DFL);
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error of write, not our death */

    for (const char *next = takes; *next != '\0'; next++) {
        char one[] = { *next, strchr("tsndpa", *next) != NULL ? ':' : '\0', '\0' };
        strcat(letters, one);
    }
    bool wants_help = argc > 1 && strcmp(argv[1], "--help") == 0;
    opterr = 0; /* getopt's own words differ between the C libraries */
    while (!wants_help && (letter = getopt(argc, argv, letters)) != -1) {
        if (letter == '?')
            wrong_usage("-%c: no such option", optopt);
        if (letter == ':')
            wrong_usage("-%c: wants an argument", optopt);
        if (letter == 'h')
            wants_help = true;
        set_option(&given, letter, optarg);
    }
    if (wants_help) {
        print_help(takes, operands, help, options);
        flush_or_exit();
        exit(EXIT_SUCCESS);
    }
    for (const char *next = operands; *next != '\0'; next++)
        most += *next == '[';
    if (argc - optind > most && strstr(operands, "...") == NULL)
        wrong_usage("%s: one argument too many", argv[optind + most]);
    if (strchr(takes, 'p') != NULL) {
        if (given.port == options->port && environment != NULL && environment[0] != '\0')
            given.port = environment;
        if (number_or_exit("port", given.port, 65535, false) < 1)
            wrong_usage("port 0: want one from 1 to 65535");
    }
    *options = given;
}

#endif
