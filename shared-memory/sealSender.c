/* sealSender: passes on memory without a name that nobody can change anymore: it is sealed.
 *
 *     1$ ./sealSender
 *     sealSender: seal it while it is mapped: Device or resource busy
 *     sealSender: unmapped, and sealed against WRITE SHRINK GROW
 *     2$ ./sealReceiver
 *     1| sealSender: write to it: Operation not permitted
 *     ...
 *
 * Calls: memfd_create -> posix_fallocate -> mmap -> fcntl F_ADD_SEALS -> munmap -> F_ADD_SEALS
 *        -> sendmsg, with SCM_RIGHTS -> pwrite, ftruncate: refused
 *
 * Look for: the memory has no name, so nothing has to be unlinked: it is freed when no process has
 * it open or mapped anymore. A seal belongs to the memory, not to the descriptor, and cannot be
 * removed: it binds the sender, too. With -u there are none: the receiver checks one text, and uses
 * another.
 *
 * Build: cc -I../include -o sealSender sealSender.c
 * Read:  memfd_create(2), fcntl(2) on F_ADD_SEALS, unix(7) on SCM_RIGHTS
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "sealed.h"

static const char HELP[] = "usage: sealSender [-h] [-t SECONDS] [-u]\n"
                           "Passes sealed memory to ./sealReceiver, and then tries to change it.\n"
                           "  1$ ./sealSender      2$ ./sealReceiver\n"
                           "  -t SECONDS  how long to wait for the receiver (12)\n"
                           "  -u          unsafe: leave out the seals\n";
static const char TEXT[] = "pay 10 to Emma";

static void seal(int fd, char *memory)
{
    if (fcntl(fd, F_ADD_SEALS, ALL_SEALS) < 0) /* EBUSY: we could still write through the mapping */
        warn("seal it while it is mapped");
    if (munmap(memory, MEMORY_SIZE) < 0)
        err(EXIT_FAILURE, "munmap");
    if (fcntl(fd, F_ADD_SEALS, ALL_SEALS) < 0)
        err(EXIT_FAILURE, "fcntl F_ADD_SEALS");
    warnx("unmapped, and sealed against%s", names_of(fcntl(fd, F_GET_SEALS)));
}

/* The receiver has checked the memory, but has not used it yet. */
static void try_to_change(int fd)
{
    if (pwrite(fd, "9", 1, 4) < 0) /* "pay 90": EPERM, F_SEAL_WRITE */
        warn("write to it");
    else
        warnx("write to it: done");
    if (ftruncate(fd, MEMORY_SIZE / 2) < 0) /* EPERM: F_SEAL_SHRINK */
        warn("shrink it");
    else
        warnx("shrink it: done");
}

/* Returns whether the next process that connects has taken the memory. If not, it refused it, or is
 * another sealSender that checks whether this one is running. */
static bool hand_over(int listener, int fd)
{
    char byte;
    uid_t user;
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC); /* sleeps until one connects */
    if (peer < 0)
        err(EXIT_FAILURE, "accept");
    send_descriptor(peer, fd);                   /* sendmsg(2), with SCM_RIGHTS: as fdSender */
    bool took_it = recv(peer, &byte, 1, 0) == 1; /* it sends a byte back, or leaves */
    warnx("%s %s", peer_of(peer, &user), took_it ? "has it now" : "has left without it");
    if (took_it)
        try_to_change(fd);
    close(peer); /* it waits for that */
    return took_it;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:u", HELP, &options);

    int fd =
        memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING); /* the name is for /proc only */
    if (fd < 0)
        err(EXIT_FAILURE, "memfd_create");
    errno = posix_fallocate(fd, 0, MEMORY_SIZE);
    if (errno != 0)
        err(EXIT_FAILURE, "posix_fallocate");
    char *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");
    strcpy(memory, TEXT);
    if (!options.unsafe)
        seal(fd, memory);

    int listener = listen_for_receiver(); /* robust: at ./seal.socket, as fdSender */
    warnx("waiting for ./sealReceiver in this directory, for %g s", options.timeout);
    set_deadline(options.timeout, "no receiver came");
    while (!hand_over(listener, fd))
        ;
    clear_deadline();
    return EXIT_SUCCESS;
}
