/* wire.h - packets for tests, built from the inside out.
 *
 *   struct wire wire;
 *   wire_text(&wire, "from B");
 *   wire_udp(&wire, 6666, 7777);
 *   wire_ip(&wire, "10.0.0.2", "10.0.0.1");
 *   wire_ethernet(&wire);
 *
 * Each call puts its header in front of what is there, with lengths and checksums
 * as they must be. What a test wants wrong, it spoils in wire_bytes() afterwards. */
#ifndef WINDSOCK_WIRE_H
#define WINDSOCK_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_ROOM 256     /* for headers */
#define WIRE_MAX  70000   /* bytes of payload */

struct wire {
	uint8_t memory[WIRE_ROOM + WIRE_MAX];
	size_t start, length;
	uint8_t protocol;  /* of what is there, for the IP header to come */
	uint16_t type;     /* likewise, for the link header */
	uint16_t id;       /* identification of the IP headers to come; 0 at first */
};

uint8_t *wire_bytes(struct wire *wire);

/* The innermost part, which begins the packet. */
void wire_payload(struct wire *wire, const void *bytes, size_t length);
void wire_text(struct wire *wire, const char *string);

/* Transport. FLAGS: of "SFRPA" those that are set. ICMP goes into wire_ip(). */
void wire_udp(struct wire *wire, uint16_t from, uint16_t to);
void wire_tcp(struct wire *wire, uint16_t from, uint16_t to, const char *flags, uint32_t seq, uint32_t ack);
void wire_icmp(struct wire *wire, uint8_t type, uint8_t code);
void wire_icmp6(struct wire *wire, uint8_t type, uint8_t code);

/* IPv4 or IPv6, as the addresses say. */
void wire_ip(struct wire *wire, const char *from, const char *to);
/* An IPv6 extension header of 8 bytes of this protocol number, before wire_ip(). */
void wire_extension(struct wire *wire, uint8_t protocol);
/* Of an IP packet without extension headers, makes the fragment that carries LENGTH
 * bytes at OFFSET (a multiple of 8) of its payload. */
void wire_fragment(struct wire *fragment, const struct wire *whole, size_t offset, size_t length, uint16_t id);

/* Link headers. */
void wire_ethernet(struct wire *wire);
void wire_vlan(struct wire *wire, uint16_t tag_type); /* before wire_ethernet() */
void wire_cooked(struct wire *wire);
void wire_cooked2(struct wire *wire);
void wire_family(struct wire *wire, uint32_t family, int big_endian); /* null and loop */

#endif
