/* leftovers: lists the objects that programs which ran in the given directories have left behind.
 *
 *     leftovers [-r] DIRECTORY...
 *
 * POSIX objects in /dev/shm whose names carry a directory's device and inode; System V queues whose
 * key may be that directory's (of any project id), if they are ours; FIFOs and sockets in it.
 * Status 1 if there are any. With -r they are removed, unless somebody holds a lock on the
 * segment, or a role in the directory (role.h): then an owner is running. Status 0 then, or 1 if one
 * could not be removed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <unistd.h>

static bool removing;
static int failures;

static void tell(const char *what, const char *name, bool removed)
{
    printf("%s%s %s\n", removing && removed ? "removed " : "", what, name);
    failures += !removed || !removing;
}

static bool is_locked(const char *path)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return locked;
}

/* Calls REACT for each entry of DIRECTORY that is ours; stops when it returns true. */
static bool each_entry(const char *directory, const char *suffix,
                       bool (*react)(const char *path, const struct stat *found))
{
    DIR *entries = opendir(directory);
    struct dirent *entry;
    bool stopped = false;
    while (entries != NULL && !stopped && (entry = readdir(entries)) != NULL) {
        char path[PATH_MAX];
        struct stat found;
        size_t length = strlen(entry->d_name), end = strlen(suffix);
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (length >= end && strcmp(entry->d_name + length - end, suffix) == 0
            && lstat(path, &found) == 0 && found.st_uid == geteuid())
            stopped = react(path, &found);
    }
    if (entries != NULL)
        closedir(entries);
    return stopped;
}

static bool is_in_use(const char *path, const struct stat *found)
{
    bool in_use = S_ISREG(found->st_mode) && is_locked(path);
    if (in_use)
        printf("in use, and left alone: %s\n", path);
    return in_use;
}

/* Whether a process has a role in the directory: the abstract name of a socket ends in SUFFIX. */
static bool has_role(const char *suffix)
{
    char line[512];
    bool found = false;
    FILE *sockets = fopen("/proc/net/unix", "re");
    while (sockets != NULL && !found && fgets(line, sizeof line, sockets) != NULL) {
        const char *name = strstr(line, "@/");
        line[strcspn(line, "\n")] = '\0';
        size_t length = strlen(line), end = strlen(suffix);
        found = name != NULL && length >= end && strcmp(line + length - end, suffix) == 0;
        if (found)
            printf("in use, and left alone: what belongs to %s\n", name);
    }
    if (sockets != NULL)
        fclose(sockets);
    return found;
}

static bool object(const char *path, const struct stat *found)
{
    (void)found;
    tell("shared memory object", path, removing && unlink(path) == 0);
    return false;
}

static bool file(const char *path, const struct stat *found)
{
    if (S_ISFIFO(found->st_mode))
        tell("FIFO", path, removing && unlink(path) == 0);
    if (S_ISSOCK(found->st_mode))
        tell("socket", path, removing && unlink(path) == 0);
    return false;
}

/* The low 24 bits of ftok's keys are the directory's, the high 8 the project's. */
static void queues_of(const struct stat *directory)
{
    char line[512], name[64];
    unsigned here = ((unsigned)directory->st_dev & 0xff) << 16 | (directory->st_ino & 0xffff);
    FILE *queues = fopen("/proc/sysvipc/msg", "re");
    while (queues != NULL && fgets(line, sizeof line, queues) != NULL) {
        int key, id;
        struct msqid_ds state;
        if (sscanf(line, "%d %d", &key, &id) != 2 || ((unsigned)key & 0xffffff) != here
            || msgctl(id, IPC_STAT, &state) < 0 || state.msg_perm.cuid != geteuid())
            continue;
        snprintf(name, sizeof name, "%d of key 0x%x with %lu messages", id, (unsigned)key,
                 (unsigned long)state.msg_qnum);
        tell("message queue", name, removing && msgctl(id, IPC_RMID, NULL) == 0);
    }
    if (queues != NULL)
        fclose(queues);
}

/* POSIX queues cannot be listed where /dev/mqueue is not mounted. Ours have this name only. */
static void posix_queue_of(const char *suffix)
{
    char name[80];
    snprintf(name, sizeof name, "/mq%s", suffix);
    mqd_t queue = mq_open(name, O_RDONLY | O_NONBLOCK);
    if (queue == (mqd_t)-1)
        return;
    mq_close(queue);
    tell("POSIX message queue", name, removing && mq_unlink(name) == 0);
}

int main(int argc, char *argv[])
{
    removing = argc > 1 && strcmp(argv[1], "-r") == 0;
    for (int i = 1 + removing; i < argc; i++) {
        struct stat found;
        char suffix[64];
        if (stat(argv[i], &found) < 0) {
            fprintf(stderr, "leftovers: %s: %s\n", argv[i], strerror(errno));
            return EXIT_FAILURE;
        }
        snprintf(suffix, sizeof suffix, "-%llx-%llx", (unsigned long long)found.st_dev,
                 (unsigned long long)found.st_ino);
        if (!removing || (!has_role(suffix) && !each_entry("/dev/shm", suffix, is_in_use)))
            each_entry("/dev/shm", suffix, object);
        queues_of(&found);
        posix_queue_of(suffix);
        each_entry(argv[i], "", file);
    }
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
