/* conversation: any bytes may come from the network. For libFuzzer:
 *
 *     clang -g -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/conversation.c -lpthread
 *
 * The same bytes go to the conversation as server, localServer, poolServer and threadServer have it
 * (converse(), include/echo.h) and to that of eventServer (go_on(), include/talk.h), in pieces
 * whose sizes the first byte chooses. Each must send back the bytes up to the first title that is
 * too long, and no others; and what is printed must have no byte in it that a terminal obeys.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "echo.h"
#include "talk.h"

enum { MOST = 4096 }; /* bytes of one input */

static void check(bool right, const char *what)
{
    if (right)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* How many of the SIZE bytes at DATA come back: all, but not a title of more than TITLE_SIZE bytes,
 * and nothing behind it. */
static size_t expected_echo(const uint8_t *data, size_t size)
{
    size_t start = 0;
    while (start < size) {
        const uint8_t *newline = memchr(data + start, '\n', size - start);
        size_t end = newline != NULL ? (size_t)(newline - data) + 1 : size;
        bool too_long = newline != NULL ? end - start > LINE_SIZE : end - start >= LINE_SIZE;
        if (too_long)
            break;
        start = end;
    }
    return start;
}

struct echo {
    int fd;
    size_t length;
    uint8_t bytes[MOST];
};

static void *read_echo(void *argument)
{
    struct echo *echo = argument;
    ssize_t got;
    while ((got = recv(echo->fd, echo->bytes + echo->length, sizeof echo->bytes - echo->length, 0))
           > 0)
        echo->length += (size_t)got;
    return NULL;
}

struct sending {
    int fd;
    const uint8_t *data;
    size_t size, piece;
};

static void *send_pieces(void *argument)
{
    const struct sending *sending = argument;
    for (size_t at = 0; at < sending->size; at += sending->piece) {
        size_t left = sending->size - at;
        if (send(sending->fd, sending->data + at, left < sending->piece ? left : sending->piece,
                 MSG_NOSIGNAL)
            < 0)
            break;
    }
    shutdown(sending->fd, SHUT_WR);
    return NULL;
}

static void make_pair(int pair[2])
{
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
}

static void try_converse(const uint8_t *data, size_t size, size_t piece)
{
    static struct echo echo;
    int pair[2];
    pthread_t reader, sender;
    make_pair(pair);
    struct sending sending = { .fd = pair[0], .data = data, .size = size, .piece = piece };
    echo.fd = pair[0];
    echo.length = 0;
    check(pthread_create(&reader, NULL, read_echo, &echo) == 0, "pthread_create");
    check(pthread_create(&sender, NULL, send_pieces, &sending) == 0, "pthread_create");
    converse(pair[1], 5);
    close(pair[1]);
    pthread_join(reader, NULL);
    pthread_join(sender, NULL);
    close(pair[0]);
    check(echo.length == expected_echo(data, size), "converse: so many bytes should not come back");
    check(memcmp(echo.bytes, data, echo.length) == 0, "converse: other bytes come back");
}

static void try_talk(const uint8_t *data, size_t size, size_t piece)
{
    static uint8_t echoed[MOST];
    size_t at = 0, length = 0;
    int pair[2];
    short wants = POLLIN;
    make_pair(pair);
    struct talk *talk = begin_talk(pair[1], 5);
    check(talk != NULL, "begin_talk");
    while (wants != 0) {
        if (at < size) {
            size_t next = size - at < piece ? size - at : piece;
            check(send(pair[0], data + at, next, MSG_NOSIGNAL) == (ssize_t)next, "send");
            at += next;
        }
        if (at == size)
            shutdown(pair[0], SHUT_WR);
        wants = go_on(talk, 5);
        ssize_t got;
        while ((got = recv(pair[0], echoed + length, sizeof echoed - length, MSG_DONTWAIT)) > 0)
            length += (size_t)got;
    }
    end_talk(talk);
    close(pair[0]);
    check(length == expected_echo(data, size), "go_on: so many bytes should not come back");
    check(memcmp(echoed, data, length) == 0, "go_on: other bytes come back");
}

/* Nothing that a terminal obeys: no control character, neither of ASCII nor of those behind it. */
static void try_escape(const uint8_t *data, size_t size)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    check(memory != NULL, "open_memstream");
    print_escaped(memory, data, size);
    fclose(memory);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i], next = (unsigned char)text[i + 1];
        check(byte >= 0x20 && byte != 0x7f, "a control character is printed");
        check(byte != 0xc2 || next >= 0xa0, "a control character of Latin 1 is printed");
        check(byte < 0xf5 && byte != 0xc0 && byte != 0xc1, "what is no UTF-8 is printed");
    }
    free(text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    check(freopen("/dev/null", "w", stdout) != NULL, "freopen"); /* what the servers print */
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > MOST)
        return 0;
    size_t piece = data[0] == 0 ? 1 : data[0];
    try_escape(data + 1, size - 1);
    try_converse(data + 1, size - 1, piece);
    try_talk(data + 1, size - 1, piece);
    return 0;
}
