/* leftovers: lists the objects that programs which ran in the given directories have left behind.
 *
 *     leftovers [-r] DIRECTORY...
 *
 * POSIX objects whose names carry a directory's device and inode; System V queues whose key may be
 * that directory's (of any project id), if they are ours; FIFOs and sockets in it. Status 1 if there
 * are any. With -r they are removed, but no objects in /dev/shm while somebody has a role in the
 * directory (role.h): then an owner is running. Status 0 then, or 1 if one could not be removed.
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

/* The low 24 bits of ftok's keys are the directory's, the high 8 the project's. */
static void report_queues(const struct stat *directory)
{
    char line[512], name[64];
    unsigned key, here = ((unsigned)directory->st_dev & 0xff) << 16 | (directory->st_ino & 0xffff);
    struct msqid_ds state;
    int id;
    FILE *queues = fopen("/proc/sysvipc/msg", "re");
    while (queues != NULL && fgets(line, sizeof line, queues) != NULL) {
        if (sscanf(line, "%d %d", (int *)&key, &id) != 2 || (key & 0xffffff) != here
            || msgctl(id, IPC_STAT, &state) < 0 || state.msg_perm.cuid != geteuid())
            continue;
        snprintf(name, sizeof name, "%d of key 0x%x with %lu messages", id, key,
                 (unsigned long)state.msg_qnum);
        report("message queue", name, remove_queue);
    }
    if (queues != NULL)
        fclose(queues);
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
        if (!removing || !has_role(suffix))
            report_files("/dev/shm", suffix);
        report_files(argv[i], NULL);
        report_queues(&found);
        /* POSIX queues cannot be listed where /dev/mqueue is not mounted; ours have one name only */
        mqd_t open_queue = mq_open(queue, O_RDONLY | O_NONBLOCK);
        if (open_queue != (mqd_t)-1 && mq_close(open_queue) == 0)
            report("POSIX message queue", queue, mq_unlink);
    }
    return failures > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
