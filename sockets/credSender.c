/* credSender: sends a datagram and may claim to be another user.
 *
 *     1$ ./credReceiver
 *     2$ ./credSender
 *     1| process NNN of user NNN, group NNN: I am user NNN
 *     2$ ./credSender 0
 *     credSender: claim to be user 0: Operation not permitted
 *
 * Calls: socket -> sendmsg, with SCM_CREDENTIALS or without
 *
 * Look for: without a claim there is nothing to do: the kernel puts our credentials beside the
 * datagram, because the receiver has set SO_PASSCRED. A claim is checked: only a process with the
 * capability CAP_SETUID (root has it) may claim to be another user. With -u the claim stands
 * in the text alone, which nobody checks.
 *
 * Build: cc -I../include -o credSender credSender.c
 * Read:  unix(7) on SCM_CREDENTIALS, cmsg(3), sendmsg(2), credentials(7), capabilities(7)
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/un.h>

#include "deadline.h"
#include "here.h"

static const char HELP[] =
    "usage: credSender [-h] [-t SECONDS] [-u] [USER]\n"
    "Sends a datagram to ./credReceiver; claims to be user number USER, if one is given.\n"
    "  1$ ./credReceiver      2$ ./credSender      2$ ./credSender 0\n"
    "  -t SECONDS  how long to wait for the receiver (12)\n"
    "  -u          unsafe: make the claim in the text only\n";

union control {
    struct cmsghdr header; /* for the alignment */
    char room[CMSG_SPACE(sizeof(struct ucred))];
};

/* Adds to MESSAGE, in CONTROL, the claim that we are USER. */
static void add_claim(struct msghdr *message, union control *control, uid_t user)
{
    struct ucred claim = { .pid = getpid(), .uid = user, .gid = getgid() };
    message->msg_control = control;
    message->msg_controllen = sizeof control->room;
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_CREDENTIALS;
    header->cmsg_len = CMSG_LEN(sizeof claim);
    memcpy(CMSG_DATA(header), &claim, sizeof claim);
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12 };
    read_options(argc, argv, "+t:u", HELP, &options);
    uid_t user = getuid(); /* without a claim, the kernel sends the real user ID */
    bool claims = optind < argc;
    if (claims)
        user = (uid_t)number_or_exit("USER", argv[optind++], DIGITS, 0, 4294967294.0);
    end_of_operands(argv + optind);

    struct sockaddr_un address = { .sun_family = AF_UNIX }; /* sun_path[0] is 0: abstract */
    char *name = address.sun_path + 1;
    name_for_here(name, "credReceiver"); /* robust: with this directory's device and inode */
    socklen_t length = (socklen_t)(sizeof address.sun_family + 1 + strlen(name));
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        err(EXIT_FAILURE, "socket");

    char text[64];
    snprintf(text, sizeof text, "I am user %u", user);
    struct iovec bytes = { .iov_base = text, .iov_len = strlen(text) };
    struct msghdr message = {
        .msg_name = &address, .msg_namelen = length, .msg_iov = &bytes, .msg_iovlen = 1
    };
    union control control = { .room = { 0 } };
    if (claims && !options.unsafe)
        add_claim(&message, &control, user);
    set_deadline(options.timeout, "no receiver came");
    while (sendmsg(fd, &message, 0) < 0) { /* sleeps while the receiver's queue is full */
        if (errno == EPERM)
            err(EXIT_FAILURE, "claim to be user %u", user);
        if (errno != ECONNREFUSED) /* refused: no socket has this name */
            err(EXIT_FAILURE, "sendmsg");
        wait_to_retry("credReceiver", NULL);
    }
    clear_deadline();
    return EXIT_SUCCESS;
}
