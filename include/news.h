/* news.h: what publish and subscribe agree on. */
#ifndef NEWS_H
#define NEWS_H

static const char NEWS[] = "news.dat";    /* what readers see: always a whole version */
static const char ASIDE[] = "news.aside"; /* the next version, until it is whole */

enum {
    VERSION_LINES = 1000, /* a version is so many lines, ... */
    LINE_BYTES = 16,      /* ... each "version NNNNNNN\n" */
    VERSION_BYTES = VERSION_LINES * LINE_BYTES,
};

#endif
