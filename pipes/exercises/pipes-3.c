/* pipes-3: the record that has not arrived yet
 *
 * Wanted: ./pipes-3 SIZE reads records of SIZE bytes from standard input and prints the sum of the
 *     bytes of each: printf abcabd | ./pipes-3 3 prints "record 1: sum 294", "record 2: sum 295".
 *     If the input ends inside a record, it says so on standard error and exits with status 1.
 *     While no bytes arrive, it sleeps.
 * As it stands: wrong output. Try (printf ab; sleep 1; printf c) | ./pipes-3 3
 * Read: read(2), "RETURN VALUE"
 * Medium, 10 minutes. To judge it: make exercise-pipes-3
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Reads a record of SIZE bytes. Returns false at the end of the input. */
static bool read_record(unsigned char *record, size_t size)
{
    ssize_t got = read(STDIN_FILENO, record, size);
    if (got < 0)
        err(EXIT_FAILURE, "read standard input");
    if (got > 0 && (size_t)got < size)
        errx(EXIT_FAILURE, "the input ends after %zd of the %zu bytes of a record", got, size);
    return got > 0;
}

int main(int argc, char *argv[])
{
    long size = argc == 2 ? atol(argv[1]) : 0;
    if (size <= 0)
        errx(2, "usage: pipes-3 SIZE");
    unsigned char *record = malloc((size_t)size);
    if (record == NULL)
        err(EXIT_FAILURE, "malloc");
    for (int number = 1; read_record(record, (size_t)size); number++) {
        unsigned long sum = 0;
        for (long i = 0; i < size; i++)
            sum += record[i];
        printf("record %d: sum %lu\n", number, sum);
    }
    free(record);
    if (fflush(stdout) != 0)
        err(EXIT_FAILURE, "standard output");
    return EXIT_SUCCESS;
}
