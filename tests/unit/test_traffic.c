/* test_traffic.c - bytes out of an interface and in to it. */
#include "suite.h"
#include "traffic.h"
#include "wire.h"

#include <pcap/dlt.h>
#include <string.h>

static struct wire wire;
static struct traffic traffic;
static uint64_t bytes[2];

/* A datagram of 100 bytes from FROM, whose link address ends in LINK. */
static void feed(int linktype, const char *from, const char *to, uint8_t link, bool from_host)
{
	static const char payload[100];
	struct packet packet = {0};

	wire_payload(&wire, payload, sizeof payload);
	wire_udp(&wire, 1, 2);
	wire_ip(&wire, from, to);
	if (linktype == DLT_EN10MB)
		wire_ethernet(&wire);
	if (linktype == DLT_LINUX_SLL)
		wire_cooked(&wire);
	if (linktype == DLT_EN10MB)
		wire_bytes(&wire)[11] = link;
	if (linktype == DLT_LINUX_SLL)
		wire_bytes(&wire)[1] = link;
	packet_decode(linktype, wire_bytes(&wire), wire.length, wire.length, &packet);
	traffic_packet(&traffic, &packet, from_host);
}

static void counts(uint64_t out, uint64_t in)
{
	traffic_bytes(&traffic, bytes);
	CU_ASSERT_EQUAL(bytes[0], out);
	CU_ASSERT_EQUAL(bytes[1], in);
	traffic = (struct traffic){0};
}

/* An IP header is 20 bytes, one of IPv6 40, one of UDP 8; the link's does not count. */
static void by_the_host(void)
{
	feed(DLT_EN10MB, "10.0.0.1", "10.0.0.2", 1, true);
	feed(DLT_EN10MB, "10.0.0.2", "10.0.0.1", 2, false);
	feed(DLT_EN10MB, "2001:db8::2", "2001:db8::1", 2, false);
	counts(128, 128 + 148);
}

/* A router's packets bear others' addresses, and its own link address. */
static void by_the_link(void)
{
	feed(DLT_EN10MB, "192.168.1.10", "198.51.100.1", 1, false);
	feed(DLT_EN10MB, "198.51.100.1", "192.168.1.10", 2, false);
	feed(DLT_EN10MB, "203.0.113.1", "198.51.100.1", 1, true);
	feed(DLT_EN10MB, "192.168.1.11", "198.51.100.1", 1, false);
	counts(3 * 128, 128);
}

static void by_a_sentinel(void)
{
	struct packet packet = {.has_link_source = true, .link_source = {0}, .ip_length = 40};

	feed(DLT_EN10MB, "192.168.1.10", "198.51.100.1", 7, false);
	memcpy(packet.link_source, traffic.senders[0].link, 6);
	traffic_own(&traffic, &packet);
	counts(128, 0);
}

static void without_a_link(void)
{
	feed(DLT_RAW, "10.0.0.1", "10.0.0.2", 0, true);
	feed(DLT_RAW, "10.0.0.2", "10.0.0.1", 0, false);
	feed(DLT_LINUX_SLL, "192.168.1.10", "10.0.0.2", 4, false); /* the capture says: outgoing */
	feed(DLT_LINUX_SLL, "10.0.0.1", "10.0.0.2", 0, true);      /* and: incoming */
	counts(256, 256);
}

static void what_is_not_ip(void)
{
	struct packet arp = {.kind = PACKET_ARP, .has_link_source = true};

	traffic_packet(&traffic, &arp, false);
	counts(0, 0);
}

static void more_senders_than_room(void)
{
	for (int i = 0; i < TRAFFIC_SENDERS + 8; i++)
		feed(DLT_EN10MB, "10.0.0.9", "10.0.0.1", (uint8_t)i, false);
	CU_ASSERT_EQUAL(traffic.sender_count, TRAFFIC_SENDERS);
	counts(0, 128 * (TRAFFIC_SENDERS + 8));
}

static const struct suite_test tests[] = {
	{"what the host sends goes out, with its headers", by_the_host},
	{"what the host forwards goes out too", by_the_link},
	{"a sentinel tells whose the link address is", by_a_sentinel},
	{"a capture without link addresses, or one that says the way itself", without_a_link},
	{"what is not IP is not counted", what_is_not_ip},
	{"any number of senders", more_senders_than_room},
};

SUITE_MAIN("traffic", tests)
