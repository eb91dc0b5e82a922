/* fuzz_capture.c - any bytes as a capture file, and as a stream in two ways of
 * cutting it, which must give the same packets. */
#include "capture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t touched;

/* What a reading saw, in brief. */
struct summary {
	size_t packets;
	int result;
	uint64_t mixed;
};

static void add(struct summary *summary, const struct packet *packet)
{
	summary->packets++;
	summary->mixed = summary->mixed * 31 + (uint64_t)packet->time_ns + packet->payload_length +
	                 (uint64_t)packet->kind;
	for (size_t i = 0; i < packet->payload_captured; i++)
		touched ^= packet->payload[i];
}

static void read_file(const uint8_t *data, size_t size)
{
	struct error error;
	struct packet packet;
	/* The cast: fmemopen() writes nothing in mode "r". */
	FILE *stream = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	struct capture *capture = stream ? capture_open(stream, "fuzz.pcap", &error) : NULL;
	struct summary summary = {0};

	if (!capture)
		return;
	while ((summary.result = capture_next(capture, &packet, &error)) == 1)
		add(&summary, &packet);
	if (summary.packets != capture_count(capture) || (summary.result < 0 && !error_string(&error)[0]))
		abort();
	capture_close(capture);
}

static struct summary read_stream(const uint8_t *data, size_t size, size_t piece)
{
	struct capture_stream *stream = capture_stream_new();
	struct summary summary = {0};
	struct packet packet;
	struct error error;

	for (size_t at = 0; at < size; at += piece) {
		capture_stream_feed(stream, data + at, piece < size - at ? piece : size - at);
		while ((summary.result = capture_stream_next(stream, &packet, &error)) == 1)
			add(&summary, &packet);
	}
	capture_stream_free(stream);
	return summary;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct summary at_once = read_stream(data, size, size ? size : 1), in_pieces = read_stream(data, size, 7);

	if (at_once.packets != in_pieces.packets || at_once.result != in_pieces.result ||
	    at_once.mixed != in_pieces.mixed)
		abort();
	read_file(data, size);
	return 0;
}
