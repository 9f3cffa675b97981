/* news.h: what publish and subscribe agree on. */
#pragma once

static const char NEWS[] = "news.dat"; /* in the working directory */

/* A version is so many lines, each "version NNNNNNN\n". */
enum { VERSION_LINES = 1000, LINE_BYTES = 16, VERSION_BYTES = VERSION_LINES * LINE_BYTES };
