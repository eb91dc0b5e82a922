/* test_sentinel.c - the harness's own packet: written, sent, captured, read; and addresses as text. */
#include "sentinel.h"
#include "suite.h"
#include "wire.h"

#include <pcap/dlt.h>
#include <string.h>

static struct wire wire;
static struct packet packet;
static uint32_t number;
static bool outward;

/* The packet as captured; the message is in MESSAGE. */
static void capture(const uint8_t *message, size_t length)
{
	wire_payload(&wire, message, length);
	wire.protocol = 1; /* ICMP: the message brings its own header */
	wire_ip(&wire, "10.0.0.1", "10.0.0.2");
	wire_ethernet(&wire);
	packet_decode(DLT_EN10MB, wire_bytes(&wire), wire.length, wire.length, &packet);
}

static void written_and_read(void)
{
	static const uint32_t numbers[] = {0, 1, 0x12345678, UINT32_MAX};
	uint8_t message[SENTINEL_SIZE];

	for (size_t i = 0; i < 8; i++) {
		sentinel_write(message, numbers[i / 2], i % 2);
		capture(message, sizeof message);
		CU_ASSERT_TRUE_FATAL(sentinel_read(&packet, &number, &outward));
		CU_ASSERT_EQUAL(number, numbers[i / 2]);
		CU_ASSERT_EQUAL(outward, i % 2 == 1);
	}
}

/* RFC 792: with its checksum in place the message sums up to all ones. */
static void checksum(void)
{
	uint8_t message[SENTINEL_SIZE];
	uint32_t sum = 0;

	sentinel_write(message, 0xfedcba98, true);
	for (size_t i = 0; i < sizeof message; i += 2)
		sum += (uint32_t)(message[i] << 8 | message[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	CU_ASSERT_EQUAL(sum, 0xffff);
	CU_ASSERT_NOT_EQUAL(message[2] << 8 | message[3], 0);
}

/* An unsolicited echo reply is the one message that every kernel drops in silence. */
static void an_echo_reply(void)
{
	uint8_t message[SENTINEL_SIZE];

	sentinel_write(message, 1, false);
	capture(message, sizeof message);
	CU_ASSERT_EQUAL(packet.kind, PACKET_ICMP_OTHER);
	CU_ASSERT_EQUAL(packet.icmp_type, 0);
	CU_ASSERT_EQUAL(packet.icmp_code, 0);
}

static void other_packets(void)
{
	uint8_t message[SENTINEL_SIZE + 1] = {0};

	sentinel_write(message, 1, false);
	message[0] = 8; /* an echo request */
	capture(message, SENTINEL_SIZE);
	CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
	sentinel_write(message, 1, false);
	capture(message, SENTINEL_SIZE + 1);
	CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
	capture(message, SENTINEL_SIZE - 1);
	CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
	for (size_t i = 8; i < 15; i++) {
		sentinel_write(message, 1, false);
		message[i] ^= 1;
		capture(message, SENTINEL_SIZE);
		CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
	}
	/* The same bytes in a datagram. */
	sentinel_write(message, 1, false);
	wire_payload(&wire, message + 8, SENTINEL_SIZE - 8);
	wire_udp(&wire, 1, 2);
	wire_ip(&wire, "10.0.0.1", "10.0.0.2");
	wire_ethernet(&wire);
	packet_decode(DLT_EN10MB, wire_bytes(&wire), wire.length, wire.length, &packet);
	CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
}

/* Cut by the snapshot length it is no proof of anything. */
static void cut(void)
{
	uint8_t message[SENTINEL_SIZE];

	sentinel_write(message, 1, false);
	capture(message, sizeof message);
	packet_decode(DLT_EN10MB, wire_bytes(&wire), wire.length - 1, wire.length, &packet);
	CU_ASSERT_FALSE(sentinel_read(&packet, &number, &outward));
}

static void addresses_as_text(void)
{
	static const char *const same[] = {"none", "0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "fd00::2"};
	static const char *const refused[] = {"", "10.0.0", "10.0.0.256", "10.0.0.1 ", "010.0.0.1", "a", "fd00:::1", "nonesuch"};
	struct address address;
	char out[64], small[4];

	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		CU_ASSERT_TRUE(address_parse(same[i], &address));
		CU_ASSERT_EQUAL(address.family, i == 0 ? 0 : i < 4 ? 4 : 6);
		ASSERT_STRING(address_print(&address, out, sizeof out), same[i]);
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		CU_ASSERT_FALSE(address_parse(refused[i], &address));
		CU_ASSERT_EQUAL(address.family, 0);
		CU_ASSERT_EQUAL(address.bytes[0], 0);
	}
	address = address_ipv4(0x0a000001);
	ASSERT_STRING(address_print(&address, small, sizeof small), "10.");
}

static const struct suite_test tests[] = {
	{"what is written is read: number and direction", written_and_read},
	{"the checksum is right", checksum},
	{"it is an echo reply", an_echo_reply},
	{"other packets are no sentinels", other_packets},
	{"one that is cut is none", cut},
	{"addresses are parsed and printed, and nothing else is one", addresses_as_text},
};

SUITE_MAIN("sentinel", tests)
