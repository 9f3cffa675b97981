/* The same clients as for sockets-1. */
#include "../sockets-1/partner.c"
