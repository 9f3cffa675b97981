/* helper: uses include/start.h, ending.h, deadline.h and role.h in ways for which no program can
 * be stopped at the right moment. tests/groups/helpers runs it.
 *
 *     helper COMMAND ARGUMENT...
 *
 * The commands are the functions below that take the arguments.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "start.h"

#include "role.h"

static void make_file(const char *name)
{
    if (open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0)
        err(EXIT_FAILURE, "%s", name);
}

static void own_file(const char *name)
{
    remove_at_exit(unlink, name);
    make_file(name);
}

/* own COUNT: so many files. */
static void own(char **arg)
{
    char name[16];
    for (int i = 1; i <= atoi(arg[0]); i++) {
        snprintf(name, sizeof name, "file%d", i);
        own_file(name);
    }
}

/* create SIGNAL: it comes in the middle of that. */
static void create(char **arg)
{
    own_file("one");
    kill(getpid(), atoi(arg[0]));
    own_file("two");
    fputs("both are there\n", stderr);
    set_deadline(60, "nothing came"); /* it strikes here */
    fputs("it has not come\n", stderr);
}

static int remove_slowly(const char *name)
{
    kill(getpid(), SIGTERM);
    return unlink(name);
}

/* removal WAY: SIGTERM comes while the object is being removed, which is done in this WAY. */
static void removal(char **arg)
{
    remove_at_exit(remove_slowly, "object");
    make_file("object");
    bool is_late = strcmp(arg[0], "deadline") == 0;
    set_deadline(is_late ? 0 : 60, "nothing came");
    if (is_late)
        wait_to_retry("it", NULL);
    if (strcmp(arg[0], "signal") == 0)
        kill(getpid(), SIGINT);
}

/* child WHAT: it has a file of its own if that is "owning". What we print has no end of line. */
static void child(char **arg)
{
    int status;
    own_file("object");
    unblock_ending_signals();
    pid_t pid = fork();
    if (pid == 0) {
        if (strcmp(arg[0], "owning") == 0)
            own_file("childs");
        exit(EXIT_SUCCESS);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        err(EXIT_FAILURE, "child");
    printf("status %d, object %s", status, access("object", F_OK) == 0 ? "there" : "gone");
}

/* rough COMMAND...: with all signals blocked and ignored. */
static void rough(char **arg)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    for (int sig = 1; sig < 32; sig++)
        signal(sig, SIG_IGN);
    execvp(arg[0], arg);
    err(EXIT_FAILURE, "%s", arg[0]);
}

/* check ROLE PID TIMES */
static void check(char **arg)
{
    for (int i = 0; i < atoi(arg[2]); i++)
        if (find_role(arg[0]) != atoi(arg[1]))
            errx(EXIT_FAILURE, "the %s has ended", arg[0]);
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        void (*run)(char **arg);
    } commands[] = { { "own", own },     { "create", create }, { "removal", removal },
                     { "child", child }, { "rough", rough },   { "check", check } };
    prepare_process();
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (argc > 2 && strcmp(argv[1], commands[i].name) == 0) {
            commands[i].run(argv + 2);
            return EXIT_SUCCESS;
        }
    return WRONG_USAGE;
}
