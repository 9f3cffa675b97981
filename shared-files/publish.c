/* publish: replaces a file by a new version, so that a reader sees the old or the
 * new, never a half.
 *
 *     1$ ./publish
 *     version 1 published
 *     version 2 published
 *     version 3 published
 *
 * With ./subscribe in a second terminal, in the same directory. Start that first, to see them all.
 *
 * Look for: the version is written to another file, beside it. rename then puts it in the old one's
 * place in one step; kill the program when you like. fsync before the rename: or a power cut
 * could leave the new name with no contents. fsync on the directory after it: it is the rename that
 * must reach the disk. With -u the file is written in place, and readers see halves.
 *
 * Build: cc -I../include -o publish publish.c
 * Read:  rename(2), fsync(2), open(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>

#include "begin.h"
#include "bytes.h"
#include "here.h"
#include "news.h"
#include "patience.h"

static const char HELP[] = "Publishes new versions of news.dat.\n"
                           "  1$ ./publish\n"
                           "  2$ ./subscribe\n";

static bool is_ours; /* the file aside, from when it is opened until it is renamed */

static void remove_aside(void)
{
    if (is_ours)
        unlink(ASIDE);
}

/* The version that readers see now; 0: none, or not even a whole line (ENODATA). */
static long current_version(void)
{
    long version = 0;
    char line[LINE_BYTES + 1] = "";
    int fd = open(NEWS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        report_and_exit("open %s", NEWS);
    if (fd < 0)
        return 0;
    insist_on_ours(fd, S_IFREG, NEWS);
    if (read_all_at(fd, line, LINE_BYTES, 0) < 0 && errno != ENODATA)
        report_and_exit("read %s", NEWS);
    close(fd);
    return sscanf(line, "version %ld", &version) == 1 ? version : 0;
}

static int open_to_write(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        report_and_exit("open %s", name);
    insist_on_ours(fd, S_IFREG, name);
    return fd;
}

/* In two halves: between them is the moment to kill us, or to look. */
static void write_version(int fd, const char *name, long version, double seconds)
{
    char text[VERSION_BYTES + 1];
    for (int i = 0; i < VERSION_LINES; i++)
        snprintf(text + i * LINE_BYTES, LINE_BYTES + 1, "version %07u\n",
                 (unsigned)(version % 10000000));
    if (ftruncate(fd, 0) < 0 || write_all(fd, text, VERSION_BYTES / 2) < 0)
        report_and_exit("write %s", name);
    stay(seconds);
    if (write_all(fd, text + VERSION_BYTES / 2, VERSION_BYTES / 2) < 0)
        report_and_exit("write %s", name);
}

static void publish(int directory, long version, double seconds)
{
    int fd = open_to_write(ASIDE);
    is_ours = true;
    write_version(fd, ASIDE, version, seconds);
    if (fsync(fd) < 0) /* first the contents are on the disk, ... */
        report_and_exit("fsync %s", ASIDE);
    if (close(fd) < 0)
        report_and_exit("close %s", ASIDE);
    if (rename(ASIDE, NEWS) < 0) /* ... then the name stands for them, ... */
        report_and_exit("rename %s to %s", ASIDE, NEWS);
    is_ours = false;
    if (fsync(directory) < 0) /* ... and then that is on the disk, too */
        report_and_exit("fsync the directory");
}

static void overwrite(long version, double seconds)
{
    int fd = open_to_write(NEWS);
    write_version(fd, NEWS, version, seconds);
    if (close(fd) < 0)
        report_and_exit("close %s", NEWS);
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 3, .stay = 0.5 };
    begin(argc, argv, "nsu", "", HELP, &options);

    catch_ending_signals(remove_aside);
    int directory = open_here();
    if (flock(directory, LOCK_EX | LOCK_NB) < 0) {
        report("lock the directory");
        if (errno == EWOULDBLOCK)
            advise("another ./publish is at work here: wait until it has ended");
        exit(EXIT_FAILURE);
    }

    long version = current_version();
    for (long i = 0; i < options.count; i++) {
        version++;
        if (options.unsafe)
            overwrite(version, options.stay);
        else
            publish(directory, version, options.stay);
        printf("version %ld published\n", version);
        flush_or_exit();
    }
    return EXIT_SUCCESS;
}
