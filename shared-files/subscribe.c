/* subscribe: prints each new version of a file as it comes.
 *
 *     2$ ./subscribe
 *     version 1: whole
 *     version 2: whole
 *     version 3: whole
 *     3 seen, 0 of them halves
 *
 * With ./publish in a first terminal, in the same directory. Either may start first; but a version
 * that has come and gone before we look is not seen.
 *
 * Look for: nobody looks again and again whether the file has changed. The kernel tells (inotify).
 * And no version is ever seen half, though there is no lock: who has opened the old file keeps it,
 * also when its name has gone to the new one. With `./publish -u` the halves are counted.
 *
 * Build: cc -I../include -o subscribe subscribe.c
 * Read:  inotify(7), rename(2)
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/inotify.h>

#include "begin.h"
#include "bytes.h"
#include "here.h"
#include "news.h"
#include "patience.h"

static const char HELP[] = "Prints each new version of news.dat, until it has seen -n of them.\n"
                           "  1$ ./publish\n"
                           "  2$ ./subscribe\n";

/* Reads the file as it is now. Returns how many lines are of the same version as the first, and in
 * VERSION which; 0 if there is no file, or nothing in it. */
static long read_news(long *version)
{
    char text[VERSION_BYTES + 1];
    size_t held = 0;
    ssize_t got = 0;
    int fd = open(NEWS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0)
        report_and_exit("open %s", NEWS);
    insist_on_ours(fd, S_IFREG, NEWS);
    while (held < VERSION_BYTES && (got = read_some(fd, text + held, VERSION_BYTES - held)) > 0)
        held += (size_t)got;
    if (got < 0)
        report_and_exit("read %s", NEWS);
    close(fd);
    text[held] = '\0';
    if (sscanf(text, "version %ld", version) != 1)
        return 0;
    long lines = 1;
    while (lines < (long)held / LINE_BYTES
           && memcmp(text + lines * LINE_BYTES, text, LINE_BYTES) == 0)
        lines++;
    return lines;
}

static void give_up(void)
{
    say("no new version came within %g s", patience_given);
    advise("start ./publish in this directory");
    exit(EXIT_FAILURE);
}

/* Waits until something happens in the directory; what, is of no interest here. */
static void await_event(int events)
{
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t got;
    start_ticks();
    do
        got = read(events, buffer, sizeof buffer);
    while (got < 0 && errno == EINTR && keep_waiting());
    stop_ticks();
    if (got < 0 && errno == EINTR)
        give_up();
    if (got < 0)
        report_and_exit("read the events");
}

int main(int argc, char *argv[])
{
    struct options options = { .count = 3, .patience = PATIENCE };
    begin(argc, argv, "nt", "", HELP, &options);

    int events = inotify_init1(IN_CLOEXEC);
    if (events < 0)
        report_and_exit("inotify_init");
    /* before the first look: what happens after it is not missed */
    if (inotify_add_watch(events, ".", IN_MOVED_TO | IN_MODIFY) < 0)
        report_and_exit("watch the directory");

    long last_version = 0, last_lines = 0, seen = 0, halves = 0;
    set_patience(options.patience);
    while (seen < options.count) {
        long version = 0, lines = read_news(&version);
        if (lines == 0 || (version == last_version && lines == last_lines)) {
            if (!keep_waiting()) /* others' files may keep us busy */
                give_up();
            await_event(events);
            continue;
        }
        if (lines == VERSION_LINES) {
            printf("version %ld: whole\n", version);
        } else {
            printf("version %ld: %ld of %d lines\n", version, lines, (int)VERSION_LINES);
            halves++;
        }
        flush_or_exit();
        set_patience(options.patience); /* for the next one */
        seen++;
        last_version = version;
        last_lines = lines;
    }
    printf("%ld seen, %ld of them halves\n", seen, halves);
    flush_or_exit();
    return halves == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
