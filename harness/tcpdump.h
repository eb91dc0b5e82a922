/* tcpdump.h - becomes tcpdump; see sniffer.h for what is done with it. */
#ifndef WINDSOCK_TCPDUMP_H
#define WINDSOCK_TCPDUMP_H

#include "../src/error.h"

#include <stdbool.h>

/* Whether it is installed and may be executed. WINDSOCK_TCPDUMP names another one (the tests put a broken one there). */
bool tcpdump_is_there(void);
/* Why it cannot be had: not installed, or it may not be executed or capture. WHAT it said, or NULL. -1. */
int tcpdump_refuse(const char *what, struct error *error);
/* Executes it, to capture on INTERFACE into standard output. With CAP_NET_RAW (ambient), as a uid other than 0:
 * as uid 0 it would try to become another user and fail. Returns never; exits with 127 when it cannot be executed. */
_Noreturn void tcpdump_become(const char *interface);

#endif
