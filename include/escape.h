/* escape.h: show a stranger's bytes without letting them command the terminal. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* How many bytes of the COUNT at TEXT are one printable character of UTF-8; 0: the first byte has to
 * be escaped. Not printable are the control characters, those of 0x80 to 0x9f included, and what
 * is no UTF-8: a longer form than needed, a surrogate, a number over 0x10ffff. utf-8(7) */
static inline size_t printable_length(const unsigned char *text, size_t count)
{
    static const unsigned least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
    unsigned char first = text[0];
    if (first >= 0x20 && first < 0x7f)
        return 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
    if (length == 0 || first >= 0xf8 || length > count)
        return 0;
    unsigned character = first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    if (character < least[length] || character > 0x10ffff
        || (character >= 0xd800 && character <= 0xdfff))
        return 0;
    return length;
}

/* Prints the COUNT bytes at BYTES on OUT: printable characters as they are, any other byte as \xNN,
 * in hexadecimal. */
static inline void print_escaped(FILE *out, const void *bytes, size_t count)
{
    const unsigned char *next = bytes, *end = next + count;
    while (next < end) {
        size_t length = printable_length(next, (size_t)(end - next));
        if (length > 0)
            fwrite(next, 1, length, out);
        else
            fprintf(out, "\\x%02x", *next);
        next += length > 0 ? length : 1;
    }
}

#endif
