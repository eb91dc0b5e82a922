/* drain.h - proves that a watched link is quiet and its capture complete.
 *
 * For each watched interface two raw ICMP sockets: one in the host (its sentinel
 * goes out of the interface), one in a neighbour on the same link (its sentinel
 * comes in). Not AF_PACKET: closing such a socket waits for an RCU grace period. */
#ifndef WINDSOCK_DRAIN_H
#define WINDSOCK_DRAIN_H

#include "lab.h"

struct drain {
	int fd[2];           /* [0] in the neighbour, [1] in the host */
	uint32_t address[2]; /* where each sends to */
};

/* -1: *error. */
int drain_open(struct drain *drain, const struct lab *lab, size_t host, const char *interface, struct error *error);
/* Sends both sentinels of round NUMBER. -1: errno. */
int drain_send(const struct drain *drain, uint32_t number);
void drain_close(struct drain *drain);

#endif
