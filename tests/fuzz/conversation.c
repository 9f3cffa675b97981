/* conversation: any bytes may come from the network. For libFuzzer:
 *
 *     clang -g -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/conversation.c
 *
 * The bytes go to the conversation as the servers for many clients have it (exchange(),
 * include/lines.h), in pieces whose size the first byte chooses. It must send back the bytes up
 * to the first title that is too long, and no others; and what is printed must have no byte in it
 * that a terminal obeys.
 */
#define _GNU_SOURCE
#include <stdint.h>

#include "lines.h"

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

/* Sends the next piece, and lets the server do a step, until it has had enough. */
static void try_exchange(const uint8_t *data, size_t size, size_t piece)
{
    static uint8_t echoed[MOST];
    size_t at = 0, length = 0;
    bool goes_on = true;
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
    struct client client = new_client(pair[1], 5);
    while (goes_on) {
        size_t count = size - at < piece ? size - at : piece;
        if (count > 0)
            check(send(pair[0], data + at, count, 0) == (ssize_t)count, "send");
        else
            shutdown(pair[0], SHUT_WR);
        at += count;
        goes_on = exchange(&client);
        ssize_t got = recv(pair[0], echoed + length, sizeof echoed - length, MSG_DONTWAIT);
        length += got > 0 ? (size_t)got : 0;
    }
    close(pair[0]);
    close(pair[1]);
    check(length == expected_echo(data, size), "so many bytes should not come back");
    check(memcmp(echoed, data, length) == 0, "other bytes come back");
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
    try_exchange(data + 1, size - 1, piece);
    return 0;
}
