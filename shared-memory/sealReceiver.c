/* sealReceiver: receives memory from another process, and trusts it only if it is sealed.
 *
 *     1$ ./sealSender
 *     2$ ./sealReceiver
 *     checked: 131072 bytes, pay 10 to Emma
 *     used:    131072 bytes, pay 10 to Emma
 *     0 changes in between
 *
 * Calls: recvmsg -> fcntl F_GET_SEALS -> fstat -> mmap -> send
 *
 * Look for: the order. First the seals, because sealed memory cannot change afterward; then the
 * size; then the text. What we have checked then stays true while we use the memory. Without
 * F_SEAL_WRITE the sender may change the text after we have checked it; without F_SEAL_SHRINK it
 * may cut off pages that we have mapped, and SIGBUS kills us when we read them.
 *
 * Build: cc -I../include -o sealReceiver sealReceiver.c
 * Read:  fcntl(2) on F_GET_SEALS, memfd_create(2), mmap(2) on SIGBUS
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "sealed.h"

static const char HELP[] =
    "usage: sealReceiver [-h] [-t SECONDS] [-u]\n"
    "Receives memory from ./sealSender, looks at it twice, and counts the changes.\n"
    "  1$ ./sealSender      2$ ./sealReceiver\n"
    "  -t SECONDS  how long to wait for the sender (12)\n"
    "  -u          unsafe: accept memory without seals, too\n";

static void check_seals(int fd)
{
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0)
        err(EXIT_FAILURE, "refused: fcntl F_GET_SEALS: such a file has no seals");
    if ((seals & ALL_SEALS) != ALL_SEALS)
        errx(EXIT_FAILURE, "refused: not sealed against%s", names_of(ALL_SEALS & ~seals));
}

struct look {
    off_t size;
    char text[TEXT_SIZE];
};

static struct look look_at(int fd, const char *memory, const char *title)
{
    struct look look;
    struct stat found;
    if (fstat(fd, &found) < 0)
        err(EXIT_FAILURE, "fstat");
    look.size = found.st_size;
    memcpy(look.text, memory, TEXT_SIZE);
    printf("%s %lld bytes, %.*s\n", title, (long long)look.size, TEXT_SIZE, look.text);
    return look;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "t:u", HELP, &options);

    int sender = connect_to_sender(options.timeout); /* robust: at ./seal.socket, as fdReceiver */
    set_deadline(options.timeout, "the sender sent nothing");
    int fd = receive_descriptor(sender); /* recvmsg(2), with SCM_RIGHTS */
    if (!options.unsafe)
        check_seals(fd);
    struct stat found;
    if (fstat(fd, &found) < 0)
        err(EXIT_FAILURE, "fstat");
    if (found.st_size != MEMORY_SIZE)
        errx(EXIT_FAILURE, "refused: it has %lld bytes, not %d", (long long)found.st_size,
             MEMORY_SIZE);
    /* not MAP_SHARED, which Linux before 6.7 refuses if F_SEAL_WRITE is set */
    const char *memory = mmap(NULL, MEMORY_SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
    if (memory == MAP_FAILED)
        err(EXIT_FAILURE, "mmap");

    struct look checked = look_at(fd, memory, "checked:");
    if (send(sender, "m", 1, MSG_NOSIGNAL) < 0) /* now the sender tries to change it */
        err(EXIT_FAILURE, "tell the sender that the memory is here");
    char byte;
    if (recv(sender, &byte, 1, 0) < 0) /* sleeps until it closes its end */
        err(EXIT_FAILURE, "recv");
    clear_deadline();
    struct look used = look_at(fd, memory, "used:   ");
    int changes = (used.size != checked.size) + (memcmp(used.text, checked.text, TEXT_SIZE) != 0);
    printf("%d change%s in between\n", changes, changes == 1 ? "" : "s");
    return changes == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
