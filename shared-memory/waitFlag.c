/* waitFlag: a number, a flag that says "I wait", and two processes. Ordered wrongly, a
 * wake-up is missed.
 *
 *     1$ ./waitFlag
 *     20000 answers, 0 wake-ups missed
 *
 * Look for: who waits sets the flag, looks at the number once more, and sleeps. Who goes on
 * changes the number, and then looks whether the flag is set. Each writes, and then reads what the
 * other writes; a processor may let its reading overtake its writing. Sequential consistency
 * forbids that; with -u it is only release and acquire, both see the old state, and one sleeps
 * while nobody wakes it.
 *
 * Build: cc -I../include -o waitFlag waitFlag.c -lrt -lpthread
 * Read:  sem_post(3), sem_timedwait(3), stdatomic.h
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdatomic.h>

#include "begin.h"
#include "bench.h"
#include "patience.h"

enum {
    RESCUE_MS = 5, /* so long it sleeps at most, if nobody wakes it */
    LONGEST = 512, /* turns of a loop before an answer, to spread it over the asking one's steps */
};

static const char HELP[] =
    "Asks -n times for an answer, sleeps until it comes, and counts the wake-ups missed.\n"
    "  1$ ./waitFlag\n"
    "  1$ ./waitFlag -u\n";

/* Shared by both. The flag lies beside the question, so that the answering one has it at hand: the
 * sooner it can read the flag, the more often that overtakes the writing of the answer. */
struct meeting {
    atomic_uint asked __attribute__((aligned(2 * CACHE_LINE)));    /* the question's number */
    atomic_uint waits;                                             /* the flag */
    atomic_uint answered __attribute__((aligned(2 * CACHE_LINE))); /* the number, answered */
    atomic_uint decided __attribute__((aligned(2 * CACHE_LINE)));  /* twice it, +1: saw the flag */
    sem_t wake_up __attribute__((aligned(2 * CACHE_LINE)));
};

/* Writes VALUE to one word, and reads another: what both ends do, in this order, or so
 * one should think. */
static unsigned write_and_read(atomic_uint *to, unsigned value, const atomic_uint *from,
                               bool unsafe)
{
    if (unsafe) {
        atomic_store_explicit(to, value, memory_order_release);
        return atomic_load_explicit(from, memory_order_acquire);
    }
    atomic_store(to, value);
    return atomic_load(from);
}

/* A rescued sleep, as any other, only leads to a new look. */
static void sleep_until_woken(sem_t *wake_up)
{
    struct timespec rescue = moment_in(RESCUE_MS);
    if (sem_timedwait(wake_up, &rescue) < 0 && errno != ETIMEDOUT && errno != EINTR)
        report_and_exit("sem_timedwait");
}

/* Sleeps until QUESTION is answered. Returns whether the wake-up was missed: the flag was set
 * before the answer was there, and the other end has not seen it. Only the one that waits
 * clears the flag. */
static bool wait_for_answer(struct meeting *meeting, unsigned question, bool unsafe)
{
    unsigned decided;
    bool had_to_wait = false;
    while (write_and_read(&meeting->waits, 1, &meeting->answered, unsafe) != question) {
        had_to_wait = true;
        sleep_until_woken(&meeting->wake_up);
    }
    while ((decided = atomic_load(&meeting->decided)) / 2 != question)
        sched_yield(); /* it has answered, and looks at the flag only now */
    atomic_store(&meeting->waits, 0);
    return had_to_wait && decided % 2 == 0;
}

static void answer(struct meeting *meeting, unsigned question, bool unsafe)
{
    unsigned waits = write_and_read(&meeting->answered, question, &meeting->waits, unsafe);
    if (waits != 0 && sem_post(&meeting->wake_up) < 0)
        report_and_exit("sem_post");
    atomic_store(&meeting->decided, 2 * question + waits);
}

/* The child: waits for each question without sleeping, if it has a core of its own, and answers at
 * once, or a moment later. */
static void answer_all(struct meeting *meeting, unsigned count, bool alone, bool unsafe)
{
    for (unsigned question = 1; question <= count; question++) {
        while (atomic_load(&meeting->asked) != question)
            if (!alone)
                sched_yield();
        for (volatile int i = (int)(question * 2654435761u >> 16) % LONGEST; i > 0; i--)
            ;
        answer(meeting, question, unsafe);
    }
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 20000 };
    begin(argc, argv, "nu", "", HELP, &options);

    struct bench bench = { .sender = getpid() };
    struct meeting *meeting =
        mmap(NULL, sizeof *meeting, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (meeting == MAP_FAILED)
        report_and_exit("mmap");
    if (sem_init(&meeting->wake_up, 1, 0) < 0)
        report_and_exit("sem_init");
    choose_cores(bench.cores, 0);
    watch_child();
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(&bench, RECEIVER);
        answer_all(meeting, (unsigned)options.count, !on_one_core(&bench), options.unsafe);
    }
    take_place(&bench, SENDER);
    long missed = 0;
    for (unsigned question = 1; question <= (unsigned)options.count; question++) {
        atomic_store(&meeting->asked, question);
        missed += wait_for_answer(meeting, question, options.unsafe);
    }
    int status;
    if (waitpid(child, &status, 0) < 0)
        report_and_exit("waitpid");
    printf("%ld answers, %ld wake-ups missed\n", options.count, missed);
    flush_or_exit();
    return missed == 0 || options.unsafe ? exit_status(status) : EXIT_FAILURE;
}
