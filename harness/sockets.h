/* sockets.h - a namespace's socket table, read by sock_diag.
 *
 * Readiness of a server and the state in which a program was left are read here
 * and never probed by a connection. */
#ifndef WINDSOCK_SOCKETS_H
#define WINDSOCK_SOCKETS_H

#include "../src/error.h"
#include "../src/sockstate.h"

#include <stdbool.h>

/* The socket table of the namespace that DIAG (a NETLINK_SOCK_DIAG socket) was
 * opened in: TCP in every state, UDP; and with BOUND, where the kernel tells (6.8 or so), TCP bound
 * and not listening: that takes 0.4 ms, for it walks the whole machine's table of ports. *table is owned by the caller: free(). -1: *error. */
int sockets_read(int diag, bool bound, struct sock_entry **table, size_t *count, struct error *error);

/* Whether somebody owns PORT there: TCP listening, or UDP bound. 1, 0, or -1. */
int sockets_ready(int diag, enum transport transport, uint16_t port, struct error *error);

/* Whether a TCP socket there waits for a timer of the kernel (retransmission,
 * window probe, SYN): the wire may speak again with no program moving. 1, 0, -1. */
int sockets_pending(int diag, struct error *error);

#endif
