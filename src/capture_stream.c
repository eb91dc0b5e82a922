/* capture_stream.c - a classic pcap file that arrives in pieces; see capture.h.
 *
 * libpcap reads files only by blocking on them; the harness must not. The format
 * is that of draft-ietf-opsawg-pcap: a header of 24 bytes, then packets, each
 * behind a header of 16, all in the byte order of the machine that wrote them. */
#include "capture.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define PACKET_HEADER 16
#define CAPTURED_MAX (256 * 1024) /* MAXIMUM_SNAPLEN of libpcap */
#define NAME "the capture stream"

struct capture_stream {
	uint8_t *bytes;         /* fed and not yet taken, from START on; owned */
	size_t start, length, room;
	bool has_header, failed;
	bool swapped;           /* written in the other byte order */
	int64_t tick_ns;        /* 1000 or 1 */
	int linktype;
	size_t count;
	struct error error;
};

struct capture_stream *capture_stream_new(void)
{
	return mem_alloc(sizeof(struct capture_stream));
}

void capture_stream_free(struct capture_stream *stream)
{
	if (!stream)
		return;
	free(stream->bytes);
	free(stream);
}

static void make_room(struct capture_stream *stream, size_t more)
{
	if (stream->start) {
		memmove(stream->bytes, stream->bytes + stream->start, stream->length);
		stream->start = 0;
	}
	if (stream->length + more <= stream->room)
		return;
	stream->room = 2 * (stream->length + more);
	stream->bytes = mem_grow(stream->bytes, stream->room);
}

void capture_stream_feed(struct capture_stream *stream, const void *bytes, size_t length)
{
	if (length == 0 || stream->failed)
		return;
	if (stream->start + stream->length + length > stream->room)
		make_room(stream, length);
	memcpy(stream->bytes + stream->start + stream->length, bytes, length);
	stream->length += length;
}

static const uint8_t *front(const struct capture_stream *stream)
{
	return stream->bytes + stream->start;
}

static void take(struct capture_stream *stream, size_t size)
{
	stream->start += size;
	stream->length -= size;
}

static uint32_t number(const struct capture_stream *stream, size_t offset)
{
	uint32_t value;

	memcpy(&value, front(stream) + offset, sizeof value);
	return stream->swapped ? __builtin_bswap32(value) : value;
}

static const struct {
	uint32_t magic;
	bool swapped;
	int64_t tick_ns;
} magics[] = {
	{0xa1b2c3d4, false, 1000},
	{0xd4c3b2a1, true, 1000},
	{0xa1b23c4d, false, 1},
	{0x4d3cb2a1, true, 1},
};

static int read_magic(struct capture_stream *stream)
{
	const uint8_t *bytes = front(stream);

	stream->swapped = false; /* until the magic number says so */
	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (number(stream, 0) == magics[i].magic) {
			stream->swapped = magics[i].swapped;
			stream->tick_ns = magics[i].tick_ns;
			return 0;
		}
	return error_set(&stream->error, NAME, 0, 0,
	                 "is not a classic pcap: its first bytes are %02x %02x %02x %02x; "
	                 "write it with tcpdump -w -", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* Like read_packet(); what is no capture is said as soon as its first bytes are there. */
static int read_header(struct capture_stream *stream)
{
	if (stream->length < 4)
		return 0;
	if (read_magic(stream))
		return -1;
	if (stream->length < CAPTURE_HEADER)
		return 0;
	/* The upper bits say how long a frame check sequence is. */
	stream->linktype = (int)(number(stream, 20) & 0x03ffffff);
	if (!packet_has_linktype(stream->linktype))
		return error_set(&stream->error, NAME, 0, 0,
		                 "has link type %d, which cannot be read; capture on an Ethernet, loopback, "
		                 "raw IP or \"any\" interface", stream->linktype);
	take(stream, CAPTURE_HEADER);
	stream->has_header = true;
	return 1;
}

/* Returns 1 with a packet, 0 when more bytes are needed, -1 with stream->error. */
static int read_packet(struct capture_stream *stream, struct packet *packet)
{
	uint32_t captured, length;

	if (stream->length < PACKET_HEADER)
		return 0;
	captured = number(stream, 8);
	length = number(stream, 12);
	if (captured > CAPTURED_MAX)
		return error_set(&stream->error, NAME, 0, 0,
		                 "is damaged: packet %zu claims %u bytes, and no packet has more than %d",
		                 stream->count + 1, captured, CAPTURED_MAX);
	if (stream->length - PACKET_HEADER < captured)
		return 0;
	packet->time_ns = (int64_t)number(stream, 0) * 1000000000 + (int64_t)number(stream, 4) * stream->tick_ns;
	packet_decode(stream->linktype, front(stream) + PACKET_HEADER, captured, length, packet);
	take(stream, PACKET_HEADER + captured);
	stream->count++;
	return 1;
}

int capture_stream_next(struct capture_stream *stream, struct packet *packet, struct error *error)
{
	int result = 1;

	if (!stream->failed && !stream->has_header)
		result = read_header(stream);
	if (!stream->failed && result == 1)
		result = read_packet(stream, packet);
	if (result >= 0 && !stream->failed)
		return result;
	stream->failed = true;
	*error = stream->error;
	return -1;
}

size_t capture_stream_rest(const struct capture_stream *stream)
{
	return stream->length;
}
