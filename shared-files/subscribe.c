/* subscribe: reports each new version of a file as it appears.
 *
 *     1$ ./publish
 *     2$ ./subscribe
 *     version 1: complete
 *     ...
 *
 * Either may start first, but a version that is replaced before we look is never seen.
 *
 * Calls: inotify_init1 -> inotify_add_watch -> open, read, close the file -> read an event -> ...
 *
 * Look for: read sleeps until the kernel has an event, a change in the directory; nothing polls. No
 * version is ever seen incomplete, though there is no lock: a process that has the old file open
 * keeps it even after its name has gone to the new one. `./publish -u` shows incomplete versions.
 *
 * Build: cc -I../include -o subscribe subscribe.c
 * Read:  inotify(7), rename(2)
 */
#define _GNU_SOURCE
#include <sys/inotify.h>

#include "deadline.h"
#include "directory.h"
#include "news.h"
#include "start.h"

static const char HELP[] = "usage: subscribe [-h] [-n COUNT] [-t SECONDS]\n"
                           "Reports new versions of news.dat.\n"
                           "  1$ ./publish      2$ ./subscribe\n"
                           "  -n COUNT    how many versions (3)\n"
                           "  -t SECONDS  how long to wait for each (12)\n";

/* How many LINES of which VERSION are in the file; 0 lines: it is empty, or there is none. */
struct news {
    long version, lines;
};

static struct news read_news(void)
{
    struct news now = { 0, 0 };
    char text[VERSION_BYTES + 1] = "";
    ssize_t got, held = 0;
    int fd = open(NEWS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && !directory_is_gone())
        return now;
    if (fd < 0)
        err(EXIT_FAILURE, "open %s%s", NEWS, hint_for_open());
    check_ours(fd, S_IFREG, NEWS); /* robust: it is a file, and ours */
    while ((got = read(fd, text + held, (size_t)(VERSION_BYTES - held))) > 0)
        held += got;
    if (got < 0)
        err(EXIT_FAILURE, "read %s", NEWS);
    close(fd);
    if (sscanf(text, "version %7ld", &now.version) == 1)
        while (now.lines < held / LINE_BYTES
               && memcmp(text + now.lines * LINE_BYTES, text, LINE_BYTES) == 0)
            now.lines++;
    return now;
}

/* Returns what is in the file as soon as that differs from LAST, which was reported last. */
static struct news wait_for_news(int events, struct news last)
{
    struct news now = read_news();
    while (now.lines == 0 || (now.version == last.version && now.lines == last.lines)) {
        char buffer[4096];
        if (read(events, buffer, sizeof buffer) < 0) /* sleeps until the directory changes */
            err(EXIT_FAILURE, "read the events");
        now = read_news(); /* whatever the event was */
    }
    return now;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .count = 3, .timeout = 12 };
    read_options(argc, argv, "n:t:", HELP, &options);
    int events = inotify_init1(IN_CLOEXEC);
    if (events < 0)
        err(EXIT_FAILURE, "inotify_init1");
    if (inotify_add_watch(events, ".", IN_MOVED_TO | IN_MODIFY) < 0) /* before the first look */
        err(EXIT_FAILURE, "inotify_add_watch");

    struct news now = { 0, 0 };
    long incomplete = 0;
    for (long seen = 0; seen < options.count; seen++) {
        set_deadline(options.timeout, "no new version came");
        now = wait_for_news(events, now);
        clear_deadline();
        if (now.lines == VERSION_LINES)
            printf("version %ld: complete\n", now.version);
        else
            printf("version %ld: %ld of %d lines\n", now.version, now.lines, VERSION_LINES);
        incomplete += now.lines < VERSION_LINES;
        check_output(); /* robust: before it waits again */
    }
    printf("%ld version%s seen, %ld incomplete\n", options.count, options.count == 1 ? "" : "s",
           incomplete);
    return incomplete == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
