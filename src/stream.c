/* stream.c - see stream.h. */
#include "stream.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* RFC 7323, section 2.3: no window is larger, so what is farther off is not of this stream. */
#define WINDOW_MAX (1 << 30)

struct held {
	struct held *next;
	uint64_t place;
	size_t captured, length;
	bool fin;
	uint8_t bytes[];
};

/* Bytes on their way out. */
struct piece {
	uint64_t place;
	const uint8_t *bytes;
	size_t captured, length;
	bool fin;
};

static int32_t distance(const struct stream *stream, uint32_t seq)
{
	return (int32_t)(seq - (uint32_t)stream->next);
}

static bool is_near(const struct stream *stream, uint32_t seq)
{
	int32_t far = distance(stream, seq);

	return far < WINDOW_MAX && far > -WINDOW_MAX;
}

static uint64_t place_of(const struct stream *stream, uint32_t seq)
{
	return stream->next + (uint64_t)(int64_t)distance(stream, seq);
}

static uint64_t end_of(uint64_t place, size_t length, bool fin)
{
	return place + length + fin;
}

static void drop_first(struct stream *stream)
{
	struct held *first = stream->held;

	stream->held = first->next;
	stream->held_count--;
	stream->held_bytes -= first->captured;
	free(first);
}

void stream_free(struct stream *stream)
{
	while (stream->held)
		drop_first(stream);
}

void stream_start(struct stream *stream, uint32_t next)
{
	stream_free(stream); /* what is held is relative to the old start */
	/* High enough that places before the start do not wrap below 0. */
	stream->next = STREAM_PLACE(next);
	stream->acked = 0;
	stream->started = true;
}

/* Hands out what is new of PIECE, which begins at or before stream->next. */
static void deliver(struct stream *stream, const struct piece *piece, const struct stream_sink *sink)
{
	size_t old = (size_t)(stream->next - piece->place);
	size_t captured = piece->captured > old ? piece->captured - old : 0;

	if (piece->length > old) {
		stream->next += piece->length - old;
		stream->lost += piece->length - old - captured;
		sink->bytes(sink->context, captured ? piece->bytes + old : NULL, captured, piece->length - old);
	}
	if (piece->fin) {
		stream->next++;
		stream->fin_done = true;
		sink->fin(sink->context);
	}
}

static bool is_new(const struct stream *stream, uint64_t place, size_t length, bool fin)
{
	return !stream->fin_done && end_of(place, length, fin) > stream->next;
}

/* Hands out what is held and has become next. */
static void release(struct stream *stream, const struct stream_sink *sink)
{
	while (stream->held && stream->held->place <= stream->next) {
		struct held *held = stream->held;
		struct piece piece = {held->place, held->bytes, held->captured, held->length, held->fin};

		if (is_new(stream, held->place, held->length, held->fin))
			deliver(stream, &piece, sink);
		drop_first(stream);
	}
	while (stream->fin_done && stream->held)
		drop_first(stream);
}

/* Gives up on the bytes before PLACE. */
static void jump(struct stream *stream, uint64_t place, const struct stream_sink *sink)
{
	struct piece hole = {stream->next, NULL, 0, (size_t)(place - stream->next), false};

	deliver(stream, &hole, sink);
	release(stream, sink);
}

static struct held *hold_bytes(const struct piece *piece)
{
	struct held *held = mem_alloc(sizeof *held + piece->captured);

	held->place = piece->place;
	held->captured = piece->captured;
	held->length = piece->length;
	held->fin = piece->fin;
	if (piece->captured)
		memcpy(held->bytes, piece->bytes, piece->captured);
	return held;
}

/* Returns false when one held segment says all that PIECE says. */
static bool hold(struct stream *stream, const struct piece *piece)
{
	struct held **link = &stream->held;
	struct held *held;

	for (; *link && (*link)->place <= piece->place; link = &(*link)->next)
		if (end_of((*link)->place, (*link)->length, (*link)->fin) >=
		    end_of(piece->place, piece->length, piece->fin))
			return false;
	held = hold_bytes(piece);
	held->next = *link;
	*link = held;
	stream->held_count++;
	stream->held_bytes += held->captured;
	return true;
}

bool stream_is_next(const struct stream *stream, const struct segment *segment)
{
	return is_near(stream, segment->seq) && distance(stream, segment->seq) <= 0 &&
	       is_new(stream, place_of(stream, segment->seq), segment->length, segment->fin);
}

bool stream_segment(struct stream *stream, const struct segment *segment, const struct stream_sink *sink)
{
	struct piece piece = {place_of(stream, segment->seq), segment->bytes, segment->captured,
	                      segment->length, segment->fin};

	if (!is_near(stream, segment->seq) || !is_new(stream, piece.place, piece.length, piece.fin))
		return false;
	stream->fin_seen |= piece.fin;
	if (piece.place <= stream->next) {
		deliver(stream, &piece, sink);
		release(stream, sink);
		return true;
	}
	if (!hold(stream, &piece))
		return false;
	while (stream->held_count > STREAM_HELD_SEGMENTS || stream->held_bytes > STREAM_HELD_BYTES ||
	       (stream->held && stream->held->place < stream->acked))
		jump(stream, stream->held->place, sink);
	return true;
}

void stream_acknowledge(struct stream *stream, uint32_t ack, const struct stream_sink *sink)
{
	stream->has_ack = true;
	stream->ack = ack;
	if (!stream->started || !is_near(stream, ack) || place_of(stream, ack) <= stream->acked)
		return;
	stream->acked = place_of(stream, ack);
	while (stream->held && stream->held->place < stream->acked)
		jump(stream, stream->held->place, sink);
}

void stream_settle(struct stream *stream, const struct stream_sink *sink)
{
	if (stream->started && !stream->fin_done && stream->acked > stream->next)
		jump(stream, stream->acked, sink);
}

bool stream_is_acked(const struct stream *stream)
{
	return stream->acked >= stream->next - stream->fin_done;
}

uint64_t stream_missing(const struct stream *stream)
{
	uint64_t missing = stream->lost, reached = stream->next;

	if (!stream->started || stream->fin_done)
		return missing;
	for (const struct held *held = stream->held; held; held = held->next) {
		uint64_t end = end_of(held->place, held->length, held->fin);

		if (held->place > reached)
			missing += held->place - reached;
		if (end > reached)
			reached = end;
	}
	if (stream->acked > reached)
		missing += stream->acked - reached;
	return missing;
}
