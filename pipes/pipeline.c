/* pipeline: does what the shell does for `cat test.dat | sort | uniq`.
 *
 *     1$ ./pipeline
 *     ends
 *     ...
 *     pipeline: uniq: status 0
 *
 * Or with stages of your own: ./pipeline 'ls /usr/bin' 'grep zip' 'wc -l'
 *
 * Calls: pipe -> fork; each child: dup2 -> close -> execvp; the parent: close -> waitpid
 *
 * Look for: who closes what. After fork each child has both ends of every pipe. It makes one its
 * standard input and one its standard output, and then closes them all. The parent closes them all,
 * too. With -u it leaves the write ends open for a while: sort does not see the end of its input,
 * because the parent could still write.
 *
 * Build: cc -I../include -o pipeline pipeline.c
 * Read:  pipe(2), fork(2), dup2(2), execvp(3), waitpid(2)
 */
#define _GNU_SOURCE
#include "reap.h"
#include "start.h"

enum { MOST_STAGES = 20, MOST_WORDS = 200 };
enum { NOT_EXECUTABLE = 126, NOT_FOUND = 127 }; /* exit statuses, as in the shell */

static const char HELP[] =
    "usage: pipeline [-h] [-t SECONDS] [-u] [STAGE...]\n"
    "Runs the stages: the output of each is the input of the next one. Default:\n"
    "'cat test.dat' 'sort' 'uniq'. The exit status is that of the last.\n"
    "  1$ ./pipeline\n"
    "  -t SECONDS  with -u: when to close the write ends after all (2)\n"
    "  -u          unsafe: forget to close the write ends\n";
static char CAT[] = "cat test.dat", SORT[] = "sort", UNIQ[] = "uniq";
static char *USUAL[] = { CAT, SORT, UNIQ };

/* The child that becomes stage I: it reads from pipe I - 1 and writes to pipe I. */
static _Noreturn void become(char *words[], int i, int last, int pipes[][2])
{
    if (i > 0 && dup2(pipes[i - 1][0], STDIN_FILENO) < 0) {
        warn("dup2 to standard input");
        _exit(EXIT_FAILURE);
    }
    if (i < last && dup2(pipes[i][1], STDOUT_FILENO) < 0) {
        warn("dup2 to standard output");
        _exit(EXIT_FAILURE);
    }
    for (int k = 0; k < last; k++) {
        close(pipes[k][0]);
        close(pipes[k][1]); /* else its own read might never return 0 */
    }
    execvp(words[0], words);
    int reason = errno; /* execvp returns only if it fails */
    warn("run %s", words[0]);
    _exit(reason == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* Returns the words of STAGE, followed by NULL. */
static char **split(char *stage)
{
    static char *words[MOST_WORDS + 1];
    int count = 0;
    char *word = strtok(stage, " ");
    if (word == NULL)
        errx(EXIT_FAILURE, "a stage is empty");
    while (word != NULL) {
        if (count == MOST_WORDS)
            errx(EXIT_FAILURE, "a stage has at most %d words", MOST_WORDS);
        words[count++] = word;
        word = strtok(NULL, " ");
    }
    return words;
}

/* Reports how a stage ended. Returns what the shell would show as $? */
static int report(const char *stage, int status)
{
    if (WIFSIGNALED(status))
        warnx("%s: killed by signal %d", stage, WTERMSIG(status));
    else
        warnx("%s: status %d", stage, WEXITSTATUS(status));
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 2 };
    read_options(argc, argv, "+t:u", HELP, &options);
    char **stages = optind < argc ? argv + optind : USUAL;
    int last = optind < argc ? argc - optind - 1 : 2; /* there are stages 0 to last, */
    int pipes[MOST_STAGES][2];                        /* and pipes 0 to last - 1 */
    if (last >= MOST_STAGES)
        errx(WRONG_USAGE, "at most %d stages", MOST_STAGES);

    for (int i = 0; i < last; i++)
        if (pipe(pipes[i]) < 0) /* [0] to read from, [1] to write to */
            err(EXIT_FAILURE, "pipe");
    pid_t parent = getpid(), children[MOST_STAGES];
    for (int i = 0; i <= last; i++) {
        children[i] = fork();
        if (children[i] < 0)
            err(EXIT_FAILURE, "fork");
        if (children[i] == 0) {
            end_with_parent(parent);
            umask(users_umask); /* robust: the user's, not our stricter one */
            become(split(stages[i]), i, last, pipes);
        }
    }

    for (int i = 0; i < last; i++)
        close(pipes[i][0]); /* else `yes` would get no SIGPIPE after `head` has ended */
    if (options.unsafe && last > 0) {
        warnx("%s has not seen the end of its input: we still hold a write end", stages[1]);
        pause_for(options.timeout);
    }
    for (int i = 0; i < last; i++)
        close(pipes[i][1]); /* else the next stage would never see the end of its input */

    int statuses[MOST_STAGES], status = EXIT_SUCCESS;
    for (int i = 0; i <= last; i++)
        if (waitpid(children[i], &statuses[i], 0) < 0)
            err(EXIT_FAILURE, "waitpid");
    for (int i = 0; i <= last; i++)
        status = report(stages[i], statuses[i]);
    return status;
}
