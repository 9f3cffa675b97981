/* forkShare: what a child writes to shared and to private memory, and what its parent then sees.
 *
 *     1$ ./forkShare
 *     both have: shared 0x<SHARED>: 1, private 0x<PRIVATE>: 1, *pointer: 1
 *     child:     shared 0x<SHARED>: 2, private 0x<PRIVATE>: 2, *pointer: 2
 *     parent:    shared 0x<SHARED>: 2, private 0x<PRIVATE>: 1, *pointer: 1
 *
 * Calls: mmap -> fork -> waitpid
 *
 * Look for: the addresses are the same in both processes, because the child has a copy of the
 * parent's address space; the contents are not. The shared page is one page for both. The private
 * one, like that of any variable, is copied when one of them writes to it (copy on write). So the
 * pointer, which is in shared memory, is the same for both, and *pointer is not: an address has a
 * meaning only in its own address space. Unrelated processes usually map a segment at different
 * addresses, too: do not put pointers into shared memory.
 *
 * Build: cc -I../include -o forkShare forkShare.c
 * Read:  mmap(2), fork(2), waitpid(2)
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "reap.h"
#include "start.h"

static const char HELP[] = "usage: forkShare [-h]\n"
                           "Shows what a child writes to memory, and what its parent then sees.\n"
                           "  1$ ./forkShare\n";

struct shared {
    int number;
    int *pointer; /* to the private number */
};

static void show(const char *whose, const struct shared *shared, const int *private)
{
    printf("%-10s shared %p: %d, private %p: %d, *pointer: %d\n", whose, (const void *)shared,
           shared->number, (const void *)private, *private, *shared->pointer);
}

int main(int argc, char *argv[])
{
    prepare_process();
    read_options(argc, argv, "", HELP, &(struct options){ 0 });

    int prot = PROT_READ | PROT_WRITE;
    /* MAP_ANONYMOUS: new memory, filled with zeros, without a file behind it */
    struct shared *shared = mmap(NULL, sizeof *shared, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        err(EXIT_FAILURE, "mmap shared memory");
    int *private = mmap(NULL, sizeof *private, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (private == MAP_FAILED)
        err(EXIT_FAILURE, "mmap private memory");
    shared->number = *private = 1;
    shared->pointer = private;
    show("both have:", shared, private);
    fflush(stdout); /* the child gets a copy of the buffer: text left in it could come out twice */

    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child == 0) {
        shared->number = 2;
        *private = 2; /* the kernel gives us a page of our own */
        show("child:", shared, private);
        exit(EXIT_SUCCESS);
    }

    int status;
    if (waitpid(child, &status, 0) < 0) /* when it returns, the child has written */
        err(EXIT_FAILURE, "waitpid");
    show("parent:", shared, private);
    return exit_status(status);
}
