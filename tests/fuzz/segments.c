/* segments: another program may have filled what we share with garbage.
 *
 *     segments SECONDS SEED
 *
 * Run in a directory with the programs. Again and again: makes an object that one of the readers
 * takes for its writer's (the name and the role are right, and mostly the size), fills the rest with
 * random bytes, changes them while the reader reads, and starts the reader. It must end by itself,
 * with status 0 or 1; not by a signal, nor by a sanitizer (status 99: see tests/more/fuzz).
 *
 * What a mutex or a semaphore has in it, no program can check: the C library waits in it, or
 * aborts. So these are right ones.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "pair.h"
#include "ring.h"
#include "role.h"
#include "start.h"

static unsigned long long state; /* of the generator */

static unsigned random_number(unsigned below)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL; /* Knuth's, for MMIX */
    return (unsigned)(state >> 33) % below;
}

static void garble(void *memory, size_t size)
{
    unsigned char *bytes = memory;
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)random_number(256);
}

/* Makes the shared-memory object STEM, of SIZE bytes. */
static int make_segment(char name[HERE_NAME_SIZE], const char *stem, size_t size, void **memory)
{
    name_for_here(name, stem);
    shm_unlink(name);
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
        err(EXIT_FAILURE, "make %s", name);
    *memory = size > 0 ? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : NULL;
    if (*memory == MAP_FAILED)
        err(EXIT_FAILURE, "map %s", name);
    return fd;
}

/* Seldom another size than the right one. */
static size_t some_size(size_t right)
{
    return random_number(8) > 0 ? right : random_number((unsigned)right * 2);
}

/* Starts PROGRAM, garbles SIZE bytes at MEMORY while it runs, and waits for it. Returns its status,
 * as waitpid has it; kills it after ten seconds. */
static int run_reader(const char *program, const char *option, const char *value, void *memory,
                      size_t size)
{
    pid_t pid = fork();
    if (pid < 0)
        err(EXIT_FAILURE, "fork");
    if (pid == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
        int said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(said, STDERR_FILENO);
        execl(program, program, option, value, (char *)NULL);
        _exit(126);
    }
    int status;
    for (int i = 0; i < 10000; i++) {
        struct timespec moment = { .tv_nsec = 1000000 };
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        if (size > 0)
            ((unsigned char *)memory)[random_number((unsigned)size)] =
                (unsigned char)random_number(256);
        nanosleep(&moment, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return status;
}

/* What make_segment has made is gone again. */
static void remove_segment(const char *name, int fd, void *memory, size_t size)
{
    shm_unlink(name);
    if (size > 0)
        munmap(memory, size);
    close(fd);
}

/* We have ROLE (role.h), until drop_role(). */
static void take_role(const char *role)
{
    claim_role(role);
    announce_role();
}

static void drop_role(void)
{
    close(role_socket);
    close(role_directory);
}

static int try_memreader(void)
{
    char segment[HERE_NAME_SIZE], written_name[HERE_NAME_SIZE], taken_name[HERE_NAME_SIZE];
    enum { BYTE_SIZE = 512 }; /* of shmem.h */
    void *memory;
    int fd = make_segment(segment, "shMemEx", BYTE_SIZE, &memory);
    garble(memory, BYTE_SIZE);
    name_for_here(written_name, "mysemaphore-written");
    name_for_here(taken_name, "mysemaphore-taken");
    sem_t *written = sem_open(written_name, O_CREAT, 0600, 1);
    sem_t *taken = sem_open(taken_name, O_CREAT, 0600, 0);
    take_role("memwriter");
    int status = run_reader("./memreader", "-t", "0.1", memory, BYTE_SIZE);
    drop_role();
    sem_close(written);
    sem_close(taken);
    sem_unlink(written_name);
    sem_unlink(taken_name);
    remove_segment(segment, fd, memory, BYTE_SIZE);
    return status;
}

static int try_ringReader(void)
{
    char name[HERE_NAME_SIZE];
    void *memory;
    int fd = make_segment(name, "ring", sizeof(struct ring), &memory);
    struct ring *ring = memory;
    unsigned full = 1 + random_number(SLOTS * 2);
    sem_init(&ring->reader_came, 1, 0);
    sem_init(&ring->free_slots, 1, random_number(SLOTS * 2));
    sem_init(&ring->full_slots, 1, full);
    sem_init(&ring->all_read, 1, random_number(2));
    for (int i = 0; i < SLOTS; i++) {
        unsigned kind = random_number(4);
        size_t any = random_number(1U << 31);
        garble(ring->slots[i].bytes, 16);
        ring->slots[i].length = kind == 0   ? any << 32 | any
                                : kind == 1 ? SLOT_SIZE + 1
                                            : any % SLOT_SIZE;
    }
    /* the last one ends it, in one way or the other: for a writer that lives it would wait */
    ring->slots[(full - 1) % SLOTS].length = random_number(2) * (SLOT_SIZE + 1);
    take_role("ringWriter");
    int status = run_reader("./ringReader", "-t", "0.1", NULL, 0);
    drop_role();
    remove_segment(name, fd, memory, sizeof *ring);
    return status;
}

static int try_survivor(void)
{
    char name[HERE_NAME_SIZE];
    void *memory;
    pthread_mutexattr_t attributes;
    size_t size = some_size(sizeof(struct pair));
    int fd = make_segment(name, "pair", size, &memory);
    struct pair *pair = memory;
    if (size >= sizeof *pair) {
        garble(pair, sizeof *pair);
        pthread_mutexattr_init(&attributes);
        pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&pair->mutex, &attributes);
        sem_init(&pair->semaphore, 1, 1);
        atomic_store(&pair->is_ready, 1);
    }
    int status = run_reader("./survivor", "-t", "0.1", NULL, 0);
    remove_segment(name, fd, memory, size);
    return status;
}

/* A file of garbage under NAME, for PROGRAM, once. */
static int try_file(const char *name, size_t right, const char *program)
{
    static unsigned char bytes[256 * 1024];
    size_t size = some_size(right);
    garble(bytes, size < sizeof bytes ? size : sizeof bytes);
    unlink(name);
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, bytes, size < sizeof bytes ? size : sizeof bytes) < 0)
        err(EXIT_FAILURE, "write %s", name);
    close(fd);
    bool waits = strcmp(program, "./subscribe") == 0; /* for a version that is whole */
    int status = run_reader(program, waits ? "-t" : "-n", waits ? "0.1" : "1", NULL, 0);
    unlink(name);
    return status;
}

int main(int argc, char *argv[])
{
    static const char *const names[] = { "memreader", "ringReader", "survivor", "tally",
                                         "audit",     "transfer",   "subscribe" };
    long counts[7] = { 0 };
    if (argc != 3)
        errx(EXIT_FAILURE, "usage: segments SECONDS SEED");
    time_t end = time(NULL) + atoi(argv[1]);
    state = strtoull(argv[2], NULL, 10);
    printf("seed %s\n", argv[2]);
    for (long i = 0; time(NULL) < end; i++) {
        int target = (int)(i % 7), status = 0;
        switch (target) {
        case 0: status = try_memreader(); break;
        case 1: status = try_ringReader(); break;
        case 2: status = try_survivor(); break;
        case 3: status = try_file("tally.dat", 16, "./tally"); break;
        case 4: status = try_file("accounts.dat", 800, "./audit"); break;
        case 5: status = try_file("accounts.dat", 800, "./transfer"); break;
        case 6: status = try_file("news.dat", 16000, "./subscribe"); break;
        }
        counts[target]++;
        if (WIFSIGNALED(status) || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 1))
            errx(EXIT_FAILURE, "run %ld: %s: %s %d; what it said is in said", i, names[target],
                 WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    for (int i = 0; i < 7; i++)
        printf("%s%s %ld", i > 0 ? ", " : "", names[i], counts[i]);
    puts("");
    return EXIT_SUCCESS;
}
