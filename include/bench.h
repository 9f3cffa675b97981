/* bench.h: what the bench programs share. The work is the same for each mechanism: the sender
 * writes every byte of a message afresh, the receiver adds up every byte, and at the end both sums
 * must be equal. The clock stops when the last message has been added up.
 *
 *     struct bench *bench = begin_bench(argc, argv, "", "pipe", "SIZE batch trip", LARGEST, HELP);
 *     ... make the pipe ...
 *     pid_t child = fork();
 *     if (child == 0) {
 *         take_place(bench, RECEIVER);
 *         ... receive, and add_up() each message ...
 *         leave(bench);
 *     }
 *     take_place(bench, SENDER);
 *     while (go_on(bench)) {
 *         fill(message, bench->size);
 *         ... send ...
 *     }
 *     return conclude(bench, child);
 */
#ifndef BENCH_H
#define BENCH_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "begin.h"
#include "child.h"

enum {
    CACHE_LINE = 64,          /* bytes; also the small message */
    LARGEST = 1024 * 1024,    /* bytes of a message */
    DEFAULT_SIZE = 64 * 1024, /* bytes, if none is given; and of a batch */
    TRIPS_KEPT = 1 << 16,     /* so many of the last round trips are sorted */
};

/* What futex(2) is asked for, as in <linux/futex.h>: musl comes without the kernel's headers. */
enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1 };

enum end { SENDER, RECEIVER };
enum kind { ONE_WAY, BATCH, TRIP, ALONE, PLAIN, KINDS };
static const char *const KIND_NAMES[KINDS] = { "SIZE", "batch", "trip", "alone", "plain" };
static const char *const KIND_TEXTS[KINDS] = { "one way", "in batches", "round trip",
                                               "in one process", "one way, untuned" };

/* Lies in memory that both ends share, but what only one of them needs (far below) does not. */
struct bench {
    const char *mechanism;
    enum kind kind;
    size_t size;           /* bytes of a message */
    long batch;            /* messages that go with one call; 1, if they go one by one */
    int cores[2];          /* where the two ends are pinned */
    bool wait, unsafe;     /* -w, -u */
    long count;            /* -n; 0: as many as the time allows */
    long long nanoseconds; /* -s, of measuring, after a warm-up of a quarter of it */
    pid_t sender;          /* the parent */
    long long started;     /* when the first measured message was begun ... */
    long long ended;       /* ... and the last one was added up */
    atomic_long end;       /* so many messages there are, and one more; 0: it is not known yet */
    long measured;         /* messages between the two */
    struct {
        uint64_t filled, added; /* the sums */
        long long bytes_filled, bytes_added;
    } ends[2];
};

/* What this process has done. */
static struct {
    enum end end;
    uint64_t next;          /* what the next message begins with */
    uint64_t filled, added; /* the sums */
    long long bytes_filled, bytes_added;
    long calls, calls_before; /* all; and those of the warm-up */
    long long began, last;    /* times */
    long trips;
    unsigned trip[TRIPS_KEPT]; /* nanoseconds */
} mine;

/* Four of these are a cache line. The compiler makes the processor's wide instructions of them. */
typedef uint64_t lanes __attribute__((vector_size(16), aligned(8), may_alias));
enum { LANE_BYTES = sizeof(lanes) };

/* The time now, of CLOCK_MONOTONIC, in nanoseconds. clock_gettime(2) */
static inline long long nanoseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Writes SIZE bytes, a multiple of 64, afresh: no two messages are alike. */
static inline void fill(void *bytes, size_t size)
{
    lanes *line = bytes, *end = line + size / LANE_BYTES;
    uint64_t first = mine.next;
    lanes a = { first, first + 1 }, b = a + 2, c = a + 4, d = a + 6;
    lanes sum = { 0, 0 };
    for (; line < end; line += 4) {
        line[0] = a, line[1] = b, line[2] = c, line[3] = d;
        sum += (a + b) + (c + d);
        a += 0x100000001u, b += 0x100000001u, c += 0x100000001u, d += 0x100000001u;
    }
    mine.next = first * 5 + 0x9e3779b97f4a7c15u;
    mine.filled += sum[0] + sum[1];
    mine.bytes_filled += (long long)size;
}

/* Adds one byte, at its place in a number of eight bytes. */
static inline void add_byte(unsigned char byte)
{
    union {
        unsigned char bytes[sizeof(uint64_t)];
        uint64_t number;
    } part = { .number = 0 };
    part.bytes[mine.bytes_added++ % (long long)sizeof(uint64_t)] = byte;
    mine.added += part.number;
}

/* Adds up COUNT bytes that have come, as numbers of eight bytes. A stream may be cut anywhere. */
static inline void add_up(const void *bytes, size_t count)
{
    const unsigned char *next = bytes, *end = next + count;
    while (next < end && mine.bytes_added % (long long)sizeof(uint64_t) != 0)
        add_byte(*next++);

    size_t lines = (size_t)(end - next) / CACHE_LINE;
    const lanes *line = (const lanes *)(const void *)next;
    lanes a = { 0, 0 }, b = a, c = a, d = a;
    next += lines * CACHE_LINE;
    for (; line < (const lanes *)(const void *)next; line += 4)
        a += line[0], b += line[1], c += line[2], d += line[3];
    a += b + c + d;
    mine.added += a[0] + a[1];
    mine.bytes_added += (long long)(lines * CACHE_LINE);

    while (next < end)
        add_byte(*next++);
}

enum {
    RING_SIZE = 1024 * 1024, /* bytes of a ring in use: what fits into a core's cache; but at ... */
    LEAST_SLOTS = 4,         /* ... least so many messages */
};

/* How many slots of SIZE bytes a ring in shared memory has: a power of two. */
static inline unsigned slots_of(size_t size)
{
    unsigned slots = LEAST_SLOTS;
    while (slots * size * 2 <= RING_SIZE)
        slots *= 2;
    return slots;
}

/* What on_child() says: printf(3) is not for signal handlers. */
static char killed_text[80];

/* The other end has died: who waits for it would wait for ever. Its own message, if it had one,
 * has been printed. */
static void on_child(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    if (info->si_code == CLD_EXITED && info->si_status == EXIT_SUCCESS)
        return;
    if (info->si_code != CLD_EXITED) {
        ssize_t written = write(STDERR_FILENO, killed_text, strlen(killed_text));
        (void)written; /* if it has failed, nobody would hear of that either */
    }
    tidy_up();
    _exit(EXIT_FAILURE);
}

/* From here on we end when a child does not end well. sigaction(2) */
static inline void watch_child(void)
{
    snprintf(killed_text, sizeof killed_text, "%.40s: the other end was killed\n",
             program_invocation_short_name);
    struct sigaction watch = { .sa_sigaction = on_child,
                               .sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP };
    sigaction(SIGCHLD, &watch, NULL);
}

/* The first COUNT processors that we may run on, into CORES; one may be there twice. Exits with a
 * message if there are not so many. sched_getaffinity(2) */
static inline void choose_cores(int cores[2], int count)
{
    cpu_set_t allowed;
    int found = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        report_and_exit("ask for the processors");
    for (size_t core = 0; core < CPU_SETSIZE && found < 2; core++)
        if (CPU_ISSET(core, &allowed))
            cores[found++] = (int)core;
    if (found < count)
        say_and_exit("two cores are wanted, and there is one only");
    if (count == 1 || (count == 0 && found == 1))
        cores[1] = cores[0];
}

/* What WHAT asks for: a kind, or the size of a message. KINDS_TAKEN are the words that are allowed,
 * LARGEST bytes the size. Anything else is wrong usage. */
static inline void choose_work(struct bench *bench, const char *what, const char *kinds_taken,
                               size_t largest)
{
    bench->kind = ONE_WAY;
    for (enum kind kind = BATCH; kind < KINDS; kind++)
        if (strcmp(what, KIND_NAMES[kind]) == 0)
            bench->kind = kind;
    if (strstr(kinds_taken, KIND_NAMES[bench->kind]) == NULL)
        wrong_usage("%s: want one of: %s", what, kinds_taken);
    bench->size = bench->kind == BATCH || bench->kind == TRIP ? CACHE_LINE : largest;
    if (bench->size > DEFAULT_SIZE)
        bench->size = DEFAULT_SIZE;
    bench->batch = bench->kind == BATCH ? DEFAULT_SIZE / CACHE_LINE : 1;
    if (bench->kind == ONE_WAY && what[0] != '\0') {
        bench->size = (size_t)number_or_exit("SIZE", what, (double)largest, false);
        if (bench->size == 0 || bench->size % CACHE_LINE != 0)
            wrong_usage("SIZE %s: want a multiple of %d", what, (int)CACHE_LINE);
    }
}

/* The lines on the options, for the end of HELP. */
#define BENCH_OPTIONS                                                                  \
    "  -n COUNT    so many messages, or round trips (0: as many as the time allows)\n" \
    "  -s SECONDS  measure for so long, after a quarter of it to warm up (0.1)\n"

/* Reads the options (-n, -s and TAKES) and the operands WHAT, one of KINDS_TAKEN, and CORES, 1 or
 * 2. The result lies in memory that a child shares. mmap(2), sigaction(2) */
static inline struct bench *begin_bench(int argc, char *argv[], const char *takes,
                                        const char *mechanism, const char *kinds_taken,
                                        size_t largest, const char *help)
{
    struct options options = { .count = 0, .stay = 0.1 };
    char letters[8] = "ns";
    strncat(letters, takes, sizeof letters - 3);
    begin(argc, argv, letters, "[WHAT] [CORES]", help, &options);

    struct bench *bench =
        mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bench == MAP_FAILED)
        report_and_exit("mmap");
    const char *what = optind < argc ? argv[optind] : "";
    const char *cores = what[0] != '\0' && optind + 1 < argc ? argv[optind + 1] : "0";
    int count = (int)number_or_exit("CORES", cores, 2, false);
    bench->mechanism = mechanism;
    bench->count = options.count;
    bench->nanoseconds = (long long)(options.stay * 1e9);
    bench->wait = options.wait;
    bench->unsafe = options.unsafe;
    bench->sender = getpid();
    choose_work(bench, what, kinds_taken, largest);
    choose_cores(bench->cores, bench->kind == ALONE ? 1 : count);
    watch_child();
    return bench;
}

/* Whether the ends share a core: then it is of no use to spin. */
static inline bool on_one_core(const struct bench *bench)
{
    return bench->cores[SENDER] == bench->cores[RECEIVER];
}

/* This process is END: pins it to its core; a child dies with its parent. Exits with a message if
 * it cannot be pinned. sched_setaffinity(2), PR_SET_PDEATHSIG(2const) */
static inline void take_place(const struct bench *bench, enum end end)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)bench->cores[end], &only);
    if (sched_setaffinity(0, sizeof only, &only) < 0)
        report_and_exit("run on processor %d alone", bench->cores[end]);
    mine.end = end;
    if (getpid() == bench->sender)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != bench->sender)
        _exit(EXIT_FAILURE);
}

/* Keeps how long the round trip took that has ended NOW. */
static inline void keep_trip(long long now)
{
    mine.trip[mine.trips++ % TRIPS_KEPT] = (unsigned)(now - mine.last);
    mine.last = now;
}

/* For the sender, before each call: whether to go on. After the warm-up the clock starts; with
 * -n there is no warm-up. The clock is asked for each round trip and each large message, else
 * for each sixteenth. */
static inline bool go_on(struct bench *bench)
{
    long number = mine.calls++;
    if (bench->count > 0 && mine.began != 0 && number * bench->batch >= bench->count) {
        if (bench->kind == TRIP)
            keep_trip(nanoseconds_now());
        return false;
    }
    if (number % 16 != 0 && bench->kind != TRIP && bench->size * (size_t)bench->batch < 32 * 1024)
        return true;
    long long now = nanoseconds_now();
    if (mine.began == 0) {
        mine.began = mine.last = now;
        bench->started = bench->count > 0 ? now : 0;
    } else if (bench->started == 0 && now - mine.began >= bench->nanoseconds / 4) {
        bench->started = mine.last = now;
        mine.calls_before = number;
    } else if (bench->started != 0 && bench->kind == TRIP) {
        keep_trip(now);
    }
    return bench->count > 0 || bench->started == 0 || now - bench->started < bench->nanoseconds;
}

/* Leaves this end's sums where the other can see them. */
static inline void publish_sums(struct bench *bench)
{
    if (mine.end == RECEIVER ? bench->kind != TRIP : bench->ended == 0)
        bench->ended = nanoseconds_now();
    bench->ends[mine.end].filled = mine.filled;
    bench->ends[mine.end].added = mine.added;
    bench->ends[mine.end].bytes_filled = mine.bytes_filled;
    bench->ends[mine.end].bytes_added = mine.bytes_added;
}

/* The last step of the child. */
static inline void leave(struct bench *bench) __attribute__((noreturn));
static inline void leave(struct bench *bench)
{
    publish_sums(bench);
    _exit(EXIT_SUCCESS);
}

/* Whether all that END has filled has come to the other end, and nothing else. Says so if not. */
static inline bool came_whole(const struct bench *bench, enum end end)
{
    enum end other = bench->kind == ALONE ? end : end == SENDER ? RECEIVER : SENDER;
    if (bench->ends[end].filled == bench->ends[other].added
        && bench->ends[end].bytes_filled == bench->ends[other].bytes_added)
        return true;
    say("%lld bytes with the sum %llx were sent, %lld bytes with the sum %llx came",
        bench->ends[end].bytes_filled, (unsigned long long)bench->ends[end].filled,
        bench->ends[other].bytes_added, (unsigned long long)bench->ends[other].added);
    return false;
}

/* Which of two round trips is the longer one, as qsort(3) wants to know it. */
static inline int by_length(const void *a, const void *b)
{
    const unsigned *one = a, *other = b;
    return *one < *other ? -1 : *one > *other;
}

/* The round trip that PERCENT of the last ones did not exceed, in microseconds. Sorts them. */
static inline double trip_at(size_t percent)
{
    size_t kept = mine.trips < TRIPS_KEPT ? (size_t)mine.trips : TRIPS_KEPT;
    qsort(mine.trip, kept, sizeof mine.trip[0], by_length);
    return mine.trip[kept * percent / 100] / 1e3;
}

/* Prints where the ends are pinned: "core 0: ", or "cores 0 and 1: ". */
static inline void print_cores(const struct bench *bench)
{
    if (on_one_core(bench))
        printf("core %d: ", bench->cores[SENDER]);
    else
        printf("cores %d and %d: ", bench->cores[SENDER], bench->cores[RECEIVER]);
}

/* Prints the figures in a line that is for people, and for tests/bench. */
static inline void print_figures(const struct bench *bench)
{
    printf("%s, %zu bytes %s, ", bench->mechanism, bench->size, KIND_TEXTS[bench->kind]);
    print_cores(bench);
    if (bench->kind == TRIP) {
        printf("%.2f us median, %.2f us 99th percentile\n", trip_at(50), trip_at(99));
    } else {
        double seconds = (double)(bench->ended - bench->started) / 1e9;
        double rate = (double)bench->measured / seconds;
        printf("%.0f messages/s, %.1f MB/s\n", rate, rate * (double)bench->size / 1e6);
    }
}

/* The last step: waits for the other end, CHILD (0: there is none), compares the sums, and prints
 * the figures. Returns the exit status. Exits with a message if the sums differ. waitpid(2) */
static inline int conclude(struct bench *bench, pid_t child)
{
    int status = 0;
    bench->measured = (mine.calls - 1 - mine.calls_before) * bench->batch;
    publish_sums(bench);
    if (child > 0)
        while (waitpid(child, &status, 0) < 0)
            if (errno != EINTR)
                report_and_exit("waitpid");
    if (exit_status(status) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    if (!came_whole(bench, SENDER) || (bench->kind == TRIP && !came_whole(bench, RECEIVER)))
        return EXIT_FAILURE;
    print_figures(bench);
    flush_or_exit();
    return EXIT_SUCCESS;
}

#endif
