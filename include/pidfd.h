/* pidfd.h: pidfd_open(2) and pidfd_send_signal(2), even if the C library does not have them (musl,
 * glibc before 2.36). They return -1 with errno set: ENOSYS on kernels before Linux 5.3. */
#pragma once

#if __has_include(<sys/pidfd.h>)
#include <sys/pidfd.h>
#else
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434 /* on every architecture */
#define SYS_pidfd_send_signal 424
#endif

static inline int pidfd_open(pid_t pid, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, pid, flags);
}

static inline int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags)
{
    return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}
#endif
