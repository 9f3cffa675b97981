/* producer: writes two lines to a file, under an exclusive lock.
 *
 *     1$ ./producer
 *     Process NNN has written to data file...
 *     2$ ./consumer
 *
 * Calls: open -> F_SETLK (if refused: F_GETLK, F_SETLKW) -> ftruncate -> write -> F_UNLCK
 *
 * Look for: `./producer -s 20` holds the lock for 20 seconds. A second producer is refused at once
 * (F_SETLK) and reports who holds the lock (F_GETLK). With -w it sleeps in the kernel until the
 * lock is free (F_SETLKW). `cat data.dat` works meanwhile: the lock is advisory.
 *
 * Build: cc -I../include -o producer producer.c
 * Read:  fcntl(2), section "Advisory record locking"
 */
#define _GNU_SOURCE
#include "datafile.h"
#include "start.h"

static const char HELP[] = "usage: producer [-h] [-s SECONDS] [-w] [FILE]\n"
                           "Writes two lines, or FILE (-: standard input), to data.dat.\n"
                           "  1$ ./producer      2$ ./consumer\n"
                           "  -s SECONDS  how long to hold the lock afterwards (0)\n"
                           "  -w          wait for the lock instead of being refused\n";
static const char TEXT[] = "Now is the winter of our discontent\n"
                           "Made glorious summer by this sun of York\n";

static void lock_exclusively(int fd, bool wait)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET }; /* l_len 0: to the end */
    if (fcntl(fd, F_SETLK, &lock) == 0) /* returns at once: granted or refused */
        return;
    if (errno != EAGAIN && errno != EACCES) /* these two: another process has a lock */
        err(EXIT_FAILURE, "F_SETLK %s", DATA_FILE);

    struct flock other = lock;
    if (fcntl(fd, F_GETLK, &other) < 0) /* whose lock is in the way? */
        err(EXIT_FAILURE, "F_GETLK %s", DATA_FILE);
    say_who_holds(&other, wait);
    if (!wait)
        errx(EXIT_FAILURE, "try again later, or wait for it: ./producer -w");

    if (fcntl(fd, F_SETLKW, &lock) < 0) /* sleeps in the kernel until it is free */
        err(EXIT_FAILURE, "F_SETLKW %s", DATA_FILE);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .pause = 0 };
    read_options(argc, argv, "+s:w", HELP, &options);
    int source = open_source(argv + optind); /* -1: no FILE, so TEXT */

    int fd = open(DATA_FILE, O_WRONLY | O_CREAT | DATA_FLAGS, 0600); /* no O_TRUNC: not yet */
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", DATA_FILE, hint_for_open());
    check_ours(fd, S_IFREG, DATA_FILE);                    /* robust: it is a file, and ours */
    refuse_same_file(source, argv[optind], fd, DATA_FILE); /* robust */
    lock_exclusively(fd, options.wait_for_lock);
    struct stat found;
    if (fstat(fd, &found) == 0 && found.st_nlink == 0) /* robust: it no longer has a name */
        errx(EXIT_FAILURE, "%s was removed while we waited for it", DATA_FILE);

    if (ftruncate(fd, 0) < 0)
        err(EXIT_FAILURE, "ftruncate %s", DATA_FILE);
    begin_contents(fd); /* robust: until end_contents(), Ctrl+C empties the file again */
    if (source < 0)
        write_all(fd, TEXT, sizeof TEXT - 1, DATA_FILE); /* write(2) until all is written */
    else
        copy_all(source, argv[optind], fd, DATA_FILE);
    end_contents();
    if (options.pause > 0) {
        fprintf(stderr, "Process %d has written to data file...\n", getpid());
        pause_for(options.pause);
    }

    struct flock unlock = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
    if (fcntl(fd, F_SETLK, &unlock) < 0) /* the kernel would do it at exit or any close */
        err(EXIT_FAILURE, "unlock %s", DATA_FILE);
    if (options.pause == 0) /* only now: a consumer started next must not be refused */
        fprintf(stderr, "Process %d has written to data file...\n", getpid());
    return EXIT_SUCCESS;
}
