/* connection.c - what a packet means to a TCP connection; see flow_state.h.
 *
 * Follows both sides' sequence numbers through the states that a socket
 * programmer knows: asked for, answered, refused, established, finished, reset.
 * What the capture did not see is inferred where one packet proves it. */
#include "flow_state.h"

/* Where a stream's bytes go. */
struct target {
	struct flow_state *state;
	enum direction direction;
	const struct arrival *arrival;
};

/* A place of the side's stream as a number that counts from its SYN, or from before the first byte seen. */
static uint64_t relative(const struct flow_state *state, enum direction direction, uint64_t place)
{
	const struct side *side = &state->side[direction];

	return place - (side->isn_known ? STREAM_PLACE(side->isn + 1) - 1 : state->numbers->middle[direction]);
}

static void take_bytes(void *context, const uint8_t *bytes, size_t captured, size_t length)
{
	const struct target *target = context;
	struct flow_state *state = target->state;

	event_bytes(target->state, target->direction, target->arrival, bytes, captured, length);
	if (state->numbers)
		state->flow.events[state->open].seq = relative(state, target->direction,
		                                               state->side[target->direction].stream.next - length);
}

static void take_fin(void *context)
{
	const struct target *target = context;

	struct event *event = event_add(target->state, EVENT_FIN, target->direction, target->arrival);

	if (target->state->numbers)
		event->seq = relative(target->state, target->direction,
		                      target->state->side[target->direction].stream.next - 1);
}

static struct stream_sink sink_for(struct target *target)
{
	return (struct stream_sink){take_bytes, take_fin, target};
}

static enum direction opposite(const struct flow_state *state, enum direction direction)
{
	return state->to_itself ? direction : direction_back(direction);
}

static bool is_finished(const struct flow_state *state)
{
	return state->side[0].stream.fin_seen && (state->side[1].stream.fin_seen || state->to_itself);
}

static bool is_over(const struct flow_state *state)
{
	return state->flow.refused || state->side[0].reset || state->side[1].reset || is_finished(state);
}

bool connection_is_complete(const struct flow_state *state)
{
	return state->side[0].stream.fin_done && (state->side[1].stream.fin_done || state->to_itself);
}

enum patience connection_patience(const struct flow_state *state)
{
	if (is_over(state))
		return PATIENCE_QUIET;
	return state->flow.saw_syn && !state->flow.syn_answered ? PATIENCE_UNANSWERED : PATIENCE_FOREVER;
}

/* Whether ACK can acknowledge this side's SYN, with or without the data on it. */
static bool answers_syn(const struct side *side, uint32_t ack)
{
	uint32_t sent = (uint32_t)side->stream.next - side->isn;

	return !side->isn_known || (ack - side->isn >= 1 && ack - side->isn <= sent);
}

bool connection_is_another(const struct flow_state *state, enum direction direction,
                           const struct packet *packet)
{
	const struct side *side = &state->side[direction];
	const struct side *other = &state->side[opposite(state, direction)];

	if (!(packet->flags & PACKET_SYN) || packet->flags & PACKET_RST)
		return false;
	if (packet->flags & PACKET_ACK)
		return is_over(state) && (!other->isn_known || !answers_syn(other, packet->ack));
	if (side->isn_known)
		return side->isn != packet->seq;
	/* The other side's SYN, in answer to none of ours yet, opens simultaneously. */
	return !state->flow.saw_syn || is_over(state);
}

static void learn_isn(struct side *side, uint32_t isn)
{
	side->isn = isn;
	side->isn_known = true;
	stream_start(&side->stream, isn + 1);
}

/* Returns false when the SYN says nothing new, or nothing about this connection. */
static bool take_syn(struct flow_state *state, enum direction direction, const struct packet *packet)
{
	struct side *side = &state->side[direction];
	struct side *other = &state->side[opposite(state, direction)];
	bool again = side->syn_seen && side->isn == packet->seq;

	if (packet->flags & PACKET_ACK) {
		if (!answers_syn(other, packet->ack) && !state->flow.syn_answered)
			return false;
		if (!other->isn_known && !other->stream.started)
			learn_isn(other, packet->ack - 1);
		state->flow.syn_answered = true;
		state->flow.refused = false;
	} else if (direction == DIRECTION_ALONG) {
		state->flow.saw_syn = true;
		state->flow.syn_count++;
	} else {
		state->flow.simultaneous = state->flow.saw_syn;
	}
	/* A SYN cookie's sequence number may change from one SYN-ACK to the next. */
	if ((!side->isn_known || side->isn != packet->seq) && state->flow.bytes[direction] == 0 &&
	    !side->stream.fin_seen)
		learn_isn(side, packet->seq);
	side->syn_seen = true;
	return !again;
}

/* An ACK, or data, before any SYN-ACK: the capture has lost the SYN-ACK, or the
 * packet is about an older connection (RFC 5961, section 4: a challenge). */
static bool is_of_this_connection(struct flow_state *state, enum direction direction,
                                  const struct packet *packet)
{
	struct side *opener = &state->side[DIRECTION_ALONG], *target = &state->side[DIRECTION_AGAINST];

	if (!state->flow.saw_syn || state->flow.syn_answered || packet->flags & PACKET_SYN || state->to_itself)
		return true;
	if (!(packet->flags & PACKET_ACK))
		return false;
	if (direction == DIRECTION_AGAINST && !answers_syn(opener, packet->ack))
		return false;
	if (direction == DIRECTION_AGAINST && !target->isn_known)
		learn_isn(target, packet->seq - 1);
	if (direction == DIRECTION_ALONG && !target->isn_known)
		learn_isn(target, packet->ack - 1);
	state->flow.syn_answered = true;
	state->flow.refused = false;
	opener->syn_acked = true;
	return true;
}

static void take_ack(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	enum direction other = opposite(state, direction);
	struct target target = {state, other, arrival};
	struct stream_sink sink = sink_for(&target);
	struct side *side = &state->side[other];
	uint32_t ack = arrival->packet->ack;

	stream_acknowledge(&side->stream, ack, &sink);
	if (side->isn_known && ack - side->isn >= 1 && ack - side->isn < 0x80000000u)
		side->syn_acked = true;
}

/* Where a stream begins whose SYN was not seen: with its first bytes, but not
 * before what the other side had acknowledged already. */
static void start_in_the_middle(struct stream *stream, uint32_t seq)
{
	bool behind = stream->has_ack && stream->ack - seq - 1 < (1u << 30);

	stream_start(stream, behind ? stream->ack : seq);
}

/* An event of this side comes after all that it acknowledges. */
static void settle_other(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	struct target target = {state, opposite(state, direction), arrival};
	struct stream_sink sink = sink_for(&target);

	if (!state->to_itself)
		stream_settle(&state->side[target.direction].stream, &sink);
}

/* Returns false when nothing of the data or the FIN is new. */
static bool take_data(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	const struct packet *packet = arrival->packet;
	struct target target = {state, direction, arrival};
	struct stream_sink sink = sink_for(&target);
	struct stream *stream = &state->side[direction].stream;
	struct segment segment = {packet->seq + !!(packet->flags & PACKET_SYN), packet->payload,
	                          packet->payload_captured, packet->payload_length,
	                          packet->flags & PACKET_FIN};

	if (!stream->started) {
		start_in_the_middle(stream, segment.seq);
		if (state->numbers)
			state->numbers->middle[direction] = stream->next - 1;
	}
	if (stream_is_next(stream, &segment))
		settle_other(state, direction, arrival);
	return stream_segment(stream, &segment, &sink);
}

static void take_reset(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	struct side *side = &state->side[direction];

	/* RFC 9293, section 3.6.1: whoever closed with data still to come answers it
	 * with RST. After both FINs that is late and says nothing. */
	if (side->reset || is_finished(state))
		return;
	if (state->flow.saw_syn && !state->flow.syn_answered) {
		if (direction == DIRECTION_AGAINST || state->flow.simultaneous) {
			state->flow.refused = true;
			return;
		}
		/* The opener's RST to an older connection's challenge (RFC 5961, section 4). */
		if (arrival->packet->seq != (uint32_t)side->stream.next)
			return;
	}
	settle_other(state, direction, arrival);
	side->reset = true;
	event_add(state, EVENT_RESET, direction, arrival);
}

/* ---- what only a stricter view asks for ---- */

/* How far DIRECTION has acknowledged the other side; 0 = nothing that is known. */
static uint64_t acknowledged(const struct flow_state *state, enum direction direction)
{
	enum direction other = opposite(state, direction);
	const struct stream *stream = &state->side[other].stream;
	uint64_t number;

	if (!stream->started || !stream->acked)
		return 0;
	number = relative(state, other, stream->acked);
	return number >> 63 ? 0 : number; /* from before the SYN: about an older connection */
}

/* One event for each packet that acknowledges more than those before it; for `handshake` the first is enough. */
static void tell_ack(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	uint64_t *told = &state->numbers->acked[direction], number = acknowledged(state, direction);
	bool wanted = state->options->views & VIEW_ACKS || (state->options->views & VIEW_HANDSHAKE && !*told);

	if (number <= *told || !wanted)
		return;
	*told = number;
	event_add(state, EVENT_ACK, direction, arrival)->ack = number;
}

static void tell_syn(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	bool answers = arrival->packet->flags & PACKET_ACK;
	bool *told = &state->numbers->syn_told[direction][answers];
	struct event *event;

	if (*told || !(state->options->views & VIEW_HANDSHAKE))
		return;
	*told = true;
	event = event_add(state, EVENT_SYN, direction, arrival);
	if (answers)
		state->numbers->acked[direction] = event->ack = acknowledged(state, direction);
}

/* A SYN's acknowledgement is part of it, where SYNs are told. */
static void tell_numbers(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	if (arrival->packet->flags & PACKET_SYN)
		tell_syn(state, direction, arrival);
	if (arrival->packet->flags & PACKET_ACK &&
	    !(arrival->packet->flags & PACKET_SYN && state->options->views & VIEW_HANDSHAKE))
		tell_ack(state, direction, arrival);
}

static void take_segment(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	const struct packet *packet = arrival->packet;
	bool says = packet->flags & (PACKET_SYN | PACKET_FIN) || packet->payload_length;
	bool is_new = false;

	if (!is_of_this_connection(state, direction, packet))
		return;
	if (packet->flags & PACKET_SYN) {
		is_new = take_syn(state, direction, packet);
		/* A SYN of other numbers is not this connection's, nor is its ACK. */
		if (state->side[direction].isn != packet->seq)
			return;
	}
	if (packet->flags & PACKET_ACK)
		take_ack(state, direction, arrival);
	if (state->numbers)
		tell_numbers(state, direction, arrival);
	if (packet->flags & PACKET_FIN || packet->payload_length)
		is_new |= take_data(state, direction, arrival);
	if (says && !is_new)
		state->flow.retransmitted++;
}

static void update(struct flow_state *state, const struct packet *packet)
{
	struct flow *flow = &state->flow;
	bool in_the_middle = !flow->saw_syn && !flow->syn_answered;

	if (state->side[0].syn_acked && state->side[opposite(state, DIRECTION_ALONG)].syn_acked)
		flow->established = true;
	if (in_the_middle && packet->flags & PACKET_ACK && !(packet->flags & (PACKET_SYN | PACKET_RST)))
		flow->established = true;
	flow->incomplete = 0;
	for (int i = 0; i < 2; i++) {
		flow->incomplete += (size_t)stream_missing(&state->side[i].stream);
		flow->acked[i] = flow->bytes[i] && stream_is_acked(&state->side[i].stream);
	}
}

void connection_packet(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	if (arrival->packet->flags & PACKET_RST)
		take_reset(state, direction, arrival);
	else
		take_segment(state, direction, arrival);
	update(state, arrival->packet);
}

/* RFC 1191 and RFC 8201: "too big" is advice, after which the SYN is sent again. */
static bool is_too_big(const struct packet *icmp)
{
	if (icmp->source.family == 4)
		return icmp->icmp_type == 3 && icmp->icmp_code == 4;
	return icmp->icmp_type == 2;
}

void connection_unreachable(struct flow_state *state, enum direction quoted, const struct arrival *arrival)
{
	const struct side *side = &state->side[quoted];

	if (side->syn_seen && side->isn == arrival->packet->quoted_seq && !state->flow.syn_answered &&
	    !is_too_big(arrival->packet))
		state->flow.refused = true;
	event_unreachable(state, opposite(state, quoted), arrival);
}
