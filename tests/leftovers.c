/* leftovers: lists the objects that programs in the given directories have left behind.
 *
 *     leftovers [-r] DIRECTORY...
 *
 * These are POSIX objects whose names contain a directory's device and inode; System V objects of
 * ours whose key may be that directory's (with any project ID); and FIFOs and sockets in it. The
 * status is 1 if there are any. With -r, they are removed, except shared memory and semaphores
 * while a process has a role in the directory (role.h); the status is 1 if that failed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

static bool removing;
static int failures;

static void report(const char *what, const char *name, int (*remove_it)(const char *name))
{
    bool removed = removing && remove_it(name) == 0;
    printf("%s%s %s\n", removed ? "removed " : "", what, name);
    failures += !removed;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), rest = strlen(end);
    return length >= rest && strcmp(text + length - rest, end) == 0;
}

/* Reports our FIFOs and sockets in DIRECTORY; or, given a SUFFIX, our shared memory objects. */
static void report_files(const char *directory, const char *suffix)
{
    struct dirent *entry;
    struct stat found;
    char path[PATH_MAX];
    DIR *entries = opendir(directory);
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (lstat(path, &found) < 0 || found.st_uid != geteuid())
            continue;
        if (suffix != NULL && ends_with(path, suffix))
            report("shared memory object", path, unlink);
        if (suffix == NULL && (S_ISFIFO(found.st_mode) || S_ISSOCK(found.st_mode)))
            report(S_ISFIFO(found.st_mode) ? "FIFO" : "socket", path, unlink);
    }
    if (entries != NULL)
        closedir(entries);
}

/* Whether a process has a role in the directory: the abstract name of a socket ends in SUFFIX. */
static bool has_role(const char *suffix)
{
    char line[512];
    bool found = false;
    FILE *sockets = fopen("/proc/net/unix", "re");
    while (sockets != NULL && !found && fgets(line, sizeof line, sockets) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        found = strstr(line, "@/") != NULL && ends_with(line, suffix);
    }
    if (found)
        printf("in use, and left alone: what belongs to %s\n", strstr(line, "@/"));
    if (sockets != NULL)
        fclose(sockets);
    return found;
}

static int remove_queue(const char *name)
{
    return msgctl(atoi(name), IPC_RMID, NULL);
}

static int remove_segment(const char *name)
{
    return shmctl(atoi(name), IPC_RMID, NULL);
}

static int remove_set(const char *name)
{
    return semctl(atoi(name), 0, IPC_RMID);
}

/* System V objects, from a list in /proc/sysvipc: key, ID, how many of a thing, creator. */
struct kind {
    const char *list, *format, *what, *thing;
    int (*remove_it)(const char *name);
};
static const struct kind QUEUES = { "/proc/sysvipc/msg", "%d %d %*s %*s %lu %*s %*s %*s %*s %u",
                                    "message queue", "messages", remove_queue };
static const struct kind SEGMENTS = { "/proc/sysvipc/shm", "%d %d %*s %*s %*s %*s %lu %*s %*s %u",
                                      "shared memory segment", "processes", remove_segment };
static const struct kind SETS = { "/proc/sysvipc/sem", "%d %d %*s %lu %*s %*s %u", "semaphore set",
                                  "semaphores", remove_set };

/* The low 24 bits of ftok's keys are the directory's, the high 8 the project's. */
static void report_kind(const struct kind *kind, const struct stat *directory)
{
    char line[512], name[64];
    unsigned here = ((unsigned)directory->st_dev & 0xff) << 16 | (directory->st_ino & 0xffff);
    int key, id;
    unsigned long count;
    uid_t creator;
    FILE *objects = fopen(kind->list, "re");
    while (objects != NULL && fgets(line, sizeof line, objects) != NULL) {
        if (sscanf(line, kind->format, &key, &id, &count, &creator) != 4
            || ((unsigned)key & 0xffffff) != here || creator != geteuid())
            continue;
        snprintf(name, sizeof name, "%d of key 0x%x with %lu %s", id, (unsigned)key, count,
                 kind->thing);
        report(kind->what, name, kind->remove_it);
    }
    if (objects != NULL)
        fclose(objects);
}

int main(int argc, char *argv[])
{
    removing = argc > 1 && strcmp(argv[1], "-r") == 0;
    for (int i = 1 + removing; i < argc; i++) {
        struct stat found;
        char queue[64], *suffix = queue + strlen("/mq");
        if (stat(argv[i], &found) < 0)
            err(EXIT_FAILURE, "%s", argv[i]);
        snprintf(queue, sizeof queue, "/mq-%llx-%llx", (unsigned long long)found.st_dev,
                 (unsigned long long)found.st_ino);
        if (!removing || !has_role(suffix)) {
            report_files("/dev/shm", suffix);
            report_kind(&SEGMENTS, &found);
            report_kind(&SETS, &found);
        }
        report_files(argv[i], NULL);
        report_kind(&QUEUES, &found);
        /* POSIX queues cannot be listed where /dev/mqueue is not mounted; ours have one name only */
        mqd_t open_queue = mq_open(queue, O_RDONLY | O_NONBLOCK);
        if (open_queue != (mqd_t)-1 && mq_close(open_queue) == 0)
            report("POSIX message queue", queue, mq_unlink);
    }
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
