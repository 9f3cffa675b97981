/* partner: the writer of pipes-3; the judge runs it.
 *
 *     partner SIZE...   copies standard input to standard output, a pipe, in pieces of these sizes, the last of which is
 *                       used again for all that follow. Each piece waits until the pipe is empty
 */
#define _GNU_SOURCE
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Waits until nothing is left in the pipe; exits if nobody will read it. */
static void wait_until_empty(void)
{
    struct pollfd out = { .fd = STDOUT_FILENO };
    int left = 1;
    while (left > 0) {
        if (ioctl(STDOUT_FILENO, FIONREAD, &left) < 0 || poll(&out, 1, 0) < 0)
            err(EXIT_FAILURE, "standard output");
        if ((out.revents & POLLERR) != 0)
            _exit(EXIT_SUCCESS);
        if (left > 0)
            usleep(20);
    }
}

int main(int argc, char *argv[])
{
    char piece[4096];
    ssize_t got;
    if (argc < 2)
        errx(2, "usage: partner SIZE...");
    for (int i = 1;; i += i + 1 < argc) {
        size_t size = strtoul(argv[i], NULL, 10), have = 0;
        if (size > sizeof piece)
            errx(2, "a piece has up to %zu bytes", sizeof piece);
        while (have < size && (got = read(STDIN_FILENO, piece + have, size - have)) > 0)
            have += (size_t)got;
        if (have == 0)
            return EXIT_SUCCESS;
        wait_until_empty();
        if (write(STDOUT_FILENO, piece, have) < 0)
            err(EXIT_FAILURE, "write");
    }
}
