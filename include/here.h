/* here.h: the directory is the meeting place. Names that carry it, and checks of what was met. */
#ifndef HERE_H
#define HERE_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

enum { HERE_NAME_SIZE = 80 }; /* a stem of up to 40 bytes, and two numbers */

/* Writes "/STEM-DEVICE-INODE" into NAME, device and inode of the working directory in hexadecimal:
 * POSIX objects have one name space for the whole machine, and so each directory has its own names
 * in it. Exits with a message if the directory cannot be asked. stat(2) */
static inline void name_for_here(char name[HERE_NAME_SIZE], const char *stem)
{
    struct stat here;
    if (stat(".", &here) < 0)
        report_and_exit("stat .");
    snprintf(name, HERE_NAME_SIZE, "/%.40s-%llx-%llx", stem, (unsigned long long)here.st_dev,
             (unsigned long long)here.st_ino);
}

/* Insists that the open FD, which NAME led to, is of TYPE (S_IFREG, S_IFIFO) and is our own: in a
 * directory like /tmp somebody else may have put something under our names. Exits with a message
 * if not. fstat(2) */
static inline void insist_on_ours(int fd, mode_t type, const char *name)
{
    struct stat found;
    if (fstat(fd, &found) < 0)
        report_and_exit("stat %s", name);
    if ((found.st_mode & S_IFMT) != type)
        say_and_exit("%s is not a %s", name, type == S_IFREG ? "regular file" : "FIFO");
    if (found.st_uid != geteuid())
        say_and_exit("%s belongs to another user (%u), not to you", name, found.st_uid);
}

/* Opens the file NAME for reading and writing; makes it, empty, if it is not there. Returns the
 * descriptor. Exits with a message if it cannot be opened, or is not ours. open(2) */
static inline int open_ours(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        report_and_exit("open %s", name);
    insist_on_ours(fd, S_IFREG, name);
    return fd;
}

/* Whether the open FD, which NAME led to, still has a name; an owner that leaves removes it, and a
 * lock on what is left is worth nothing. Exits with a message if it cannot be asked. fstat(2) */
static inline bool has_a_name(int fd, const char *name)
{
    struct stat found;
    if (fstat(fd, &found) < 0)
        report_and_exit("stat %s", name);
    return found.st_nlink > 0;
}

/* A number for this run of the program, for process ids and ports are used again: the wall clock,
 * in nanoseconds. clock_gettime(2) */
static inline long long number_of_run(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* The letter of process PID's state: R, S (sleeping), T (stopped), Z (a zombie), ...; '-' if it is
 * gone, or cannot be known. In /proc/PID/stat it is behind the last parenthesis: the name before it
 * may have some, too. proc(5) */
static inline char state_of(pid_t pid)
{
    char stat_name[40], line[512];
    snprintf(stat_name, sizeof stat_name, "/proc/%d/stat", (int)pid);
    FILE *stat_file = fopen(stat_name, "re");
    if (stat_file == NULL)
        return '-';
    line[fread(line, 1, sizeof line - 1, stat_file)] = '\0';
    fclose(stat_file);
    const char *name_end = strrchr(line, ')');
    return name_end != NULL && name_end[1] == ' ' ? name_end[2] : '-';
}

/* Whether the window has been closed: there was a terminal at the first call, and there is none
 * now. Never, if nohup(1) has made SIGHUP ignored. If standard output was in the window, it goes
 * nowhere from then on: to write would be an error. tty(4) */
static inline bool window_has_closed(void)
{
    static int had_terminal = -1; /* not known yet */
    static bool prints_there;
    struct sigaction hangup;
    int terminal = open("/dev/tty", O_RDONLY | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    if (had_terminal < 0) {
        prints_there = isatty(STDOUT_FILENO);
        had_terminal =
            terminal >= 0 && sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN;
    }
    if (!had_terminal || terminal >= 0 || (errno != ENXIO && errno != EIO))
        return false;
    int nowhere = prints_there ? open("/dev/null", O_WRONLY | O_CLOEXEC) : -1;
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        close(nowhere);
    }
    return true;
}

/* Opens the directory, for flock(2) on it: a lock that all programs here can ask for. Exits with a
 * message if it cannot be opened. */
static inline int open_here(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        report_and_exit("open .");
    return fd;
}

#endif
