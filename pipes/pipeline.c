/* pipeline: does what the shell does for `cat test.dat | sort | uniq`.
 *
 *     1$ ./pipeline
 *     ends
 *     ...
 *     pipeline: uniq: status 0
 *
 * Or with stages of your own: ./pipeline 'ls /usr/bin' 'grep zip' 'wc -l'
 *
 * Look for: a pipe between each two stages; and after each fork, who closes what. The parent has
 * both ends of every pipe for a moment. With -u it forgets to close the write ends: then sort waits
 * for an end of the stream that cannot come, for one could still write: the parent. (Until -t.)
 *
 * Build: cc -I../include -o pipeline pipeline.c
 * Read:  pipe(2), fork(2), dup2(2), execvp(3), waitpid(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"
#include "patience.h"

enum { MOST_STAGES = 20, MOST_WORDS = 200 };

static const char HELP[] = "Runs the stages, each one's output the next one's input; by default\n"
                           "'cat test.dat' 'sort' 'uniq'. The status is the last one's.\n"
                           "  1$ ./pipeline\n";
static char CAT[] = "cat test.dat", SORT[] = "sort", UNIQ[] = "uniq";
static char *USUAL[] = { CAT, SORT, UNIQ, NULL };

/* The child: INPUT and OUTPUT become its standard input and output, and a program takes its place.
 * All other ends are closed by that, for they are close-on-exec. */
static void become(char *stage, int input, int output, pid_t parent)
{
    char *words[MOST_WORDS + 1], *rest;
    int count = 0;
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* if the parent dies, the stages go, too */
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0) {
        report("dup2");
        _exit(EXIT_FAILURE);
    }
    restore_defaults(); /* what begin() has set is not for others */
    for (char *word = strtok_r(stage, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (count == MOST_WORDS) {
            say("a stage has at most %d words", MOST_WORDS);
            _exit(EXIT_FAILURE);
        }
        words[count++] = word;
    }
    words[count] = NULL;
    if (count == 0) {
        say("a stage is empty");
        _exit(EXIT_FAILURE);
    }
    execvp(words[0], words);
    report("run %s", words[0]);
    _exit(127); /* as the shell has it */
}

/* Starts all stages. With UNSAFE the first pipe's write end stays open here, and is returned. */
static int start(char **stages, pid_t *children, bool unsafe)
{
    int input = STDIN_FILENO, forgotten = -1;
    pid_t parent = getpid();
    for (int i = 0; stages[i] != NULL; i++) {
        int ends[2] = { -1, STDOUT_FILENO }; /* the last stage writes where we would */
        if (stages[i + 1] != NULL && pipe2(ends, O_CLOEXEC) < 0)
            report_and_exit("pipe");
        children[i] = fork();
        if (children[i] < 0)
            report_and_exit("fork");
        if (children[i] == 0)
            become(stages[i], input, ends[1], parent);

        if (i > 0)
            close(input);
        if (unsafe && i == 0 && stages[1] != NULL)
            forgotten = ends[1];
        else if (ends[1] != STDOUT_FILENO)
            close(ends[1]);
        input = ends[0];
    }
    return forgotten;
}

/* Waits for a stage to end, and stores its status as waitpid has it. */
static void await_stage(const char *stage, pid_t child, int *status, int *forgotten)
{
    start_ticks();
    while (waitpid(child, status, 0) < 0) {
        if (errno != EINTR)
            report_and_exit("waitpid");
        if (!keep_waiting() && *forgotten >= 0) {
            say("%s still waits for the end of its input: we could write it ourselves", stage);
            close(*forgotten);
            *forgotten = -1;
        }
    }
    stop_ticks();
}

/* Says how a stage has ended, and returns that as the shell has it. */
static int tell(const char *stage, int status)
{
    if (WIFSIGNALED(status))
        say("%s: killed by signal %d", stage, WTERMSIG(status));
    else
        say("%s: status %d", stage, WEXITSTATUS(status));
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char *argv[])
{
    struct options options = { .patience = 2 };
    pid_t children[MOST_STAGES];
    int statuses[MOST_STAGES], status = 0, none = -1;
    begin(argc, argv, "tu", "[STAGE...]", HELP, &options);
    char **stages = optind < argc ? argv + optind : USUAL;
    if (argc - optind > MOST_STAGES)
        wrong_usage("at most %d stages", MOST_STAGES);

    int forgotten = start(stages, children, options.unsafe);
    set_patience(options.patience);
    for (int i = 0; stages[i] != NULL; i++)
        await_stage(stages[i], children[i], &statuses[i], i > 0 ? &forgotten : &none);
    for (int i = 0; stages[i] != NULL; i++)
        status = tell(stages[i], statuses[i]);
    return status;
}
