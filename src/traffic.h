/* traffic.h - how many bytes went out of an interface, and how many came in.
 *
 * What a provider counts: whole IP packets, headers and repetitions too, whoever
 * opened the flow that they belong to. Not ARP, not the header of the link, and
 * not windsock's own sentinels. */
#ifndef WINDSOCK_TRAFFIC_H
#define WINDSOCK_TRAFFIC_H

#include "packet.h"

#define TRAFFIC_SENDERS 32 /* link addresses told apart; those beyond are not the interface's own */

struct traffic_sender {
	uint8_t link[6];
	bool own; /* the interface's: its host has sent from there */
	uint64_t bytes;
};

struct traffic {
	struct traffic_sender senders[TRAFFIC_SENDERS];
	size_t sender_count;
	uint64_t bytes[2]; /* of packets without such an address: [0] out, [1] in */
};

/* A captured packet. FROM_HOST: its source is an address of the host whose interface it is. By such packets the
 * interface's link address is known, and by that the packets which the host only forwards. */
void traffic_packet(struct traffic *traffic, const struct packet *packet, bool from_host);
/* A packet that only shows whose link address is the interface's. */
void traffic_own(struct traffic *traffic, const struct packet *packet);
void traffic_bytes(const struct traffic *traffic, uint64_t bytes[2]); /* [0] out, [1] in */

#endif
