/* test_capture.c - capture files and streams: both byte orders, both resolutions, pcapng, damage. */
#include "capture.h"
#include "capture_compare.h"
#include "suite.h"
#include "text.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

#define ETHERNET 1
#define RAW 101
#define SECONDS INT64_C(1000000000)

static struct wire wire;
static struct packet packet;
static struct error error;

/* A file being written, in the byte order of this machine or the other. */
struct file {
	struct text bytes;
	bool swapped;
};

static void add16(struct file *file, uint16_t value)
{
	if (file->swapped)
		value = __builtin_bswap16(value);
	text_add_bytes(&file->bytes, &value, sizeof value);
}

static void add32(struct file *file, uint32_t value)
{
	if (file->swapped)
		value = __builtin_bswap32(value);
	text_add_bytes(&file->bytes, &value, sizeof value);
}

static void add_header(struct file *file, uint32_t magic, uint32_t linktype)
{
	add32(file, magic);
	add16(file, 2);
	add16(file, 4);
	add32(file, 0);
	add32(file, 0);
	add32(file, 65535);
	add32(file, linktype);
}

static void build(const char *string)
{
	wire_text(&wire, string);
	wire_udp(&wire, 6666, 7777);
	wire_ip(&wire, "10.0.0.2", "10.0.0.1");
}

static void add_packet(struct file *file, uint32_t seconds, uint32_t fraction, const char *string)
{
	build(string);
	add32(file, seconds);
	add32(file, fraction);
	add32(file, (uint32_t)wire.length);
	add32(file, (uint32_t)wire.length);
	text_add_bytes(&file->bytes, wire_bytes(&wire), wire.length);
}

/* Two packets, at 1.000005 s and 2.000000 s. */
static struct file two_packets(bool swapped, bool nano)
{
	struct file file = {.swapped = swapped};

	add_header(&file, nano ? 0xa1b23c4d : 0xa1b2c3d4, RAW);
	add_packet(&file, 1, nano ? 5000 : 5, "one");
	add_packet(&file, 2, 0, "two");
	return file;
}

static void is_packet(int64_t time_ns, const char *string)
{
	CU_ASSERT_EQUAL(packet.kind, PACKET_UDP);
	CU_ASSERT_EQUAL(packet.time_ns, time_ns);
	CU_ASSERT_EQUAL(packet.payload_length, strlen(string));
	if (packet.kind == PACKET_UDP && packet.payload_captured == strlen(string))
		CU_ASSERT(!memcmp(packet.payload, string, strlen(string)));
}

static bool on_disk; /* else in memory, where nobody but libpcap reads */

static struct capture *open_bytes(const struct text *bytes, const char *name)
{
	FILE *stream = on_disk ? tmpfile() : fmemopen(bytes->data, bytes->length, "rb");

	if (!stream || (on_disk && fwrite(bytes->data, 1, bytes->length, stream) != bytes->length))
		abort();
	rewind(stream);
	return capture_open(stream, name, &error);
}

static void reads_two(const struct text *bytes)
{
	struct capture *capture = open_bytes(bytes, "two.pcap");

	CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 1);
	is_packet(SECONDS + 5000, "one");
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 1);
	is_packet(2 * SECONDS, "two");
	CU_ASSERT_EQUAL(capture_count(capture), 2);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 0);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 0);
	CU_ASSERT_EQUAL(capture_count(capture), 2);
	capture_close(capture);
}

static void classic_files(void)
{
	for (int variant = 0; variant < 4; variant++) {
		struct file file = two_packets(variant & 1, variant & 2);

		reads_two(&file.bytes);
		text_free(&file.bytes);
	}
}

static void add_block(struct file *file, uint32_t type, const struct text *body)
{
	uint32_t padding = (uint32_t)(-body->length & 3), zero = 0;
	uint32_t length = 12 + (uint32_t)body->length + padding;

	add32(file, type);
	add32(file, length);
	text_add_bytes(&file->bytes, body->data, body->length);
	text_add_bytes(&file->bytes, &zero, padding);
	add32(file, length);
}

static void add_section(struct file *file)
{
	struct file body = {.swapped = file->swapped};

	add32(&body, 0x1a2b3c4d);
	add16(&body, 1);
	add16(&body, 0);
	add32(&body, 0xffffffff);
	add32(&body, 0xffffffff);
	add_block(file, 0x0a0d0d0a, &body.bytes);
	text_free(&body.bytes);
}

static void add_interface(struct file *file, uint16_t linktype)
{
	struct file body = {.swapped = file->swapped};

	add16(&body, linktype);
	add16(&body, 0);
	add32(&body, 65535);
	add_block(file, 1, &body.bytes);
	text_free(&body.bytes);
}

static void add_enhanced_packet(struct file *file, uint64_t microseconds, const char *string)
{
	struct file body = {.swapped = file->swapped};

	build(string);
	add32(&body, 0);
	add32(&body, (uint32_t)(microseconds >> 32));
	add32(&body, (uint32_t)microseconds);
	add32(&body, (uint32_t)wire.length);
	add32(&body, (uint32_t)wire.length);
	text_add_bytes(&body.bytes, wire_bytes(&wire), wire.length);
	add_block(file, 6, &body.bytes);
	text_free(&body.bytes);
}

static void pcapng_files(void)
{
	for (int swapped = 0; swapped < 2; swapped++) {
		struct file file = {.swapped = swapped};

		add_section(&file);
		add_interface(&file, RAW);
		add_enhanced_packet(&file, 1000005, "one");
		add_enhanced_packet(&file, 2000000, "two");
		reads_two(&file.bytes);
		text_free(&file.bytes);
	}
}

/* A time that 64 bits of nanoseconds cannot hold. */
static void absurd_times(void)
{
	struct file file = {0};
	struct capture *capture;

	add_section(&file);
	add_interface(&file, RAW);
	add_enhanced_packet(&file, UINT64_MAX, "far");
	capture = open_bytes(&file.bytes, "far.pcapng");
	CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 1);
	is_packet(0, "far");
	capture_close(capture);
	text_free(&file.bytes);
}

static void cut_off_files(void)
{
	struct file file = two_packets(false, false);
	struct capture *capture;

	file.bytes.length -= 3;
	capture = open_bytes(&file.bytes, "cut.pcap");
	CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 1);
	is_packet(SECONDS + 5000, "one");
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error_string(&error), "cut.pcap: is cut off or damaged behind packet 1:"));
	CU_ASSERT_EQUAL(capture_count(capture), 1);
	capture_close(capture);
	text_free(&file.bytes);
}

static void refuses(const void *bytes, size_t length, const char *message)
{
	struct text text = {0};

	text_add_bytes(&text, bytes, length);
	CU_ASSERT_PTR_NULL(open_bytes(&text, "x.pcap"));
	if (!strstr(error_string(&error), message))
		ASSERT_STRING(error_string(&error), message);
	text_free(&text);
}

static void no_captures(void)
{
	struct file file = {0};

	refuses("hello, world", 12, "x.pcap: is not a capture: its first bytes are 68 65 6c 6c 6f 2c 20 77 (");
	refuses("hello, world", 12, "; write one with tcpdump -w FILE");
	refuses("\x1f\x8b\x08\0\0\0\0\0\0", 9, "gunzip");
	refuses("hi", 2, "its first bytes are 68 69");
	add_header(&file, 0xa1b2c3d4, 105);
	refuses(file.bytes.data, file.bytes.length, "x.pcap: has link type 105 (IEEE802_11), which cannot be read");
	refuses(file.bytes.data, 10, "its first bytes are");
	text_free(&file.bytes);
}

static void empty_file(void)
{
	CU_ASSERT_PTR_NULL(capture_open(tmpfile(), "empty.pcap", &error));
	ASSERT_STRING(error_string(&error),
	              "empty.pcap: is not a capture: it is empty; write one with tcpdump -w FILE");
}

static void damaged_file(void)
{
	struct file file = two_packets(false, false);
	uint32_t absurd = 300000;
	struct capture *capture;

	memcpy(file.bytes.data + file.bytes.length - strlen("two") - 28 - 8, &absurd, sizeof absurd);
	capture = open_bytes(&file.bytes, "damaged.pcap");
	CU_ASSERT_PTR_NOT_NULL_FATAL(capture);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), 1);
	CU_ASSERT_EQUAL(capture_next(capture, &packet, &error), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error_string(&error), "damaged.pcap: is cut off or damaged behind packet 1:"));
	capture_close(capture);
	text_free(&file.bytes);
}

static void files_on_disk(void)
{
	on_disk = true;
	classic_files();
	pcapng_files();
	absurd_times();
	cut_off_files();
	damaged_file();
	no_captures();
	on_disk = false;
}

/* Feeds the file SIZE bytes at a time, asking for packets after each piece. */
static void stream_in_pieces(const struct text *bytes, size_t size)
{
	struct capture_stream *stream = capture_stream_new();
	size_t seen = 0;

	for (size_t at = 0; at < bytes->length; at += size) {
		capture_stream_feed(stream, bytes->data + at, size < bytes->length - at ? size : bytes->length - at);
		while (capture_stream_next(stream, &packet, &error) == 1) {
			is_packet(seen ? 2 * SECONDS : SECONDS + 5000, seen ? "two" : "one");
			/* No sooner than its last byte, and no later. */
			CU_ASSERT_EQUAL((at + size) / size, (24 + (seen + 1) * (16 + 31) + size - 1) / size);
			seen++;
		}
	}
	CU_ASSERT_EQUAL(seen, 2);
	CU_ASSERT_EQUAL(capture_stream_next(stream, &packet, &error), 0);
	capture_stream_free(stream);
}

static void streams_in_pieces(void)
{
	for (int variant = 0; variant < 4; variant++) {
		struct file file = two_packets(variant & 1, variant & 2);

		for (size_t size = 1; size < 30; size++)
			stream_in_pieces(&file.bytes, size);
		text_free(&file.bytes);
	}
}

static void streams_in_lumps(void)
{
	struct file file = {0};
	struct capture_stream *stream = capture_stream_new();
	size_t fed = 0, seen = 0, lump = 1;

	add_header(&file, 0xa1b2c3d4, RAW);
	for (uint32_t i = 0; i < 500; i++)
		add_packet(&file, i, 0, "lump");
	while (fed < file.bytes.length) {
		size_t size = lump < file.bytes.length - fed ? lump : file.bytes.length - fed;

		capture_stream_feed(stream, file.bytes.data + fed, size);
		fed += size;
		lump = lump * 3 % 1009;
		while (capture_stream_next(stream, &packet, &error) == 1)
			is_packet((int64_t)seen++ * SECONDS, "lump");
	}
	CU_ASSERT_EQUAL(seen, 500);
	capture_stream_free(stream);
	text_free(&file.bytes);
}

static void stream_refuses(const struct text *bytes, const char *message)
{
	struct capture_stream *stream = capture_stream_new();

	capture_stream_feed(stream, bytes->data, bytes->length);
	CU_ASSERT_EQUAL(capture_stream_next(stream, &packet, &error), -1);
	if (!strstr(error_string(&error), message))
		ASSERT_STRING(error_string(&error), message);
	capture_stream_feed(stream, bytes->data, bytes->length);
	CU_ASSERT_EQUAL(capture_stream_next(stream, &packet, &error), -1); /* and stays so */
	capture_stream_free(stream);
}

static void bad_streams(void)
{
	struct file file = {0};

	text_add(&file.bytes, "tcpdump: permission denied");
	stream_refuses(&file.bytes, "is not a classic pcap: its first bytes are 74 63 70 64");
	text_free(&file.bytes);
	add_header(&file, 0xa1b2c3d4, 105);
	stream_refuses(&file.bytes, "has link type 105, which cannot be read");
	text_free(&file.bytes);
	add_header(&file, 0xa1b2c3d4, ETHERNET);
	for (int i = 0; i < 4; i++)
		add32(&file, 0x7fffffff);
	stream_refuses(&file.bytes, "packet 1 claims 2147483647 bytes");
	text_free(&file.bytes);
}

/* A classic file with one packet a letter of LETTERS: "aab" has the same packet twice. Times differ from file to file. */
static struct text lettered(const char *letters)
{
	static uint32_t clock;
	struct file file = {0};

	add_header(&file, 0xa1b2c3d4, ETHERNET);
	for (size_t i = 0; letters[i]; i++) {
		add32(&file, ++clock);
		add32(&file, 0);
		add32(&file, 1);
		add32(&file, 60);
		text_add_bytes(&file.bytes, letters + i, 1);
	}
	return file.bytes;
}

/* How many packets of each are not in the other. */
static void differ(const char *one, const char *other, size_t only_one, size_t only_other)
{
	struct text a = lettered(one), b = lettered(other);
	struct capture_difference difference;

	CU_ASSERT_EQUAL(capture_compare(&a, &b, &difference), 0);
	CU_ASSERT_EQUAL(difference.packets[0], strlen(one));
	CU_ASSERT_EQUAL(difference.packets[1], strlen(other));
	CU_ASSERT_EQUAL(difference.only[0], only_one);
	CU_ASSERT_EQUAL(difference.only[1], only_other);
	CU_ASSERT_EQUAL(capture_same(&difference), !only_one && !only_other);
	text_free(&a);
	text_free(&b);
}

static void compared_captures(void)
{
	differ("", "", 0, 0);
	differ("abc", "cab", 0, 0);
	differ("aab", "aba", 0, 0);
	differ("aab", "ab", 1, 0);
	differ("ab", "abc", 0, 1);
	differ("", "xy", 0, 2);
	differ("abcd", "bxdy", 2, 2);
}

static void uncomparable(void)
{
	struct text whole = lettered("a"), cut = lettered("ab"), words = {0};
	struct capture_difference difference;

	cut.length--;
	text_add(&words, "tcpdump: permission denied");
	CU_ASSERT_EQUAL(capture_compare(&whole, &cut, &difference), -1);
	CU_ASSERT_EQUAL(capture_compare(&words, &whole, &difference), -1);
	cut.length = 30;
	CU_ASSERT_EQUAL(capture_compare(&cut, &whole, &difference), -1);
	cut.length = 10;
	CU_ASSERT_EQUAL(capture_compare(&cut, &whole, &difference), -1);
	text_free(&whole);
	text_free(&cut);
	text_free(&words);
}

static const struct suite_test tests[] = {
	{"classic files of both byte orders and both resolutions", classic_files},
	{"pcapng files of both byte orders", pcapng_files},
	{"a time beyond all clocks is 0", absurd_times},
	{"a file cut off is an error behind its whole packets", cut_off_files},
	{"a packet that cannot be so long is an error", damaged_file},
	{"all of that likewise with files on a disk, where classic ones are read without libpcap", files_on_disk},
	{"what is no capture is named, with a remedy", no_captures},
	{"an empty file is named so", empty_file},
	{"a stream in pieces of one byte, of two, and so on", streams_in_pieces},
	{"a stream in lumps of any size", streams_in_lumps},
	{"a stream that is no capture is refused and stays so", bad_streams},
	{"two captures of one wire: the same packets in any order, or how many are missing where", compared_captures},
	{"what is no whole classic file is not compared", uncomparable},
};

SUITE_MAIN("capture", tests)
