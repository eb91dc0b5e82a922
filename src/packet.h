/* packet.h - one captured packet, decoded.
 *
 * Bytes in, a struct packet out, every access bounds-checked; nothing is
 * allocated and nothing is kept: payload points into the caller's bytes. */
#ifndef WINDSOCK_PACKET_H
#define WINDSOCK_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address {
	uint8_t family;    /* 4, 6; 0 = none */
	uint8_t bytes[16]; /* network byte order; IPv4 in the first four, the rest 0 */
};

bool address_equal(const struct address *a, const struct address *b);
struct address address_ipv4(uint32_t host_order);
uint32_t address_to_ipv4(const struct address *address); /* host byte order; 0 when not IPv4 */
/* Dotted or colon form into OUT (46 bytes are enough for any). Returns OUT. */
const char *address_print(const struct address *address, char *out, size_t size);
/* The inverse; "none" is family 0. False: not an address, and *address is none. */
bool address_parse(const char *string, struct address *address);

#define PACKET_FIN 0x01
#define PACKET_SYN 0x02
#define PACKET_RST 0x04
#define PACKET_PSH 0x08
#define PACKET_ACK 0x10

enum packet_kind {
	PACKET_TCP,
	PACKET_UDP,
	PACKET_ICMP_ERROR, /* ICMP or ICMPv6: unreachable, time exceeded, parameter problem, too big */
	PACKET_ICMP_OTHER, /* echo and the rest; icmp_type, icmp_code and payload are set */
	PACKET_ARP,
	PACKET_FRAGMENT,   /* an IP fragment: addresses, fragment_* and payload (of IP) are set */
	PACKET_OTHER,      /* something else, whole */
	PACKET_TRUNCATED,  /* the capture holds too little of it to say more */
	PACKET_MALFORMED   /* its lengths contradict each other */
};

/* What a Linux cooked capture says of each packet. */
enum packet_direction { PACKET_DIRECTION_UNKNOWN, PACKET_DIRECTION_OUT, PACKET_DIRECTION_IN };

struct packet {
	enum packet_kind kind;
	int64_t time_ns;            /* since the epoch; copied by the caller */
	struct address source, destination;
	uint16_t source_port, destination_port; /* TCP, UDP: host byte order */
	uint32_t seq, ack;          /* TCP */
	uint16_t window;            /* TCP */
	uint8_t flags;              /* TCP: PACKET_SYN | ... */
	const uint8_t *payload;     /* TCP, UDP: the data; ICMP: behind the 8-byte header */
	size_t payload_length;      /* on the wire */
	size_t payload_captured;    /* of them in the capture; <= payload_length */
	uint8_t icmp_type, icmp_code;
	/* What tells one packet captured twice (as on `-i any`) from two equal ones. */
	bool cooked;                /* the link type is Linux cooked, v1 or v2 */
	enum packet_direction direction; /* cooked */
	bool has_link_source;
	uint8_t link_source[6];     /* Ethernet: who sent it over this link */
	size_t ip_length;           /* bytes of the IP packet on the wire, headers and all; 0 = not IP, or malformed */
	uint16_t ip_id;             /* IPv4; 0 = unknown */
	uint16_t checksum;          /* TCP, UDP, ICMP: as captured, right or wrong */
	/* PACKET_ICMP_ERROR: the packet that it is about, as far as it is quoted. */
	bool quoted_ports;          /* false: the quote is too short or not TCP or UDP */
	uint8_t quoted_protocol;    /* 6 TCP, 17 UDP, else */
	struct address quoted_source, quoted_destination;
	uint16_t quoted_source_port, quoted_destination_port;
	uint32_t quoted_seq;        /* TCP */
	/* PACKET_FRAGMENT */
	uint32_t fragment_id;
	uint8_t fragment_protocol;
	uint16_t fragment_offset;   /* bytes; offset + payload_length <= 65535 */
	bool fragment_more;
};

/* LINKTYPE is a DLT_ value of libpcap. CAPTURED bytes at BYTES, of LENGTH on the
 * wire. Never fails: what it cannot say it says by kind. time_ns is left alone. */
void packet_decode(int linktype, const uint8_t *bytes, size_t captured, size_t length, struct packet *packet);
/* Whether packet_decode() can read that link type. */
bool packet_has_linktype(int linktype);
/* The same as packet_decode() from an IP header on; used for reassembled fragments. */
void packet_decode_ip(const uint8_t *bytes, size_t captured, size_t length, struct packet *packet);

#endif
