/* pieces.h: the bench programs' messages in a stream of bytes (a pipe, a FIFO, a stream socket). */
#ifndef PIECES_H
#define PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "bench.h"
#include "bytes.h"

/* Sends the SIZE bytes at MESSAGE, with writes of PIECE bytes: at the first one the other end can
 * begin to read. Exits with a message if it cannot. write(2) */
static inline void send_pieces(int to, const char *message, size_t size, size_t piece)
{
    for (size_t sent = 0; sent < size; sent += piece)
        if (write_all(to, message + sent, size - sent < piece ? size - sent : piece) < 0)
            report_and_exit("write a message");
}

/* Receives SIZE bytes at MESSAGE, with reads of PIECE bytes at most, and adds them up. Returns
 * false at the end of the stream. Exits with a message if it cannot. read(2) */
static inline bool receive_pieces(int from, char *message, size_t size, size_t piece)
{
    size_t held = 0;
    while (held < size) {
        ssize_t got = read_some(from, message + held, size - held < piece ? size - held : piece);
        if (got < 0)
            report_and_exit("read a message");
        if (got == 0)
            return false;
        add_up(message + held, (size_t)got);
        held += (size_t)got;
    }
    return true;
}

#endif
