/* fuzz_capture.c - any bytes as a capture: as a stream in two ways of cutting it, and by both doors of
 * capture_open(). A regular file, if it is a classic pcap, is read by our own reader and must give the packets of
 * the stream; what is no regular file is always libpcap's. */
#include "capture.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* A regular file that holds DATA, read from its beginning. */
static FILE *file_of(const uint8_t *data, size_t size)
{
	static int file = -1; /* for all inputs: a new one each takes longer than the reading */
	int copy;

	if (file < 0)
		file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0 || ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size || lseek(file, 0, SEEK_SET))
		abort();
	copy = fcntl(file, F_DUPFD_CLOEXEC, 0);
	return copy < 0 ? NULL : fdopen(copy, "r");
}

static struct summary read_open(FILE *stream)
{
	struct error error = {0};
	struct packet packet;
	struct capture *capture = stream ? capture_open(stream, "fuzz.pcap", &error) : NULL;
	struct summary summary = {0};

	if (!stream)
		abort();
	if (!capture) {
		summary.result = error_string(&error)[0] ? -1 : 1; /* 1: a refusal without a word */
		return summary;
	}
	while ((summary.result = capture_next(capture, &packet, &error)) == 1)
		add(&summary, &packet);
	if (summary.packets != capture_count(capture) || (summary.result < 0 && !error_string(&error)[0]))
		abort();
	capture_close(capture);
	return summary;
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

static bool differ(const struct summary *one, const struct summary *other)
{
	return one->packets != other->packets || one->mixed != other->mixed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct summary at_once = read_stream(data, size, size ? size : 1), in_pieces = read_stream(data, size, 7), file;

	if (differ(&at_once, &in_pieces) || at_once.result != in_pieces.result)
		abort();
	file = read_open(file_of(data, size));
	if (file.result == 1 || (at_once.packets && (differ(&at_once, &file) || file.result > at_once.result)))
		abort();
	/* The cast: fmemopen() writes nothing in mode "r". */
	if (size && read_open(fmemopen((void *)(uintptr_t)data, size, "r")).result == 1)
		abort();
	return 0;
}
