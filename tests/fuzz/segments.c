/* segments: another program may have filled a shared object with garbage.
 *
 *     segments SECONDS SEED
 *
 * Run it in a directory with the programs. It repeatedly creates an object that a reader takes for
 * its writer's (the name and role are right, and usually the size), fills the rest with random
 * bytes, and starts the reader; for memreader, it changes the bytes at the same time. The reader
 * must exit with status 0 or 1, not by a signal or a sanitizer (status 99: see tests/more/fuzz).
 *
 * No program can check the contents of a mutex or a semaphore: the C library waits for it, or
 * aborts. So these are correct.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "pair.h"
#include "ring.h"
#include "role.h"
#include "start.h"

enum { GARBAGE_SIZE = 64 * 1024, PROGRAMS = 7 };

static unsigned random_number(unsigned below)
{
    return (unsigned)random() % below;
}

static void make_semaphore(const char *stem, unsigned value)
{
    char name[HERE_NAME_SIZE];
    name_for_here(name, stem);
    sem_unlink(name);
    sem_close(sem_open(name, O_CREAT, 0600, value));
}

static void make_semaphores(void *memory)
{
    (void)memory;
    make_semaphore("mysemaphore-written", 1);
    make_semaphore("mysemaphore-taken", 0);
}

static void mend_ring(void *memory)
{
    struct ring *ring = memory;
    unsigned full = 1 + random_number(SLOTS * 2);
    sem_init(&ring->reader_came, 1, 0);
    sem_init(&ring->free_slots, 1, random_number(SLOTS * 2));
    sem_init(&ring->full_slots, 1, full);
    sem_init(&ring->all_read, 1, random_number(2));
    for (int i = 0; i < SLOTS; i++) {
        size_t any = random_number(1U << 31);
        const size_t lengths[] = { any << 32 | any, SLOT_SIZE + 1, any % SLOT_SIZE,
                                   any % SLOT_SIZE };
        ring->slots[i].length = lengths[random_number(4)];
    }
    /* the last one ends it, in one way or the other: for a writer that lives it would wait */
    ring->slots[(full - 1) % SLOTS].length = random_number(2) * (SLOT_SIZE + 1);
}

static void mend_pair(void *memory)
{
    struct pair *pair = memory;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&pair->mutex, &attributes);
    sem_init(&pair->semaphore, 1, 1);
    atomic_store(&pair->is_ready, 1);
}

static const struct target {
    const char *program, *option, *value;
    const char *stem; /* of the shared memory's name; or the name of a file */
    size_t size;
    const char *role;           /* that we have meanwhile; then the size is always right */
    void (*mend)(void *memory); /* what no program can check */
} targets[PROGRAMS] = {
    { "./memreader", "-t", "0.1", "shMemEx", 512, "memwriter", make_semaphores },
    { "./ringReader", "-t", "0.1", "ring", sizeof(struct ring), "ringWriter", mend_ring },
    { "./survivor", "-t", "0.1", "pair", sizeof(struct pair), NULL, mend_pair },
    { "./tally", "-n", "1", "tally.dat", 16, NULL, NULL },
    { "./audit", "-n", "1", "accounts.dat", 800, NULL, NULL },
    { "./transfer", "-n", "1", "accounts.dat", 800, NULL, NULL },
    { "./subscribe", "-t", "0.1", "news.dat", 16000, NULL, NULL }, /* waits for a whole version */
};

/* Starts the reader, garbles the SIZE bytes of MEMORY while it runs, and waits for it. Returns its
 * status, as waitpid has it; kills it after ten seconds. */
static int run_reader(const struct target *target, char *memory, size_t size)
{
    pid_t pid = fork();
    if (pid < 0)
        err(EXIT_FAILURE, "fork");
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) != NULL && freopen("said", "w", stderr) != NULL)
            execl(target->program, target->program, target->option, target->value, (char *)NULL);
        _exit(126);
    }
    int status;
    for (int i = 0; i < 10000; i++) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return status;
        if (size > 0)
            memory[random_number((unsigned)size)] = (char)random();
        usleep(1000);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return status;
}

static int try_target(const struct target *target)
{
    bool is_file = strchr(target->stem, '.') != NULL;
    char name[HERE_NAME_SIZE];
    size_t size = target->size;
    if (target->role == NULL && random_number(8) == 0)
        size = random_number(2) * random_number((unsigned)size * 2);
    if (is_file)
        snprintf(name, sizeof name, "%s", target->stem);
    else
        name_for_here(name, target->stem);
    int fd = is_file ? open(name, O_RDWR | O_CREAT, 0600) : shm_open(name, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
        err(EXIT_FAILURE, "make %s", name);
    char *memory = mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "map %s", name);
    for (size_t i = 0; i < size && i < GARBAGE_SIZE; i++)
        memory[i] = (char)random();
    if (target->mend != NULL && size >= target->size)
        target->mend(memory);
    if (target->role != NULL) {
        claim_role(target->role);
        announce_role();
    }
    int status = run_reader(target, memory, target->mend == make_semaphores ? size : 0);
    if (target->role != NULL) {
        close(role_socket);
        close(role_directory);
    }
    (is_file ? unlink : shm_unlink)(name);
    munmap(memory, size + 1);
    close(fd);
    return status;
}

int main(int argc, char *argv[])
{
    if (argc != 3)
        errx(EXIT_FAILURE, "usage: segments SECONDS SEED");
    time_t end = time(NULL) + atoi(argv[1]);
    long i = 0;
    srandom((unsigned)atol(argv[2]));
    for (; time(NULL) < end; i++) {
        const struct target *target = &targets[i % PROGRAMS];
        int status = try_target(target);
        if (!WIFEXITED(status) || WEXITSTATUS(status) > EXIT_FAILURE)
            errx(EXIT_FAILURE, "run %ld: %s: %s %d", i, target->program,
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    printf("%ld runs of %d programs\n", i, PROGRAMS);
    return EXIT_SUCCESS;
}
