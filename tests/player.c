/* player: plays one transcript, each of its terminals a pseudo-terminal of its own.
 *
 *     player [-d] [-t SECONDS] <TRANSCRIPT
 *     player -d -k TTY [-p TTY,...] [-t SECONDS] <TRANSCRIPT
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
 * With -k it is a demo by steps. A step is one thing that somebody does. Before each, and at the end, it
 * waits for a key from TTY, which must hand over each key as it is pressed: Enter, go on; b, again; n, the
 * next transcript; q or Ctrl+C, leave. All but Enter count during a step, too. While it waits for a key, the
 * programs are stopped: their patience, and our SECONDS, do not run out while somebody talks (but not once
 * strace runs, which would show it). With -p, each terminal is shown on a TTY of its own, as it would
 * look, and the remarks on standard output.
 * Status 0, or 1 and 2 as above: go on; 3: again; 4: leave; 5: leave, and something was wrong.
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
#include <dirent.h>
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
    PROCESSES = 4096,
    KEY_TIME = 20,     /* milliseconds for each character that is typed before an audience */
    TYPING_TIME = 600, /* at most, for all of them */
    STEP_ROWS = 3,     /* on the screen, for what comes next */
};

enum { GO_ON, FAILED, AGAIN = 3, LEAVE, FAILED_AND_LEAVE }; /* the statuses of a demo by steps */

struct terminal {
    int master;        /* 0: not started */
    int commands;      /* a pipe to the session's leader, a line each */
    pid_t leader;      /* of the session: its process id is the session's */
    pid_t program;     /* that runs now, or ran last */
    char command[256]; /* what was typed last */
    bool at_prompt;
    bool stopped;  /* a job waits for fg */
    bool skipping; /* "..." stands here: any lines may come before the next expected one */
    char *text;    /* what came and was not yet compared */
    size_t length, size;
    int pane;      /* where it is shown; 0: on standard output */
    bool prompted; /* a prompt stands there */
};

/* How long a line may come after the prompt, in seconds: the child of a killed program prints. */
static const double LATE = 2;

/* How long the programs have, in seconds, to come to rest before they are stopped. */
static const double REST = 0.1;

static struct terminal terminals[TERMINALS + 1];
static bool demo, colour, rehearsal;
static double quiet_limit;   /* seconds without a word, after which a rehearsal goes on */
static double step_began;    /* there may be no end of words */
static double last_word;     /* when a terminal has shown something, or we have typed */
static int port;             /* what PORT says, or 9876 */
static double deadline;      /* CLOCK_MONOTONIC, seconds */
static double limit = 30;    /* seconds */
static int line_number;      /* in the transcript */
static char last_number[32]; /* what NNN stood for last */
static int keys = -1;        /* a demo by steps: where the keys come from */
static bool in_panes;
static int step_rows;           /* so many lines above the cursor it began */
static bool hurried;            /* Enter was pressed again, while a step was typed */
static pid_t frozen[PROCESSES]; /* whom we have stopped */
static int frozen_count;
static double frozen_since; /* 0: nothing is stopped */
static bool is_traced;      /* strace runs: it would show that we stop a program */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void await_choice(int status) __attribute__((noreturn));

/* Takes back what the last step's announcement has put on the screen. */
static void erase_step(void)
{
    if (keys < 0)
        return;
    if (step_rows > 0)
        printf("\033[%dA", step_rows);
    printf("\r\033[J");
    step_rows = 0;
}

static void fail(int status, const char *text, ...) __attribute__((noreturn, format(printf, 2, 3)));
static void fail(int status, const char *text, ...)
{
    va_list args;
    erase_step();
    fflush(stdout);
    fprintf(stderr, "line %d of the transcript: ", line_number);
    va_start(args, text);
    vfprintf(stderr, text, args);
    va_end(args);
    fputc('\n', stderr);
    if (keys >= 0)
        await_choice(status);
    exit(status);
}

/* ---- text ---- */

static const char PLAIN[] = "\033[0m", BOLD[] = "\033[1m", FAINT[] = "\033[2m";
static const char COLOURS[TERMINALS + 1][8] = { "",         "\033[32m", "\033[33m", "\033[36m",
                                                "\033[35m", "\033[32m", "\033[33m", "\033[36m",
                                                "\033[35m", "\033[32m" };

/* Copies TEXT into OUT, with each number from FROM to FROM + PORTS - 1 moved to TO and so on. */
static void move_ports(char out[LINE_SIZE], const char *text, int from, int to)
{
    size_t used = 0;
    while (*text != '\0' && used < LINE_SIZE - 16) {
        size_t digits = strspn(text, "0123456789");
        long number = digits > 0 && digits < 6 ? strtol(text, NULL, 10) : 0;
        if (number >= from && number < from + PORTS) {
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

/* Copies TEXT into OUT, with the last number in place of each NNN. */
static void fill_in(char out[LINE_SIZE], const char *text)
{
    size_t used = 0;
    while (*text != '\0' && used < LINE_SIZE - sizeof last_number) {
        if (strncmp(text, "NNN", 3) == 0) {
            used += (size_t)sprintf(out + used, "%s", last_number);
            text += 3;
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
    terminal->leader = leader;
}

/* ---- a demo by steps: the keys, and what happens between two steps ---- */

/* Reads the STATE and the SESSION of process PID from /proc; false: there is none. */
static bool look_up(pid_t pid, char *state, pid_t *session)
{
    char path[40];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat_file = fopen(path, "re");
    if (stat_file == NULL)
        return false;
    int found = fscanf(stat_file, "%*d (%*[^)]) %c %*d %*d %d", state, session);
    fclose(stat_file);
    return found == 2 && *state != 'Z' && *state != 'X';
}

/* Stores in FOUND the processes in our terminals, in the order of /proc: the older ones first. Returns
 * how many; with RUNNING, only those that are not stopped. */
static int list_processes(pid_t found[PROCESSES], bool running)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    int count = 0;
    while (processes != NULL && (entry = readdir(processes)) != NULL && count < PROCESSES) {
        pid_t pid = (pid_t)atoi(entry->d_name), session;
        char state;
        if (pid <= 0 || !look_up(pid, &state, &session) || (running && state == 'T'))
            continue;
        for (int i = 1; i <= TERMINALS; i++)
            if (terminals[i].leader != 0 && terminals[i].leader == session)
                found[count++] = pid;
    }
    if (processes != NULL)
        closedir(processes);
    return count;
}

/* Stops PID until thaw. */
static void freeze_one(pid_t pid)
{
    for (int i = 0; i < frozen_count; i++)
        if (frozen[i] == pid)
            return;
    if (frozen_count < PROCESSES && kill(pid, SIGSTOP) == 0)
        frozen[frozen_count++] = pid;
}

/* Stops the programs until thaw: nobody's patience is to run out while somebody talks. First the leaders
 * of the sessions: they are not to see that their jobs stop, as with ^Z. All others at one go, the younger
 * ones first: one that waits for another would say that it is stopped. */
static void freeze(void)
{
    pid_t found[PROCESSES], session;
    int count;
    char state;
    frozen_since = now();
    if (is_traced)
        return;
    for (int i = 1; i <= TERMINALS; i++) {
        pid_t leader = terminals[i].leader;
        if (leader != 0)
            freeze_one(leader);
        while (leader != 0 && look_up(leader, &state, &session) && state != 'T'
               && now() < frozen_since + LATE)
            poll(NULL, 0, 1);
    }
    while ((count = list_processes(found, true)) > 0 && now() < frozen_since + LATE) {
        while (count-- > 0)
            freeze_one(found[count]);
        poll(NULL, 0, 1);
    }
}

/* Lets them go on, in the opposite order. */
static void thaw(void)
{
    while (frozen_count > 0)
        kill(frozen[--frozen_count], SIGCONT);
    if (frozen_since > 0)
        deadline += now() - frozen_since;
    frozen_since = 0;
}

/* Ends what runs in our terminals as if their windows were closed, and then us. */
static void leave(int status) __attribute__((noreturn));
static void leave(int status)
{
    pid_t found[PROCESSES];
    int count = list_processes(found, false);
    double latest = now() + LATE;
    while (count-- > 0)
        kill(found[count], SIGHUP);
    while ((count = list_processes(found, false)) > 0) {
        while (count-- > 0)
            kill(found[count], now() < latest ? SIGCONT : SIGKILL);
        poll(NULL, 0, 10);
    }
    erase_step();
    exit(status);
}

/* The key that is pressed within MILLISECONDS (-1: whenever it comes); 0: none. */
static char read_key(int milliseconds)
{
    struct pollfd ready = { .fd = keys, .events = POLLIN };
    char key;
    if (poll(&ready, 1, milliseconds) <= 0)
        return 0;
    if (read(keys, &key, 1) != 1 || key == 3)
        return 'q'; /* the window is closed; Ctrl+C */
    if (key == '\033')
        tcflush(keys, TCIFLUSH); /* the rest of an arrow's bytes, and the like */
    return key == '\r' ? '\n' : key;
}

/* Does what KEY asks for; STATUS: how it has gone so far. Enter is nothing here. */
static void obey(char key, int status)
{
    if (key == 'b')
        leave(AGAIN);
    if (key == 'n')
        leave(status);
    if (key == 'q')
        leave(status == GO_ON ? LEAVE : FAILED_AND_LEAVE);
}

/* Shows, from the line where the cursor is, WHEN and WHAT is done, in STEP_ROWS lines at most. */
static void show_step(const char *when, const char *what)
{
    struct winsize size = { .ws_col = 80 };
    ioctl(keys, TIOCGWINSZ, &size);
    int columns = size.ws_col > 20 ? size.ws_col : 80;
    int room = STEP_ROWS * columns - (int)strlen(when);
    erase_step();
    int length = printf("%s%s%.*s%s", when, colour ? BOLD : "", room, what, colour ? PLAIN : "");
    length -= colour ? (int)(strlen(BOLD) + strlen(PLAIN)) : 0;
    step_rows = length > 0 ? (length - 1) / columns : 0;
    fflush(stdout);
}

/* The transcript is over, as STATUS says: waits for a key, and leaves. */
static void await_choice(int status)
{
    char key;
    freeze();
    show_step("", status == GO_ON ? "end of this transcript; Enter goes on"
                                  : "it should not be so; b plays it again");
    while ((key = read_key(-1)) != '\n')
        obey(key, status);
    leave(status);
}

/* ---- what comes from the terminals ---- */

/* Takes in what comes from any terminal, for at most MILLISECONDS. */
static void take_in(int milliseconds)
{
    struct pollfd ready[TERMINALS + 1] = { { .fd = keys, .events = POLLIN } };
    for (int i = 1; i <= TERMINALS; i++)
        ready[i] = (struct pollfd){ .fd = terminals[i].master > 0 ? terminals[i].master : -1,
                                    .events = POLLIN };
    if (poll(ready, TERMINALS + 1, milliseconds) <= 0)
        return;
    if (ready[0].revents != 0)
        obey(read_key(0), GO_ON);
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

/* Shows terminal NUMBER's prompt in its pane. */
static void show_prompt(int number)
{
    struct terminal *t = &terminals[number];
    if (t->pane > 0 && !t->prompted)
        dprintf(t->pane, "%s%d$ %s", colour ? COLOURS[number] : "", number, colour ? PLAIN : "");
    t->prompted = t->pane > 0;
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
    if (terminal->at_prompt)
        show_prompt((int)(terminal - terminals));
    else
        terminal->program = (pid_t)strtol(terminal->text + 1, NULL, 10);
    drop_text(terminal, (size_t)(end - terminal->text) + 1);
    return true;
}

/* Prints TEXT to FD; before an audience as quickly as somebody types, or at once if Enter is pressed. */
static void type_out(int fd, const char *text)
{
    size_t length = strlen(text);
    int pause = length * KEY_TIME > TYPING_TIME ? (int)(TYPING_TIME / length) : KEY_TIME;
    for (; keys >= 0 && *text != '\0'; text++) {
        dprintf(fd, "%c", *text);
        char key = read_key(pause);
        obey(key, GO_ON);
        if (key == '\n') {
            pause = 0;
            hurried = true;
        }
    }
    dprintf(fd, "%s", text);
}

/* For a demo: what is typed (HOW is "$ ", "> ", "^") or what comes ("| ") at terminal NUMBER. */
static void show(int number, const char *how, const char *text)
{
    struct terminal *t = &terminals[number];
    bool typed = how[0] != '|';
    if (!demo && !rehearsal)
        return;
    fflush(stdout);
    int fd = in_panes ? t->pane : STDOUT_FILENO;
    if (in_panes && !typed && t->prompted)
        dprintf(fd, "\r\033[K"); /* it comes behind the prompt: a killed program's child */
    if (!in_panes)
        dprintf(fd, "%s%d%s%s", colour ? COLOURS[number] : "", number, how, colour ? PLAIN : "");
    else if (how[0] == '^')
        dprintf(fd, "^");
    if (typed) {
        dprintf(fd, "%s", colour ? BOLD : "");
        type_out(fd, text);
        dprintf(fd, "%s\n", colour ? PLAIN : "");
        t->prompted = false;
    } else {
        dprintf(fd, "%s\n", text);
        if (t->prompted) {
            t->prompted = false;
            show_prompt(number);
        }
    }
}

/* Takes the next whole line from terminal NUMBER; false: there is none yet. A line that the prompt
 * cuts short is a line, too. */
static bool take_line(int number, char line[LINE_SIZE])
{
    struct terminal *t = &terminals[number];
    char shown[LINE_SIZE];
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
    memcpy(line, t->text, kept);
    line[kept] = '\0';
    drop_text(t, length + (t->text[length] == '\n'));
    move_ports(shown, line, port, PORT_SHOWN);
    show(number, "| ", shown);
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

static void expect(int number, const char *text)
{
    struct terminal *t = &terminals[number];
    char pattern[LINE_SIZE], line[LINE_SIZE], found[sizeof last_number];
    move_ports(pattern, text, PORT_SHOWN, port); /* not in LINE: a process may have such a number */
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
    if (t->master == 0)
        start_terminal(t);
    await_prompt(number);
    fill_in(filled, text);
    if (rehearsal && (!t->at_prompt || (strcmp(filled, "fg") == 0 && !t->stopped)))
        return;
    show(number, "$ ", filled);
    is_traced |= strncmp(filled, "strace ", 7) == 0;
    snprintf(t->command, sizeof t->command, "%.255s", filled);
    last_word = now();
    move_ports(moved, text, PORT_SHOWN, port);
    fill_in(filled, moved); /* afterwards: NNN may be any number */
    t->at_prompt = false;
    t->program = -1;
    dprintf(t->commands, "%s\n", filled);
    thaw();
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
    for (bool settled = frozen_since > 0; !settled && now() < latest;) {
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
    if (key == 'Z' || key == 'K')
        thaw(); /* SIGCONT takes back a SIGTSTP that has not been seen yet; and the kernel sends SIGHUP to
                 * stopped children of who is killed */
    if (key != 'K')
        type_bytes(number, &byte, 1);
    else if ((t->master == 0 || t->program <= 0 || kill(t->program, SIGKILL) < 0) && !rehearsal)
        fail(2, "terminal %d: there is no program to kill", number);
    thaw();
    last_word = now();
    if (key != 'D')
        await_effect(t);
}

/* Gives the programs a moment to come to rest, and to be gone if they have ended. */
static void await_rest(void)
{
    bool busy = !hurried;
    for (double latest = now() + REST; busy && now() < latest;) {
        busy = false;
        for (int i = 1; i <= TERMINALS; i++) {
            while (take_mark(&terminals[i]))
                ;
            busy |= terminals[i].master != 0 && !terminals[i].at_prompt;
        }
        if (busy)
            take_in(10);
    }
}

/* Says what LINE, which types something, is going to do. */
static void describe(char *what, size_t size, const char *line)
{
    char filled[LINE_SIZE];
    fill_in(filled, line[2] == ' ' ? line + 3 : line + 2);
    if (line[1] == '$')
        snprintf(what, size, "terminal %c: %s", line[0], filled);
    else if (line[1] == '>')
        snprintf(what, size, "terminal %c, to the program: %s", line[0], filled);
    else if (filled[0] == 'K')
        snprintf(what, size, "terminal %c: its program is killed (SIGKILL)", line[0]);
    else
        snprintf(what, size, "terminal %c: Ctrl+%s", line[0], filled);
}

/* In a demo by steps: says what LINE is going to do, and waits for Enter. */
static void await_enter(const char *line)
{
    char what[LINE_SIZE + 64], key;
    int number = line[0] - '0';
    struct terminal *t = &terminals[number];
    if (keys < 0)
        return;
    if (line[1] == '$' && t->master != 0)
        await_prompt(number);
    if (line[1] == '^')
        await_settled(t->program);
    await_rest();
    freeze();
    hurried = false;
    describe(what, sizeof what, line);
    show_step("next: ", what);
    while ((key = read_key(-1)) != '\n')
        obey(key, GO_ON);
    show_step(in_panes ? "now:  " : "", in_panes ? what : "");
}

static void play_line(char *line)
{
    if (line[0] >= '1' && line[0] <= '9' && line[1] != '\0' && strchr("$>^", line[1]) != NULL) {
        await_enter(line);
        step_began = now(); /* we do something: from here on it is waited anew */
    }
    static int current; /* the terminal that lines without a number belong to */
    if (line[0] == '#' && (line[1] == ' ' || line[1] == '\0')) {
        if (demo && strncmp(line, "# needs:", 8) != 0) {
            erase_step();
            printf("%s%s%s\n", colour && !in_panes ? FAINT : "",
                   in_panes && line[1] != '\0' ? line + 2 : line, colour ? PLAIN : "");
        }
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
        thaw();
        current = number;
        break;
    default:
        if (strlen(text) != 1 || strchr("CDKZ", *text) == NULL)
            fail(2, "no such key: %s", line);
        press(number, *text);
        current = number;
    }
}

static int open_terminal(const char *name)
{
    int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        fail(2, "open %s: %s", name, strerror(errno));
    return fd;
}

/* Shows the first terminals on those that NAMES names. */
static void open_panes(char *names)
{
    int number = 0;
    for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ","))
        if (number < TERMINALS)
            terminals[++number].pane = open_terminal(name);
    in_panes = number > 0;
}

int main(int argc, char *argv[])
{
    char line[LINE_SIZE];
    const char *given = getenv("PORT"), *no_colour = getenv("NO_COLOR");
    int letter;
    while ((letter = getopt(argc, argv, "dk:lp:r:t:")) != -1) {
        if (letter == 'd')
            demo = true;
        else if (letter == 'k')
            keys = open_terminal(optarg);
        else if (letter == 'p')
            open_panes(optarg);
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
    colour = demo && isatty(STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0');
    port = given != NULL ? atoi(given) : PORT_SHOWN;
    deadline = now() + limit;
    last_word = now();
    for (int i = 1; i <= TERMINALS; i++)
        show_prompt(i);

    while (fgets(line, sizeof line, stdin) != NULL) {
        line_number++;
        line[strcspn(line, "\n")] = '\0';
        play_line(line);
    }
    for (int i = 1; i <= TERMINALS; i++)
        if (terminals[i].master != 0)
            await_prompt(i);
    if (keys >= 0)
        await_choice(GO_ON);
    return EXIT_SUCCESS;
}
