/* consumer: prints the file that a producer in another terminal writes, under a shared lock.
 *
 *     2$ ./consumer
 *     Now is the winter of our discontent
 *     Made glorious summer by this sun of York
 *
 * After ./producer in a first terminal, in the same directory; with -w before it, too.
 *
 * Look for: the lock is shared. Two `./consumer -s 20` read side by side, and a producer is refused
 * while either of them reads. A consumer that asked F_GETLK for a write lock first, as many do,
 * would find the other reader and give up.
 *
 * Build: cc -I../include -o consumer consumer.c
 * Read:  fcntl(2) on advisory record locks, open(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "begin.h"
#include "bytes.h"
#include "datafile.h"
#include "patience.h"

static const char HELP[] =
    "Prints data.dat, and keeps the lock for -s seconds. With -w it waits for\n"
    "the lock, and until there is something in the file.\n"
    "  1$ ./producer\n"
    "  2$ ./consumer\n";

static int open_data_file(bool wait)
{
    int fd;
    while ((fd = open(DATA_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) < 0) {
        if (errno == ENOENT && wait) {
            try_again("./producer in this directory");
            continue;
        }
        report("open %s", DATA_FILE);
        if (errno == ENOENT)
            advise("start ./producer first, in this directory");
        exit(EXIT_FAILURE);
    }
    insist_on_ours(fd, S_IFREG, DATA_FILE);
    return fd;
}

/* F_SETLK is refused at once, F_SETLKW waits; F_GETLK tells whose lock is in the way. */
static void lock_data_file(int fd, bool wait)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET }; /* l_len 0: the whole file */
    int how = F_SETLK;
    start_ticks();
    while (fcntl(fd, how, &lock) < 0) {
        struct flock other = lock;
        if (errno != EINTR && errno != EAGAIN && errno != EACCES)
            report_and_exit("lock %s", DATA_FILE);
        if (fcntl(fd, F_GETLK, &other) < 0 || other.l_type == F_UNLCK)
            continue; /* whoever it was has just let go */
        if (how == F_SETLKW) {
            say_if_stopped(other.l_pid);
            continue;
        }
        say_who_holds(DATA_FILE, &other);
        if (!wait) {
            advise("try again later, or wait for it: ./consumer -w");
            exit(EXIT_FAILURE);
        }
        say("waiting until it lets go");
        how = F_SETLKW;
    }
    stop_ticks();
}

int main(int argc, char *argv[])
{
    struct options options = { .stay = 0 };
    int fd, failed;
    begin(argc, argv, "sw", "", HELP, &options);

    set_patience(PATIENCE); /* for a producer to come; for the lock it has no end */
    for (;;) {
        fd = open_data_file(options.wait);
        if (!options.wait || !is_empty(fd)) /* while it is empty, the lock is the producer's */
            lock_data_file(fd, options.wait);
        if (!options.wait || !(is_empty(fd) || is_removed(fd)))
            break;
        close(fd);
        try_again("./producer in this directory");
    }

    if (is_same_file(fd, STDOUT_FILENO))
        say_and_exit("standard output is %s: it cannot be copied into itself", DATA_FILE);
    if (copy_all(fd, STDOUT_FILENO, &failed) < 0)
        report_and_exit("%s", failed == fd ? "read the file" : "write standard output");
    stay(options.stay);

    struct flock unlock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_SETLK, &unlock) < 0)
        report_and_exit("unlock %s", DATA_FILE);
    return EXIT_SUCCESS;
}
