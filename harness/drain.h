/* drain.h - proves that a watched link is quiet and its capture complete.
 *
 * For each watched interface two sockets: one in a neighbour on the same link (its sentinel
 * comes in), one in the host (its sentinel goes out). Raw ICMP, not AF_PACKET: closing such a
 * socket waits for an RCU grace period. Only where the student's own rules could keep a host
 * from sending is it AF_PACKET, and at a tunnel, whose other end is the lab's own descriptor. */
#ifndef WINDSOCK_DRAIN_H
#define WINDSOCK_DRAIN_H

#include "lab.h"

#include <stdbool.h>
#include <sys/socket.h>

struct drain_end {
	int fd;
	bool whole;        /* writes the IP header too */
	uint32_t from, to; /* host byte order */
	struct sockaddr_storage target;
	socklen_t size;
};

struct drain {
	struct drain_end end[2]; /* [0] in the neighbour, [1] in the host */
};

/* -1: *error. */
int drain_open(struct drain *drain, const struct lab *lab, size_t host, const char *interface, struct error *error);
/* Sends both sentinels of round NUMBER. -1: errno. */
int drain_send(const struct drain *drain, uint32_t number);
void drain_close(struct drain *drain);

#endif
