/* producer: writes a file under an exclusive lock, for a consumer in another terminal.
 *
 *     1$ ./producer
 *     Process NNN has written to data file...
 *
 * Then ./consumer in a second terminal, in the same directory.
 *
 * Look for: `./producer -s 20` keeps the lock for a while. Start ./consumer meanwhile: it is
 * refused at once, and told by whom. With -w it sleeps in the kernel and goes on in the moment in
 * which the lock is free. `cat data.dat` asks nobody: the lock is advisory.
 *
 * Build: cc -I../include -o producer producer.c
 * Read:  fcntl(2) on advisory record locks, open(2), ftruncate(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bytes.h"
#include "datafile.h"
#include "patience.h"

static const char HELP[] =
    "Writes two lines, or FILE (-: standard input), to data.dat; then keeps the\n"
    "lock for -s seconds.\n"
    "  1$ ./producer\n"
    "  2$ ./consumer\n";
static const char TEXT[] = "Now is the winter of our discontent\n"
                           "Made glorious summer by this sun of York\n";

static int unfinished = -1; /* data.dat, while it is neither the old contents nor the new */

/* An error or Ctrl+C in the middle leaves an empty file, not a half. (SIGKILL leaves the half.) */
static void empty_unfinished(void)
{
    if (unfinished >= 0 && ftruncate(unfinished, 0) < 0)
        report("empty %s, which is not whole,", DATA_FILE);
}

/* Before the lock is taken and data.dat emptied: a typing error should cost nothing. */
static int open_source(const char *name)
{
    struct stat found;
    int source = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (source < 0 || fstat(source, &found) < 0)
        report_and_exit("open %s", name);
    if ((fcntl(source, F_GETFL) & O_ACCMODE) == O_WRONLY)
        say_and_exit("standard input is closed");
    if (S_ISDIR(found.st_mode))
        say_and_exit("%s is a directory", name);
    return source;
}

static int open_data_file(void)
{
    /* without O_TRUNC, which would empty the file before it is locked */
    int fd = open(DATA_FILE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        report_and_exit("open %s", DATA_FILE);
    insist_on_ours(fd, S_IFREG, DATA_FILE);
    return fd;
}

/* F_SETLK is refused at once, F_SETLKW waits; F_GETLK tells whose lock is in the way. */
static void lock_data_file(int fd, bool wait)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET }; /* l_len 0: the whole file */
    int how = F_SETLK;
    start_ticks();
    while (fcntl(fd, how, &lock) < 0) {
        struct flock other = lock;
        if (errno != EINTR && errno != EAGAIN && errno != EACCES)
            report_and_exit("lock %s", DATA_FILE);
        keep_waiting(); /* or leave, if it was Ctrl+C */
        if (fcntl(fd, F_GETLK, &other) < 0 || other.l_type == F_UNLCK)
            continue; /* whoever it was has just let go */
        if (how == F_SETLKW) {
            say_if_stopped(other.l_pid);
            continue;
        }
        say_who_holds(DATA_FILE, &other);
        if (!wait) {
            advise("try again later, or wait for it: ./producer -w");
            exit(EXIT_FAILURE);
        }
        say("waiting until it lets go");
        how = F_SETLKW;
    }
    stop_ticks();
}

static void write_contents(int fd, const char *name, int source)
{
    int failed = fd;
    unfinished = fd;
    if (ftruncate(fd, 0) < 0)
        report_and_exit("empty %s", DATA_FILE);
    start_ticks(); /* the source may be a terminal */
    int r = name == NULL ? write_all(fd, TEXT, sizeof TEXT - 1) : copy_all(source, fd, &failed);
    stop_ticks();
    if (r < 0)
        report_and_exit("%s %s", failed == fd ? "write" : "read", failed == fd ? DATA_FILE : name);
    unfinished = -1;
}

static void announce(void)
{
    fprintf(stderr, "Process %d has written to data file...\n", (int)getpid());
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    begin(argc, argv, "sw", "[FILE]", HELP, &options);
    const char *name = argv[optind]; /* NULL: there is none */
    int source = name != NULL ? open_source(name) : -1;

    catch_ending_signals(empty_unfinished);
    int fd = open_data_file();
    if (name != NULL && is_same_file(source, fd))
        say_and_exit("%s is %s: it cannot be copied into itself", name, DATA_FILE);
    lock_data_file(fd, options.wait);
    if (is_removed(fd))
        say_and_exit("%s was removed while we waited for it", DATA_FILE);
    write_contents(fd, name, source);
    if (options.stay > 0)
        announce();
    stay(options.stay);

    struct flock unlock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_SETLK, &unlock) < 0)
        report_and_exit("unlock %s", DATA_FILE);
    if (options.stay <= 0)
        announce(); /* not before: a consumer that is started now must find the lock free */
    return EXIT_SUCCESS;
}
