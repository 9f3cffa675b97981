/* lockKinds: shows how the four kinds of file locks differ.
 *
 *     1$ ./lockKinds
 *     kind of lock                fcntl   lockf   flock   OFD
 *     ...
 *
 * Calls: open -> F_SETLK, lockf, flock, or F_OFD_SETLK -> fork; the child: one of these -> waitpid
 *
 * Look for: lockf takes fcntl locks; flock takes another kind. An fcntl lock belongs to the process:
 * closing any descriptor of the file drops it, and a child does not inherit it. A flock or OFD lock
 * belongs to the open file description that open has created: a child shares it.
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
                           "Prints how the kinds of file locks differ.\n  1$ ./lockKinds\n";
enum kind { FCNTL, LOCKF, FLOCK, OFD, KINDS, SAME = KINDS };
enum { GRANTED = 0, REFUSED = 3 }; /* exit status of a child */
static char path[40];
static int ours; /* the descriptor through which we hold a lock */

static int open_file(void)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s", path);
    return fd;
}

/* Locks a BYTE (flock: the whole file; lockf: at the file's offset). False: refused, at once. */
static bool lock(enum kind kind, int fd, off_t byte)
{
    struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
    int result = -1;
    switch (kind) {
    case FCNTL: result = fcntl(fd, F_SETLK, &range); break;
    case LOCKF: result = lseek(fd, byte, SEEK_SET) < 0 ? -1 : lockf(fd, F_TLOCK, 1); break;
    case FLOCK: result = flock(fd, LOCK_EX | LOCK_NB); break;
    default: result = fcntl(fd, F_OFD_SETLK, &range); /* OFD */
    }
    if (result < 0 && errno != EAGAIN && errno != EACCES) /* these two: refused */
        err(EXIT_FAILURE, "lock %s", path);
    return result == 0;
}

/* Whether a child can lock BYTE through FD, which it inherits (-1: it opens the file itself). */
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
    if (exit_status(status) == EXIT_FAILURE) /* it has printed why */
        exit(EXIT_FAILURE);
    return exit_status(status) == GRANTED;
}

/* The questions. We hold a lock on byte 0, and a child tries to get one of this KIND. */
static bool conflicts(enum kind kind)
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

static bool shares_it(enum kind kind)
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
    int fd = memfd_create("lockKinds", MFD_CLOEXEC); /* a file without a name: nothing remains */
    if (fd < 0)
        err(EXIT_FAILURE, "memfd_create");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* to open it again */
    printf("%-28s%-8s%-8s%-8s%s\n", "kind of lock", "fcntl", "lockf", "flock", "OFD");
    print_row("conflicts with fcntl", conflicts, FCNTL);
    print_row("conflicts with lockf", conflicts, LOCKF);
    print_row("conflicts with flock", conflicts, FLOCK);
    print_row("conflicts with OFD", conflicts, OFD);
    print_row("can lock single bytes", gets_another_byte, SAME);
    print_row("dropped by any close", gets_it_after_close, SAME);
    print_row("shared with a child", shares_it, SAME);
    return EXIT_SUCCESS;
}
