/* stream.h - one direction of a TCP connection, put into sequence.
 *
 * Private to the reducer (flow.c, connection.c). Segments go in as captured, in
 * any order and any number of times; bytes and the end come out once, in order.
 * Places are sequence numbers that do not wrap: 64 bits, of which the low 32 are
 * what the wire says. */
#ifndef WINDSOCK_STREAM_H
#define WINDSOCK_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is held back, at most, for a hole to be filled. */
#define STREAM_HELD_SEGMENTS 256
#define STREAM_HELD_BYTES    (1024 * 1024)

/* The place of the byte with sequence number SEQ, of a stream that starts there. */
#define STREAM_PLACE(SEQ) (((uint64_t)1 << 40) + (uint32_t)(SEQ))

struct held;

struct stream {
	bool started;       /* next is known */
	bool fin_seen;      /* also one that is held back */
	bool fin_done;      /* handed out; nothing comes behind it */
	bool has_ack;       /* ack is known */
	uint32_t ack;       /* the last acknowledgement of the other side */
	uint64_t next;      /* place of the next byte that is new */
	uint64_t acked;     /* highest place that the other side has acknowledged */
	uint64_t lost;      /* bytes handed out that the capture does not hold */
	struct held *held;  /* by place; owned */
	size_t held_count, held_bytes;
};

struct segment {
	uint32_t seq;       /* of the first byte */
	const uint8_t *bytes;
	size_t captured, length;
	bool fin;
};

/* Who takes what is new. BYTES is NULL where the capture lacks them all. */
struct stream_sink {
	void (*bytes)(void *context, const uint8_t *bytes, size_t captured, size_t length);
	void (*fin)(void *context);
	void *context;
};

void stream_start(struct stream *stream, uint32_t next);
void stream_free(struct stream *stream);

/* Whether the segment would be handed out at once, at least in part. */
bool stream_is_next(const struct stream *stream, const struct segment *segment);
/* Takes a segment of a started stream. Returns false when nothing of it is new. */
bool stream_segment(struct stream *stream, const struct segment *segment, const struct stream_sink *sink);
/* The other side says that it has everything before ACK. What is held beyond a
 * hole before ACK is handed out, with the hole as lost bytes. */
void stream_acknowledge(struct stream *stream, uint32_t ack, const struct stream_sink *sink);
/* Hands out the lost bytes at the end that only an acknowledgement tells of:
 * called before an event of the other side, which comes after them. */
void stream_settle(struct stream *stream, const struct stream_sink *sink);

bool stream_is_acked(const struct stream *stream); /* all bytes so far */
/* Bytes that the capture lacks: lost ones, and the holes that may yet be filled. */
uint64_t stream_missing(const struct stream *stream);

#endif
