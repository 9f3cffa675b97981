/* datafile.h: the data file that producer and consumer share. */
#pragma once

#include "bytes.h"
#include "directory.h"

static const char DATA_FILE[] = "data.dat"; /* in the working directory */

/* Flags for open(2): do not follow a symbolic link, do not block on a FIFO, close on exec. */
enum { DATA_FLAGS = O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC };

/* Returns whether the open file FD is empty or no longer has a name. fstat(2) */
static inline bool has_no_data(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 && (found.st_nlink == 0 || found.st_size == 0);
}

/* Returns whether process PID is stopped (Ctrl+Z): its state in /proc/PID/stat is T. proc(5) */
static inline bool is_stopped(pid_t pid)
{
    char name[40], line[512] = "";
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *file = fopen(name, "re");
    if (file == NULL)
        return false;
    line[fread(line, 1, sizeof line - 1, file)] = '\0';
    fclose(file);
    return strstr(line, ") T ") != NULL;
}

/* Reports who holds OTHER, the conflicting lock that F_GETLK found, and whether we WAIT for it. The
 * holder's process ID is 0 in another container, and -1 for a lock set by F_OFD_SETLK. fcntl(2) */
static inline void say_who_holds(const struct flock *other, bool wait)
{
    const char *kind = other->l_type == F_RDLCK ? "read" : "write";
    const char *next = wait ? "; waiting for it" : "";
    if (other->l_type == F_UNLCK)
        warnx("lock %s: another process has just unlocked it", DATA_FILE);
    else if (other->l_pid <= 0)
        warnx("lock %s: %s holds a %s lock%s", DATA_FILE,
              other->l_pid == 0 ? "a process in another container" : "another process", kind, next);
    else
        warnx("lock %s: process %d holds a %s lock%s", DATA_FILE, other->l_pid, kind, next);
    if (other->l_pid > 0 && is_stopped(other->l_pid))
        warnx("process %d is stopped: fg in its terminal, or kill -CONT %d, lets it go on",
              other->l_pid, other->l_pid);
}

/* Exits with a message if both are the same file, because copying would never end. fstat(2) */
static inline void refuse_same_file(int from, const char *from_name, int to, const char *to_name)
{
    struct stat one, other;
    if (from >= 0 && (fstat(from, &one) < 0 || fstat(to, &other) < 0))
        err(EXIT_FAILURE, "stat %s and %s", from_name, to_name);
    if (from >= 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
        errx(EXIT_FAILURE, "%s is %s: it cannot be copied into itself", from_name, to_name);
}

/* Copies FROM to TO until end of file. Exits with a message if that fails. read(2), write(2) */
static inline void copy_all(int from, const char *from_name, int to, const char *to_name)
{
    static char block[256 * 1024];
    ssize_t got;
    refuse_same_file(from, from_name, to, to_name);
    while ((got = read(from, block, sizeof block)) != 0) {
        if (got < 0 && !try_again(from, POLLIN))
            err(EXIT_FAILURE, "read %s", from_name);
        if (got > 0)
            write_all(to, block, (size_t)got, to_name);
    }
}

static volatile sig_atomic_t unfinished = -1; /* the file that is only partly written */

static int empty_unfinished(const char *unused) /* for remove_at_exit() */
{
    (void)unused;
    return unfinished < 0 ? 0 : ftruncate(unfinished, 0);
}

/* Until end_contents(), an error or Ctrl+C empties the open file FD: it is never half written. */
static inline void begin_contents(int fd)
{
    remove_at_exit(empty_unfinished, "the contents");
    unfinished = fd;
    unblock_ending_signals();
}

static inline void end_contents(void) /* the file is complete, and keeps its contents */
{
    unfinished = -1;
}

/* Opens the file that the operand names ("-" is standard input). Returns its descriptor, or -1 if
 * there is no operand. Exits with a message if it cannot be read, or for two operands. open(2) */
static inline int open_source(char **operands)
{
    const char *name = operands[0];
    if (name == NULL)
        return -1;
    end_of_operands(operands + 1);
    int source = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (source < 0 || read(source, NULL, 0) < 0) /* fails for a directory */
        err(EXIT_FAILURE, "open %s", name);
    return source;
}
