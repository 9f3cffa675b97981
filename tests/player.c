/* player: plays one transcript, each of its terminals a pseudo-terminal of its own.
 *
 *     player [-d] [-t SECONDS] <TRANSCRIPT
 *     player -r SECONDS [-t SECONDS] <TRANSCRIPT
 *     player -l                            prints the name of the C library: glibc or musl
 *
 * A transcript is described in the top README ("How to read a transcript"). The terminals start in
 * the working directory. Status 0: everything came as it is written. 1: something else came, or
 * nothing did in time; the first difference is printed. 2: it is no transcript.
 *
 * With -d it is a demo: what is typed and what comes is printed as it comes, each line with its
 * terminal's number, in colour where standard output is a terminal and NO_COLOR is not set.
 *
 * With -r it is a rehearsal, in which anything may go wrong: what is typed is typed, whatever comes.
 * A line or a prompt that does not come is given up when no terminal has shown anything for SECONDS,
 * and what still ran then is interrupted. Keys for a terminal at its prompt are left out. Printed is
 * what happened, for tests/faults to judge: N$ a command, N| a line, N= a command's status, N! a
 * command that did not end. The status is 0.
 *
 * PORT in the environment takes the place of 9876 in what is typed, and 9876 its place in what
 * comes; likewise the nine ports that follow it.
 *
 * How it works: for each terminal, a child that leads a session on a pseudo-terminal does what an
 * interactive shell does. It puts each command into a process group of its own, in the foreground,
 * so that the bytes ^C and ^Z on the terminal do what they do for a student, and waits. It prints
 * its marks (a command has started, the prompt is back) into the terminal itself: so they come
 * behind the command's last output. A mark is a line that begins with the byte MARK.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    TERMINALS = 9,
    LINE_SIZE = 4096,
    MARK = 0x1e, /* "record separator": no program of ours prints it */
    PORT_SHOWN = 9876,
    PORTS = 10,
    STOPPED = 999, /* in place of a status */
};

struct terminal {
    int master;        /* 0: not started */
    int commands;      /* a pipe to the session's leader, a line each */
    pid_t program;     /* that runs now, or ran last */
    char command[256]; /* what was typed last */
    bool at_prompt;
    bool stopped;  /* a job waits for fg */
    bool skipping; /* "..." stands here: any lines may come before the next expected one */
    char *text;    /* what came and was not yet compared */
    size_t length, size;
};

/* How long a line may come after the prompt, in seconds: the child of a killed program prints. */
static const double LATE = 2;

static struct terminal terminals[TERMINALS + 1];
static bool demo, colour, rehearsal;
static double quiet_limit;   /* seconds without a word, after which a rehearsal goes on */
static double step_began;    /* there may be no end of words */
static double last_word;     /* when a terminal has shown something, or we have typed */
static int port;             /* what PORT says; 0: it is not set */
static double deadline;      /* CLOCK_MONOTONIC, seconds */
static double limit = 30;    /* seconds */
static int line_number;      /* in the transcript */
static char last_number[32]; /* what NNN stood for last */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(int status, const char *text, ...) __attribute__((noreturn, format(printf, 2, 3)));
static void fail(int status, const char *text, ...)
{
    va_list args;
    fflush(stdout);
    fprintf(stderr, "line %d of the transcript: ", line_number);
    va_start(args, text);
    vfprintf(stderr, text, args);
    va_end(args);
    fputc('\n', stderr);
    exit(status);
}

/* ---- text ---- */

/* Copies TEXT into OUT, with each number from FROM to FROM + PORTS - 1 moved to TO and so on. */
static void move_ports(char out[LINE_SIZE], const char *text, int from, int to)
{
    size_t used = 0;
    while (*text != '\0' && used < LINE_SIZE - 16) {
        size_t digits = strspn(text, "0123456789");
        long number = digits > 0 && digits < 6 ? strtol(text, NULL, 10) : 0;
        if (from != 0 && number >= from && number < from + PORTS) {
            used += (size_t)sprintf(out + used, "%ld", number - from + to);
            text += digits;
        } else if (digits > 0 && digits < LINE_SIZE - 16 - used) {
            memcpy(out + used, text, digits);
            used += digits;
            text += digits;
        } else {
            out[used++] = *text++;
        }
    }
    out[used] = '\0';
}

/* Whether TEXT is what PATTERN says: NNN is a number, "..." that is not at the end is anything.
 * NUMBER becomes the last number. */
static bool matches(const char *pattern, const char *text, char number[sizeof last_number])
{
    if (strncmp(pattern, "NNN", 3) == 0) {
        for (size_t n = strspn(text, "0123456789abcdefABCDEF"); n > 0; n--) {
            if (!matches(pattern + 3, text + n, number))
                continue;
            if (number[0] == '\0' && n < sizeof last_number) {
                memcpy(number, text, n); /* the deepest call comes first: the last number */
                number[n] = '\0';
            }
            return true;
        }
        return false;
    }
    if (strncmp(pattern, "...", 3) == 0 && pattern[3] != '\0') {
        for (;; text++) {
            if (matches(pattern + 3, text, number))
                return true;
            if (*text == '\0')
                return false;
        }
    }
    if (*pattern != *text)
        return false;
    return *pattern == '\0' || matches(pattern + 1, text + 1, number);
}

/* ---- what a terminal's session does (in its own process) ---- */

/* Waits for the foreground job; prints the prompt's mark. Returns the job if it has only stopped. */
static pid_t await_job(pid_t job, int *status)
{
    int how;
    while (waitpid(job, &how, WUNTRACED) < 0 && errno == EINTR)
        ;
    tcsetpgrp(STDIN_FILENO, getpid());
    if (!WIFSTOPPED(how))
        *status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    dprintf(STDOUT_FILENO, "%c$%d\n", MARK, WIFSTOPPED(how) ? STOPPED : *status);
    return WIFSTOPPED(how) ? job : 0;
}

/* Whether COMMAND is one program and its arguments. Then it takes the shell's place (exec): ^K is to
 * kill the program, and not a shell around it. */
static bool is_one_program(const char *command)
{
    static const char builtins[] =
        " umask ulimit export exit set unset wait trap command type read ";
    char word[64];
    snprintf(word, sizeof word, " %.*s ", (int)strcspn(command, " "), command);
    return strpbrk(command, ";|&`(){}!") == NULL && strchr(word, '=') == NULL
           && strstr(builtins, word) == NULL;
}

static pid_t start_job(const char *command, int status)
{
    char line[LINE_SIZE + 64];
    pid_t job = fork();
    if (job < 0)
        exit(EXIT_FAILURE);
    setpgid(job, job); /* in both processes: whoever comes first */
    if (job > 0) {
        tcsetpgrp(STDIN_FILENO, job);
        return job;
    }
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid()); /* SIGTTOU is still ignored */
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    dprintf(STDOUT_FILENO, "%c%d\n", MARK, (int)getpid()); /* from here on a key has its effect */
    if (strstr(command, "$?") != NULL)
        snprintf(line, sizeof line, "(exit %d); %s", status, command);
    else
        snprintf(line, sizeof line, "%s%s", is_one_program(command) ? "exec " : "", command);
    execlp("sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

static void lead_session(const char *slave_name, int commands)
{
    char line[LINE_SIZE];
    int status = 0;
    pid_t stopped = 0;
    FILE *input = fdopen(commands, "r");

    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the jobs then get SIGHUP from the kernel */
    setsid();
    int slave = open(slave_name, O_RDWR); /* and with that it is our controlling terminal */
    struct termios settings;
    if (input == NULL || slave < 0 || tcgetattr(slave, &settings) < 0)
        exit(EXIT_FAILURE);
    settings.c_lflag &= ~(tcflag_t)ECHO;
    settings.c_lflag |= NOFLSH; /* ^C must not throw away what was printed before it */
    settings.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(slave, TCSANOW, &settings);
    for (int fd = 0; fd <= 2; fd++)
        dup2(slave, fd);
    close(slave);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    dprintf(STDOUT_FILENO, "%c$\n", MARK);

    while (fgets(line, sizeof line, input) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "fg") == 0 && stopped != 0) {
            tcsetpgrp(STDIN_FILENO, stopped);
            dprintf(STDOUT_FILENO, "%c%d\n", MARK, (int)stopped);
            kill(-stopped, SIGCONT);
            stopped = await_job(stopped, &status);
        } else if (strncmp(line, "cd ", 3) == 0) {
            status = chdir(line + 3) < 0;
            dprintf(STDOUT_FILENO, "%c0\n%c$\n", MARK, MARK);
        } else {
            pid_t job = await_job(start_job(line, status), &status);
            stopped = job != 0 ? job : stopped;
        }
    }
    exit(EXIT_SUCCESS);
}

/* ---- the player's side of a terminal ---- */

static void start_terminal(struct terminal *terminal)
{
    int ends[2];
    terminal->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal->master < 0 || grantpt(terminal->master) < 0 || unlockpt(terminal->master) < 0
        || pipe2(ends, O_CLOEXEC) < 0)
        fail(2, "no pseudo-terminal: %s", strerror(errno));
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    ioctl(terminal->master, TIOCSWINSZ, &size);
    const char *slave_name = ptsname(terminal->master);
    fflush(NULL);
    pid_t leader = fork();
    if (leader < 0)
        fail(2, "fork: %s", strerror(errno));
    if (leader == 0) {
        close(ends[1]);
        lead_session(slave_name, ends[0]);
    }
    close(ends[0]);
    terminal->commands = ends[1];
}

/* Takes in what comes from any terminal, for at most MILLISECONDS. */
static void take_in(int milliseconds)
{
    struct pollfd ready[TERMINALS + 1];
    for (int i = 0; i <= TERMINALS; i++)
        ready[i] = (struct pollfd){ .fd = terminals[i].master > 0 ? terminals[i].master : -1,
                                    .events = POLLIN };
    if (poll(ready, TERMINALS + 1, milliseconds) <= 0)
        return;
    for (int i = 1; i <= TERMINALS; i++) {
        struct terminal *t = &terminals[i];
        if (ready[i].revents == 0)
            continue;
        if (t->size - t->length < LINE_SIZE) {
            t->size = t->size * 2 + LINE_SIZE;
            t->text = realloc(t->text, t->size);
            if (t->text == NULL)
                fail(2, "out of memory");
        }
        ssize_t got = read(t->master, t->text + t->length, t->size - t->length);
        if (got > 0)
            t->length += (size_t)got;
        last_word = now();
    }
}

static void drop_text(struct terminal *terminal, size_t length)
{
    terminal->length -= length;
    memmove(terminal->text, terminal->text + length, terminal->length);
}

/* Acts on a mark, if that is what comes next. */
static bool take_mark(struct terminal *terminal)
{
    if (terminal->length == 0 || terminal->text[0] != MARK)
        return false;
    char *end = memchr(terminal->text, '\n', terminal->length);
    if (end == NULL)
        return false;
    terminal->at_prompt = terminal->text[1] == '$';
    if (rehearsal && terminal->at_prompt && terminal->text[2] != '\n') {
        terminal->stopped = atoi(terminal->text + 2) == STOPPED;
        printf("%d= %d\n", (int)(terminal - terminals), atoi(terminal->text + 2));
    }
    if (!terminal->at_prompt)
        terminal->program = (pid_t)strtol(terminal->text + 1, NULL, 10);
    drop_text(terminal, (size_t)(end - terminal->text) + 1);
    return true;
}

/* For a demo: what is typed (HOW is "$ ", "> ", "^") or what comes ("| ") at terminal NUMBER. */
static void show(int number, const char *how, const char *text)
{
    if (!demo && !rehearsal)
        return;
    if (colour)
        printf("\033[%dm%d%s%s%s\033[0m\n", 31 + number % 6, number, how,
               how[0] == '|' ? "\033[0m" : "\033[0;1m", text);
    else
        printf("%d%s%s\n", number, how, text);
    fflush(stdout);
}

/* Takes the next whole line from terminal NUMBER; false: there is none yet. A line that the prompt
 * cuts short is a line, too. */
static bool take_line(int number, char line[LINE_SIZE])
{
    struct terminal *t = &terminals[number];
    char raw[LINE_SIZE];
    pid_t before = t->program;
    while (take_mark(t))
        if (t->program != before)
            return false; /* a command has started: what follows is its output */
    size_t length = 0;
    while (length < t->length && t->text[length] != '\n' && t->text[length] != MARK)
        length++;
    if (length == t->length || (length == 0 && t->text[0] == MARK))
        return false; /* not whole yet */
    size_t kept = length < LINE_SIZE - 1 ? length : LINE_SIZE - 1;
    memcpy(raw, t->text, kept);
    raw[kept] = '\0';
    drop_text(t, length + (t->text[length] == '\n'));
    move_ports(line, raw, port, PORT_SHOWN);
    show(number, "| ", line);
    return true;
}

static void await_something(int number, const char *what)
{
    double left = deadline - now();
    if (left <= 0 && !rehearsal) {
        struct terminal *t = &terminals[number];
        fail(1, "terminal %d: not within %g seconds: %s%s%.*s", number, limit, what,
             t->length > 0 ? "\nbut: " : "", (int)t->length, t->length > 0 ? t->text : "");
    }
    take_in(left < 0 ? 20 : left < 0.1 ? (int)(left * 1e3) + 1 : 100);
}

/* In a rehearsal: takes in what comes; false: nothing has come for so long that nothing will. */
static bool await_more(void)
{
    take_in(20);
    return now() < last_word + quiet_limit && now() < step_began + 4 * quiet_limit
           && now() < deadline;
}

/* In a rehearsal: a command that does not end is interrupted, then killed. */
static void end_command(int number, const char *command)
{
    struct terminal *t = &terminals[number];
    char line[LINE_SIZE];
    bool more = true;
    while (more && !(t->at_prompt && t->length == 0))
        if (!take_line(number, line))
            more = await_more();
    for (int tries = 0; !more && !t->at_prompt && tries < 2; tries++) {
        if (tries == 0)
            printf("%d! %s\n", number, command);
        if (tries == 0 && write(t->master, "\003", 1) != 1)
            continue;
        if (tries == 1 && t->program > 0)
            kill(-t->program, SIGKILL);
        last_word = step_began = now();
        while (!t->at_prompt && await_more())
            take_line(number, line);
    }
}

/* Nothing may come from terminal NUMBER but marks, until its prompt is back. */
static void await_prompt(int number)
{
    struct terminal *t = &terminals[number];
    char line[LINE_SIZE];
    if (rehearsal)
        end_command(number, t->command);
    for (;;) {
        while (take_line(number, line))
            if (!t->skipping && !rehearsal)
                fail(1, "terminal %d: not expected: %s", number, line);
        if ((t->at_prompt && t->length == 0) || rehearsal)
            break;
        await_something(number, "the prompt");
    }
    t->skipping = false;
}

static void expect(int number, const char *pattern)
{
    struct terminal *t = &terminals[number];
    char line[LINE_SIZE], found[sizeof last_number];
    if (t->master == 0)
        fail(2, "terminal %d has not been used yet", number);
    if (strcmp(pattern, "...") == 0) {
        t->skipping = true;
        return;
    }
    if (rehearsal)
        t->skipping = true;
    for (;;) {
        double latest = now() + LATE;
        while (!take_line(number, line)) {
            if (rehearsal
                && ((t->at_prompt && t->length == 0 && now() > last_word + LATE / 20)
                    || !await_more()))
                return;
            if (rehearsal)
                continue;
            if (t->at_prompt && t->length == 0 && now() > latest)
                fail(1, "terminal %d is at its prompt, and this has not come:\n- %s", number,
                     pattern);
            await_something(number, pattern);
        }
        found[0] = '\0';
        if (matches(pattern, line, found))
            break;
        if (!t->skipping)
            fail(1, "terminal %d:\n- %s\n+ %s", number, pattern, line);
    }
    t->skipping = false;
    if (found[0] != '\0')
        strcpy(last_number, found);
}

static void type_bytes(int number, const char *bytes, size_t count)
{
    if (terminals[number].master == 0)
        fail(2, "terminal %d has not been used yet", number);
    if (write(terminals[number].master, bytes, count) != (ssize_t)count)
        fail(2, "terminal %d: %s", number, strerror(errno));
}

static void run_command(int number, const char *text)
{
    struct terminal *t = &terminals[number];
    char filled[LINE_SIZE], moved[LINE_SIZE];
    size_t used = 0;
    if (t->master == 0)
        start_terminal(t);
    await_prompt(number);
    while (*text != '\0' && used < LINE_SIZE - sizeof last_number) {
        if (strncmp(text, "NNN", 3) == 0) {
            used += (size_t)sprintf(filled + used, "%s", last_number);
            text += 3;
        } else {
            filled[used++] = *text++;
        }
    }
    filled[used] = '\0';
    if (rehearsal && (!t->at_prompt || (strcmp(filled, "fg") == 0 && !t->stopped)))
        return;
    show(number, "$ ", filled);
    snprintf(t->command, sizeof t->command, "%.255s", filled);
    last_word = now();
    move_ports(moved, filled, PORT_SHOWN, port != 0 ? port : PORT_SHOWN);
    t->at_prompt = false;
    t->program = -1;
    dprintf(t->commands, "%s\n", moved);
    while (t->program == -1) { /* until its mark says that it runs in the foreground */
        char late[LINE_SIZE];
        if (take_line(number, late) && !rehearsal)
            fail(1, "terminal %d: not expected: %s", number, late);
        if (t->program == -1)
            await_something(number, "the command's start");
    }
}

/* Waits until the command runs for good: a shell that is just starting its first program (vfork) is
 * no good address for a signal. */
static void await_settled(pid_t program)
{
    char path[40], name[64], state;
    double latest = now() + LATE;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)program);
    for (bool settled = false; !settled && now() < latest;) {
        FILE *stat_file = fopen(path, "re");
        if (stat_file == NULL)
            return;
        settled = fscanf(stat_file, "%*d (%63[^)]) %c", name, &state) == 2
                  && (state == 'S' || (strcmp(name, "sh") != 0 && strcmp(name, "player") != 0));
        fclose(stat_file);
        if (!settled)
            take_in(5);
    }
}

/* Gives the program a moment to end, or stop, of the key that was pressed: a student is not as quick
 * as we are. What it prints is left for the lines that are expected next. */
static void await_effect(struct terminal *terminal)
{
    static const char prompt[] = { MARK, '$' };
    double latest = now() + LATE;
    while (!terminal->at_prompt && now() < latest && now() < deadline
           && memmem(terminal->text, terminal->length, prompt, sizeof prompt) == NULL)
        take_in(100);
}

static void press(int number, char key)
{
    struct terminal *t = &terminals[number];
    char text[] = { key, '\0' };
    char byte = (char)(key & 0x1f);
    if (rehearsal && (t->at_prompt || t->master == 0))
        return;
    show(number, "^", text);
    await_settled(t->program);
    if (key != 'K')
        type_bytes(number, &byte, 1);
    else if ((t->master == 0 || t->program <= 0 || kill(t->program, SIGKILL) < 0) && !rehearsal)
        fail(2, "terminal %d: there is no program to kill", number);
    last_word = now();
    if (key != 'D')
        await_effect(t);
}

static void play_line(char *line)
{
    if (line[0] >= '1' && line[0] <= '9' && line[1] != '\0' && strchr("$>^", line[1]) != NULL)
        step_began = now(); /* we do something: from here on it is waited anew */
    static int current;     /* the terminal that lines without a number belong to */
    if (line[0] == '#' && (line[1] == ' ' || line[1] == '\0')) {
        if (demo && strncmp(line, "# needs:", 8) != 0)
            printf("%s%s%s\n", colour ? "\033[2m" : "", line, colour ? "\033[0m" : "");
        return;
    }
    if (line[0] < '1' || line[0] > '9' || strchr("$|>^", line[1]) == NULL || line[1] == '\0') {
        if (current == 0)
            fail(2, "it begins with no command: %s", line);
        expect(current, line);
        return;
    }
    int number = line[0] - '0';
    const char *text = line[2] == ' ' ? line + 3 : line + 2;
    char filled[LINE_SIZE];
    switch (line[1]) {
    case '|': expect(number, text); break;
    case '$':
        run_command(number, text);
        current = number;
        break;
    case '>':
        last_word = now();
        if (rehearsal && (terminals[number].at_prompt || terminals[number].master == 0))
            break;
        show(number, "> ", text);
        snprintf(filled, sizeof filled, "%s\n", text);
        type_bytes(number, filled, strlen(filled));
        current = number;
        break;
    default:
        if (strlen(text) != 1 || strchr("CDKZ", *text) == NULL)
            fail(2, "no such key: %s", line);
        press(number, *text);
        current = number;
    }
}

int main(int argc, char *argv[])
{
    char line[LINE_SIZE];
    const char *given = getenv("PORT");
    int letter;
    while ((letter = getopt(argc, argv, "dlr:t:")) != -1) {
        if (letter == 'd')
            demo = true;
        else if (letter == 'r') {
            rehearsal = true;
            quiet_limit = strtod(optarg, NULL);
        } else if (letter == 't')
            limit = strtod(optarg, NULL);
        else if (letter == 'l') {
#ifdef __GLIBC__
            puts("glibc");
#else
            puts("musl");
#endif
            return EXIT_SUCCESS;
        } else
            return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    colour = demo && isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
    port = given != NULL ? atoi(given) : 0;
    deadline = now() + limit;
    last_word = now();

    while (fgets(line, sizeof line, stdin) != NULL) {
        line_number++;
        line[strcspn(line, "\n")] = '\0';
        play_line(line);
    }
    for (int i = 1; i <= TERMINALS; i++)
        if (terminals[i].master != 0)
            await_prompt(i);
    return EXIT_SUCCESS;
}
