/* lockKinds: asks the kernel what the four kinds of file locks have in common, and what not.
 *
 *     1$ ./lockKinds
 *     ...
 *
 * Calls: open -> F_SETLK, lockf, flock, or F_OFD_SETLK -> fork; the child: one of these -> waitpid
 *
 * Look for: lockf is fcntl by another name; flock is another family. A lock of fcntl belongs to the
 * process: closing any descriptor of the file drops it, and a child does not have it. A lock of
 * flock or OFD belongs to the open file description, which open has made: a child shares that.
 *
 * Build: cc -I../include -o lockKinds lockKinds.c
 * Read:  fcntl(2), lockf(3), flock(2), open(2)
 */
#define _GNU_SOURCE
#include <sys/file.h>
#include <sys/mman.h>

#include "reap.h"
#include "start.h"

static const char HELP[] = "usage: lockKinds [-h]\n"
                           "Prints what the kinds of file locks do.\n  1$ ./lockKinds\n";
enum kind { FCNTL, LOCKF, FLOCK, OFD, KINDS, SAME = KINDS };
enum { GRANTED = 0, REFUSED = 3 }; /* exit status of a child */
static char path[40];
static int ours; /* the descriptor through which we have a lock */

static int open_file(void)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", path);
    return fd;
}

/* Locks a BYTE, or is refused at once. (flock: the whole file. lockf: at the file's offset.) */
static bool lock(enum kind kind, int fd, off_t byte)
{
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
    int result = -1;
    switch (kind) {
    case FCNTL: result = fcntl(fd, F_SETLK, &range); break;
    case LOCKF: result = lseek(fd, byte, SEEK_SET) < 0 ? -1 : lockf(fd, F_TLOCK, 1); break;
    case FLOCK: result = flock(fd, LOCK_EX | LOCK_NB); break;
    default: result = fcntl(fd, F_OFD_SETLK, &range);
    }
    if (result < 0 && errno != EAGAIN && errno != EACCES) /* these two mean: refused */
        err(EXIT_FAILURE, "lock %s", path);
    return result == 0;
}

/* Whether a child can lock it, through FD, which it inherits (-1: it opens the file itself). */
static bool child_can_lock(enum kind kind, int fd, off_t byte)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0)
        _exit(lock(kind, fd < 0 ? open_file() : fd, byte) ? GRANTED : REFUSED);
    if (waitpid(child, &status, 0) < 0)
        err(EXIT_FAILURE, "waitpid");
    if (exit_status(status) == EXIT_FAILURE) /* it has said why */
        exit(EXIT_FAILURE);
    return exit_status(status) == GRANTED;
}

/* The questions. We have a lock on byte 0, and a child tries to get one of this KIND. */
static bool is_refused(enum kind kind)
{
    return !child_can_lock(kind, -1, 0);
}

static bool gets_another_byte(enum kind kind)
{
    return child_can_lock(kind, -1, 1);
}

static bool gets_it_after_close(enum kind kind)
{
    close(open_file()); /* not the descriptor with the lock */
    return child_can_lock(kind, -1, 0);
}

static bool has_it_already(enum kind kind)
{
    return child_can_lock(kind, ours, 0);
}

static void print_row(const char *title, bool (*question)(enum kind), enum kind tried)
{
    const char *answers[KINDS];
    for (enum kind kind = 0; kind < KINDS; kind++) {
        ours = open_file();
        bool yes = lock(kind, ours, 0) && question(tried == SAME ? kind : tried);
        answers[kind] = yes ? "yes" : "no";
        close(ours); /* unlocks it */
    }
    printf("%-28s%-8s%-8s%-8s%s\n", title, answers[0], answers[1], answers[2], answers[3]);
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });
    int fd = memfd_create("lockKinds", MFD_CLOEXEC); /* a file without a name: nothing is left */
    if (fd < 0)
        err(EXIT_FAILURE, "memfd_create");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* to open it again and again */
    printf("%-28s%-8s%-8s%-8s%s\n", "a lock of", "fcntl", "lockf", "flock", "OFD");
    print_row("refuses one of fcntl", is_refused, FCNTL);
    print_row("refuses one of lockf", is_refused, LOCKF);
    print_row("refuses one of flock", is_refused, FLOCK);
    print_row("refuses one of OFD", is_refused, OFD);
    print_row("locks single records", gets_another_byte, SAME);
    print_row("goes with any close", gets_it_after_close, SAME);
    print_row("a child has a part in it", has_it_already, SAME);
    return EXIT_SUCCESS;
}
