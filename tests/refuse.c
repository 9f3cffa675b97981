/* refuse: runs a command and makes some of its system calls fail, as in a container whose filter
 * forbids them, or on a kernel that does not have them.
 *
 *     refuse ERROR CALL[,CALL...] -- COMMAND [ARGUMENT...]
 *
 * ERROR is ENOSYS, EPERM, ...; CALL is one of the calls below. A call that this architecture does
 * not have is skipped, because the C library does not make it there either.
 *
 * Status: the command's; 77, this machine cannot do that; 126, it could not run. seccomp(2), bpf(2)
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CANNOT_REFUSE = 77, NOT_RUN = 126, MOST_CALLS = 32 };

/* What linux/audit.h, filter.h, and seccomp.h have, which musl-gcc does not find. */
#if defined __x86_64__
static const uint32_t ARCHITECTURE = 0xc000003e;
#elif defined __aarch64__
static const uint32_t ARCHITECTURE = 0xc00000b7;
#else
static const uint32_t ARCHITECTURE = 0;
#endif
enum { LOAD = 0x20, JUMP_IF_EQUAL = 0x15, RETURN = 0x06 }; /* instructions of a filter */
enum { CALL_NUMBER = 0, CALL_ARCHITECTURE = 4 };           /* what LOAD can look at */
static const uint32_t ALLOW = 0x7fff0000, FAIL_WITH = 0x00050000;

struct instruction {
    uint16_t code;
    uint8_t if_true, if_false; /* so many instructions to skip */
    uint32_t operand;
};

static const struct {
    const char *name;
    int number;
} ERRORS[] = {
    { "EACCES", EACCES }, { "EAGAIN", EAGAIN }, { "EINVAL", EINVAL }, { "EMFILE", EMFILE },
    { "ENOSPC", ENOSPC }, { "ENOSYS", ENOSYS }, { "EPERM", EPERM },   { NULL, 0 },
}, CALLS[] = {
#ifdef SYS_link
    { "link", SYS_link },
#else
    { "link", -1 },
#endif
    { "linkat", SYS_linkat },   { "mq_open", SYS_mq_open },
    { "msgget", SYS_msgget },   { "msgsnd", SYS_msgsnd },
    { "shmget", SYS_shmget },
    { "msgrcv", SYS_msgrcv },   { "msgctl", SYS_msgctl },
    { "semget", SYS_semget },   { "rt_sigqueueinfo", SYS_rt_sigqueueinfo },
    { "ptrace", SYS_ptrace },   { "process_vm_readv", SYS_process_vm_readv },
#ifdef SYS_pidfd_open
    { "pidfd_open", SYS_pidfd_open },
#else
    { "pidfd_open", 434 },
#endif
    { NULL, 0 },
};

/* Exits with a message that says that it cannot be done here. */
static void skip(const char *what)
{
    warn("%s", what);
    exit(CANNOT_REFUSE);
}

/* The filter: for each call in NAMES, separated by commas, ERROR; everything else is allowed. */
static void install_filter(char *names, uint32_t error)
{
    struct instruction filter[5 + 2 * MOST_CALLS] = {
        { LOAD, 0, 0, CALL_ARCHITECTURE },
        { JUMP_IF_EQUAL, 1, 0, ARCHITECTURE },
        { RETURN, 0, 0, ALLOW }, /* not this processor's: other numbers */
        { LOAD, 0, 0, CALL_NUMBER },
    };
    unsigned short length = 4;
    for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ",")) {
        int i = 0;
        while (CALLS[i].name != NULL && strcmp(CALLS[i].name, name) != 0)
            i++;
        if (CALLS[i].name == NULL || length >= 4 + 2 * MOST_CALLS)
            errx(NOT_RUN, "%s: no such call in our list, or too many", name);
        if (CALLS[i].number < 0)
            continue;
        filter[length++] = (struct instruction){ JUMP_IF_EQUAL, 0, 1, (uint32_t)CALLS[i].number };
        filter[length++] = (struct instruction){ RETURN, 0, 0, FAIL_WITH | error };
    }
    filter[length++] = (struct instruction){ RETURN, 0, 0, ALLOW };
    struct {
        unsigned short length;      // cppcheck-suppress unusedStructMember
        struct instruction *filter; // cppcheck-suppress unusedStructMember
    } program = { length, filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        skip("PR_SET_NO_NEW_PRIVS");
    if (prctl(PR_SET_SECCOMP, 2, &program) < 0) /* 2: a filter */
        skip("PR_SET_SECCOMP");
}

int main(int argc, char *argv[])
{
    if (argc < 5 || strcmp(argv[3], "--") != 0)
        errx(NOT_RUN, "usage: refuse ERROR CALL[,CALL...] -- COMMAND [ARGUMENT...]");
    int i = 0;
    while (ERRORS[i].name != NULL && strcmp(ERRORS[i].name, argv[1]) != 0)
        i++;
    if (ERRORS[i].name == NULL)
        errx(NOT_RUN, "%s: no such error in our list", argv[1]);
    if (ARCHITECTURE == 0) // cppcheck-suppress knownConditionTrueFalse
        errx(CANNOT_REFUSE, "only x86_64 and aarch64 are known here");
    install_filter(argv[2], (uint32_t)ERRORS[i].number);
    execvp(argv[4], argv + 4);
    err(NOT_RUN, "run %s", argv[4]);
}
