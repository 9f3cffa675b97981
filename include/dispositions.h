/* dispositions.h: a table of the everyday signals, and functions to print sets of them. */
#pragma once

#include "start.h"

static const struct {
    const char *name, *action, *source; /* its default action, and what sends it */
} SIGNALS[] = {
    [SIGHUP] = { "HUP", "terminate", "the terminal is closed" },
    [SIGINT] = { "INT", "terminate", "Ctrl+C" },
    [SIGQUIT] = { "QUIT", "core", "Ctrl+\\" },
    [SIGABRT] = { "ABRT", "core", "abort(3), assert(3)" },
    [SIGBUS] = { "BUS", "core", "mapped, but beyond the file's end" },
    [SIGFPE] = { "FPE", "core", "an integer is divided by zero" },
    [SIGKILL] = { "KILL", "terminate", "kill -KILL; cannot be caught" },
    [SIGUSR1] = { "USR1", "terminate", "kill(2), for a purpose of your own" },
    [SIGSEGV] = { "SEGV", "core", "an invalid address" },
    [SIGUSR2] = { "USR2", "terminate", "like USR1" },
    [SIGPIPE] = { "PIPE", "terminate", "a pipe or socket has no reader" },
    [SIGALRM] = { "ALRM", "terminate", "alarm(2), setitimer(2)" },
    [SIGTERM] = { "TERM", "terminate", "kill(1): a request to end" },
    [SIGCHLD] = { "CHLD", "nothing", "a child has ended, stopped, ..." },
    [SIGCONT] = { "CONT", "continue", "fg, bg" },
    [SIGSTOP] = { "STOP", "stop", "kill -STOP; cannot be caught" },
    [SIGTSTP] = { "TSTP", "stop", "Ctrl+Z" },
    [SIGTTIN] = { "TTIN", "stop", "a background job reads the terminal" },
    [SIGTTOU] = { "TTOU", "stop", "it writes there, after stty tostop" },
    [SIGWINCH] = { "WINCH", "nothing", "the window was resized" },
};
enum { SIGNAL_COUNT = sizeof SIGNALS / sizeof SIGNALS[0] };

struct sets { /* as in /proc/PID/status: bit N - 1 stands for signal N. proc(5) */
    unsigned long long caught, ignored, blocked, pending;
};

static inline bool is_in(unsigned long long set, int sig) /* whether SET contains SIG */
{
    return (set >> (sig - 1) & 1) != 0;
}

static inline void print_set(const char *label, unsigned long long set) /* its signals */
{
    const char *none = " none";
    fputs(label, stdout);
    for (int sig = 1; sig < SIGNAL_COUNT; sig++)
        if (SIGNALS[sig].name != NULL && is_in(set, sig)) {
            printf(" %s", SIGNALS[sig].name);
            none = "";
        }
    fputs(none, stdout);
}

/* Prints LABEL and the four sets on one line. */
static inline void print_line(const char *label, struct sets sets)
{
    printf("%-8s", label);
    print_set("caught", sets.caught);
    print_set(", ignored", sets.ignored);
    print_set(", blocked", sets.blocked);
    print_set(", pending", sets.pending);
    puts("");
}

/* Prints a line for each signal, with the sets that contain it. */
static inline void print_table(struct sets sets)
{
    printf("%2s %-6s %-9s %-23s %s\n", "", "signal", "default", "of this process", "comes from");
    for (int sig = 1; sig < SIGNAL_COUNT; sig++) {
        char states[40];
        if (SIGNALS[sig].name == NULL)
            continue;
        snprintf(states, sizeof states, "%s%s%s%s", is_in(sets.caught, sig) ? "caught " : "",
                 is_in(sets.ignored, sig) ? "ignored " : "",
                 is_in(sets.blocked, sig) ? "blocked " : "",
                 is_in(sets.pending, sig) ? "pending" : "");
        printf("%2d %-6s %-9s %-23s %s\n", sig, SIGNALS[sig].name, SIGNALS[sig].action, states,
               SIGNALS[sig].source);
    }
}
