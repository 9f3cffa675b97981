/* consumer: prints the file that producer wrote, under a shared lock.
 *
 *     1$ ./producer
 *     2$ ./consumer
 *     Now is the winter of our discontent
 *     Made glorious summer by this sun of York
 *
 * Calls: open -> F_SETLK (if refused: F_GETLK, F_SETLKW) -> read -> F_UNLCK
 *
 * Look for: the lock is shared. Two `./consumer -s 20` read at the same time, and a producer is
 * refused until both are done. The lock belongs to the process: a forked child does not have it.
 *
 * Build: cc -I../include -o consumer consumer.c
 * Read:  fcntl(2), section "Advisory record locking"
 */
#define _GNU_SOURCE
#include "datafile.h"
#include "start.h"

static const char HELP[] =
    "usage: consumer [-h] [-s SECONDS] [-w]\n"
    "Prints data.dat under a shared lock.\n  1$ ./producer      2$ ./consumer\n"
    "  -s SECONDS  how long to hold the lock afterwards (0)\n"
    "  -w          wait for the lock, and for the file to have contents\n";

static void lock_shared(int fd, bool wait)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET }; /* l_len 0: to the end */
    if (fcntl(fd, F_SETLK, &lock) == 0) /* returns at once: granted or refused */
        return;
    if (errno != EAGAIN && errno != EACCES) /* these two: another process has a lock */
        err(EXIT_FAILURE, "F_SETLK %s", DATA_FILE);

    struct flock other = lock;
    if (fcntl(fd, F_GETLK, &other) < 0) /* whose lock is in the way? */
        err(EXIT_FAILURE, "F_GETLK %s", DATA_FILE);
    say_who_holds(&other, wait);
    if (!wait)
        errx(EXIT_FAILURE, "try again later, or wait for it: ./consumer -w");

    if (fcntl(fd, F_SETLKW, &lock) < 0) /* sleeps in the kernel until it is free */
        err(EXIT_FAILURE, "F_SETLKW %s", DATA_FILE);
}

/* Waits until the file has contents. Holds no lock: the producer needs one to write. */
static void wait_for_data(void)
{
    struct stat found;
    set_deadline(12, "no data came");
    while (lstat(DATA_FILE, &found) < 0 ? errno == ENOENT && !directory_is_gone()
                                        : S_ISREG(found.st_mode) && found.st_size == 0)
        wait_to_retry("producer", NULL);
    clear_deadline();
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0 };
    read_options(argc, argv, "s:w", HELP, &options);
    if (options.wait_for_lock)
        wait_for_data();

    int fd = open(DATA_FILE, O_RDONLY | DATA_FLAGS);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s, which ./producer writes%s", DATA_FILE, hint_for_open());
    check_ours(fd, S_IFREG, DATA_FILE); /* robust: it is a file, and ours */
    lock_shared(fd, options.wait_for_lock);
    if (options.wait_for_lock && has_no_data(fd))
        errx(EXIT_FAILURE, "%s was emptied or removed while we waited for it", DATA_FILE);
    copy_all(fd, DATA_FILE, STDOUT_FILENO, "standard output");
    pause_for(options.pause);

    struct flock unlock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_SETLK, &unlock) < 0) /* the kernel would do it at exit or any close */
        err(EXIT_FAILURE, "unlock %s", DATA_FILE);
    return EXIT_SUCCESS;
}
