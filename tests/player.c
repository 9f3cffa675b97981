/* player: plays one transcript; each of its terminals is a pseudo-terminal.
 *
 *     player [-d] [-t SECONDS] <TRANSCRIPT
 *     player -d -k TTY [-p TTY]... [-t SECONDS] <TRANSCRIPT
 *     player -r SECONDS [-t SECONDS] <TRANSCRIPT
 *     player -l                            prints the name of the C library: glibc or musl
 *
 * The top README describes transcripts ("How to read a transcript"). The terminals start in the
 * working directory. Status 0: all output was as written. 1: there was other output, or none in
 * time; the first difference is printed. 2: it is not a transcript.
 *
 * With -d, it is a demo: it prints input and output as they occur, each line with its terminal's
 * number, in color if standard output is a terminal and NO_COLOR is not set.
 *
 * With -k, it is a demo by steps. A step is one action of a person. Before each step, and at the
 * end, it waits for a key from TTY, which must deliver each key as it is pressed: Enter, go on; b,
 * again; n, next transcript; q or Ctrl+C, leave. All keys but Enter also work during a step. While
 * it waits for a key, the programs are stopped, so that neither their timeouts nor our SECONDS run
 * out while somebody talks (but not if strace runs, because it would show that). Each -p shows a
 * terminal on a TTY of its own, as it would look, with the remarks on standard output. Status 0,
 * or 1 and 2 as above: go on; 3: again; 4: leave; 5: leave, and something was wrong.
 *
 * With -r, it is a rehearsal, in which anything may go wrong: it types the input regardless. It
 * gives up on a line or a prompt if no terminal has shown anything for SECONDS, and interrupts
 * what is still running. It tries a look (N? command) again for SECONDS. It leaves out keys for a
 * terminal that is at its prompt. For the judge of faults, it prints what happened: N$ a command,
 * N| a line, N= its status, N! it did not end. The status is 0.
 *
 * A command finds in TYPED where it was typed: 1.3 is the third command in terminal 1.
 *
 * PORT in the environment replaces 9876 in the input, and 9876 replaces it in the output; the same
 * is true for the nine ports that follow.
 *
 * How it works: for each terminal, a child that leads a session on a pseudo-terminal acts like an
 * interactive shell. It puts each command into a process group of its own, in the foreground, so
 * that the bytes ^C and ^Z on the terminal have the usual effect, and waits. It prints its marks
 * (a command has started, the prompt is back) on the terminal itself, so that they come after the
 * command's last output. A mark is a line that begins with the byte MARK.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <err.h>
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
    TEXT_SIZE = 1 << 20,
    MARK = 0x1e, /* "record separator": no program of ours prints it */
    PORT_SHOWN = 9876,
    PORTS = 10,
    STOPPED = 999, /* in place of a status */
    PROCESSES = 4096,
    LINES = 1000,
    NAMES = 50,
    NUMBER_SIZE = 32,
    TYPING_TIME = 600, /* milliseconds, before an audience; a short line takes less */
};

enum { GO_ON, FAILED, AGAIN = 3, LEAVE, FAILED_AND_LEAVE }; /* the statuses of a demo by steps */

struct terminal {
    int master;        /* 0: not started */
    int commands;      /* a pipe to the session's leader, a line each */
    pid_t leader;      /* of the session: its process id is the session's */
    pid_t program;     /* that runs now, or ran last; -1: it is just being started */
    char command[256]; /* what was typed last */
    bool at_prompt;
    int status;           /* of the command that ran last, or STOPPED: it waits for fg */
    bool skipping;        /* any lines may come before the next expected one: "...", a rehearsal */
    char text[TEXT_SIZE]; /* what came and was not yet compared */
    size_t length;
    int pane;      /* where it is shown, if not on standard output */
    bool prompted; /* a prompt stands there */
};

/* What stands for a number in a transcript: NNN, or a word in angle brackets. */
struct name {
    char text[LINE_SIZE];
    char number[NUMBER_SIZE]; /* the one that came last; empty: none has come */
};

/* Seconds, in which a line may come after the prompt (the child of a killed program prints), and in
 * which the programs come to rest before they are stopped, or looked at again. */
static const double LATE = 2, REST = 0.1;

static struct terminal terminals[TERMINALS + 1];
static bool demo, colour, rehearsal;
static double quiet_limit;     /* seconds without a word, after which a rehearsal goes on */
static double step_began;      /* there may be no end of words */
static double last_word;       /* when a terminal has shown something, or we have typed */
static int port;               /* what PORT says, or 9876 */
static double deadline;        /* CLOCK_MONOTONIC, seconds */
static double limit = 30;      /* seconds */
static char *lines[LINES + 1]; /* the transcript; NULL: its end */
static int line_number;        /* so many of them have been read */
static struct name names[NAMES];
static int looking;             /* the terminal whose command is tried again; 0: none */
static int keys = -1;           /* a demo by steps: where the keys come from */
static int panes;               /* how many terminals are shown elsewhere */
static int step_rows;           /* so many lines above the cursor its announcement began */
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

/* ---- text ---- */

static const char PLAIN[] = "\033[0m", BOLD[] = "\033[1m", FAINT[] = "\033[2m";

/* Prints the number of a terminal, and HOW something comes there, in the terminal's colour. */
static void print_number(int fd, int number, const char *how)
{
    if (colour)
        dprintf(fd, "\033[3%cm%d%s%s", "5236"[number % 4], number, how, PLAIN);
    else
        dprintf(fd, "%d%s", number, how);
}

/* The length of the name that TEXT begins with: NNN, or a word in angle brackets; 0: with none. */
static size_t name_length(const char *text)
{
    size_t word = 0;
    while (*text == '<' && (isalnum((unsigned char)text[1 + word]) || text[1 + word] == '_'))
        word++;
    if (word > 0 && text[1 + word] == '>')
        return word + 2;
    return strncmp(text, "NNN", 3) == 0 ? 3 : 0;
}

/* Where the number is of the name that takes the first LENGTH bytes of TEXT. */
static char *number_of(const char *text, size_t length)
{
    int i = 0;
    while (names[i].text[0] != '\0'
           && (strncmp(names[i].text, text, length) != 0 || names[i].text[length] != '\0'))
        if (++i == NAMES)
            errx(2, "more than %d names for numbers", NAMES);
    snprintf(names[i].text, sizeof names[i].text, "%.*s", (int)length, text);
    return names[i].number;
}

/* Copies TEXT into OUT, with each number from FROM to FROM + PORTS - 1 moved to TO and so on; and
 * with the numbers in place of their names, if TEXT is TYPED. */
static void translate(char out[LINE_SIZE], const char *text, int from, int to, bool typed)
{
    size_t length;
    for (out[0] = '\0'; *text != '\0'; text += length) {
        char *end = out + strlen(out);
        size_t room = (size_t)(out + LINE_SIZE - end), name = typed ? name_length(text) : 0;
        const char *number = name > 0 ? number_of(text, name) : "";
        length = strspn(text, "0123456789");
        int value = length > 0 && length < 6 ? atoi(text) : 0;
        if (value >= from && value < from + PORTS) {
            snprintf(end, room, "%d", value - from + to);
        } else if (number[0] != '\0') {
            length = name;
            snprintf(end, room, "%s", number);
        } else {
            length += length == 0;
            snprintf(end, room, "%.*s", (int)length, text);
        }
    }
}

static bool ends_line(char c)
{
    return c == '\n' || c == '\0';
}

/* Whether TEXT is what PATTERN says: NNN is a number, <PID> too, and the same each time; "..." that
 * is not at a line's end is anything in a line, that is a line by itself, but the first, any lines.
 * If so, the names have their numbers. */
static bool matches(const char *pattern, const char *text)
{
    size_t length = name_length(pattern);
    if (length > 0) {
        char *number = number_of(pattern, length), before[NUMBER_SIZE];
        if (*pattern == '<' && number[0] != '\0')
            return strncmp(text, number, strlen(number)) == 0
                   && matches(pattern + length, text + strlen(number));
        strcpy(before, number);
        for (size_t digits = strspn(text, "0123456789abcdefABCDEF"); digits > 0; digits--) {
            snprintf(number, NUMBER_SIZE, "%.*s", (int)digits, text);
            if (matches(pattern + length, text + digits))
                return true;
        }
        strcpy(number, before);
        return false;
    }
    if (strncmp(pattern, "\n...", 4) == 0 && ends_line(pattern[4])) {
        while (!matches(pattern + 4, text)) {
            if (*text == '\0')
                return false;
            text += 1 + strcspn(text + 1, "\n");
        }
        return true;
    }
    if (strncmp(pattern, "...", 3) == 0 && !ends_line(pattern[3])) {
        while (!matches(pattern + 3, text))
            if (ends_line(*text++))
                return false;
        return true;
    }
    return *pattern == *text && (*pattern == '\0' || matches(pattern + 1, text + 1));
}

/* ---- what a terminal's session does (in its own process) ---- */

static int job_status;    /* of the command that ran last */
static pid_t stopped_job; /* waits for fg */

/* Waits until JOB has ended, or a key has stopped it; prints the prompt's mark. */
static void await_job(pid_t job)
{
    int how = 0;
    do
        waitpid(job, &how, WUNTRACED);
    while (WIFSTOPPED(how) && WSTOPSIG(how) == SIGSTOP); /* that was freeze() */
    tcsetpgrp(STDIN_FILENO, getpid());
    if (WIFSTOPPED(how))
        stopped_job = job;
    else
        job_status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    dprintf(STDOUT_FILENO, "%c$%d\n", MARK, WIFSTOPPED(how) ? STOPPED : job_status);
}

static pid_t start_job(const char *command)
{
    char line[LINE_SIZE + 64];
    pid_t job = fork();
    if (job < 0)
        exit(EXIT_FAILURE);
    if (job > 0)
        return job;
    setpgid(0, 0);
    tcsetpgrp(STDIN_FILENO, getpid()); /* SIGTTOU is still ignored */
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_DFL);
    dprintf(STDOUT_FILENO, "%c%d\n", MARK, (int)getpid()); /* from here on a key has its effect */
    if (strstr(command, "$?") != NULL)
        snprintf(line, sizeof line, "(exit %d); %s", job_status, command);
    else if (strpbrk(command, ";|&`(){}!") != NULL)
        snprintf(line, sizeof line, "%s", command);
    else /* one program takes the shell's place: ^K is to kill it, and not a shell around it */
        snprintf(line, sizeof line, "exec %s", command);
    execlp("sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
}

static void lead_session(int number, const char *slave_name, int commands)
{
    char line[LINE_SIZE], typed[32];
    int count = 0;
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
        bool is_again = line[0] == MARK; /* a look */
        if (is_again)
            memmove(line, line + 1, strlen(line));
        bool goes_on = strcmp(line, "fg") == 0 && stopped_job != 0;
        snprintf(typed, sizeof typed, "%d.%d", number, count += !goes_on && !is_again);
        setenv("TYPED", typed, 1);
        if (goes_on) {
            pid_t job = stopped_job;
            stopped_job = 0;
            tcsetpgrp(STDIN_FILENO, job);
            dprintf(STDOUT_FILENO, "%c%d\n", MARK, (int)job);
            kill(-job, SIGCONT);
            await_job(job);
        } else if (strncmp(line, "cd ", 3) == 0) {
            job_status = chdir(line + 3) < 0;
            dprintf(STDOUT_FILENO, "%c0\n%c$\n", MARK, MARK);
        } else {
            await_job(start_job(line));
        }
    }
    exit(EXIT_SUCCESS);
}

/* ---- a demo by steps: the keys, and what happens between two steps ---- */

/* The state of process PID, and its NAME; 0: there is none, or it has ended. */
static char look_up(pid_t pid, char name[64])
{
    char path[40], state = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *stat_file = fopen(path, "re");
    if (stat_file == NULL)
        return 0;
    if (fscanf(stat_file, "%*d (%63[^)]) %c", name, &state) != 2 || state == 'Z' || state == 'X')
        state = 0;
    fclose(stat_file);
    return state;
}

/* Adds the processes in our terminals to FROZEN, in the order of /proc: the older ones first. With
 * RUNNING, only those that are not stopped, and not the sessions' leaders. Returns how many. */
static int list_processes(bool running)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    int before = frozen_count;
    while (processes != NULL && (entry = readdir(processes)) != NULL && frozen_count < PROCESSES) {
        pid_t pid = (pid_t)atoi(entry->d_name), session = getsid(pid);
        char name[64], state = 0;
        for (int i = 1; i <= TERMINALS; i++)
            if (terminals[i].master > 0 && terminals[i].leader == session)
                state = look_up(pid, name);
        if (state != 0 && !(running && (state == 'T' || pid == session)))
            frozen[frozen_count++] = pid;
    }
    if (processes != NULL)
        closedir(processes);
    return frozen_count - before;
}

/* Stops the programs until thaw: nobody's patience is to run out while somebody talks. All at one
 * go, the younger ones first: one that waits for another would say that it is stopped. */
static void freeze(void)
{
    frozen_since = now();
    for (int count = 1; count > 0 && !is_traced && now() < frozen_since + LATE; poll(NULL, 0, 1)) {
        count = list_processes(true);
        for (int i = 1; i <= count; i++)
            kill(frozen[frozen_count - i], SIGSTOP);
    }
}

/* Whether all that we have stopped sleep again. The younger ones first: a child that goes on sends
 * SIGCHLD, so its parent has something to do when the child has come to rest. */
static bool all_sleep(void)
{
    char name[64], state = 'S';
    for (int i = frozen_count; i > 0 && (state == 'S' || state == 0);)
        state = look_up(frozen[--i], name);
    return state == 'S' || state == 0;
}

/* Lets them go on, in the opposite order; returns when they wait again where they have waited, or
 * the next key would overtake what they do because they were stopped. */
static void thaw(void)
{
    for (int i = 0; i < frozen_count; i++)
        kill(frozen[i], SIGCONT);
    for (double latest = now() + LATE / 4; !all_sleep() && now() < latest;)
        poll(NULL, 0, 1);
    frozen_count = 0;
    if (frozen_since > 0)
        deadline += now() - frozen_since;
    frozen_since = 0;
}

/* Takes back what the last step's announcement has put on the screen. */
static void erase_step(void)
{
    if (step_rows > 0)
        printf("\033[%dA", step_rows);
    if (keys >= 0)
        printf("\r\033[J");
    step_rows = 0;
}

/* Ends what runs in our terminals as if their windows were closed, and then us. */
_Noreturn static void leave(int status)
{
    double latest = now() + LATE;
    int sig = SIGHUP;
    for (frozen_count = 0; list_processes(false) > 0; poll(NULL, 0, 10)) {
        while (frozen_count > 0)
            kill(frozen[--frozen_count], sig);
        sig = now() < latest ? SIGCONT : SIGKILL;
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
    return key;
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

/* Waits for Enter, or leaves; STATUS as above. */
static void await_key(int status)
{
    char key;
    while ((key = read_key(-1)) != '\n')
        obey(key, status);
}

/* Shows, from the line where the cursor is, WHEN and WHAT is done. */
static void show_step(const char *when, const char *what)
{
    struct winsize size;
    erase_step();
    printf("%s%s%s%s", when, colour ? BOLD : "", what, colour ? PLAIN : "");
    if (ioctl(keys, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        step_rows = ((int)(strlen(when) + strlen(what)) - 1) / size.ws_col;
    fflush(stdout);
}

/* The transcript is over, as STATUS says: waits for a key, and leaves. */
_Noreturn static void await_choice(int status)
{
    freeze();
    show_step("", status == GO_ON ? "end of this transcript; Enter goes on"
                                  : "it should not be so; b plays it again");
    await_key(status);
    leave(status);
}

__attribute__((noreturn, format(printf, 2, 3))) static void fail(int status, const char *text, ...)
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

/* ---- the player's side of a terminal ---- */

static void start_terminal(int number)
{
    struct terminal *t = &terminals[number];
    int ends[2];
    t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (t->master < 0 || grantpt(t->master) < 0 || unlockpt(t->master) < 0
        || pipe2(ends, O_CLOEXEC) < 0)
        fail(2, "no pseudo-terminal: %s", strerror(errno));
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    ioctl(t->master, TIOCSWINSZ, &size);
    fflush(NULL);
    t->leader = fork();
    if (t->leader < 0)
        fail(2, "fork: %s", strerror(errno));
    if (t->leader == 0) {
        close(ends[1]);
        lead_session(number, ptsname(t->master), ends[0]);
    }
    close(ends[0]);
    t->commands = ends[1];
    t->skipping = rehearsal;
}

/* Shows terminal NUMBER's prompt in its pane. */
static void show_prompt(int number)
{
    struct terminal *t = &terminals[number];
    if (t->pane > 0 && !t->prompted)
        print_number(t->pane, number, "$ ");
    t->prompted = t->pane > 0;
}

/* Drops LENGTH bytes of what came from terminal NUMBER, and acts on the marks that follow. */
static void drop_text(int number, size_t length)
{
    struct terminal *t = &terminals[number];
    t->length -= length;
    memmove(t->text, t->text + length, t->length);
    char *end = t->length > 0 && t->text[0] == MARK ? memchr(t->text, '\n', t->length) : NULL;
    if (end == NULL)
        return;
    t->at_prompt = t->text[1] == '$';
    if (t->at_prompt) {
        t->status = atoi(t->text + 2);
        if (rehearsal && number != looking && t->text[2] != '\n')
            printf("%d= %d\n", number, t->status);
        show_prompt(number);
    } else {
        t->program = (pid_t)atoi(t->text + 1);
    }
    drop_text(number, (size_t)(end - t->text) + 1);
}

/* Takes in what comes from any terminal, for at most MILLISECONDS. */
static void take_in(int milliseconds)
{
    struct pollfd ready[TERMINALS + 1] = { { .fd = keys, .events = POLLIN } };
    for (int i = 1; i <= TERMINALS; i++) {
        bool has_room = terminals[i].master > 0 && terminals[i].length < TEXT_SIZE;
        ready[i].fd = has_room ? terminals[i].master : -1;
        ready[i].events = POLLIN;
    }
    if (poll(ready, TERMINALS + 1, milliseconds) <= 0)
        return;
    if (ready[0].revents != 0)
        obey(read_key(0), GO_ON);
    for (int i = 1; i <= TERMINALS; i++) {
        struct terminal *t = &terminals[i];
        if (ready[i].revents == 0)
            continue;
        ssize_t got = read(t->master, t->text + t->length, TEXT_SIZE - t->length);
        if (got > 0)
            t->length += (size_t)got;
        drop_text(i, 0);
        last_word = now();
    }
}

/* Prints TEXT to FD; before an audience as somebody types, or at once if Enter is pressed. */
static void type_out(int fd, const char *text)
{
    size_t length = strlen(text);
    int pause = TYPING_TIME / (length < 30 ? 30 : (int)length);
    for (; keys >= 0 && *text != '\0'; text++) {
        dprintf(fd, "%c", *text);
        char key = read_key(pause);
        obey(key, GO_ON);
        if (key == '\n')
            pause = 0;
    }
    dprintf(fd, "%s", text);
}

/* For a demo: what is typed (HOW is "$ ", "> ", "^") or what comes ("| ") at terminal NUMBER. */
static void show(int number, const char *how, const char *text)
{
    struct terminal *t = &terminals[number];
    int fd = panes > 0 ? t->pane : STDOUT_FILENO;
    if (!demo && !rehearsal)
        return;
    fflush(stdout);
    if (panes == 0)
        print_number(fd, number, how);
    else if (how[0] == '^')
        dprintf(fd, "^");
    else if (how[0] == '|' && t->prompted)
        dprintf(fd, "\r\033[K"); /* it comes behind the prompt: a killed program's child */
    if (how[0] == '|') {
        dprintf(fd, "%s\n", text);
    } else {
        dprintf(fd, "%s", colour ? BOLD : "");
        type_out(fd, text);
        dprintf(fd, "%s\n", colour ? PLAIN : "");
        thaw();
    }
    t->prompted = false;
    if (how[0] == '|' && t->at_prompt)
        show_prompt(number);
}

/* Takes the next whole line from terminal NUMBER; false: there is none yet. A line that the prompt
 * cuts short is a line, too. */
static bool take_line(int number, char line[LINE_SIZE])
{
    struct terminal *t = &terminals[number];
    char shown[LINE_SIZE];
    size_t length = 0;
    while (length < t->length && t->text[length] != '\n' && t->text[length] != MARK)
        length++;
    if (length == t->length || (length == 0 && t->text[0] == MARK))
        return false; /* not whole yet */
    snprintf(line, LINE_SIZE, "%.*s", (int)length, t->text);
    translate(shown, line, port, PORT_SHOWN, false);
    show(number, "| ", shown);
    drop_text(number, length + (t->text[length] == '\n'));
    return true;
}

/* Takes in what comes. Terminal NUMBER waits for WHAT: it fails if that is too late. In a
 * rehearsal: false if nothing has come for so long that nothing will. */
static bool await_more(int number, const char *what)
{
    struct terminal *t = &terminals[number];
    if (now() > deadline && !rehearsal)
        fail(1, "terminal %d: not within %g seconds: %s%s%.*s", number, limit, what,
             t->length > 0 ? "\nbut: " : "", (int)t->length, t->text);
    take_in(20);
    return !rehearsal
           || (now() < last_word + quiet_limit && now() < step_began + 4 * quiet_limit
               && now() < deadline);
}

/* Nothing may come from terminal NUMBER until its prompt is back. In a rehearsal, a command that
 * does not end is interrupted, then killed. */
static void await_prompt(int number)
{
    struct terminal *t = &terminals[number];
    char line[LINE_SIZE];
    for (int tries = 0; !t->at_prompt || t->length > 0;) {
        if (take_line(number, line)) {
            if (!t->skipping)
                fail(1, "terminal %d: not expected: %s", number, line);
        } else if (!await_more(number, "the prompt")) {
            if (t->at_prompt || tries == 2)
                break;
            if (++tries == 1) {
                printf("%d! %s\n", number, t->command);
                dprintf(t->master, "\003");
            } else if (t->program > 0) {
                kill(-t->program, SIGKILL);
            }
            last_word = step_began = now();
        }
    }
    t->skipping = rehearsal;
}

static void expect(int number, const char *text)
{
    struct terminal *t = &terminals[number];
    char pattern[LINE_SIZE], line[LINE_SIZE];
    if (strcmp(text, "...") == 0) {
        t->skipping = true;
        return;
    }
    /* (not in what comes: a process may have such a number) */
    translate(pattern, text, PORT_SHOWN, port, false);
    do {
        while (!take_line(number, line)) {
            bool late = now() > last_word + (rehearsal ? LATE / 20 : LATE);
            bool over = late && t->at_prompt && t->length == 0;
            if (over && !rehearsal)
                fail(1, "terminal %d is at its prompt, and this has not come:\n- %s", number,
                     pattern);
            if (over || !await_more(number, pattern))
                return;
        }
        if (matches(pattern, line)) {
            t->skipping = rehearsal;
            return;
        }
    } while (t->skipping);
    fail(1, "terminal %d:\n- %s\n+ %s", number, pattern, line);
}

/* Types TEXT at terminal NUMBER, and waits until it runs. Only the first of several TRIES is shown. */
static void run_command(int number, const char *text, int tries)
{
    struct terminal *t = &terminals[number];
    char line[LINE_SIZE];
    await_prompt(number);
    translate(line, text, PORT_SHOWN, PORT_SHOWN, true);
    if (rehearsal && (!t->at_prompt || (strcmp(line, "fg") == 0 && t->status != STOPPED)))
        return;
    if (tries == 1)
        show(number, "$ ", line);
    is_traced |= strncmp(line, "strace ", 7) == 0;
    snprintf(t->command, sizeof t->command, "%.255s", line);
    last_word = now();
    translate(line, text, PORT_SHOWN, port, true);
    t->at_prompt = false;
    t->program = -1;
    if (tries > 1)
        dprintf(t->commands, "%c", MARK);
    dprintf(t->commands, "%s\n", line);
    while (t->program == -1) /* until its mark says that it runs in the foreground */
        if (!take_line(number, line))
            await_more(number, "the command's start");
        else if (!t->skipping)
            fail(1, "terminal %d: not expected: %s", number, line);
}

/* Where the prompt stands, behind what comes from terminal T; NULL: it has not come yet. */
static char *find_prompt(struct terminal *t)
{
    static const char prompt[] = { MARK, '$' };
    return t->at_prompt ? t->text : memmem(t->text, t->length, prompt, sizeof prompt);
}

/* Takes in what comes, for a moment. */
static void rest(void)
{
    for (double latest = now() + REST; now() < latest;)
        take_in(10);
}

/* What the transcript's LINE begins with: '#', a remark; the sign behind a terminal's number; ' ',
 * neither; 0: the transcript is over. */
static char sign_of(const char *line)
{
    if (line == NULL)
        return 0;
    if (line[0] == '#' && (line[1] == ' ' || line[1] == '\0'))
        return '#';
    return line[0] >= '1' && line[0] <= '9' && line[1] != '\0' && strchr("$?|>^", line[1]) != NULL
               ? line[1]
               : ' ';
}

/* Types TEXT at terminal NUMBER, again and again until what comes is what the next lines say, or the
 * time is up. What came last is left for expect. */
static void look(int number, const char *text)
{
    static char shown[TEXT_SIZE];
    struct terminal *t = &terminals[number];
    char next[LINE_SIZE] = "", wanted[LINE_SIZE];
    bool done = false;
    for (int i = line_number; sign_of(lines[i]) == ' '; i++)
        snprintf(next + strlen(next), sizeof next - strlen(next), "\n%s", lines[i]);
    translate(wanted, next, PORT_SHOWN, port, false);
    await_prompt(number); /* and what comes of the command before counts */
    looking = number;
    deadline += LATE; /* what has begun in time may end */
    for (int tries = 1; !done; tries++) {
        char *prompt;
        run_command(number, text, tries);
        while ((prompt = find_prompt(t)) == NULL && await_more(number, "the prompt"))
            ;
        if (prompt == NULL)
            break; /* it hangs, in a rehearsal */
        int length = (int)(prompt - t->text);
        snprintf(shown, sizeof shown, "%s%.*s", length > 0 ? "\n" : "",
                 length - (length > 0 && prompt[-1] == '\n'), t->text);
        done = matches(wanted, shown)
               || now() > (rehearsal ? step_began + quiet_limit : deadline - LATE);
        if (!done) {
            drop_text(number, (size_t)length);
            rest();
        }
    }
    deadline -= LATE;
    looking = 0;
    if (rehearsal && t->at_prompt)
        printf("%d= %d\n", number, t->status);
}

static void press(int number, const char *key)
{
    struct terminal *t = &terminals[number];
    char name[64] = "", state;
    if (strlen(key) != 1 || strchr("CDKZ", *key) == NULL)
        fail(2, "no such key: %s", key);
    show(number, "^", key);
    double latest = now() + LATE;
    /* A shell that is just starting its first program (vfork) is no good address for a signal. */
    while ((state = look_up(t->program, name)) != 0 && state != 'S' && now() < latest
           && (strcmp(name, "sh") == 0 || strcmp(name, "player") == 0))
        take_in(5);
    if (*key != 'K')
        dprintf(t->master, "%c", *key & 0x1f);
    else if ((t->program <= 0 || kill(t->program, SIGKILL) < 0) && !rehearsal)
        fail(2, "terminal %d: there is no program to kill", number);
    last_word = now();
    /* The program has a moment to end, or stop, of it: a student is not as quick as we are. What it
     * prints is left for the lines that are expected next. */
    latest = now() + LATE;
    while (*key != 'D' && find_prompt(t) == NULL && now() < latest)
        take_in(100);
}

/* In a demo by steps: says what is going to be done at terminal NUMBER, and waits for Enter. */
static void await_enter(int number, char sign, const char *text)
{
    bool kills = sign == '^' && *text == 'K';
    char filled[LINE_SIZE], what[LINE_SIZE + 64];
    if (keys < 0)
        return;
    if (sign == '$' && terminals[number].master != 0)
        await_prompt(number);
    int source = keys;
    keys = -1; /* what is pressed meanwhile counts afterwards */
    rest();
    keys = source;
    freeze();
    translate(filled, text, PORT_SHOWN, PORT_SHOWN, true);
    snprintf(what, sizeof what, "terminal %d%s: %s%s", number,
             sign == '>' ? ", to the program" : "", sign == '^' && !kills ? "Ctrl+" : "",
             kills ? "its program is killed (SIGKILL)" : filled);
    show_step("next: ", what);
    await_key(GO_ON);
    show_step(panes > 0 ? "now:  " : "", panes > 0 ? what : "");
}

static void play_line(const char *line)
{
    static int current; /* the terminal that lines without a number belong to */
    char sign = sign_of(line);
    bool looks = sign == '?';
    if (looks)
        sign = '$'; /* it is shown like any command */
    int number = sign == ' ' ? current : line[0] - '0';
    const char *text = sign == ' ' ? line : line[2] == ' ' ? line + 3 : line + 2;
    if (sign == '#') {
        if (demo && strncmp(line, "# needs:", 8) != 0) {
            erase_step();
            printf("%s%s%s\n", colour && panes == 0 ? FAINT : "",
                   panes > 0 && line[1] != '\0' ? line + 2 : line, colour ? PLAIN : "");
        }
        return;
    }
    if (number == 0)
        fail(2, "it begins with no command: %s", line);
    struct terminal *t = &terminals[number];
    if (t->master == 0 && sign != '$')
        fail(2, "terminal %d has not been used yet", number);
    if (sign == ' ' || sign == '|') {
        expect(number, text);
        return;
    }
    await_enter(number, sign, text);
    step_began = now(); /* we do something: from here on it is waited anew */
    current = number;
    if (sign == '$') {
        if (t->master == 0)
            start_terminal(number);
        if (looks)
            look(number, text);
        else
            run_command(number, text, 1);
    } else if (rehearsal && t->at_prompt) {
        return;
    } else if (sign == '^') {
        press(number, text);
    } else {
        show(number, "> ", text);
        dprintf(t->master, "%s\n", text);
        last_word = now();
    }
}

static int open_terminal(const char *name)
{
    int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        fail(2, "open %s: %s", name, strerror(errno));
    return fd;
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
        else if (letter == 'p' && panes < TERMINALS)
            terminals[++panes].pane = open_terminal(optarg);
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

    for (int i = 0; fgets(line, sizeof line, stdin) != NULL; i++) {
        line[strcspn(line, "\n")] = '\0';
        if (i == LINES || (lines[i] = strdup(line)) == NULL)
            fail(2, "more than %d lines", i);
    }
    while (lines[line_number] != NULL)
        play_line(lines[line_number++]);
    for (int i = 1; i <= TERMINALS; i++)
        if (terminals[i].master != 0)
            await_prompt(i);
    if (keys >= 0)
        await_choice(GO_ON);
    return EXIT_SUCCESS;
}
