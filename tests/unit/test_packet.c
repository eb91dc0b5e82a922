/* test_packet.c - packets decoded: link types, IP, transports, quotes, and bytes that lie. */
#include "packet.h"
#include "suite.h"
#include "wire.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

static struct wire wire, quoted;
static struct packet packet;

/* Decodes from memory of exactly CAPTURED bytes, so that a sanitizer sees every step beyond. */
static void decode_cut(int linktype, size_t captured, size_t length)
{
	uint8_t *bytes = malloc(captured ? captured : 1);

	if (!bytes)
		abort();
	memcpy(bytes, wire_bytes(&wire), captured);
	packet_decode(linktype, bytes, captured, length, &packet);
	free(bytes);
}

static void decode(int linktype)
{
	packet_decode(linktype, wire_bytes(&wire), wire.length, wire.length, &packet);
}

static void build_udp4(const char *text)
{
	wire_text(&wire, text);
	wire_udp(&wire, 6666, 7777);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
}

static void build_udp6(const char *text)
{
	wire_text(&wire, text);
	wire_udp(&wire, 6666, 7777);
	wire_ip(&wire, "fd00::2", "fd00::1");
}

static void is_udp(const char *source, const char *destination, const char *text)
{
	char string[46];

	CU_ASSERT_EQUAL(packet.kind, PACKET_UDP);
	ASSERT_STRING(address_print(&packet.source, string, sizeof string), source);
	ASSERT_STRING(address_print(&packet.destination, string, sizeof string), destination);
	CU_ASSERT_EQUAL(packet.source_port, 6666);
	CU_ASSERT_EQUAL(packet.destination_port, 7777);
	CU_ASSERT_EQUAL(packet.payload_length, strlen(text));
	CU_ASSERT_EQUAL_FATAL(packet.payload_captured, strlen(text));
	CU_ASSERT(!memcmp(packet.payload, text, strlen(text)));
}

static void link_types(void)
{
	build_udp4("from B");
	decode(DLT_RAW);
	is_udp("10.0.0.2", "10.0.0.1", "from B");
	CU_ASSERT(!packet.cooked);
	decode(DLT_IPV4);
	is_udp("10.0.0.2", "10.0.0.1", "from B");
	wire_ethernet(&wire);
	decode(DLT_EN10MB);
	is_udp("10.0.0.2", "10.0.0.1", "from B");
	build_udp6("six");
	wire_cooked(&wire);
	decode(DLT_LINUX_SLL);
	is_udp("fd00::2", "fd00::1", "six");
	CU_ASSERT(packet.cooked);
	build_udp6("six");
	wire_cooked2(&wire);
	decode(DLT_LINUX_SLL2);
	is_udp("fd00::2", "fd00::1", "six");
	CU_ASSERT(packet.cooked);
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		build_udp4("null");
		wire_family(&wire, 2, big_endian);
		decode(big_endian ? DLT_LOOP : DLT_NULL);
		is_udp("10.0.0.2", "10.0.0.1", "null");
		build_udp6("null");
		wire_family(&wire, 30, big_endian);
		decode(DLT_NULL);
		is_udp("fd00::2", "fd00::1", "null");
	}
	CU_ASSERT(packet_has_linktype(DLT_EN10MB));
	CU_ASSERT(!packet_has_linktype(DLT_IEEE802_11));
	decode(DLT_IEEE802_11);
	CU_ASSERT_EQUAL(packet.kind, PACKET_OTHER);
}

static void vlan_tags(void)
{
	build_udp4("tagged");
	wire_vlan(&wire, 0x8100);
	wire_vlan(&wire, 0x88a8);
	wire_ethernet(&wire);
	decode(DLT_EN10MB);
	is_udp("10.0.0.2", "10.0.0.1", "tagged");
	decode_cut(DLT_EN10MB, 15, wire.length);
	CU_ASSERT_EQUAL(packet.kind, PACKET_TRUNCATED);
}

static void tcp_header(void)
{
	wire_text(&wire, "data");
	wire_tcp(&wire, 5555, 80, "SFA", 0xfffffffe, 77);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_TCP);
	CU_ASSERT_EQUAL(packet.flags, PACKET_SYN | PACKET_FIN | PACKET_ACK);
	CU_ASSERT_EQUAL(packet.seq, 0xfffffffe);
	CU_ASSERT_EQUAL(packet.ack, 77);
	CU_ASSERT_EQUAL(packet.window, 0xffff);
	CU_ASSERT_EQUAL(packet.payload_length, 4);
	CU_ASSERT(packet.checksum != 0);
	wire_bytes(&wire)[20 + 12] = 4 << 4;
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	wire_bytes(&wire)[20 + 12] = 15 << 4; /* 60 bytes of header, where 24 are left */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
}

static void padding_is_no_payload(void)
{
	build_udp4("x");
	wire_ethernet(&wire);
	memset(wire_bytes(&wire) + wire.length, 0x55, 60 - wire.length);
	wire.length = 60;
	decode(DLT_EN10MB);
	is_udp("10.0.0.2", "10.0.0.1", "x");
	wire_text(&wire, "");
	wire_tcp(&wire, 1, 2, "A", 1, 1);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
	wire_ethernet(&wire);
	wire.length = 60;
	decode(DLT_EN10MB);
	CU_ASSERT_EQUAL(packet.kind, PACKET_TCP);
	CU_ASSERT_EQUAL(packet.payload_length, 0);
}

static void snapped_payload(void)
{
	build_udp4("0123456789");
	wire_ethernet(&wire);
	decode_cut(DLT_EN10MB, wire.length - 6, wire.length);
	CU_ASSERT_EQUAL(packet.kind, PACKET_UDP);
	CU_ASSERT_EQUAL(packet.payload_length, 10);
	CU_ASSERT_EQUAL(packet.payload_captured, 4);
}

/* Whatever the capture cuts off, the packet is truncated, not wrong, until its payload is reached. */
static void cut_anywhere(void)
{
	for (size_t captured = 0; captured < 14 + 40 + 8 + 8; captured++) {
		build_udp6("x");
		wire.start += 40; /* the UDP datagram without its IP header */
		wire.length -= 40;
		wire_extension(&wire, 60);
		wire_ip(&wire, "fd00::2", "fd00::1");
		wire_ethernet(&wire);
		decode_cut(DLT_EN10MB, captured, wire.length);
		CU_ASSERT_EQUAL(packet.kind, PACKET_TRUNCATED);
		decode_cut(DLT_EN10MB, captured, captured);
		CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	}
}

static void lengths_that_lie(void)
{
	build_udp4("x");
	wire_bytes(&wire)[3] = 19; /* total length below the header's */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp4("x");
	wire_bytes(&wire)[3] = 30; /* beyond the wire's */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp4("x");
	wire_bytes(&wire)[0] = 0x44; /* header of 16 bytes */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp4("x");
	wire_bytes(&wire)[25] = 7; /* UDP length below the header's */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp4("x");
	wire_bytes(&wire)[25] = 10;
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp6("x");
	wire_bytes(&wire)[5] = 10;
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
	build_udp4("x");
	wire_bytes(&wire)[0] = 0x75; /* IP version 7 */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
}

static void captured_beyond_length(void)
{
	build_udp4("x");
	packet_decode(DLT_RAW, wire_bytes(&wire), wire.length, wire.length - 1, &packet);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
}

static void offloaded_segment(void)
{
	static uint8_t bytes[66000];

	wire_payload(&wire, bytes, sizeof bytes);
	wire_tcp(&wire, 1, 2, "A", 1, 1);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1"); /* total length 0 */
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_TCP);
	CU_ASSERT_EQUAL(packet.payload_length, sizeof bytes);
}

static void other_packets(void)
{
	wire_text(&wire, "arp");
	wire.type = 0x0806;
	wire_ethernet(&wire);
	decode(DLT_EN10MB);
	CU_ASSERT_EQUAL(packet.kind, PACKET_ARP);
	wire_text(&wire, "spanning tree");
	wire.type = 38;
	wire_ethernet(&wire);
	decode(DLT_EN10MB);
	CU_ASSERT_EQUAL(packet.kind, PACKET_OTHER);
	wire_text(&wire, "gre");
	wire.protocol = 47;
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_OTHER);
	wire_text(&wire, "ping");
	wire_icmp(&wire, 8, 0);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_ICMP_OTHER);
	CU_ASSERT_EQUAL(packet.icmp_type, 8);
	CU_ASSERT_EQUAL(packet.payload_length, 4);
}

static void extension_headers(void)
{
	wire_text(&wire, "x");
	wire_udp(&wire, 6666, 7777);
	wire_extension(&wire, 44); /* atomic: offset 0, no more */
	wire_extension(&wire, 60);
	wire_extension(&wire, 43);
	wire_extension(&wire, 0);
	wire_ip(&wire, "fd00::2", "fd00::1");
	decode(DLT_RAW);
	is_udp("fd00::2", "fd00::1", "x");
}

/* An extension header of 24 bytes, of this protocol and with this length field. */
static void long_extension(uint8_t protocol, uint8_t length)
{
	wire_text(&wire, "x");
	wire_udp(&wire, 6666, 7777);
	for (int i = 0; i < 3; i++)
		wire_extension(&wire, i < 2 ? 17 : protocol);
	wire_bytes(&wire)[1] = length;
	wire_ip(&wire, "fd00::2", "fd00::1");
	decode(DLT_RAW);
}

static void extension_lengths(void)
{
	long_extension(60, 2);
	is_udp("fd00::2", "fd00::1", "x");
	long_extension(51, 4); /* authentication counts in other units */
	is_udp("fd00::2", "fd00::1", "x");
	long_extension(60, 200);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
}

static void fragments(void)
{
	build_udp4("0123456789abcdef");
	quoted = wire;
	wire_fragment(&wire, &quoted, 8, 16, 321);
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_FRAGMENT);
	CU_ASSERT_EQUAL(packet.fragment_offset, 8);
	CU_ASSERT(!packet.fragment_more);
	CU_ASSERT_EQUAL(packet.fragment_id, 321);
	CU_ASSERT_EQUAL(packet.fragment_protocol, 17);
	CU_ASSERT_EQUAL(packet.payload_length, 16);
	build_udp6("0123456789abcdef");
	quoted = wire;
	wire_fragment(&wire, &quoted, 0, 8, 321);
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_FRAGMENT);
	CU_ASSERT(packet.fragment_more);
	CU_ASSERT_EQUAL(packet.fragment_protocol, 17);
	/* A fragment that is not the last must be a multiple of eight long. */
	wire_fragment(&wire, &quoted, 0, 7, 321);
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.kind, PACKET_MALFORMED);
}

static void is_quote(uint8_t protocol)
{
	CU_ASSERT_EQUAL(packet.kind, PACKET_ICMP_ERROR);
	CU_ASSERT(packet.quoted_ports);
	CU_ASSERT_EQUAL(packet.quoted_protocol, protocol);
	CU_ASSERT_EQUAL(packet.quoted_source_port, 6666);
	CU_ASSERT_EQUAL(packet.quoted_destination_port, 7777);
}

static void icmp_quotes(void)
{
	char string[46];

	build_udp4("from B");
	wire_icmp(&wire, 3, 3);
	wire_ip(&wire, "10.0.0.1", "10.0.0.2");
	decode(DLT_RAW);
	is_quote(17);
	CU_ASSERT_EQUAL(packet.icmp_type, 3);
	CU_ASSERT_EQUAL(packet.icmp_code, 3);
	ASSERT_STRING(address_print(&packet.quoted_source, string, sizeof string), "10.0.0.2");
	ASSERT_STRING(address_print(&packet.quoted_destination, string, sizeof string), "10.0.0.1");
	wire_text(&wire, "");
	wire_tcp(&wire, 6666, 7777, "S", 4711, 0);
	wire_extension(&wire, 60);
	wire_ip(&wire, "fd00::2", "fd00::1");
	wire_icmp6(&wire, 1, 4);
	wire_ip(&wire, "fd00::1", "fd00::2");
	decode(DLT_RAW);
	is_quote(6);
	CU_ASSERT_EQUAL(packet.quoted_seq, 4711);
	ASSERT_STRING(address_print(&packet.quoted_source, string, sizeof string), "fd00::2");
}

static void short_quotes(void)
{
	build_udp4("");
	wire_icmp(&wire, 11, 0);
	wire_ip(&wire, "10.0.0.1", "10.0.0.2");
	decode_cut(DLT_RAW, 20 + 8 + 20 + 3, wire.length);
	CU_ASSERT_EQUAL(packet.kind, PACKET_ICMP_ERROR);
	CU_ASSERT(!packet.quoted_ports);
	CU_ASSERT_EQUAL(packet.quoted_source.family, 4);
	decode_cut(DLT_RAW, 20 + 8 + 19, wire.length);
	CU_ASSERT_EQUAL(packet.kind, PACKET_ICMP_ERROR);
	CU_ASSERT_EQUAL(packet.quoted_source.family, 0);
}

static void addresses(void)
{
	char string[46];
	struct address address = address_ipv4(0x0a000001), same = {.family = 4, .bytes = {10, 0, 0, 1}};
	struct address six = {.family = 6, .bytes = {10, 0, 0, 1}}, none = {0};

	ASSERT_STRING(address_print(&address, string, sizeof string), "10.0.0.1");
	ASSERT_STRING(address_print(&none, string, sizeof string), "none");
	CU_ASSERT_EQUAL(address_to_ipv4(&address), 0x0a000001);
	CU_ASSERT_EQUAL(address_to_ipv4(&six), 0);
	CU_ASSERT(address_equal(&address, &same));
	CU_ASSERT(!address_equal(&address, &six));
	memset(six.bytes, 0xff, sizeof six.bytes);
	ASSERT_STRING(address_print(&six, string, sizeof string), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	ASSERT_STRING(address_print(&address, string, 5), "10.0");
}

static void time_is_left_alone(void)
{
	packet.time_ns = 42;
	build_udp4("x");
	decode(DLT_RAW);
	CU_ASSERT_EQUAL(packet.time_ns, 42);
	packet_decode_ip(wire_bytes(&wire), wire.length, wire.length, &packet);
	CU_ASSERT_EQUAL(packet.time_ns, 42);
	is_udp("10.0.0.2", "10.0.0.1", "x");
}

static const struct suite_test tests[] = {
	{"every link type leads to the same datagram", link_types},
	{"VLAN tags are stepped over", vlan_tags},
	{"a TCP header is read, and its length checked", tcp_header},
	{"Ethernet padding is no payload", padding_is_no_payload},
	{"a snapped payload has both its lengths", snapped_payload},
	{"a header cut off by the capture is truncated, by the wire malformed", cut_anywhere},
	{"lengths that contradict each other are malformed", lengths_that_lie},
	{"more captured than the wire had counts as the wire's", captured_beyond_length},
	{"total length 0 is an offloaded segment", offloaded_segment},
	{"ARP, pings and foreign protocols are told apart", other_packets},
	{"IPv6 extension headers and atomic fragments are stepped over", extension_headers},
	{"IPv6 extension headers have the length that they say", extension_lengths},
	{"fragments say where they belong", fragments},
	{"ICMP errors quote a packet", icmp_quotes},
	{"short quotes say what they can", short_quotes},
	{"addresses compare and print", addresses},
	{"the time is the caller's", time_is_left_alone},
};

SUITE_MAIN("packet", tests)
