/* cage: runs the programs of an exercise where they can do no harm, and reports what they do.
 *
 *     cage [-b] [-l | -s] [-n NAME] [-x PATH]... DIRECTORY
 *     cage -c [-l] DIRECTORY              prints how programs are separated here: namespaces, or limits
 *
 * DIRECTORY or its parent has to contain the file "program", which appears as NAME in the programs' working directory,
 * and may contain "partner"; DIRECTORY has to contain an empty directory "root". The judge writes commands to standard
 * input, one per line, their words separated by the byte 0x1f, and reads each answer, whose last line is a dot:
 *
 *     start NAME COMMAND ARGUMENT...  starts a process. Its standard input is DIRECTORY/NAME.in, if there is such a file;
 *                                     its output goes to NAME.out and NAME.err
 *     finish NAME                     waits for its end: "exit N", "signal N"; then a line for each process that it has
 *                                     left running
 *     shows NAME LINE                 waits until its output has that line: "ok", "ended"
 *     sleeps NAME CALL                waits until it sleeps (in that system call, if it is not empty): "ok", "ended"
 *     signal NAME N                   sends it signal N
 *     put NAME, get NAME              copies DIRECTORY/file to the file NAME of the programs' working directory, or back
 *     left                            what is still there, one per line
 *
 * finish, shows, and sleeps also answer "hangs" (all processes sleep, and nothing has changed for a second), "long" (it took
 * 10 seconds, or 30 if they had less than 5 seconds of the processors' time), "many" (more than 64 processes), or "memory"
 * (more than 512 MB in all), and then a line for each process: in which call it waits, and for whom; or how it has ended, if
 * that was not with status 0 and nobody has asked.
 *
 * The programs run with limits on time, memory, open files and the size of files, without privileges, and in namespaces
 * of their own (process IDs, mounts, IPC, network; and user IDs, unless root runs us): they see the system's
 * directories read-only, and, writable, a working directory, /tmp and /dev/shm of their own, 16 MB each. -x hides a tree
 * below the system's directories. With -l, or where the kernel refuses namespaces, they run in DIRECTORY/work with the
 * limits alone, as the user who runs us; with -s, nothing runs then (status 3). When standard input ends, all processes
 * are killed.
 *
 * With -b, there is no limit to a process's addresses, files may have 10 MB, and the 10 and 30 seconds above become 30 and
 * 90: for a compiler, and for sanitizers.
 * SCALE in the environment multiplies the times. Status: 0, or 1 if something failed that is not the programs' fault.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PROGRAMS = 32,
    WORDS = 200,
    PROCESSES = 64,
    SEEN = 4096,
    LINE_SIZE = 1 << 16,
    MEGABYTE = 1 << 20,
    MEMORY = 256,
    ALL_MEMORY = 512, /* megabytes: of one process, and of all */
    HIDDEN = 15,
    FIRST_USER = 1 << 30, /* each cage of root has a user ID of its own: limits count per user */
};
enum { RUNNING = -1 };
enum { REFUSED = 3 };                                /* a status: the kernel refuses namespaces */
static const double QUIET = 1, LONG = 10, GRACE = 2; /* seconds */
static const char SEPARATOR = 0x1f;

struct program {
    char name[32];
    pid_t pid;
    int status;    /* of waitpid, or RUNNING */
    bool finished; /* the judge has asked for its end */
};

/* One process in the cage, as /proc shows it. */
struct process {
    pid_t pid, parent;
    char state, command[64];
    unsigned long ticks, pages;
    int status; /* of a zombie */
};

/* The calls, on each architecture, that could make another namespace, in which a program has privileges and no
 * limits; and what linux/audit.h, filter.h, and seccomp.h define, which musl-gcc does not find. */
static const struct {
    uint32_t architecture, unshare, clone, clone3;
} namespace_calls[] = {
    { 0xc000003e, 272, 56, 435 },  /* x86_64 */
    { 0x40000003, 310, 120, 435 }, /* i386 */
    { 0xc00000b7, 97, 220, 435 },  /* aarch64 */
};
enum { LOAD = 0x20, IF_EQUAL = 0x15, IF_AT_LEAST = 0x35, IF_SET = 0x45, RETURN = 0x06 };
enum { CALL_NUMBER = 0, CALL_ARCHITECTURE = 4, CALL_ARGUMENT = 16 };
static const uint32_t ALLOW = 0x7fff0000, FAIL_WITH = 0x00050000, X32 = 0x40000000;

struct instruction {
    uint16_t code;
    uint8_t if_true, if_false; /* how many instructions to skip */
    uint32_t operand;
};

static struct program programs[PROGRAMS];
static int program_count;
static struct process found[SEEN];
static struct process zombies[20]; /* which somebody else has to reap */
static int found_count, zombie_count;
static int directory, work,
    outputs; /* descriptors: DIRECTORY, and where the programs work and write */
static bool separated = true;
static uid_t user;     /* whose processes they are */
static bool has_users; /* we are root, and can become that user */
static const char *program_name = "program";
static double scale = 1;
static bool roomy; /* for a compiler, or a sanitizer, which reserves many addresses */
static sigset_t child_signal;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the walls ---- */

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) > 0;
    if (fd >= 0)
        close(fd);
    return written;
}

/* Enters new namespaces; false: the kernel refuses. All that runs in them is killed when process 1, our child, ends. */
static bool separate(void)
{
    char map[64];
    unsigned first, outside, count = 0;
    FILE *users = fopen("/proc/self/uid_map", "re"); /* in a container, root may have few users */
    if (users != NULL && fscanf(users, "%u %u %u", &first, &outside, &count) != 3)
        count = 0;
    if (users != NULL)
        fclose(users);
    int kinds = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWNET;
    uid_t uid = geteuid();
    gid_t gid = getegid();
    has_users = uid == 0 && count > 2 * (unsigned)FIRST_USER;
    if (unshare(has_users ? kinds : kinds | CLONE_NEWUSER) < 0)
        return false;
    user = has_users ? FIRST_USER + (uid_t)getpid() : 1000;
    if (has_users)
        return true;
    snprintf(map, sizeof map, "%d %d 1", (int)user, (int)uid);
    if (!write_file("/proc/self/uid_map", map) || !write_file("/proc/self/setgroups", "deny"))
        return false;
    snprintf(map, sizeof map, "%d %d 1", (int)user, (int)gid);
    return write_file("/proc/self/gid_map", map);
}

static bool mount_tmpfs(const char *path, int mode)
{
    char options[64];
    snprintf(options, sizeof options, "size=16m,nr_inodes=4096,mode=%o", mode);
    return (mkdir(path, 0755) == 0 || errno == EEXIST)
           && mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) == 0;
}

/* Makes PATH read-only, and also what is mounted below it, if the kernel can do that (5.12). */
static bool make_read_only(const char *path)
{
    const uint64_t attributes[4] = {
        1 | 2
    }; /* struct mount_attr: MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID */
    struct statvfs how;
    enum { MOUNT_SETATTR = 442, RECURSIVE = 0x8000 };
    if (syscall(MOUNT_SETATTR, AT_FDCWD, path, RECURSIVE, attributes, sizeof attributes) == 0)
        return true;
    unsigned long flags = MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID;
    if (statvfs(path, &how) == 0) /* the flags that it has cannot be taken away */
        flags |= ((how.f_flag & ST_NODEV) != 0 ? MS_NODEV : 0)
                 | ((how.f_flag & ST_NOEXEC) != 0 ? MS_NOEXEC : 0)
                 | ((how.f_flag & ST_NOATIME) != 0 ? MS_NOATIME : 0)
                 | ((how.f_flag & ST_RELATIME) != 0 ? MS_RELATIME : 0);
    return mount(NULL, path, NULL, flags, NULL) == 0;
}

/* Shows the system's PATH at the same place below the working directory, which becomes the root. What is READ_ONLY
 * is a directory, and everything else is a file. */
static bool show(const char *path, bool read_only)
{
    char target[PATH_MAX], link[PATH_MAX];
    snprintf(target, sizeof target, ".%s", path);
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length > 0) { /* /lib is usr/lib */
        link[length] = '\0';
        return symlink(link, target) == 0;
    }
    if (access(path, F_OK) < 0)
        return true;
    if (read_only)
        mkdir(target, 0755);
    else
        close(open(target, O_CREAT | O_CLOEXEC, 0644));
    if (mount(path, target, NULL, MS_BIND | MS_REC, NULL) < 0)
        return false;
    if (!read_only)
        return true;
    return make_read_only(target);
}

/* Makes "root", in the current directory, the root of all that the cage's processes see. */
static bool make_root(char *hidden[])
{
    static const char *const shown[] = { "/usr",   "/bin", "/sbin", "/lib", "/lib32",
                                         "/lib64", "/etc", "/opt",  "/nix" },
                             *const devices[] = { "/dev/null", "/dev/zero", "/dev/full",
                                                  "/dev/random", "/dev/urandom" };
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || !mount_tmpfs("root", 0755)
        || chdir("root") < 0)
        return false;
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (!show(shown[i], true))
            return false;
    if (!mount_tmpfs("dev", 0755) || mkdir("proc", 0755) < 0 || mkdir("dev/mqueue", 0755) < 0
        || mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return false;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        if (!show(devices[i], false))
            return false;
    if (!mount_tmpfs("tmp", 01777) || !mount_tmpfs("dev/shm", 01777) || !mount_tmpfs("work", 01777)
        || symlink("/proc/self/fd", "dev/fd") < 0)
        return false;
    (void)!mount("mqueue", "dev/mqueue", "mqueue", 0,
                 NULL); /* may fail: a kernel without queues has none that could be left */
    /* What they print goes to a place without a name, of a limited size. */
    if (!mount_tmpfs("out", 0700) || (outputs = open("out", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0
        || umount2("out", MNT_DETACH) < 0)
        return false;
    for (; *hidden != NULL; hidden++)
        if (access(*hidden + 1, F_OK) == 0 && !mount_tmpfs(*hidden + 1, 0755)) /* without its "/" */
            return false;
    if (syscall(SYS_pivot_root, ".", ".") == 0)
        return umount2(".", MNT_DETACH) == 0 && chdir("/work") == 0;
    return mount(".", "/", NULL, MS_MOVE, NULL) == 0 && chroot(".") == 0 && chdir("/work") == 0;
}

/* Only our own objects can be here; their memory has no limit but this one. 127.0.0.1 has to be switched on. */
static void prepare_network_and_memory(void)
{
    struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) < 0)
        err(EXIT_FAILURE, "switch on lo");
    close(fd);
    (void)write_file("/proc/sys/kernel/shmall", "16384");            /* 64 MB, if we may set it */
    (void)write_file("/proc/sys/kernel/sem", "1000 32000 100 1000"); /* the second: in all */
    (void)write_file("/proc/sys/kernel/ns_last_pid",
                     "4700"); /* small process IDs look like other numbers */
}

/* (the type of setrlimit's first parameter depends on the C library) */
static void set_limit(int resource, unsigned long long value)
{
    unsigned long long limit[2]; /* struct rlimit64: soft, hard */
    if (syscall(SYS_prlimit64, 0, resource, NULL, limit) == 0 && value < limit[1]) {
        limit[0] = value;
        limit[1] = resource == RLIMIT_CPU ? value + 1 : value; /* SIGXCPU, and then SIGKILL */
        syscall(SYS_prlimit64, 0, resource, limit, NULL);
    }
}

/* Makes the calls that would create a new user namespace fail. Those of an unknown architecture are allowed. */
static void forbid_namespaces(void)
{
    enum { BLOCK = 13, BLOCKS = sizeof namespace_calls / sizeof *namespace_calls };
    struct instruction code[BLOCKS * BLOCK + 1];
    struct {
        unsigned short length;    // cppcheck-suppress unusedStructMember
        struct instruction *code; // cppcheck-suppress unusedStructMember
    } filter = { BLOCKS * BLOCK + 1, code };
    for (size_t i = 0; i < BLOCKS; i++) {
        const struct instruction block[BLOCK] = {
            { LOAD, 0, 0, CALL_ARCHITECTURE },
            { IF_EQUAL, 0, BLOCK - 2, namespace_calls[i].architecture },
            { LOAD, 0, 0, CALL_NUMBER },
            { IF_AT_LEAST, 7, 0, X32 }, /* another way to call on x86_64 */
            { IF_EQUAL, 6, 0, namespace_calls[i].unshare },
            { IF_EQUAL, 6, 0, namespace_calls[i].clone3 }, /* the C library then calls clone */
            { IF_EQUAL, 0, 3, namespace_calls[i].clone },
            { LOAD, 0, 0, CALL_ARGUMENT },
            { IF_SET, 2, 0, CLONE_NEWUSER },
            { RETURN, 0, 0, ALLOW },
            { RETURN, 0, 0, ALLOW },
            { RETURN, 0, 0, FAIL_WITH | EPERM },
            { RETURN, 0, 0, FAIL_WITH | ENOSYS },
        };
        memcpy(code + i * BLOCK, block, sizeof block);
    }
    // cppcheck-suppress unreadVariable
    code[BLOCKS * BLOCK] = (struct instruction){ RETURN, 0, 0, ALLOW };
    prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, &filter);
}

/* In a new process: gives up what it must not have. */
static void confine(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int sig = 1; sig <= SIGRTMAX; sig++)
        signal(sig, SIG_DFL);
    setsid();
    for (int fd = 3; fd < 1024; fd++) /* we may have inherited some */
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    /* An endless loop is to be found by time: the processors' time is for what escapes us. */
    set_limit(RLIMIT_CPU, (unsigned long long)(4 * LONG * scale));
    set_limit(RLIMIT_FSIZE, roomy ? 10 * MEGABYTE : MEGABYTE);
    set_limit(RLIMIT_NOFILE, 128);
    set_limit(RLIMIT_CORE, 0);
    if (!roomy)
        set_limit(RLIMIT_AS, (unsigned long long)MEMORY * MEGABYTE);
    if (separated)
        set_limit(RLIMIT_NPROC,
                  2 * PROCESSES); /* counted in this user namespace, or for this user ID alone */
    umask(022);
    if (has_users
        && (setgroups(0, NULL) < 0 || setresgid(user, user, user) < 0
            || setresuid(user, user, user) < 0))
        _exit(126);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (separated)
        forbid_namespaces();
}

/* ---- what goes on inside ---- */

static bool read_text(pid_t pid, const char *file, char *text, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

static bool is_ours(pid_t pid)
{
    if (separated)
        return true;
    for (int i = 0; pid > 1 && i < found_count; i++)
        if (found[i].pid == pid) {
            if (found[i].parent == getpid())
                return true;
            pid = found[i].parent, i = -1;
        }
    return false;
}

/* Makes TEXT, a name that a program may have chosen, fit for a line of output. */
static char *clean(char *text)
{
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    return text;
}

/* The memory of a process whose first thread has ended. */
static unsigned long pages_of_threads(pid_t pid)
{
    char path[64], text[256];
    unsigned long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    struct dirent *entry;
    while (threads != NULL && pages == 0 && (entry = readdir(threads)) != NULL)
        if (read_text((pid_t)atoi(entry->d_name), "statm", text, sizeof text))
            sscanf(text, "%*u %lu", &pages);
    if (threads != NULL)
        closedir(threads);
    return pages;
}

/* The memory of System V objects, which may belong to no process. */
static unsigned long pages_of_objects(void)
{
    char line[512];
    unsigned long pages = 0, size, swapped, semaphores, page = (unsigned long)sysconf(_SC_PAGESIZE);
    FILE *objects = separated ? fopen("/proc/sysvipc/shm", "re") : NULL;
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL)
        if (sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &size,
                   &swapped)
            == 2)
            pages += (size + swapped) / page;
    if (objects != NULL)
        fclose(objects);
    objects = separated ? fopen("/proc/sysvipc/sem", "re") : NULL;
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL)
        if (sscanf(line, "%*s %*s %*s %lu", &semaphores) == 1)
            pages += semaphores * 64 / page;
    if (objects != NULL)
        fclose(objects);
    return pages;
}

/* Looks at all processes in the cage. */
static void look(void)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    char text[1024];
    found_count = zombie_count = 0;
    while (processes != NULL && (entry = readdir(processes)) != NULL && found_count < SEEN) {
        struct process *p = &found[found_count];
        p->pid = (pid_t)atoi(entry->d_name);
        if (p->pid <= 0 || p->pid == getpid() || !read_text(p->pid, "stat", text, sizeof text))
            continue;
        char *name = strchr(text, '('),
             *rest = strrchr(text, ')'); /* there may be any bytes between */
        unsigned long user_ticks, system_ticks;
        int threads;
        if (name == NULL || rest == NULL
            || sscanf(
                   rest + 1,
                   " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %d %*d %*u %*u %lu",
                   &p->state, &p->parent, &user_ticks, &system_ticks, &threads, &p->pages)
                   != 6)
            continue;
        if (p->state == 'Z' && threads > 1) { /* its other threads are still there */
            p->state = 'R';
            p->pages = pages_of_threads(p->pid);
        }
        p->ticks = user_ticks + system_ticks;
        *rest = '\0';
        snprintf(p->command, sizeof p->command, "%s", clean(name + 1));
        p->status = atoi(strrchr(rest + 1, ' ')); /* the last one of all the numbers */
        if (p->state == 'Z' && p->parent != getpid()
            && zombie_count < (int)(sizeof zombies / sizeof *zombies))
            zombies[zombie_count++] = *p;
        found_count += p->state != 'Z' && p->state != 'X';
    }
    if (processes != NULL)
        closedir(processes);
    int ours = 0;
    bool keep[SEEN];
    for (int i = 0; i < found_count; i++)
        keep[i] = is_ours(found[i].pid);
    for (int i = 0; i < found_count; i++)
        if (keep[i])
            found[ours++] = found[i];
    found_count = ours;
}

/* A number that changes if anything happens in the cage; 0: a process is running. */
static unsigned long activity(void)
{
    unsigned long sum = 1;
    char text[4096];
    for (int i = 0; i < found_count; i++) {
        unsigned long switches = 0;
        const char *line;
        if (strchr("ST", found[i].state) == NULL)
            return 0;
        if (read_text(found[i].pid, "status", text, sizeof text)
            && (line = strstr(text, "\nvoluntary_ctxt_switches:")) != NULL)
            switches = strtoul(line + 25, NULL, 10);
        sum = sum * 31 + (unsigned long)found[i].pid + 7 * found[i].ticks + 1000003 * switches;
    }
    return sum | 1;
}

/* Reaps whoever has ended. */
static void reap(void)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < program_count; i++)
            if (programs[i].pid == pid)
                programs[i].status = status;
}

/* Waits until DONE, and returns NULL, or until something is wrong, and returns the word for it. */
static const char *await(bool (*done)(const struct program *who, const char *what),
                         const struct program *who, const char *what)
{
    double began = now(), changed = began, looked = 0, pause = 0.001;
    double limit = LONG * scale * (roomy ? 3 : 1);
    unsigned long last = 0, ticks = ULONG_MAX, used = 0;
    for (;;) {
        reap();
        if (done(who, what))
            return NULL;
        if (now() > looked + 0.02) {
            unsigned long total = pages_of_objects(), seen, ticks_before = ticks;
            look();
            ticks = 0;
            for (int i = 0; i < found_count; i++) {
                total += found[i].pages;
                ticks += found[i].ticks;
            }
            if (ticks > ticks_before)
                used += ticks - ticks_before;
            if (found_count > PROCESSES)
                return "many";
            if (total / (unsigned long)(MEGABYTE / sysconf(_SC_PAGESIZE)) > ALL_MEMORY)
                return "memory";
            seen = activity();
            looked = now();
            if (seen == 0 || seen != last)
                changed = looked;
            last = seen;
            if (looked > changed + QUIET * scale)
                return "hangs";
            /* on a busy machine, they may have had hardly any of the processors' time */
            bool had_time = (double)used > limit / 2 * (double)sysconf(_SC_CLK_TCK);
            if (looked > began + limit * (had_time ? 1 : 3))
                return "long";
        }
        struct timespec time = { 0, (long)(pause * 1e9) };
        sigtimedwait(&child_signal, NULL, &time);
        pause = pause < 0.01 ? pause * 1.5 : pause;
    }
}

static bool has_ended(const struct program *who, const char *unused)
{
    (void)unused;
    return who->status != RUNNING;
}

static bool has_shown(const struct program *who, const char *line)
{
    char path[64], *text = NULL;
    size_t size = 0;
    bool shown = false;
    ssize_t length;
    snprintf(path, sizeof path, "%s.out", who->name);
    int fd = openat(outputs, path, O_RDONLY | O_CLOEXEC);
    FILE *output = fd < 0 ? NULL : fdopen(fd, "r");
    while (output != NULL && !shown && (length = getline(&text, &size, output)) > 0)
        shown = text[length - 1] == '\n' && (text[length - 1] = '\0', strcmp(text, line) == 0);
    free(text);
    if (output != NULL)
        fclose(output);
    return shown || who->status != RUNNING;
}

/* ---- what a process waits for ---- */

struct call {
    long number;
    const char *name, *waits_for;
};

static const struct call calls[] = {
    { SYS_read, "read", "" },
    { SYS_write, "write", "" },
    { SYS_futex, "futex", "" },
    { SYS_wait4, "wait4", "a child to end" },
    { SYS_waitid, "waitid", "a child to end" },
    { SYS_fcntl, "fcntl", "a lock" },
    { SYS_flock, "flock", "a lock" },
    { SYS_openat, "openat", "the other end of a FIFO to be opened" },
    { SYS_rt_sigsuspend, "rt_sigsuspend", "a signal" },
    { SYS_rt_sigtimedwait, "rt_sigtimedwait", "a signal" },
    { SYS_readv, "readv", "" },
    { SYS_writev, "writev", "" },
    { SYS_ppoll, "ppoll", "an event on its descriptors" },
    { SYS_pselect6, "pselect6", "an event on its descriptors" },
    { SYS_epoll_pwait, "epoll_pwait", "an event on its descriptors" },
    { SYS_clock_nanosleep, "clock_nanosleep", "time to pass" },
#ifdef SYS_pause
    { SYS_pause, "pause", "a signal" },
    { SYS_poll, "poll", "an event on its descriptors" },
    { SYS_select, "select", "an event on its descriptors" },
    { SYS_epoll_wait, "epoll_wait", "an event on its descriptors" },
    { SYS_open, "open", "the other end of a FIFO to be opened" },
    { SYS_nanosleep, "nanosleep", "time to pass" },
#endif
#ifdef SYS_fcntl64
    { SYS_fcntl64, "fcntl", "a lock" },
#endif
#ifdef SYS_accept
    { SYS_accept, "accept", "" },
    { SYS_accept4, "accept4", "" },
    { SYS_connect, "connect", "" },
    { SYS_recvfrom, "recv", "" },
    { SYS_recvmsg, "recvmsg", "" },
    { SYS_sendto, "send", "" },
    { SYS_sendmsg, "sendmsg", "" },
#endif
#ifdef SYS_msgrcv
    { SYS_msgrcv, "msgrcv", "a message in the queue" },
    { SYS_msgsnd, "msgsnd", "room in the queue" },
#endif
#ifdef SYS_semop
    { SYS_semop, "semop", "a semaphore" },
#endif
#ifdef SYS_semtimedop
    { SYS_semtimedop, "semop", "a semaphore" },
#endif
#ifdef SYS_mq_timedreceive
    { SYS_mq_timedreceive, "mq_receive", "a message in the queue" },
    { SYS_mq_timedsend, "mq_send", "room in the queue" },
#endif
};

/* The call that TEXT, the content of /proc/PID/syscall, names; NULL: none that we know. */
static const struct call *parse_call(const char *text, unsigned long arguments[3])
{
    long number;
    if (sscanf(text, "%ld %lx %lx %lx", &number, &arguments[0], &arguments[1], &arguments[2]) != 4)
        return NULL;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].number == number)
            return &calls[i];
    return NULL;
}

/* In which system call PID sleeps, with its arguments; NULL: in none that we know, or it may not be looked at. */
static const struct call *find_call(pid_t pid, unsigned long arguments[3])
{
    char text[256];
    return read_text(pid, "syscall", text, sizeof text) ? parse_call(text, arguments) : NULL;
}

/* Whether WHO sleeps in system call NAME (accept includes accept4), or, if it is empty, in any except a timed sleep. */
static bool does_sleep(const struct program *who, const char *name)
{
    char text[256], *state;
    unsigned long arguments[3];
    if (who->status != RUNNING)
        return true;
    if (!read_text(who->pid, "stat", text, sizeof text) || (state = strrchr(text, ')')) == NULL
        || state[2] != 'S')
        return false;
    if (!read_text(who->pid, "syscall", text, sizeof text))
        return true;
    const struct call *call = parse_call(text, arguments);
    if (call == NULL) /* "running": it has just been woken */
        return name[0] == '\0' && strncmp(text, "running", 7) != 0;
    return name[0] == '\0' ? strstr(call->name, "sleep") == NULL : strstr(call->name, name) != NULL;
}

/* Prints "process 5 (descriptor 4)" for each descriptor that refers to the pipe TARGET and is open in this direction. */
static void print_holders(const char *target, int direction)
{
    char path[300], link[256], text[512];
    const char *before = "";
    for (int i = 0; i < found_count; i++) {
        snprintf(path, sizeof path, "/proc/%d/fd", (int)found[i].pid);
        DIR *descriptors = opendir(path);
        struct dirent *entry;
        while (descriptors != NULL && (entry = readdir(descriptors)) != NULL) {
            snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)found[i].pid, entry->d_name);
            ssize_t length = readlink(path, link, sizeof link - 1);
            link[length < 0 ? 0 : length] = '\0';
            snprintf(path, sizeof path, "fdinfo/%s", entry->d_name);
            if (strcmp(link, target) != 0 || !read_text(found[i].pid, path, text, sizeof text))
                continue;
            char *flags = strstr(text, "flags:");
            int how = flags == NULL ? -1 : (int)(strtol(flags + 6, NULL, 8) & O_ACCMODE);
            if (how == direction || how == O_RDWR) {
                printf("%sprocess %d (descriptor %s)", before, (int)found[i].pid, entry->d_name);
                before = ", ";
            }
        }
        if (descriptors != NULL)
            closedir(descriptors);
    }
    if (before[0] == '\0')
        printf("nobody");
}

/* Prints who has the other end of the TCP connection whose end is LINK, "socket:[INODE]"; false: it is not one, or it
 * has no other end. */
static bool print_peer(const char *link)
{
    char line[512], ends[2][32] = { "", "" }, local[32], remote[32], peer[64] = "";
    unsigned long wanted = strtoul(link + 8, NULL, 10), inode;
    for (int pass = 0; pass < 2; pass++) {
        FILE *connections = fopen("/proc/net/tcp", "re");
        while (connections != NULL && fgets(line, sizeof line, connections) != NULL) {
            if (sscanf(line, "%*s %31s %31s %*s %*s %*s %*s %*s %*s %lu", local, remote, &inode)
                != 3)
                continue;
            if (pass == 0 && inode == wanted) {
                strcpy(ends[0], local);
                strcpy(ends[1], remote);
            } else if (pass == 1 && strcmp(local, ends[1]) == 0 && strcmp(remote, ends[0]) == 0
                       && inode != 0) {
                snprintf(peer, sizeof peer, "socket:[%lu]", inode);
            }
        }
        if (connections != NULL)
            fclose(connections);
    }
    if (peer[0] == '\0')
        return false;
    printf(", a connection; its other end is open in ");
    print_holders(peer, O_RDWR);
    return true;
}

/* Prints what a call on descriptor FD of process PID waits for. */
static void print_descriptor(pid_t pid, int fd, const char *call)
{
    char path[64], link[256];
    bool reads = strncmp(call, "read", 4) == 0;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
    ssize_t length = readlink(path, link, sizeof link - 1);
    link[length < 0 ? 0 : length] = '\0';
    if (strncmp(link, "pipe:", 5) == 0) {
        printf(", %s pipe; its %s is open in ", reads ? "an empty" : "a full",
               reads ? "write end" : "read end");
        print_holders(link, reads ? O_WRONLY : O_RDONLY);
    } else if (strncmp(call, "accept", 6) == 0) {
        printf(", for a client to connect");
    } else if (strncmp(link, "socket:", 7) == 0) {
        if (print_peer(link))
            return;
        printf(", a socket: %s", strncmp(call, "send", 4) == 0 || strncmp(call, "write", 5) == 0
                                     ? "the other end does not read"
                                     : "the other end sends nothing, but is still open somewhere");
    } else if (link[0] != '\0') {
        printf(", %s", clean(link));
    }
}

/* Prints which mapping of PID contains the word that it sleeps on in futex(2). With FUTEX_PRIVATE_FLAG, only the
 * threads of one process can wake each other. */
static void print_mapping(pid_t pid, unsigned long address, bool is_private)
{
    char path[64], line[512], access[8], name[256];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    unsigned long first, last;
    printf(", for a semaphore, mutex, condition variable, or thread");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
        name[0] = '\0';
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &first, &last, access, name) < 3
            || address < first || address >= last)
            continue;
        if (name[0] == '/')
            printf(" in %s",
                   strstr(name, "/dev/zero") != NULL ? "unnamed shared memory" : clean(name));
        if (is_private && access[3] == 's')
            printf("; but it was initialized for one process, and no other can wake it");
    }
    if (maps != NULL)
        fclose(maps);
}

/* Prints who has the lock that PID waits for: in /proc/locks, its line has an arrow and follows the holder's. */
static void print_holder_of_lock(pid_t pid)
{
    char line[256], kind[16];
    int number, of, who, holder = 0, holder_of = 0;
    FILE *locks = fopen("/proc/locks", "re");
    while (locks != NULL && fgets(line, sizeof line, locks) != NULL) {
        if (sscanf(line, "%d: -> %15s %*s %*s %d", &of, kind, &who) == 3) {
            if (who == pid && of == holder_of) {
                printf(holder == pid ? ", which it holds itself, on another open file description"
                       : holder > 0  ? ", which process %d holds"
                                     : ", which an open file description holds",
                       holder);
                break;
            }
        } else if (sscanf(line, "%d: %15s %*s %*s %d", &number, kind, &who) == 3) {
            holder = who;
            holder_of = number;
        }
    }
    if (locks != NULL)
        fclose(locks);
}

static void print_process(const struct process *p)
{
    unsigned long arguments[3];
    const struct call *call = find_call(p->pid, arguments);
    const char *name = NULL;
    char where[64];
    for (int i = 0; i < program_count; i++)
        if (programs[i].pid == p->pid)
            name = programs[i].name;
    printf("process %d (%s", (int)p->pid, name != NULL ? name : p->command);
    if (name == NULL)
        printf(", child of %d", (int)p->parent);
    printf(") ");
    if (p->state == 'R' || p->state == 'D')
        printf("is running");
    else if (p->state == 'T')
        printf("is stopped");
    else if (call == NULL)
        printf("sleeps%s%s",
               read_text(p->pid, "wchan", where, sizeof where) && where[0] != '0'
                   ? " in the kernel's "
                   : "",
               where[0] != '0' ? where : "");
    else if (call->number == SYS_futex)
        printf("sleeps in futex(2)"),
            print_mapping(p->pid, arguments[0], (arguments[1] & 128) != 0);
    else if (strcmp(call->waits_for, "a lock") == 0)
        printf("sleeps in %s(%d), for a lock", call->name, (int)arguments[0]),
            print_holder_of_lock(p->pid);
    else if (call->waits_for[0] != '\0')
        printf("sleeps in %s(2), for %s", call->name, call->waits_for);
    else
        printf("sleeps in %s(%d)", call->name, (int)arguments[0]),
            print_descriptor(p->pid, (int)arguments[0], call->name);
    printf("\n");
}

/* Prints how a process has ended; nothing, if with status 0. */
static void print_end(const char *name, int status)
{
    if (WIFSIGNALED(status))
        printf("%s was killed by signal %d (%s)\n", name, WTERMSIG(status),
               strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        printf("%s ended with status %d\n", name, WEXITSTATUS(status));
}

/* Prints how those have ended for whose end nobody has asked. */
static void print_ended(void)
{
    char name[128];
    for (int i = 0; i < program_count; i++)
        if (programs[i].status != RUNNING && !programs[i].finished)
            print_end(programs[i].name, programs[i].status);
    for (int i = 0; i < zombie_count; i++)
        if (is_ours(zombies[i].parent)) {
            snprintf(name, sizeof name, "process %d (%s, child of %d)", (int)zombies[i].pid,
                     zombies[i].command, (int)zombies[i].parent);
            print_end(name, zombies[i].status);
        }
}

/* ---- what the judge asks for ---- */

static struct program *find_program(const char *name)
{
    for (int i = program_count - 1; i >= 0; i--)
        if (strcmp(programs[i].name, name) == 0)
            return &programs[i];
    errx(EXIT_FAILURE, "nothing was started as %s", name);
}

/* Makes FD of this process the file NAME.KIND in DIRECTORY. */
static void redirect(int fd, const char *name, const char *kind, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "%s%s", name, kind);
    int file = openat(fd == STDIN_FILENO ? directory : outputs, path, flags | O_CLOEXEC, 0644);
    if (file < 0)
        file = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(126);
}

/* Leaves only these variables: the environment may contain what is not a student's business. */
static void clear_environment(void)
{
    static const char *const kept[] = { "PATH",           "LC_ALL",       "CPATH",
                                        "C_INCLUDE_PATH", "LIBRARY_PATH", "LD_LIBRARY_PATH",
                                        "ASAN_OPTIONS",   "UBSAN_OPTIONS" };
    enum { COUNT = sizeof kept / sizeof *kept };
    char *values[COUNT];
    for (int i = 0; i < COUNT; i++)
        if ((values[i] = getenv(kept[i])) != NULL && (values[i] = strdup(values[i])) == NULL)
            _exit(126);
    clearenv();
    for (int i = 0; i < COUNT; i++)
        if (values[i] != NULL)
            setenv(kept[i], values[i], 1);
    setenv("HOME", "/work", 1);
}

static void start(char *words[])
{
    if (program_count == PROGRAMS)
        errx(EXIT_FAILURE, "more than %d programs", PROGRAMS);
    struct program *who = &programs[program_count++];
    snprintf(who->name, sizeof who->name, "%s", words[0]);
    who->status = RUNNING;
    who->pid = fork();
    if (who->pid < 0)
        err(EXIT_FAILURE, "fork");
    if (who->pid > 0)
        return;
    redirect(STDIN_FILENO, words[0], ".in", O_RDONLY);
    redirect(STDOUT_FILENO, words[0], ".out", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    redirect(STDERR_FILENO, words[0], ".err", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    clear_environment();
    confine();
    execvp(words[1], words + 1);
    warn("%s", words[1]);
    _exit(127);
}

/* Copies a file between DIRECTORY and the working directory. */
static void copy(int from_directory, const char *from, int to_directory, const char *to,
                 mode_t mode)
{
    char buffer[65536];
    ssize_t got;
    int in = openat(from_directory, from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int out = openat(to_directory, to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
    if (out < 0) { /* a program has made a directory of that name */
        if (in >= 0)
            close(in);
        return;
    }
    while (in >= 0 && (got = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, (size_t)got) != got)
            err(EXIT_FAILURE, "write %s", to);
    if (has_users && to_directory == work && strcmp(to, "partner") != 0
        && fchown(out, user, user) < 0)
        err(EXIT_FAILURE, "chown %s", to);
    if (in >= 0)
        close(in);
    close(out);
}

/* Lists the entries of a directory, each after its KIND. */
static void list(const char *kind, const char *path)
{
    DIR *entries = opendir(path);
    struct dirent *entry;
    while (entries != NULL && (entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            printf("%s%s%s\n", kind, kind[strlen(kind) - 1] == '/' ? "" : " ",
                   clean(entry->d_name));
    if (entries != NULL)
        closedir(entries);
}

/* Lists the System V objects of one kind; all are the programs', in a namespace of their own. */
static void list_objects(const char *kind, const char *path)
{
    char line[512];
    int key, id;
    FILE *objects = fopen(path, "re");
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL)
        if (sscanf(line, "%d %d", &key, &id) == 2)
            printf("%s %d (key 0x%08x)\n", kind, id, (unsigned)key);
    if (objects != NULL)
        fclose(objects);
}

static bool has_started(int pid)
{
    for (int i = 0; i < program_count; i++)
        if (programs[i].pid == pid)
            return true;
    return false;
}

/* Without a namespace, other people's objects are there, too. Lists and removes the queues and the
 * memory without a key (IPC_PRIVATE) that a program of ours was the last to use, or has created.
 * (Those with a key are found by tests/leftovers.) */
static void list_private_objects(void)
{
    char line[512];
    int key, id, pid, other;
    FILE *objects = fopen("/proc/sysvipc/msg", "re");
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL)
        if (sscanf(line, "%d %d %*s %*s %*s %d %d", &key, &id, &pid, &other) == 4 && key == 0
            && (has_started(pid) || has_started(other)) && msgctl(id, IPC_RMID, NULL) == 0)
            printf("System V message queue %d (IPC_PRIVATE)\n", id);
    if (objects != NULL)
        fclose(objects);
    objects = fopen("/proc/sysvipc/shm", "re");
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL)
        if (sscanf(line, "%d %d %*s %*s %d", &key, &id, &pid) == 3 && key == 0 && has_started(pid)
            && shmctl(id, IPC_RMID, NULL) == 0)
            printf("System V shared memory %d (IPC_PRIVATE)\n", id);
    if (objects != NULL)
        fclose(objects);
}

static bool all_have_ended(const struct program *unused, const char *unused_too)
{
    (void)unused, (void)unused_too;
    look();
    return found_count == 0;
}

/* Children may be just about to end, so they get a moment. */
static void print_left(void)
{
    if (await(all_have_ended, NULL, NULL) != NULL)
        for (int i = 0; i < found_count && i < 10; i++)
            print_process(&found[i]);
    list("file", separated ? "/work" : ".");
    if (!separated) {
        list_private_objects();
        return;
    }
    list("file /tmp/", "/tmp");
    list("shared memory or semaphore /dev/shm/", "/dev/shm");
    list("POSIX message queue /", "/dev/mqueue");
    list_objects("System V message queue", "/proc/sysvipc/msg");
    list_objects("System V shared memory", "/proc/sysvipc/shm");
    list_objects("System V semaphores", "/proc/sysvipc/sem");
}

/* Copies what the programs have printed to where the judge sees it. */
static void publish_outputs(void)
{
    char path[64];
    for (int i = 0; separated && i < program_count; i++)
        for (int which = 0; which < 2; which++) {
            snprintf(path, sizeof path, "%.31s.%s", programs[i].name, which == 0 ? "out" : "err");
            copy(outputs, path, directory, path, 0600);
        }
}

/* Answers RIGHT, or, if something is wrong, the word for it and what the processes wait for. */
static void answer(const char *wrong, const char *right)
{
    publish_outputs();
    printf("%s\n", wrong != NULL ? wrong : right);
    for (int i = 0; wrong != NULL && i < found_count && i < 10; i++)
        print_process(&found[i]);
    if (wrong != NULL)
        print_ended();
}

static void obey(char *words[], int count)
{
    const char *what = words[0], *text = count > 2 ? words[2] : "";
    if (strcmp(what, "start") == 0 && count > 2) {
        start(words + 1);
        printf("ok\nprocess %d\n", (int)programs[program_count - 1].pid);
    } else if (strcmp(what, "finish") == 0 && count == 2) {
        struct program *who = find_program(words[1]);
        const char *wrong = await(has_ended, who, NULL);
        who->finished = true;
        look(); /* at once: a child that it has not waited for may be about to end */
        char how[32];
        snprintf(how, sizeof how, WIFSIGNALED(who->status) ? "signal %d" : "exit %d",
                 WIFSIGNALED(who->status) ? WTERMSIG(who->status) : WEXITSTATUS(who->status));
        answer(wrong, how);
        for (int i = 0; wrong == NULL && i < found_count; i++)
            if (found[i].parent == getpid() && !has_started(found[i].pid))
                print_process(&found[i]);
    } else if (strcmp(what, "shows") == 0 && count == 3) {
        struct program *who = find_program(words[1]);
        const char *wrong = await(has_shown, who, text);
        answer(wrong, who->status == RUNNING ? "ok" : "ended");
    } else if (strcmp(what, "sleeps") == 0 && count > 1) {
        struct program *who = find_program(words[1]);
        const char *wrong = await(does_sleep, who, text);
        answer(wrong, who->status == RUNNING ? "ok" : "ended");
    } else if (strcmp(what, "signal") == 0 && count == 3) {
        kill(find_program(words[1])->pid, atoi(text));
        puts("ok");
    } else if (strcmp(what, "put") == 0 && count == 2) {
        copy(directory, "file", work, words[1], 0644);
        puts("ok");
    } else if (strcmp(what, "get") == 0 && count == 2) {
        copy(work, words[1], directory, "file", 0644);
        puts("ok");
    } else if (strcmp(what, "left") == 0) {
        print_left();
    } else {
        errx(EXIT_FAILURE, "what is \"%s\"?", what);
    }
    puts(".");
    fflush(stdout);
}

/* Kills whatever still runs, and what becomes our child because of that. */
static void kill_all(void)
{
    for (double latest = now() + GRACE; now() < latest; reap()) {
        look();
        if (found_count == 0)
            return;
        for (int i = 0; i < found_count; i++)
            kill(found[i].pid, SIGKILL);
    }
}

/* Nobody may replace the partner, which is ours, or leave anything in the root directory. */
static bool protect_partner(void)
{
    if (access("partner", F_OK) == 0
        && (mount("partner", "partner", NULL, MS_BIND, NULL) < 0 || !make_read_only("partner")))
        return false;
    return mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL)
           == 0;
}

static void serve(void)
{
    static char line[LINE_SIZE];
    const char *const copied[][2] = { { "program", program_name }, { "partner", "partner" } };
    work = open(separated ? "/work" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (work < 0)
        err(EXIT_FAILURE, "open the working directory");
    for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
        char above[64];
        snprintf(above, sizeof above, "../%s", copied[i][0]);
        if (faccessat(directory, copied[i][0], F_OK, 0) == 0)
            copy(directory, copied[i][0], work, copied[i][1], 0755);
        else if (faccessat(directory, above, F_OK, 0) == 0)
            copy(directory, above, work, copied[i][1], 0755);
    }
    if (separated && !protect_partner())
        err(EXIT_FAILURE, "protect the partner");
    if (separated)
        prepare_network_and_memory();
    puts(separated ? "namespaces\n." : "limits\n.");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        char *words[WORDS + 1] = { line }, *next;
        int count = 1;
        line[strcspn(line, "\n")] = '\0';
        while (count < WORDS && (next = strchr(words[count - 1], SEPARATOR)) != NULL) {
            *next = '\0';
            words[count++] = next + 1;
        }
        if (count == WORDS)
            errx(EXIT_FAILURE, "a command of more than %d words", WORDS - 1);
        obey(words, count);
    }
    kill_all();
}

/* In a child of main's: becomes the parent of process 1 of the cage; returns its status. */
static int run_cage(char *hidden[], bool only_asked)
{
    int status;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (separated && !separate())
        _exit(REFUSED);
    pid_t child = fork();
    if (child < 0)
        err(EXIT_FAILURE, "fork");
    if (child > 0) {
        while (waitpid(child, &status, 0) < 0)
            if (errno != EINTR)
                err(EXIT_FAILURE, "waitpid");
        return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    outputs = directory;
    if (separated && !make_root(hidden))
        _exit(REFUSED);
    if (!separated && ((mkdir("work", 0755) < 0 && errno != EEXIST) || chdir("work") < 0))
        err(EXIT_FAILURE, "make a working directory");
    if (only_asked)
        puts(separated ? "namespaces" : "limits");
    else
        serve();
    fflush(stdout);
    _exit(EXIT_SUCCESS);
}

int main(int argc, char *argv[])
{
    char *hidden[HIDDEN + 1] = { NULL };
    int letter, count = 0, status = REFUSED;
    bool only_asked = false, only_separated = false;
    while ((letter = getopt(argc, argv, "bcln:sx:")) != -1) {
        if (letter == 'c')
            only_asked = true;
        else if (letter == 'l')
            separated = false;
        else if (letter == 'b')
            roomy = true;
        else if (letter == 's')
            only_separated = true;
        else if (letter == 'n')
            program_name = optarg;
        else if (letter == 'x' && count < HIDDEN)
            hidden[count++] = optarg;
        else
            return 2;
    }
    if (getenv("SCALE") != NULL)
        scale = strtod(getenv("SCALE"), NULL);
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_signal, NULL);
    if (optind != argc - 1 || chdir(argv[optind]) < 0)
        err(EXIT_FAILURE, "chdir");
    directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        err(EXIT_FAILURE, "open the directory");
    while (status == REFUSED) {
        pid_t child = fork();
        if (child < 0)
            err(EXIT_FAILURE, "fork");
        if (child == 0)
            _exit(run_cage(hidden, only_asked));
        while (waitpid(child, &status, 0) < 0)
            if (errno != EINTR)
                err(EXIT_FAILURE, "waitpid");
        status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
        if (status == REFUSED && (!separated || only_separated))
            break;
        separated = false; /* with limits alone, then */
    }
    return status;
}
