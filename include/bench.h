/* bench.h: what the benchmarks share. Every mechanism does the same work.
 * What you can rely on (any failure here ends the program with a message):
 *     bench = start_bench(...);         what to measure, shared by a parent (sender) and its child
 *     take_place(bench, SENDER);        we are the sender, and run only on its core
 *     while (go_on(bench))              until the time is over; the clock starts after a warm-up
 *         fill(message, bench->size);   writes every byte (add_up() reads it in the receiver)
 *     return conclude(bench, child);    compares what was sent with what arrived; prints figures */
#pragma once

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "start.h"

enum {
    CACHE_LINE = 64,          /* bytes; also the size of a small message */
    LARGEST = 1024 * 1024,    /* bytes of a message */
    DEFAULT_SIZE = 64 * 1024, /* bytes of a message, or of a batch */
    TRIPS_KEPT = 1 << 16,     /* the last round trips, which are kept for sorting */
    RING_SIZE = 1024 * 1024,  /* bytes used in a shared ring: they fit into a core's cache */
    LEAST_SLOTS = 4,          /* messages in a ring between two cores, however large */
};
enum end { SENDER, RECEIVER };
enum kind { ONE_WAY, BATCH, TRIP, ALONE, PLAIN, KINDS };
static const char *const WORDS[KINDS] = { "SIZE", "batch", "trip", "alone", "plain" };
static const char *const TEXTS[KINDS] = { "one way", "in batches", "round trip", "in one process",
                                          "one way, untuned" };

struct bench {              /* shared by both ends */
    struct options options; /* -n, messages (0: no limit); -s, seconds to measure */
    const char *mechanism;
    enum kind kind;
    size_t size;       /* bytes of a message */
    long batch;        /* messages for each call */
    int cores[2];      /* where the two ends run */
    pid_t sender;      /* the parent */
    long long started; /* nanoseconds: start of the first measured message (0: not yet) ... */
    long long ended;   /* ... and end of the last one */
    atomic_long end;   /* the number of messages, plus 1; 0: unknown */
    unsigned long long filled[2], added[2]; /* the sums of both ends */
};

static struct {                   /* what this process has done */
    uint64_t next, filled, added; /* the start of the next message; the sums */
    long calls, trips;            /* since the clock started */
    long long warm, last;         /* the end of the warm-up, and of the last round trip */
    unsigned trip[TRIPS_KEPT];    /* nanoseconds */
} mine;
static void (*before_death)(void); /* if set, on_child() calls it to remove our objects */

static inline long long nanoseconds_now(void) /* clock_gettime(2) */
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Four of these fill a cache line. The compiler uses vector instructions for them. */
typedef uint64_t lanes __attribute__((vector_size(16), aligned(8), may_alias));

/* Fills SIZE bytes, a multiple of 64, with new numbers: no two messages are alike. */
static inline void fill(void *bytes, size_t size)
{
    lanes *line = bytes, *end = line + size / sizeof(lanes);
    lanes a = { mine.next, mine.next + 1 }, b = a + 2, c = a + 4, d = a + 6, sum = { 0, 0 };
    for (; line < end; line += 4) {
        line[0] = a, line[1] = b, line[2] = c, line[3] = d;
        sum += (a + b) + (c + d);
        a += 0x100000001u, b += 0x100000001u, c += 0x100000001u, d += 0x100000001u;
    }
    mine.next = mine.next * 5 + 0x9e3779b97f4a7c15u;
    mine.filled += sum[0] + sum[1];
}

/* Adds up the complete cache lines in SIZE received bytes; a missing byte changes the sum. */
static inline void add_up(const void *bytes, size_t size)
{
    const lanes *line = bytes, *end = line + size / CACHE_LINE * 4;
    lanes a = { 0, 0 }, b = a, c = a, d = a;
    for (; line < end; line += 4)
        a += line[0], b += line[1], c += line[2], d += line[3];
    a += b + c + d;
    mine.added += a[0] + a[1];
}

/* Sends SIZE bytes in pieces of PIECE bytes, so that the other end can start early. write(2) */
static inline void send_pieces(int to, const char *message, size_t size, size_t piece)
{
    size_t sent = 0;
    while (sent < size) {
        ssize_t written = write(to, message + sent, size - sent < piece ? size - sent : piece);
        if (written < 0)
            err(EXIT_FAILURE, "write a message");
        sent += (size_t)written;
    }
}

/* Receives SIZE bytes in reads of at most PIECE, and adds them up. False: end of file. read(2) */
static inline bool receive_pieces(int from, char *message, size_t size, size_t piece)
{
    size_t held = 0, added = 0;
    while (held < size) {
        ssize_t got = read(from, message + held, size - held < piece ? size - held : piece);
        if (got < 0)
            err(EXIT_FAILURE, "read a message");
        if (got == 0)
            return false;
        held += (size_t)got;
        add_up(message + added, held - added);
        added = held - held % CACHE_LINE; /* the read may have ended in the middle of a line */
    }
    return true;
}

/* Chooses two cores, or one if COUNT is 1, or if COUNT is 0 and there is only one. */
static inline void choose_cores(struct bench *bench, int count)
{
    cpu_set_t allowed;
    int found = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        err(EXIT_FAILURE, "ask for the processors");
    for (int core = 0; core < CPU_SETSIZE && found < 2; core++)
        if (CPU_ISSET((size_t)core, &allowed))
            bench->cores[found++] = core;
    if (found < count)
        errx(EXIT_FAILURE, "two cores were requested, but only one is available");
    if (count == 1 || found == 1)
        bench->cores[RECEIVER] = bench->cores[SENDER];
}

/* Returns whether both ends run on the same core: then spinning is useless. */
static inline bool on_one_core(const struct bench *bench)
{
    return bench->cores[SENDER] == bench->cores[RECEIVER];
}

/* Returns how many messages of SIZE bytes a ring in shared memory holds: a power of two. On one
 * core, the ends take turns, so one large message is enough. */
static inline size_t ring_slots(const struct bench *bench, size_t size)
{
    size_t slots = on_one_core(bench) ? 1 : LEAST_SLOTS;
    while (slots * size * 2 <= RING_SIZE)
        slots *= 2;
    return slots;
}

/* If the child fails, ends us, because we could wait for it forever. SIGCHLD of sigaction(2) */
static void on_child(int sig, siginfo_t *info, void *context)
{
    static const char text[] = ": the other end has died\n";
    (void)sig, (void)context;
    if (info->si_status == EXIT_SUCCESS) /* otherwise its status, or a signal */
        return;
    if (before_death != NULL)
        before_death();
    const char *name = program_invocation_short_name; /* printf(3) is not safe here */
    if (write(STDERR_FILENO, name, strlen(name)) > 0)
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(EXIT_FAILURE);
}

/* Returns what OPTIONS and OPERANDS request: a word in WORKS, or a message size up to LARGEST
 * bytes; then 1 or 2 cores. From here on, the failure of a child ends us. mmap(2) */
static inline struct bench *start_bench(const char *mechanism, const char *works, size_t largest,
                                        const struct options *options, char **operands)
{
    struct sigaction watch = { .sa_sigaction = on_child,
                               .sa_flags = SA_SIGINFO | SA_RESTART | SA_NOCLDSTOP };
    struct bench *bench =
        mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (bench == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    const char *work = *operands != NULL ? *operands++ : "";
    const char *cores = *operands != NULL ? *operands++ : "0";
    end_of_operands(operands);
    enum kind kind = KINDS - 1;
    while (kind > ONE_WAY && strcmp(work, WORDS[kind]) != 0)
        kind--;
    long batch = kind == BATCH ? DEFAULT_SIZE / CACHE_LINE : 1;
    *bench = (struct bench){ *options, mechanism, kind, .batch = batch, .sender = getpid() };
    bench->size = largest < DEFAULT_SIZE ? largest : DEFAULT_SIZE;
    if (kind == BATCH || kind == TRIP)
        bench->size = CACHE_LINE;
    else if (kind == ONE_WAY && work[0] != '\0')
        bench->size = (size_t)number_or_exit("SIZE", work, DIGITS, CACHE_LINE, (double)largest);
    if (strstr(works, WORDS[kind]) == NULL || bench->size % CACHE_LINE != 0) {
        warnx("%s: want one of: %s (a multiple of %d)", work, works, (int)CACHE_LINE);
        usage_exit();
    }
    int count = (int)number_or_exit("CORES", cores, DIGITS, 0, 2);
    choose_cores(bench, kind == ALONE ? 1 : count);
    sigaction(SIGCHLD, &watch, NULL);
    return bench;
}

/* Pins this process, the END, to its core. A child dies with its parent. sched_setaffinity(2) */
static inline void take_place(const struct bench *bench, enum end end)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET((size_t)bench->cores[end], &only);
    if (sched_setaffinity(0, sizeof only, &only) < 0)
        err(EXIT_FAILURE, "run only on processor %d", bench->cores[end]);
    if (end == RECEIVER && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != bench->sender))
        exit(EXIT_FAILURE); /* the parent has died already */
}

/* The sender calls this before each call. Returns whether to go on. With -n, there is no warm-up.
 * It reads the clock for each round trip and each large message, otherwise once in 16 calls. */
static inline bool go_on(struct bench *bench)
{
    long number = mine.calls++, count = bench->options.count;
    bool over = count > 0 && number * bench->batch >= count;
    if (number % 16 != 0 && !over && bench->kind != TRIP
        && bench->size * (size_t)bench->batch < DEFAULT_SIZE / 2)
        return true;
    long long now = nanoseconds_now(), duration = (long long)(bench->options.pause * 1e9);
    if (bench->started != 0 && bench->kind == TRIP)
        mine.trip[mine.trips++ % TRIPS_KEPT] = (unsigned)(now - mine.last);
    mine.last = now;
    if (number == 0)
        mine.warm = count > 0 ? now : now + duration / 4;
    if (bench->started == 0 && now >= mine.warm)
        bench->started = now, mine.calls = 1;
    return count > 0 ? !over : bench->started == 0 || now - bench->started < duration;
}

static inline int by_length(const void *a, const void *b) /* for qsort(3) */
{
    const unsigned *one = a, *other = b;
    return *one < *other ? -1 : *one > *other;
}

/* Returns a percentile (PERCENT) of the last round trips, in microseconds. */
static inline double trip_at(size_t percent)
{
    size_t kept = mine.trips < TRIPS_KEPT ? (size_t)mine.trips : TRIPS_KEPT;
    qsort(mine.trip, kept, sizeof mine.trip[0], by_length);
    return mine.trip[kept * percent / 100] / 1e3;
}

/* The last step of both ends. The child (CHILD is 0) stores its sums. The parent waits for its
 * CHILD, compares both, and prints the figures. Returns the exit status. waitpid(2) */
static inline int conclude(struct bench *bench, pid_t child)
{
    enum end end = child == 0 ? RECEIVER : SENDER;
    bool alone = bench->kind == ALONE;
    bench->filled[end] = mine.filled;
    bench->added[alone ? RECEIVER : end] = mine.added;
    if (child == 0 || alone)
        bench->ended = nanoseconds_now();
    if (child == 0)
        return EXIT_SUCCESS;
    if (!alone && waitpid(child, NULL, 0) < 0) /* if it failed, on_child() ends us */
        err(EXIT_FAILURE, "waitpid");
    for (int from = 0; from < 2; from++)
        if (bench->filled[from] != bench->added[1 - from])
            errx(EXIT_FAILURE, "bytes with the sum %llx were sent, but %llx arrived",
                 bench->filled[from], bench->added[1 - from]);
    double count = (double)((mine.calls - 1) * bench->batch);
    double rate = count * 1e9 / (double)(bench->ended - bench->started);
    if (count == 0)
        errx(EXIT_FAILURE, "nothing was measured: the time was too short");
    printf("%s, %zu bytes %s, ", bench->mechanism, bench->size, TEXTS[bench->kind]);
    if (on_one_core(bench))
        printf("core %d: ", bench->cores[SENDER]);
    else
        printf("cores %d and %d: ", bench->cores[SENDER], bench->cores[RECEIVER]);
    if (bench->kind == TRIP)
        printf("%.2f us median, %.2f us 99th percentile\n", trip_at(50), trip_at(99));
    else
        printf("%.0f messages/s, %.1f MB/s\n", rate, rate * (double)bench->size / 1e6);
    return EXIT_SUCCESS;
}
