/* asleep: waits until a program in this directory sleeps in the kernel, and prints its process ID: asleep NAME
 *
 * If several processes have that name, it takes the oldest, by its start time (because process IDs are reused), that is
 * not a child of another one. It gives up after ten seconds. proc_pid_stat(5)
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 1000, INTERVAL = 10, LONGEST = 10000 }; /* milliseconds */

struct process {
    int pid, parent;
    char state;
    unsigned long long start;
};

static struct process found[MOST];
static int count;

/* Adds the process to FOUND if it has that name and works in directory HERE. */
static void look_at(const char *pid, const char *name, const char *here)
{
    char path[300], text[1024], directory[PATH_MAX];
    struct process p = { .pid = atoi(pid) };
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *stat = p.pid > 0 ? fopen(path, "re") : NULL;
    if (stat == NULL)
        return;
    size_t length = fread(text, 1, sizeof text - 1, stat);
    fclose(stat);
    text[length] = '\0';
    char *begin = strchr(text, '('), *end = strrchr(text, ')'); /* the name may contain anything */
    if (begin == NULL || end == NULL || (size_t)(end - begin - 1) != strlen(name)
        || strncmp(begin + 1, name, strlen(name)) != 0)
        return;
    if (sscanf(end + 1,
               " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
               &p.state, &p.parent, &p.start)
        != 3)
        return;
    snprintf(path, sizeof path, "/proc/%s/cwd", pid);
    ssize_t size = readlink(path, directory, sizeof directory - 1);
    if (size < 0)
        return;
    directory[size] = '\0';
    if (strcmp(directory, here) == 0 && count < MOST)
        found[count++] = p;
}

static bool is_child(const struct process *p)
{
    for (int i = 0; i < count; i++)
        if (found[i].pid == p->parent)
            return true;
    return false;
}

int main(int argc, char *argv[])
{
    char here[PATH_MAX];
    if (argc != 2 || getcwd(here, sizeof here) == NULL)
        errx(EXIT_FAILURE, "usage: asleep NAME");
    for (int waited = 0; waited < LONGEST; waited += INTERVAL) {
        DIR *processes = opendir("/proc");
        struct dirent *entry;
        const struct process *oldest = NULL;
        if (processes == NULL)
            err(EXIT_FAILURE, "open /proc");
        count = 0;
        while ((entry = readdir(processes)) != NULL)
            look_at(entry->d_name, argv[1], here);
        closedir(processes);
        for (int i = 0; i < count; i++)
            if (!is_child(&found[i]) && (oldest == NULL || found[i].start < oldest->start))
                oldest = &found[i];
        if (oldest != NULL && (oldest->state == 'S' || oldest->state == 'T')) {
            printf("%d\n", oldest->pid);
            return EXIT_SUCCESS;
        }
        poll(NULL, 0, INTERVAL);
    }
    errx(EXIT_FAILURE, "no %s sleeps in %s", argv[1], here);
}
