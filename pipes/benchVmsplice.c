/* benchVmsplice: a pipe that carries pages instead of copies of them.
 *
 *     1$ ./benchVmsplice
 *     vmsplice, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Calls: pipe2 -> F_SETPIPE_SZ -> fork; the sender: mmap -> vmsplice, vmsplice, ... -> close;
 *                                       the receiver: read, read until it returns 0
 *
 * Look for: write copies the bytes into the pipe, and read copies them out of it. vmsplice puts the
 * writer's own pages into the pipe, which saves the first copy. The price: as long as the pages are
 * in the pipe, the writer must not change them, and nothing tells it when they have left. Here its
 * memory is a ring that is larger than the pipe: before a page is written again, the pages queued
 * after it have pushed it out.
 *
 * Build: cc -I../include -o benchVmsplice benchVmsplice.c
 * Read:  vmsplice(2), pipe(7), madvise(2) on MADV_HUGEPAGE
 */
#define _GNU_SOURCE
#include <sys/uio.h>

#include "bench.h"
#include "start.h"

enum { PIPE_SIZE = 256 * 1024, SMALLEST = 4096, HUGE_PAGE = 2 * 1024 * 1024 }; /* bytes */

static const char HELP[] =
    "usage: benchVmsplice [-h] [-n COUNT] [-s SECONDS] [SIZE [CORES]]\n"
    "Measures a pipe with vmsplice. SIZE is that of a message in bytes, from 4096 on\n"
    "(65536). CORES is 1 or 2 (2).\n"
    "  1$ ./benchVmsplice      1$ ./benchVmsplice 4096 1\n"
    "  -n COUNT    how many messages (0: as the time allows)\n"
    "  -s SECONDS  how long to measure, after a quarter of it to warm up (0.1)\n";

/* Huge pages, if there are any: most of the remaining work is to look up the pages. */
static char *allocate(size_t size)
{
    char *memory =
        mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    memory += HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;
    if (madvise(memory, size, MADV_HUGEPAGE) < 0 && errno != EINVAL) /* a kernel without them */
        err(EXIT_FAILURE, "madvise");
    return memory;
}

static void send_pages(int to, char *bytes, size_t size)
{
    struct iovec rest = { .iov_base = bytes, .iov_len = size };
    while (rest.iov_len > 0) {
        ssize_t queued = vmsplice(to, &rest, 1, 0); /* sleeps while the pipe is full */
        if (queued < 0)
            err(EXIT_FAILURE, "vmsplice");
        rest.iov_base = (char *)rest.iov_base + queued;
        rest.iov_len -= (size_t)queued;
    }
}

/* Before an old message is overwritten, at least a whole pipe has been queued after it. */
static void send_all(struct bench *bench, int to, size_t pipe_size)
{
    size_t slots = pipe_size / bench->size + 2, slot = 0;
    char *memory = allocate(slots * bench->size);
    while (go_on(bench)) {
        char *message = memory + slot * bench->size;
        fill(message, bench->size);
        send_pages(to, message, bench->size);
        slot = (slot + 1) % slots;
    }
    close(to); /* now the receiver's read can return 0 */
}

static void receive_all(int from)
{
    static char block[PIPE_SIZE] __attribute__((aligned(4096)));
    ssize_t got;
    while ((got = read(from, block, sizeof block)) > 0)
        add_up(block, (size_t)got); /* what lies in a page is a multiple of 64 bytes */
    if (got < 0)
        err(EXIT_FAILURE, "read the pipe");
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0.1 };
    read_options(argc, argv, "+n:s:", HELP, &options);
    struct bench *bench = start_bench("vmsplice", "SIZE", LARGEST, &options, argv + optind);
    if (bench->size < SMALLEST) {
        warnx("SIZE %zu: want at least %d", bench->size, (int)SMALLEST);
        usage_exit();
    }

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        err(EXIT_FAILURE, "pipe2");
    int pipe_size = fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    if (pipe_size < 0) /* your other pipes use too much: it stays as it is */
        pipe_size = fcntl(ends[1], F_GETPIPE_SZ);
    if (pipe_size < 0)
        err(EXIT_FAILURE, "F_GETPIPE_SZ");
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    take_place(bench, child == 0 ? RECEIVER : SENDER);
    close(ends[child == 0 ? 1 : 0]); /* else the child's read would never return 0 */
    if (child == 0)
        receive_all(ends[0]);
    else
        send_all(bench, ends[1], (size_t)pipe_size);
    return conclude(bench, child);
}
