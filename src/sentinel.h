/* sentinel.h - the harness's own packet, by which it proves that the wire is quiet.
 *
 * An ICMP echo reply that nobody asked for: every host drops it in silence. Seen behind
 * everything else in every capture, it says that nothing more is on the way. It is no part of a
 * trace. No program without CAP_NET_RAW can send one, but who has a tunnel's other end writes whatever
 * packets he likes there: so a run waits for numbers that he cannot guess (sniffer_await()). */
#ifndef WINDSOCK_SENTINEL_H
#define WINDSOCK_SENTINEL_H

#include "packet.h"

#define SENTINEL_SIZE 20 /* bytes of ICMP, header and all */

/* RFC 1071, in host byte order; LENGTH is even. */
uint16_t internet_checksum(const uint8_t *bytes, size_t length);
/* The ICMP message of round NUMBER, sent by the watched host (outward) or to it. */
void sentinel_write(uint8_t message[SENTINEL_SIZE], uint32_t number, bool outward);
bool sentinel_read(const struct packet *packet, uint32_t *number, bool *outward);

#endif
