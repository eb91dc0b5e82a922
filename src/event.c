/* event.c - writes the events of a flow down; see flow_state.h. */
#include "flow_state.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_LEAST 64
#define BLOCK_MOST  4096 /* but for a message that is longer */

/* What a flow's messages say, one behind the other: an allocation a message would cost more than the message. */
struct block {
	struct block *before;
	size_t room, used;
	uint8_t bytes[];
};

static const uint8_t nothing[1]; /* bytes of an event that keeps none: never NULL */

static void count_event(struct flow *flow, enum event_kind kind, enum direction direction)
{
	bool ends = kind == EVENT_FIN || kind == EVENT_RESET;

	if (kind == EVENT_MESSAGE && !flow->spoken) {
		flow->spoken = true;
		flow->first_word = direction;
	}
	if (ends && !flow->ended) {
		flow->ended = true;
		flow->ended_how = kind;
		flow->ended_by = direction;
	}
	flow->messages[direction] += kind == EVENT_MESSAGE;
}

/* Where the next event goes. Beyond what is kept, it is the place behind the last one, again and again. */
static struct event *next_event(struct flow_state *state)
{
	struct flow *flow = &state->flow;

	/* Not mem_room(): its first eight are twice what most flows ever need. */
	if (flow->event_count == state->event_room) {
		state->event_room = state->event_room ? 2 * state->event_room : state->options->events_kept ? 4 : 1;
		flow->events = mem_grow(flow->events, state->event_room * sizeof *flow->events);
	}
	if (flow->event_count < state->options->events_kept)
		return &flow->events[flow->event_count++];
	flow->events_left_out++;
	return &flow->events[flow->event_count];
}

struct event *event_add(struct flow_state *state, enum event_kind kind, enum direction direction,
                        const struct arrival *arrival)
{
	struct event *event = next_event(state);

	*event = (struct event){
		.kind = kind,
		.direction = direction,
		.time_ns = arrival->packet->time_ns,
		.end_ns = arrival->packet->time_ns,
		.packet = arrival->number,
		.bytes = nothing,
		.seq = 0,
		.ack = 0,
	};
	count_event(&state->flow, kind, direction);
	/* An ICMP error on the way (a smaller MTU, say) does not end what a stream says. */
	if (kind != EVENT_UNREACHABLE && kind != EVENT_ACK)
		state->open = SIZE_MAX;
	return event;
}

/* Room for MORE bytes behind those that EVENT, the flow's last message, has so far; in a new block, with them,
 * if they don't fit. Blocks double, as most flows say little. */
static uint8_t *room_for(struct flow_state *state, struct event *event, size_t more)
{
	struct block *full = state->block, *block;
	size_t needed = event->kept + more, room;

	if (full && full->room - full->used >= more)
		return full->bytes + full->used;
	room = full ? 2 * full->room : BLOCK_LEAST;
	if (room > BLOCK_MOST)
		room = BLOCK_MOST;
	if (room < needed)
		room = event->kept ? 2 * needed : needed;
	block = mem_grow(NULL, sizeof *block + room);
	*block = (struct block){.before = full, .room = room, .used = event->kept};
	if (event->kept) {
		memcpy(block->bytes, event->bytes, event->kept);
		full->used -= event->kept;
	}
	if (full && !full->used) {
		block->before = full->before;
		free(full);
	}
	state->block = block;
	event->bytes = block->bytes;
	return block->bytes + block->used;
}

/* Keeps bytes as long as they follow on those kept before: behind a hole, or
 * behind bytes_kept, they are only counted; so are those of an event left out. */
static void keep(struct flow_state *state, struct event *event, const uint8_t *bytes, size_t captured)
{
	size_t room = state->options->bytes_kept - event->kept;
	size_t size = captured < room ? captured : room;
	uint8_t *behind;

	if (event->kept < event->length || size == 0 || event == &state->flow.events[state->flow.event_count])
		return;
	behind = room_for(state, event, size);
	memcpy(behind, bytes, size);
	if (!event->kept)
		event->bytes = behind;
	event->kept += size;
	state->block->used += size;
}

static void lengthen(struct flow_state *state, struct event *event, const struct arrival *arrival,
                     const uint8_t *bytes, size_t captured, size_t length)
{
	keep(state, event, bytes, captured);
	event->length += length;
	event->end_ns = arrival->packet->time_ns;
	state->flow.bytes[event->direction] += length;
}

void event_bytes(struct flow_state *state, enum direction direction, const struct arrival *arrival,
                 const uint8_t *bytes, size_t captured, size_t length)
{
	struct event *event;

	if (state->open == SIZE_MAX || state->flow.events[state->open].direction != direction ||
	    state->options->views & VIEW_SEGMENTS) {
		event = event_add(state, EVENT_MESSAGE, direction, arrival);
		state->open = (size_t)(event - state->flow.events);
	}
	event = &state->flow.events[state->open];
	lengthen(state, event, arrival, bytes, captured, length);
}

void event_datagram(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	const struct packet *packet = arrival->packet;
	struct event *event = event_add(state, EVENT_MESSAGE, direction, arrival);

	lengthen(state, event, arrival, packet->payload, packet->payload_captured, packet->payload_length);
	state->flow.incomplete += packet->payload_length - packet->payload_captured;
}

void event_unreachable(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	struct event *event = event_add(state, EVENT_UNREACHABLE, direction, arrival);

	event->icmp_type = arrival->packet->icmp_type;
	event->icmp_code = arrival->packet->icmp_code;
	event->icmp_source = arrival->packet->source;
}

void events_free(struct flow_state *state)
{
	while (state->block) {
		struct block *last = state->block;

		state->block = last->before;
		free(last);
	}
	free(state->flow.events);
	free(state->numbers);
	state->numbers = NULL;
	state->flow.events = NULL;
	state->flow.event_count = state->event_room = 0;
	state->open = SIZE_MAX;
}
