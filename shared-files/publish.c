/* publish: replaces a file with a new version, so that no reader ever sees half of one.
 *
 *     1$ ./publish
 *     version 1 published
 *     ...
 *
 * Start ./subscribe first, in a second terminal in the same directory, to see them all.
 *
 * Calls: flock -> open -> write, write -> fsync -> close -> rename -> fsync; unlink at exit
 *
 * Look for: the new version is written to another file, news.aside. rename then gives it the name
 * news.dat in one step, so there is no moment at which a reader could see half a version. fsync
 * comes before rename, or a power failure could leave the name without the contents; and after it,
 * for the directory, which holds the name. With -u the file is overwritten in place.
 *
 * Build: cc -I../include -o publish publish.c
 * Read:  rename(2), fsync(2), flock(2)
 */
#define _GNU_SOURCE
#include <sys/file.h>

#include "bytes.h"
#include "directory.h"
#include "ending.h"
#include "news.h"

static const char HELP[] = "usage: publish [-h] [-n COUNT] [-s SECONDS] [-u]\n"
                           "Publishes new versions of news.dat.\n"
                           "  1$ ./publish      2$ ./subscribe\n"
                           "  -n COUNT    how many versions (3)\n"
                           "  -s SECONDS  how long to pause in the middle of each (0.5)\n"
                           "  -u          unsafe: overwrite news.dat in place\n";
static const char ASIDE[] = "news.aside"; /* the next version, until it is complete */

static void write_file(const char *name, int flag, long version, double pause)
{
    char half[VERSION_BYTES / 2 + 1];
    for (int i = 0; i < VERSION_LINES / 2; i++)
        sprintf(half + i * LINE_BYTES, "version %07u\n", (unsigned)version % 10000000);

    int fd = open(name, O_WRONLY | O_CREAT | flag | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", name, hint_for_open());
    write_all(fd, half, VERSION_BYTES / 2, name); /* write(2) until all is written */
    pause_for(pause);                             /* time to look, or to kill the program */
    write_all(fd, half, VERSION_BYTES / 2, name);
    if (fsync(fd) < 0) /* the contents are on the disk */
        err(EXIT_FAILURE, "fsync %s", name);
    if (close(fd) < 0)
        err(EXIT_FAILURE, "close %s", name);
}

static void publish(int directory, long version, double pause)
{
    remove_at_exit(unlink, ASIDE); /* even after Ctrl+C */
    unblock_ending_signals();
    unlink(ASIDE); /* what a killed publisher left, if anything */
    write_file(ASIDE, O_EXCL, version, pause);
    if (rename(ASIDE, NEWS) < 0) /* from here on, open(2) of news.dat gives the new file */
        err(EXIT_FAILURE, "rename %s to %s", ASIDE, NEWS);
    forget_owned();           /* news.aside no longer exists */
    if (fsync(directory) < 0) /* the name is on the disk, too */
        err(EXIT_FAILURE, "fsync the directory");
}

/* Returns the version that readers see now, or 0 if there is none. */
static long current_version(void)
{
    long version = 0;
    int fd = open(NEWS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", NEWS, hint_for_open());
    check_ours(fd, S_IFREG, NEWS); /* robust: it is a file, and ours */
    FILE *news = fdopen(fd, "r");
    if (news == NULL || (fscanf(news, "version %7ld", &version) != 1 && ferror(news)))
        err(EXIT_FAILURE, "read %s", NEWS);
    fclose(news);
    return version;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 3, .pause = 0.5 };
    read_options(argc, argv, "n:s:u", HELP, &options);
    int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0 || flock(directory, LOCK_EX | LOCK_NB) < 0) /* news.dat itself is replaced */
        err(EXIT_FAILURE, "lock the directory%s",
            errno == EWOULDBLOCK ? " (another ./publish is running in this directory)" : "");
    long first = current_version() + 1;
    for (long version = first; version < first + options.count; version++) {
        if (options.unsafe)
            write_file(NEWS, O_TRUNC, version, options.pause);
        else
            publish(directory, version, options.pause);
        printf("version %ld published\n", version);
    }
    return EXIT_SUCCESS;
}
