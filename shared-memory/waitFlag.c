/* waitFlag: a flag that says "I wait", and how a wake-up is missed when reads overtake writes.
 *
 *     1$ ./waitFlag
 *     20000 answers, 0 wake-ups missed
 *
 * Calls: mmap -> sem_init -> fork; the child: sem_wait, ...; the parent: sem_post, ... -> waitpid
 *
 * Look for: a process that waits for a number sets the flag, looks at the number once more, and
 * sleeps. The other process changes the number, and wakes it only if the flag is set. Each writes a
 * word, then reads the one that the other writes. Release and acquire (-u) let a processor do the
 * read first: if both read old values, one sleeps, and nobody wakes it. Sequential consistency
 * forbids that. (Here the sleeper is woken in any case; a wake-up that the flag misses is counted.)
 *
 * Build: cc -I../include -o waitFlag waitFlag.c -lrt -lpthread
 * Read:  sem_init(3), sem_wait(3), sem_post(3), sched_setaffinity(2), stdatomic.h
 */
#define _GNU_SOURCE
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "reap.h"
#include "start.h"

static const char HELP[] = "usage: waitFlag [-h] [-n COUNT] [-u]\n"
                           "Asks for answers, waits for them, and counts the missed wake-ups.\n"
                           "  1$ ./waitFlag      1$ ./waitFlag -u\n"
                           "  -n COUNT    how many answers (20000)\n"
                           "  -u          unsafe: release and acquire only\n";

struct meeting {
    atomic_uint asked;    /* the question's number */
    atomic_uint answered; /* the number of the last question that was answered */
    atomic_uint waits;    /* the flag; only the process that waits sets and clears it */
    unsigned saw_flag;    /* what the other process has read from it */
    sem_t decided;        /* posted when it has */
};

/* Writes VALUE to one word, then reads another one. Both processes do this. */
static unsigned write_and_read(atomic_uint *to, unsigned value, atomic_uint *from, bool unsafe)
{
    if (unsafe) {
        atomic_store_explicit(to, value, memory_order_release);
        return atomic_load_explicit(from, memory_order_acquire);
    }
    atomic_store(to, value); /* sequentially consistent, and so is the load */
    return atomic_load(from);
}

/* Asks, and waits for the answer. Returns whether the wake-up was missed: we had set the flag and
 * then found no answer, but the other process did not see the flag. */
static bool ask(struct meeting *meeting, unsigned question, bool unsafe)
{
    atomic_store(&meeting->asked, question);
    for (volatile int turns = rand() % 128; turns > 0; turns--)
        ; /* so that we look sometimes before the answer comes, and sometimes after it */
    unsigned answered = write_and_read(&meeting->waits, 1, &meeting->answered, unsafe);
    if (sem_wait(&meeting->decided) < 0)
        err(EXIT_FAILURE, "sem_wait");
    atomic_store(&meeting->waits, 0);
    return answered != question && meeting->saw_flag == 0;
}

/* Answers each question at once, until the child has ended. Returns its exit status. */
static int answer_all(struct meeting *meeting, bool unsafe, pid_t child)
{
    int status;
    for (unsigned question = 1;; question++) {
        for (unsigned looks = 1; atomic_load(&meeting->asked) != question; looks++) {
            if (looks % 4000 != 0)
                continue;
            sched_yield(); /* there may be only one processor */
            if (waitpid(child, &status, WNOHANG) == child)
                return exit_status(status);
        }
        meeting->saw_flag = write_and_read(&meeting->answered, question, &meeting->waits, unsafe);
        if (sem_post(&meeting->decided) < 0)
            err(EXIT_FAILURE, "sem_post");
    }
}

/* Binds this process to the first (0) or second (1) processor that it may use. On the same one the
 * two would take turns, and no read would be seen to overtake a write. sched_setaffinity(2) */
static void use_processor(int number)
{
    cpu_set_t allowed, only;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        err(EXIT_FAILURE, "sched_getaffinity");
    CPU_ZERO(&only);
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &allowed) && number-- == 0)
            CPU_SET(i, &only);
    if (CPU_COUNT(&only) > 0 && sched_setaffinity(0, sizeof only, &only) < 0)
        err(EXIT_FAILURE, "sched_setaffinity");
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 20000 };
    read_options(argc, argv, "n:u", HELP, &options);
    struct meeting *meeting =
        mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (meeting == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    if (sem_init(&meeting->decided, 1, 0) < 0) /* 1: shared between processes */
        err(EXIT_FAILURE, "sem_init");
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    use_processor(child == 0);
    if (child > 0)
        return answer_all(meeting, options.unsafe, child);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) /* robust: if the parent dies, we do, too */
        err(EXIT_FAILURE, "prctl");
    if (getppid() != parent) /* it has died already */
        return EXIT_FAILURE;

    long missed = 0;
    for (unsigned question = 1; question <= (unsigned)options.count; question++)
        missed += ask(meeting, question, options.unsafe);
    printf("%ld answer%s, %ld wake-up%s missed\n", options.count, options.count == 1 ? "" : "s",
           missed, missed == 1 ? "" : "s");
    return missed == 0 || options.unsafe ? EXIT_SUCCESS : EXIT_FAILURE;
}
