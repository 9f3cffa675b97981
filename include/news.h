/* news.h: the file that publish and subscribe share. */
#pragma once

static const char NEWS[] = "news.dat"; /* in the working directory */

/* A version consists of 1,000 lines, each "version NNNNNNN\n". */
enum { VERSION_LINES = 1000, LINE_BYTES = 16, VERSION_BYTES = VERSION_LINES * LINE_BYTES };
