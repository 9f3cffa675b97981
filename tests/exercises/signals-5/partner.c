/* The command of signals-5: partner FILE HOW WORD STATUS
 *
 * Looks at FILE and at the signal mask with which it was started, and prints WORD. HOW is "exit" (it exits with
 * STATUS), "kill" (it dies of signal STATUS), "wait" (it waits for SIGTERM, and exits with STATUS), or a number: it
 * sends its parent that signal first, and then it waits.
 *
 * partner - block COMMAND [ARGUMENT...] runs that command with SIGUSR1 (10) blocked.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void look(const char *name, pid_t parent)
{
    struct stat about;
    int pid = 0;
    FILE *file = fopen(name, "re");
    if (file == NULL || fstat(fileno(file), &about) < 0) {
        printf("there is no file %s\n", name);
        return;
    }
    if (fscanf(file, "%d", &pid) != 1 || pid != (int)parent)
        printf("%s contains %d, not my parent's process ID\n", name, pid);
    if ((about.st_mode & 0777) != 0600)
        printf("%s has mode %o\n", name, about.st_mode & 0777);
    fclose(file);
}

int main(int argc, char *argv[])
{
    static const int SIGNALS[] = { SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGUSR1 };
    sigset_t mask, awaited;
    pid_t parent = getppid();
    if (argc > 3 && strcmp(argv[2], "block") == 0) {
        sigemptyset(&mask);
        sigaddset(&mask, SIGUSR1);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        execv(argv[3], argv + 3);
        err(127, "%s", argv[3]);
    }
    if (argc != 5)
        errx(2, "usage: partner FILE HOW WORD STATUS");
    const char *how = argv[2], *word = argv[3];
    int status = atoi(argv[4]);
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGINT);
    sigprocmask(SIG_BLOCK, &awaited, &mask);
    if (atoi(how) > 0) /* as early as we can */
        kill(parent, atoi(how));
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++)
        if (sigismember(&mask, SIGNALS[i]))
            printf("the command was started with signal %d blocked\n", SIGNALS[i]);
    look(argv[1], parent);
    printf("%s\n", word);
    fflush(stdout);
    if (strcmp(how, "exit") == 0)
        return status;
    if (strcmp(how, "kill") == 0) {
        raise(status);
        return EXIT_FAILURE;
    }
    int sig;
    while ((sig = sigwaitinfo(&awaited, NULL)) < 0)
        if (errno != EINTR)
            err(EXIT_FAILURE, "sigwaitinfo");
    /* A parent that does not wait for us ends before the next line is printed. */
    const struct timespec three_ms = { .tv_nsec = 3000000 };
    if (atoi(how) == 0)
        nanosleep(&three_ms, NULL);
    look(argv[1], parent);
    printf("%s came\n", sig == SIGTERM ? "SIGTERM" : "SIGINT");
    return status;
}
