/* wire.c - see wire.h. */
#include "wire.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

uint8_t *wire_bytes(struct wire *wire)
{
	return wire->memory + wire->start;
}

/* Makes room for a header of SIZE bytes in front, zeroed. */
static uint8_t *push(struct wire *wire, size_t size)
{
	if (wire->start < size)
		abort(); /* a test that stacks more headers than WIRE_ROOM */
	wire->start -= size;
	wire->length += size;
	memset(wire_bytes(wire), 0, size);
	return wire_bytes(wire);
}

static void put16(uint8_t *bytes, size_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static void put32(uint8_t *bytes, uint32_t value)
{
	put16(bytes, value >> 16);
	put16(bytes + 2, value & 0xffff);
}

static uint32_t sum(const uint8_t *bytes, size_t length, uint32_t start)
{
	for (size_t i = 0; i < length; i++)
		start += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	return start;
}

/* RFC 1071 */
static uint16_t fold(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

void wire_payload(struct wire *wire, const void *bytes, size_t length)
{
	if (length > WIRE_MAX)
		abort();
	wire->start = WIRE_ROOM;
	wire->length = length;
	wire->protocol = 0;
	wire->type = 0;
	wire->id = 0;
	if (length)
		memcpy(wire_bytes(wire), bytes, length);
}

void wire_text(struct wire *wire, const char *string)
{
	wire_payload(wire, string, strlen(string));
}

void wire_udp(struct wire *wire, uint16_t from, uint16_t to)
{
	uint8_t *header = push(wire, 8);

	put16(header, from);
	put16(header + 2, to);
	put16(header + 4, wire->length);
	wire->protocol = IPPROTO_UDP;
}

static uint8_t flag_bits(const char *flags)
{
	static const char names[] = "FSRPA"; /* from the lowest bit */
	uint8_t bits = 0;

	for (; *flags; flags++) {
		const char *name = strchr(names, *flags);

		if (!name)
			abort();
		bits |= (uint8_t)(1u << (name - names));
	}
	return bits;
}

void wire_tcp(struct wire *wire, uint16_t from, uint16_t to, const char *flags, uint32_t seq, uint32_t ack)
{
	uint8_t *header = push(wire, 20);

	put16(header, from);
	put16(header + 2, to);
	put32(header + 4, seq);
	put32(header + 8, ack);
	header[12] = 5 << 4;
	header[13] = flag_bits(flags);
	put16(header + 14, 0xffff);
	wire->protocol = IPPROTO_TCP;
}

void wire_icmp(struct wire *wire, uint8_t type, uint8_t code)
{
	uint8_t *header = push(wire, 8);

	header[0] = type;
	header[1] = code;
	put16(header + 2, fold(sum(header, wire->length, 0)));
	wire->protocol = IPPROTO_ICMP;
}

void wire_icmp6(struct wire *wire, uint8_t type, uint8_t code)
{
	uint8_t *header = push(wire, 8);

	header[0] = type;
	header[1] = code;
	wire->protocol = IPPROTO_ICMPV6;
}

/* Where the transport header keeps its checksum; 0 = it has none over a pseudo header. */
static size_t checksum_place(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP: return 16;
	case IPPROTO_UDP: return 6;
	case IPPROTO_ICMPV6: return 2;
	default: return 0;
	}
}

static void add_checksum(struct wire *wire, const uint8_t *addresses, size_t size)
{
	size_t place = checksum_place(wire->protocol);
	uint32_t pseudo = sum(addresses, size, wire->protocol + (uint32_t)wire->length);

	if (place)
		put16(wire_bytes(wire) + place, fold(sum(wire_bytes(wire), wire->length, pseudo)));
}

static void push_ipv4(struct wire *wire, const uint8_t *addresses)
{
	uint8_t *header;

	add_checksum(wire, addresses, 8);
	header = push(wire, 20);
	header[0] = 0x45;
	put16(header + 2, wire->length > 0xffff ? 0 : wire->length);
	put16(header + 4, wire->id);
	header[8] = 64;
	header[9] = wire->protocol;
	memcpy(header + 12, addresses, 8);
	put16(header + 10, fold(sum(header, 20, 0)));
	wire->type = 0x0800;
}

static void push_ipv6(struct wire *wire, const uint8_t *addresses)
{
	uint8_t *header;

	add_checksum(wire, addresses, 32);
	header = push(wire, 40);
	header[0] = 0x60;
	put16(header + 4, wire->length - 40);
	header[6] = wire->protocol;
	header[7] = 64;
	memcpy(header + 8, addresses, 32);
	wire->type = 0x86dd;
}

void wire_ip(struct wire *wire, const char *from, const char *to)
{
	uint8_t addresses[32];
	int family = strchr(from, ':') ? AF_INET6 : AF_INET;
	size_t size = family == AF_INET6 ? 16 : 4;

	if (inet_pton(family, from, addresses) != 1 || inet_pton(family, to, addresses + size) != 1)
		abort();
	if (family == AF_INET6)
		push_ipv6(wire, addresses);
	else
		push_ipv4(wire, addresses);
}

void wire_extension(struct wire *wire, uint8_t protocol)
{
	uint8_t *header = push(wire, 8);

	header[0] = wire->protocol;
	wire->protocol = protocol;
}

void wire_fragment(struct wire *fragment, const struct wire *whole, size_t offset, size_t length, uint16_t id)
{
	const uint8_t *bytes = whole->memory + whole->start;
	size_t header = bytes[0] >> 4 == 4 ? 20 : 40;
	size_t more = offset + length < whole->length - header;
	uint8_t *ip;

	wire_payload(fragment, bytes + header + offset, length);
	if (header == 40) {
		ip = push(fragment, 8);
		ip[0] = bytes[6];
		put16(ip + 2, offset | more);
		put32(ip + 4, id);
	}
	ip = push(fragment, header);
	memcpy(ip, bytes, header);
	fragment->type = whole->type;
	if (header == 40) {
		put16(ip + 4, fragment->length - 40);
		ip[6] = IPPROTO_FRAGMENT;
		return;
	}
	put16(ip + 2, fragment->length);
	put16(ip + 4, id);
	put16(ip + 6, offset / 8 | more << 13);
	put16(ip + 10, 0);
	put16(ip + 10, fold(sum(ip, 20, 0)));
}

void wire_ethernet(struct wire *wire)
{
	static const uint8_t addresses[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};
	uint8_t *header = push(wire, 14);

	memcpy(header, addresses, sizeof addresses);
	put16(header + 12, wire->type);
}

void wire_vlan(struct wire *wire, uint16_t tag_type)
{
	uint8_t *header = push(wire, 4);

	put16(header, 7);
	put16(header + 2, wire->type);
	wire->type = tag_type;
}

void wire_cooked(struct wire *wire)
{
	uint8_t *header = push(wire, 16);

	put16(header + 2, 1);
	put16(header + 14, wire->type);
}

void wire_cooked2(struct wire *wire)
{
	uint8_t *header = push(wire, 20);

	put16(header, wire->type);
	put32(header + 4, 3);
	put16(header + 8, 1);
}

void wire_family(struct wire *wire, uint32_t family, int big_endian)
{
	uint8_t *header = push(wire, 4);

	put32(header, big_endian ? family : __builtin_bswap32(family));
}
