/* fdSock.h: what fdSender and fdReceiver agree on. */
#ifndef FD_SOCK_H
#define FD_SOCK_H

#include "localSock.h"

static const char FD_SOCKET[] = "./fd.socket";
static const char FD_LOCK[] = "./fd.socket.lock"; /* its owner keeps it locked */

#endif
