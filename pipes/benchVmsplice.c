/* benchVmsplice: a pipe that carries pages instead of copies of them.
 *
 *     1$ ./benchVmsplice
 *     vmsplice, 65536 bytes one way, cores NNN and NNN: NNN messages/s, NNN MB/s
 *
 * Look for: write copies the bytes into the pipe, read copies them out again. vmsplice puts the
 * writer's own pages into the pipe, and the first copy is spared. The price: as long as they are in
 * the pipe, they must not be written again, and nobody tells when they are out. Here the memory is
 * larger than the pipe, and is used round and round: what is written again has been pushed out by
 * what came after it.
 *
 * Build: cc -I../include -o benchVmsplice benchVmsplice.c
 * Read:  vmsplice(2), pipe(7), madvise(2) on MADV_HUGEPAGE
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "begin.h"
#include "bench.h"
#include "bytes.h"

enum { PIPE_SIZE = 256 * 1024, SMALLEST = 4096 };

static const char HELP[] =
    "Measures a pipe with vmsplice. WHAT is the SIZE of a message in bytes (65536), from\n"
    "4096 on; CORES is 1 or 2.\n"
    "  1$ ./benchVmsplice\n"
    "  1$ ./benchVmsplice 4096 1\n" BENCH_OPTIONS;

/* Huge pages, if there are some: to find the pages of the memory is most of the work left. */
static char *allocate(size_t size)
{
    enum { HUGE_PAGE = 2 * 1024 * 1024 };
    char *memory =
        mmap(NULL, size + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        report_and_exit("mmap");
    memory += HUGE_PAGE - (uintptr_t)memory % HUGE_PAGE;
    if (madvise(memory, size, MADV_HUGEPAGE) < 0 && errno != EINVAL) /* a kernel without them */
        report_and_exit("madvise");
    return memory;
}

static void send_pages(int to, char *bytes, size_t size)
{
    struct iovec rest = { .iov_base = bytes, .iov_len = size };
    while (rest.iov_len > 0) {
        ssize_t queued = vmsplice(to, &rest, 1, 0);
        if (queued < 0 && errno == EINTR)
            continue;
        if (queued < 0)
            report_and_exit("vmsplice");
        rest.iov_base = (char *)rest.iov_base + queued;
        rest.iov_len -= (size_t)queued;
    }
}

/* When a message is written over an old one, at least as much has been queued since
 * as the pipe holds. */
static void send_one_way(struct bench *bench, int to, size_t pipe_size)
{
    size_t slots = pipe_size / bench->size + 2, slot = 0;
    char *memory = allocate(slots * bench->size);
    while (go_on(bench)) {
        char *message = memory + slot * bench->size;
        fill(message, bench->size);
        send_pages(to, message, bench->size);
        slot = (slot + 1) % slots;
    }
}

static void receive_one_way(int from)
{
    static char block[PIPE_SIZE] __attribute__((aligned(4096)));
    ssize_t got;
    while ((got = read_some(from, block, sizeof block)) > 0)
        add_up(block, (size_t)got);
    if (got < 0)
        report_and_exit("read the pipe");
}

int main(int argc, char *argv[])
{
    struct bench *bench = begin_bench(argc, argv, "", "vmsplice", "SIZE", LARGEST, HELP);
    if (bench->size < SMALLEST)
        wrong_usage("SIZE %zu: want at least %d", bench->size, (int)SMALLEST);

    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        report_and_exit("pipe");
    int pipe_size = fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE);
    if (pipe_size < 0)
        pipe_size = fcntl(ends[1], F_GETPIPE_SZ); /* as it was; it may be rounded up, too */
    if (pipe_size < 0)
        report_and_exit("ask for the size of the pipe");

    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        take_place(bench, RECEIVER);
        close(ends[1]); /* or the end of the stream would never come */
        receive_one_way(ends[0]);
        leave(bench);
    }
    take_place(bench, SENDER);
    close(ends[0]);
    send_one_way(bench, ends[1], (size_t)pipe_size);
    close(ends[1]);
    return conclude(bench, child);
}
