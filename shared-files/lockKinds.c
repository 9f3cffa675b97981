/* lockKinds: asks the kernel what the four kinds of file locks have in common, and what not.
 *
 *     1$ ./lockKinds
 *     a lock of                   fcntl   lockf   flock   OFD
 *     refuses one of fcntl        yes     yes     no      yes
 *     ...
 *
 * Look for: lockf is fcntl by another name; flock is another family, which the others do not see. A
 * lock of fcntl belongs to the process: to close any descriptor of the file drops it; a child has
 * no part in it. Locks of flock, and of an open file description (OFD), are shared with a child.
 *
 * Build: cc -I../include -o lockKinds lockKinds.c
 * Read:  fcntl(2), lockf(3), flock(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "begin.h"

enum kind { FCNTL, LOCKF, FLOCK, OFD, KINDS };
enum { RECORD = 10 }; /* bytes; the file has two such records */

static const char HELP[] = "Prints a table of what the kinds of file locks do.\n  1$ ./lockKinds\n";

static char path[40];

static int open_file(void)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        report_and_exit("open %s", path);
    return fd;
}

/* Takes an exclusive lock of KIND on record NUMBER of the open FD; false: it is refused. (flock
 * knows no records, and takes the whole file.) */
static bool take(enum kind kind, int fd, int number)
{
    struct flock lock = { .l_type = F_WRLCK, .l_start = number * RECORD, .l_len = RECORD };
    int r;
    lseek(fd, number * RECORD, SEEK_SET); /* lockf counts from there */
    switch (kind) {
    case FCNTL: r = fcntl(fd, F_SETLK, &lock); break;
    case LOCKF: r = lockf(fd, F_TLOCK, RECORD); break;
    case FLOCK: r = flock(fd, LOCK_EX | LOCK_NB); break;
    default: r = fcntl(fd, F_OFD_SETLK, &lock);
    }
    if (r < 0 && errno != EAGAIN && errno != EACCES)
        report_and_exit("lock %s", path);
    return r == 0;
}

/* A question about a kind of lock, and perhaps another kind, or a record's number. It is answered
 * in a process of its own, which takes its locks with it when it ends. */
typedef bool question_fn(enum kind kind, int other);

static bool ask(question_fn *question, enum kind kind, int other)
{
    int status;
    pid_t child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0)
        _exit(question(kind, other) ? 10 : 11);
    if (waitpid(child, &status, 0) < 0)
        report_and_exit("waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) < 10)
        say_and_exit("a child could not say"); /* why, it has said itself, or it was killed */
    return WEXITSTATUS(status) == 10;
}

static bool can_lock(enum kind kind, int number)
{
    return take(kind, open_file(), number);
}

static bool refuses(enum kind kind, int other)
{
    return take(kind, open_file(), 0) && !ask(can_lock, (enum kind)other, 0);
}

static bool is_dropped_by_close(enum kind kind, int other)
{
    (void)other;
    take(kind, open_file(), 0);
    close(open_file()); /* another descriptor of the same file */
    return ask(can_lock, kind, 0);
}

static bool is_inherited(enum kind kind, int other)
{
    (void)other;
    int fd = open_file();
    take(kind, fd, 0);
    pid_t parent = getpid(), child = fork();
    if (child < 0)
        report_and_exit("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (getppid() == parent)
            pause(); /* and has the file open */
        _exit(EXIT_FAILURE);
    }
    close(fd);
    bool inherited = !ask(can_lock, kind, 0);
    if (waitpid(child, NULL, WNOHANG) != 0) /* then the answer was not about its lock */
        say_and_exit("a child was killed");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return inherited;
}

static bool has_records(enum kind kind, int other)
{
    (void)other;
    return take(kind, open_file(), 0) && ask(can_lock, kind, 1);
}

static void print_row(const char *title, question_fn *question, int other)
{
    const char *cells[KINDS];
    for (int kind = 0; kind < KINDS; kind++)
        cells[kind] = ask(question, (enum kind)kind, other) ? "yes" : "no";
    printf("%-28s%-8s%-8s%-8s%s\n", title, cells[FCNTL], cells[LOCKF], cells[FLOCK], cells[OFD]);
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "", "", HELP, &options);

    int fd = memfd_create("lockKinds", MFD_CLOEXEC); /* a file without a name: nothing is left */
    if (fd < 0)
        report_and_exit("memfd_create");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd); /* to open it anew */
    printf("%-28s%-8s%-8s%-8s%s\n", "a lock of", "fcntl", "lockf", "flock", "OFD");
    print_row("refuses one of fcntl", refuses, FCNTL);
    print_row("refuses one of lockf", refuses, LOCKF);
    print_row("refuses one of flock", refuses, FLOCK);
    print_row("refuses one of OFD", refuses, OFD);
    print_row("locks single records", has_records, 0);
    print_row("goes with any close", is_dropped_by_close, 0);
    print_row("a child has a part in it", is_inherited, 0);
    flush_or_exit();
    return EXIT_SUCCESS;
}
