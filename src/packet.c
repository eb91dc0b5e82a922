/* packet.c - see packet.h.
 *
 * Each layer gets a view of the bytes that are left, checks that the capture
 * holds its header, and hands the rest on. The wire's length and the captured
 * length travel together: what the wire lacks is malformed, what only the
 * capture lacks is truncated. Checksums are not judged: offload leaves them to
 * the card, so that a sender's own capture shows them wrong. */
#include "packet.h"

#include <netinet/in.h>
#include <pcap/dlt.h>
#include <string.h>

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_ARP  0x0806
#define ETHERTYPE_IPV6 0x86dd
#define LINKTYPE_RAW 101 /* the file's number for DLT_RAW, which differs by system */

/* What is left of a packet. captured <= length. */
struct view {
	const uint8_t *bytes;
	size_t captured, length;
};

static uint16_t number16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t number32(const uint8_t *bytes)
{
	return (uint32_t)number16(bytes) << 16 | number16(bytes + 2);
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Whether the first SIZE bytes are there; if not, the packet's kind says why. */
static bool holds(const struct view *view, size_t size, struct packet *packet)
{
	if (view->captured >= size)
		return true;
	packet->kind = view->length >= size ? PACKET_TRUNCATED : PACKET_MALFORMED;
	return false;
}

static bool malformed(struct packet *packet)
{
	packet->kind = PACKET_MALFORMED;
	return false;
}

/* Drops SIZE bytes of the front. SIZE <= length. */
static void skip(struct view *view, size_t size)
{
	size_t captured = smaller(size, view->captured);

	view->bytes += captured;
	view->captured -= captured;
	view->length -= size;
}

/* Drops what is behind LENGTH: padding and checksums of the link. */
static void limit(struct view *view, size_t length)
{
	view->length = smaller(view->length, length);
	view->captured = smaller(view->captured, length);
}

static void set_payload(const struct view *view, struct packet *packet)
{
	packet->payload = view->bytes;
	packet->payload_captured = view->captured;
	packet->payload_length = view->length;
}

static void set_address(struct address *address, uint8_t family, const uint8_t *bytes)
{
	address->family = family;
	memcpy(address->bytes, bytes, family == 4 ? 4 : 16);
}

static void decode_tcp(struct view view, struct packet *packet)
{
	size_t header;

	if (!holds(&view, 20, packet))
		return;
	header = 4u * (view.bytes[12] >> 4);
	if (header < 20 || header > view.length) {
		malformed(packet);
		return;
	}
	packet->kind = PACKET_TCP;
	packet->source_port = number16(view.bytes);
	packet->destination_port = number16(view.bytes + 2);
	packet->seq = number32(view.bytes + 4);
	packet->ack = number32(view.bytes + 8);
	packet->flags = view.bytes[13] & 0x1f;
	packet->window = number16(view.bytes + 14);
	packet->checksum = number16(view.bytes + 16);
	skip(&view, header);
	set_payload(&view, packet);
}

static void decode_udp(struct view view, struct packet *packet)
{
	size_t length;

	if (!holds(&view, 8, packet))
		return;
	length = number16(view.bytes + 4);
	if (length == 0)
		length = view.length; /* RFC 2675, section 4: longer than the field can say */
	if (length < 8 || length > view.length) {
		malformed(packet);
		return;
	}
	packet->kind = PACKET_UDP;
	packet->source_port = number16(view.bytes);
	packet->destination_port = number16(view.bytes + 2);
	packet->checksum = number16(view.bytes + 6);
	limit(&view, length);
	skip(&view, 8);
	set_payload(&view, packet);
}

/* Headers that stand between IPv6 and its payload and say their own length. */
static bool is_extension(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_HOPOPTS: case IPPROTO_ROUTING: case IPPROTO_DSTOPTS: case IPPROTO_AH: case IPPROTO_MH:
		return true;
	default:
		return false;
	}
}

static bool skip_extensions(struct view *view, uint8_t *protocol, struct packet *packet)
{
	while (is_extension(*protocol)) {
		size_t size;

		if (!holds(view, 8, packet))
			return false;
		/* RFC 4302, section 2.2: AH alone counts in words of four bytes. */
		size = *protocol == IPPROTO_AH ? 4u * (view->bytes[1] + 2u) : 8u * (view->bytes[1] + 1u);
		if (!holds(view, size, packet))
			return false;
		*protocol = view->bytes[0];
		skip(view, size);
	}
	return true;
}

/* The quoted packet's transport header: RFC 792 promises eight bytes of it. */
static void quote_ports(const struct view *view, struct packet *packet)
{
	uint8_t protocol = packet->quoted_protocol;

	if ((protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) || view->captured < 4)
		return;
	packet->quoted_ports = true;
	packet->quoted_source_port = number16(view->bytes);
	packet->quoted_destination_port = number16(view->bytes + 2);
	if (protocol == IPPROTO_TCP && view->captured >= 8)
		packet->quoted_seq = number32(view->bytes + 4);
}

static void quote_ipv4(struct view view, struct packet *packet)
{
	size_t header;

	if (view.captured < 20)
		return;
	header = 4u * (view.bytes[0] & 0x0f);
	packet->quoted_protocol = view.bytes[9];
	set_address(&packet->quoted_source, 4, view.bytes + 12);
	set_address(&packet->quoted_destination, 4, view.bytes + 16);
	if (header < 20 || header > view.length || number16(view.bytes + 6) & 0x1fff)
		return;
	skip(&view, header);
	quote_ports(&view, packet);
}

static void quote_ipv6(struct view view, struct packet *packet)
{
	struct packet ignored = {0}; /* a short quote is no fault of the packet that carries it */
	uint8_t protocol;

	if (view.captured < 40)
		return;
	protocol = view.bytes[6];
	set_address(&packet->quoted_source, 6, view.bytes + 8);
	set_address(&packet->quoted_destination, 6, view.bytes + 24);
	skip(&view, 40);
	if (!skip_extensions(&view, &protocol, &ignored))
		return;
	if (protocol == IPPROTO_FRAGMENT) {
		if (view.captured < 8 || number16(view.bytes + 2) & 0xfff8)
			return;
		protocol = view.bytes[0];
		skip(&view, 8);
	}
	packet->quoted_protocol = protocol;
	quote_ports(&view, packet);
}

static bool is_icmp_error(uint8_t family, uint8_t type)
{
	if (family == 4) /* RFC 792: unreachable, time exceeded, parameter problem */
		return type == 3 || type == 11 || type == 12;
	return type >= 1 && type <= 4; /* RFC 4443 */
}

static void decode_icmp(struct view view, struct packet *packet)
{
	if (!holds(&view, 8, packet))
		return;
	packet->kind = PACKET_ICMP_OTHER;
	packet->icmp_type = view.bytes[0];
	packet->icmp_code = view.bytes[1];
	packet->checksum = number16(view.bytes + 2);
	skip(&view, 8);
	set_payload(&view, packet);
	if (!is_icmp_error(packet->source.family, packet->icmp_type))
		return;
	packet->kind = PACKET_ICMP_ERROR;
	if (packet->source.family == 4)
		quote_ipv4(view, packet);
	else
		quote_ipv6(view, packet);
}

static void decode_transport(struct view view, uint8_t protocol, struct packet *packet)
{
	if (protocol == IPPROTO_TCP)
		decode_tcp(view, packet);
	else if (protocol == IPPROTO_UDP)
		decode_udp(view, packet);
	else if (protocol == (packet->source.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		decode_icmp(view, packet);
	else
		set_payload(&view, packet);
}

/* OFFSET is in bytes. */
static void decode_fragment(const struct view *view, uint16_t offset, bool more, struct packet *packet)
{
	if (offset + view->length > 65535 || (more && view->length % 8)) {
		malformed(packet);
		return;
	}
	packet->kind = PACKET_FRAGMENT;
	packet->fragment_offset = offset;
	packet->fragment_more = more;
	set_payload(view, packet);
}

static void decode_ipv4(struct view view, struct packet *packet)
{
	size_t header, total;
	uint16_t fragment;
	uint8_t protocol;

	if (!holds(&view, 20, packet))
		return;
	header = 4u * (view.bytes[0] & 0x0f);
	total = number16(view.bytes + 2);
	if (total == 0)
		total = view.length; /* a TSO segment before the card has cut it (Linux, 64 KiB and more) */
	if (header < 20 || total < header || total > view.length) {
		malformed(packet);
		return;
	}
	packet->ip_length = total;
	protocol = view.bytes[9];
	fragment = number16(view.bytes + 6);
	packet->ip_id = number16(view.bytes + 4);
	set_address(&packet->source, 4, view.bytes + 12);
	set_address(&packet->destination, 4, view.bytes + 16);
	limit(&view, total);
	skip(&view, header);
	if (!(fragment & 0x3fff)) {
		decode_transport(view, protocol, packet);
		return;
	}
	packet->fragment_id = packet->ip_id;
	packet->fragment_protocol = protocol;
	decode_fragment(&view, (uint16_t)((fragment & 0x1fff) * 8), fragment & 0x2000, packet);
}

/* One fragment header. Returns whether the packet goes on behind it: an atomic
 * fragment (RFC 6946) is whole. */
static bool skip_fragment_header(struct view *view, uint8_t *protocol, struct packet *packet)
{
	uint16_t fragment;

	if (!holds(view, 8, packet))
		return false;
	*protocol = view->bytes[0];
	fragment = number16(view->bytes + 2);
	packet->fragment_id = number32(view->bytes + 4);
	packet->fragment_protocol = *protocol;
	skip(view, 8);
	if (!(fragment & 0xfff9))
		return true;
	decode_fragment(view, fragment & 0xfff8, fragment & 1, packet);
	return false;
}

static void decode_ipv6(struct view view, struct packet *packet)
{
	size_t length;
	uint8_t protocol;

	if (!holds(&view, 40, packet))
		return;
	length = number16(view.bytes + 4);
	protocol = view.bytes[6];
	if (length == 0)
		length = view.length - 40; /* a jumbogram or a TSO segment */
	if (length > view.length - 40) {
		malformed(packet);
		return;
	}
	packet->ip_length = 40 + length;
	set_address(&packet->source, 6, view.bytes + 8);
	set_address(&packet->destination, 6, view.bytes + 24);
	skip(&view, 40);
	limit(&view, length);
	while (skip_extensions(&view, &protocol, packet)) {
		if (protocol != IPPROTO_FRAGMENT) {
			decode_transport(view, protocol, packet);
			return;
		}
		if (!skip_fragment_header(&view, &protocol, packet))
			return;
	}
}

static void decode_ip(struct view view, struct packet *packet)
{
	if (!holds(&view, 1, packet))
		return;
	switch (view.bytes[0] >> 4) {
	case 4: decode_ipv4(view, packet); break;
	case 6: decode_ipv6(view, packet); break;
	default: malformed(packet);
	}
}

static void decode_ethertype(struct view view, uint16_t type, struct packet *packet)
{
	/* 802.1Q, 802.1ad, and the tag that came before the standard */
	while (type == 0x8100 || type == 0x88a8 || type == 0x9100) {
		if (!holds(&view, 4, packet))
			return;
		type = number16(view.bytes + 2);
		skip(&view, 4);
	}
	if (type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6)
		decode_ip(view, packet);
	else if (type == ETHERTYPE_ARP)
		packet->kind = PACKET_ARP;
}

/* A link header of SIZE bytes with the ether type at TYPE. */
static void decode_link(struct view view, size_t size, size_t type, struct packet *packet)
{
	uint16_t ethertype;

	if (!holds(&view, size, packet))
		return;
	ethertype = number16(view.bytes + type);
	skip(&view, size);
	decode_ethertype(view, ethertype, packet);
}

static void decode_ethernet(struct view view, struct packet *packet)
{
	if (view.captured >= 12) {
		packet->has_link_source = true;
		memcpy(packet->link_source, view.bytes + 6, sizeof packet->link_source);
	}
	decode_link(view, 14, 12, packet);
}

static void decode_cooked(struct view view, struct packet *packet)
{
	packet->cooked = true;
	if (view.captured >= 2) /* LINUX_SLL_OUTGOING */
		packet->direction = number16(view.bytes) == 4 ? PACKET_DIRECTION_OUT : PACKET_DIRECTION_IN;
	decode_link(view, 16, 14, packet);
}

static void decode_cooked2(struct view view, struct packet *packet)
{
	packet->cooked = true;
	if (view.captured >= 11)
		packet->direction = view.bytes[10] == 4 ? PACKET_DIRECTION_OUT : PACKET_DIRECTION_IN;
	decode_link(view, 20, 0, packet);
}

/* Four bytes of an address family, in the byte order of the machine that captured
 * (LOOP: of the network). The families are small numbers, so that either order
 * can be told: 2 is IPv4 everywhere, IPv6 is 10, 24, 28 or 30. */
static void decode_null(struct view view, struct packet *packet)
{
	uint32_t family;

	if (!holds(&view, 4, packet))
		return;
	family = number32(view.bytes);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	skip(&view, 4);
	if (family == 2 || family == 10 || family == 24 || family == 28 || family == 30)
		decode_ip(view, packet);
}

static const struct {
	int linktype;
	void (*decode)(struct view view, struct packet *packet);
} links[] = {
	{DLT_EN10MB, decode_ethernet},
	{DLT_LINUX_SLL, decode_cooked},
	{DLT_LINUX_SLL2, decode_cooked2},
	{DLT_RAW, decode_ip},
	{LINKTYPE_RAW, decode_ip},
	{DLT_IPV4, decode_ip},
	{DLT_IPV6, decode_ip},
	{DLT_NULL, decode_null},
	{DLT_LOOP, decode_null},
};

bool packet_has_linktype(int linktype)
{
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (links[i].linktype == linktype)
			return true;
	return false;
}

static void clear(struct packet *packet)
{
	int64_t time_ns = packet->time_ns;

	*packet = (struct packet){.kind = PACKET_OTHER, .time_ns = time_ns};
}

void packet_decode(int linktype, const uint8_t *bytes, size_t captured, size_t length, struct packet *packet)
{
	struct view view = {bytes, smaller(captured, length), length};

	clear(packet);
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++)
		if (links[i].linktype == linktype) {
			links[i].decode(view, packet);
			return;
		}
}

void packet_decode_ip(const uint8_t *bytes, size_t captured, size_t length, struct packet *packet)
{
	clear(packet);
	decode_ip((struct view){bytes, smaller(captured, length), length}, packet);
}
