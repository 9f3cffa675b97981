/* partner: reads a file again and again while others replace its text.
 *
 * ./partner FILE TEXT1 TEXT2 locks FILE as a reader, reads it, and unlocks it, until SIGTERM comes.
 * FILE has to contain one of the texts and a newline. The first time that it does not, partner
 * prints what it contains, and only waits for SIGTERM.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

static char text[1 << 16];

/* The kinds of lock do not see each other, so it takes both. Returns the length of the text. */
static size_t read_text(const char *path)
{
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
    size_t length = 0;
    ssize_t more;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || flock(fd, LOCK_SH) < 0 || fcntl(fd, F_SETLKW, &lock) < 0)
        err(EXIT_FAILURE, "open and lock %s", path);
    while ((more = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)more;
    if (more < 0 || close(fd) < 0)
        err(EXIT_FAILURE, "read %s", path);
    text[length] = '\0';
    return length;
}

static int is_whole(size_t length, const char *wanted)
{
    size_t size = strlen(wanted);
    return length == size + 1 && memcmp(text, wanted, size) == 0 && text[size] == '\n';
}

int main(int argc, char *argv[])
{
    static const struct timespec PAUSE = { 0, 100000 };
    sigset_t term;
    if (argc != 4)
        errx(2, "usage: partner FILE TEXT1 TEXT2");
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    puts("reads");
    fflush(stdout);
    do {
        size_t length = read_text(argv[1]);
        if (!is_whole(length, argv[2]) && !is_whole(length, argv[3])) {
            printf("%zu bytes: \"%.60s\"\n", length, text);
            fflush(stdout);
            sigwaitinfo(&term, NULL);
            break;
        }
    } while (sigtimedwait(&term, NULL, &PAUSE) < 0);
    return EXIT_SUCCESS;
}
