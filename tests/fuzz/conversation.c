/* conversation: arbitrary bytes may come from the network. For libFuzzer:
 *
 *     clang -g -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/conversation.c
 *
 * The bytes go to the conversation of the servers for many clients (exchange() in
 * include/lines.h), in pieces whose size the first byte determines. It must send back the bytes up
 * to the first title that is too long, and no others, and the output must not contain a byte that
 * controls a terminal.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdint.h>

#include "lines.h"

enum { MOST = 4096 }; /* bytes of one input */

/* How many of the SIZE bytes at DATA come back: all, but not a title of more than TITLE_SIZE bytes,
 * and nothing behind it. */
static size_t expected_echo(const uint8_t *data, size_t size)
{
    size_t start = 0;
    while (start < size) {
        const uint8_t *newline = memchr(data + start, '\n', size - start);
        size_t end = newline != NULL ? (size_t)(newline - data) + 1 : size;
        if (end - start + (newline == NULL) > LINE_SIZE)
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
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        err(EXIT_FAILURE, "socketpair");
    struct client client = new_client(pair[1], 5);
    while (goes_on) {
        size_t count = size - at < piece ? size - at : piece;
        send(pair[0], data + at, count, MSG_NOSIGNAL); /* the buffer takes it whole */
        if (count == 0)
            shutdown(pair[0], SHUT_WR);
        at += count;
        goes_on = exchange(&client);
        ssize_t got = recv(pair[0], echoed + length, sizeof echoed - length, MSG_DONTWAIT);
        length += got > 0 ? (size_t)got : 0;
    }
    close(pair[0]);
    close(pair[1]);
    assert(length == expected_echo(data, size));
    assert(memcmp(echoed, data, length) == 0);
}

/* Nothing that a terminal obeys is printed. */
static void try_escape(const uint8_t *data, size_t size)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    assert(memory != NULL);
    print_escaped(memory, data, size);
    fclose(memory);
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i], next = (unsigned char)text[i + 1];
        assert(byte >= 0x20 && byte != 0x7f);                /* no control character, */
        assert(byte != 0xc2 || next >= 0xa0);                /* nor of Latin 1 */
        assert(byte < 0xf5 && byte != 0xc0 && byte != 0xc1); /* and nothing that is no UTF-8 */
    }
    free(text);
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
