/* taskClient: asks the task server for squares, through the queue that all its clients share.
 *
 *     1$ ./taskServer
 *     2$ ./taskClient
 *     1 squared is 1
 *     2 squared is 4
 *     3 squared is 9
 *
 * Calls: ftok -> msgget -> msgsnd -> msgrcv -> msgsnd -> msgrcv -> ...
 *
 * Look for: the client receives messages of one type only, its own process ID. Process IDs are used
 * again, so each request carries a ticket. The client drops an answer with another ticket, because
 * it was meant for an earlier process. If the server ends, the client asks the next one again.
 *
 * Build: cc -I../include -o taskClient taskClient.c
 * Read:  sysvipc(7), ftok(3), msgget(2), msgop(2)
 */
#define _GNU_SOURCE
#include "start.h"
#include "tasks.h"

static const char HELP[] =
    "usage: taskClient [-h] [-n COUNT] [-s SECONDS] [-t SECONDS] [FIRST]\n"
    "Asks ./taskServer for the squares of numbers, from FIRST (1) on.\n"
    "  1$ ./taskServer      2$ ./taskClient\n"
    "  -n COUNT    how many numbers (3)\n"
    "  -s SECONDS  how long to pause between two requests (0)\n"
    "  -t SECONDS  how long to wait for the server, and for each answer (12)\n";
static int queue;

/* Whether the server is in our NAMESPACE of that name, as far as we know. namespaces(7) */
static bool shares(const char *namespace, pid_t server)
{
    char name[40];
    struct stat its, ours;
    snprintf(name, sizeof name, "/proc/%d/ns/%s", server, namespace);
    bool is_known = stat(name, &its) == 0;
    snprintf(name, sizeof name, "/proc/self/ns/%s", namespace);
    return !is_known || stat(name, &ours) < 0 || its.st_ino == ours.st_ino;
}

/* Waits until there is a server, and opens its queue. */
static void open_queue(double seconds)
{
    key_t key = ftok(".", TASKS_ID);
    if (key == -1)
        err(EXIT_FAILURE, "ftok");
    set_deadline(seconds, "no taskServer came");
    for (;;) {
        pid_t server = find_role("taskServer"); /* robust: a queue may be a dead server's */
        if (server == 0 || !shares("pid", server) || !shares("ipc", server))
            errx(EXIT_FAILURE, "the taskServer runs in another container: start both in one");
        if (server > 0) {
            queue = msgget(key, 0600); /* no IPC_CREAT: the server has created it */
            if (queue >= 0)
                break;
            if (errno != ENOENT) /* ENOENT: the server is about to end */
                err(EXIT_FAILURE, "msgget of key 0x%x", (unsigned)key);
        }
        wait_to_retry("taskServer", NULL);
    }
    clear_deadline();
}

/* Puts REQUEST into the queue. Returns false if the queue has been removed. */
static bool send_request(const struct task *request, double seconds)
{
    int r;
    set_deadline(seconds, "there was no room in the queue");
    do /* sleeps while the queue is full; EINTR: after Ctrl+Z and fg */
        r = msgsnd(queue, request, TASK_SIZE, 0);
    while (r < 0 && errno == EINTR);
    clear_deadline();
    if (r < 0 && errno != EIDRM && errno != EINVAL)
        err(EXIT_FAILURE, "msgsnd");
    return r == 0;
}

/* Waits for the answer to REQUEST. Returns false if the queue has been removed. */
static bool receive_answer(const struct task *request, struct task *answer, double seconds)
{
    ssize_t size;
    set_deadline(seconds, "no answer came");
    do /* sleeps until there is a message of our type; it may be for an earlier process */
        size = msgrcv(queue, answer, TASK_SIZE, getpid(), 0);
    while ((size < 0 && errno == EINTR) || (size >= 0 && answer->ticket != request->ticket));
    clear_deadline();
    if (size < 0 && errno != EIDRM && errno != EINVAL)
        err(EXIT_FAILURE, "msgrcv");
    return size >= 0;
}

int main(int argc, char *argv[])
{
    prepare_process();
    struct options options = { .timeout = 12, .count = 3 };
    read_options(argc, argv, "+n:s:t:", HELP, &options);
    char **operands = argv + optind;
    double first = *operands != NULL ? number_or_exit("FIRST", *operands++, DIGITS, 0, 1e9) : 1;
    end_of_operands(operands);

    struct timespec now; /* an earlier process that had our ID has used other tickets */
    clock_gettime(CLOCK_REALTIME, &now);
    struct task answer, request = { .type = REQUEST, .client = getpid() };
    request.ticket = now.tv_sec * 1000000000LL + now.tv_nsec;
    request.number = (unsigned long long)first;
    open_queue(options.timeout);
    for (long i = 0; i < options.count; i++) {
        if (i > 0)
            pause_for(options.pause);
        while (!send_request(&request, options.timeout)
               || !receive_answer(&request, &answer, options.timeout))
            open_queue(options.timeout); /* the next server's: ask it the same question */
        printf("%llu squared is %llu\n", request.number, answer.number);
        check_output();
        request.number++;
        request.ticket++;
    }
    return EXIT_SUCCESS;
}
