/* pipes-2: the lines that come twice
 *
 * Wanted: ./pipes-2 WORD... prints two lines for each word, such as "word 1: fig" and "letters: 3",
 *     and at the end a line such as "words: 2". For each word, the parent prints the first line,
 *     and a new child prints the second one. The parent waits for this child before it continues.
 * As it stands: wrong output. In a terminal, all is well, but try ./pipes-2 fig pear | cat
 * Read: stdout(3), "NOTES"
 * Easy, 10 minutes. To judge it: make exercise-pipes-2
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        printf("word %d: %s\n", i, argv[i]);
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child == 0) {
            printf("letters: %zu\n", strlen(argv[i]));
            if (fflush(stdout) != 0)
                err(EXIT_FAILURE, "standard output");
            return EXIT_SUCCESS;
        }
        int status;
        if (waitpid(child, &status, 0) < 0)
            err(EXIT_FAILURE, "waitpid");
        if (status != 0)
            errx(EXIT_FAILURE, "a child has failed");
    }
    printf("words: %d\n", argc - 1);
    if (fflush(stdout) != 0)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS;
}
