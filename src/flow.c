/* flow.c - see flow.h.
 *
 * Finds the flow of a packet in a hash table of the flows that are current, by
 * their two endpoints: a new connection between the same endpoints takes its
 * predecessor's place in the table. What packets mean to a TCP connection is
 * said in connection.c. */
#include "flow.h"
#include "flow_state.h"
#include "fragment.h"
#include "text.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define KINDS (PACKET_MALFORMED + 1)
#define TWINS 32                    /* packets among which one captured twice is looked for */
#define TWIN_NS INT64_C(1000000)    /* and how soon it comes again */

/* A packet of a cooked capture: `-i any` sees it once an interface. */
struct twin {
	const struct flow_state *state;
	enum packet_kind kind;
	enum direction direction;
	uint16_t ip_id, checksum;
	size_t length;
	int64_t time_ns;
};

/* The hash saves looking at a flow only to find that it is another. */
struct slot {
	size_t hash;
	struct flow_state *state; /* NULL = free */
};

/* First and last of a list. */
struct list {
	struct flow_state *first, *last;
};

struct reducer {
	struct reducer_options options;
	struct flow_state **flows;  /* those that are kept, in order of opening; owned */
	size_t count, room;
	struct list opened;         /* those that are not over, in order of opening */
	struct list quiet[PATIENCE_FOREVER]; /* some of them, by last packet */
	struct slot *table;         /* open addressing */
	size_t table_size;          /* a power of two, or 0 */
	size_t table_used;
	size_t unclaimed[KINDS];
	struct fragments *fragments;
	struct twin twins[TWINS];
	size_t twin_next;
};

/* Who sent to whom, as a packet (or its quote) says. */
struct ends {
	enum transport transport;
	const struct address *source, *destination;
	uint16_t source_port, destination_port;
};

struct reducer *reducer_new_with(const struct reducer_options *options)
{
	struct reducer *reducer = mem_alloc(sizeof *reducer);

	reducer->options = *options;
	if (options->bytes_kept > FLOW_BYTES_KEPT)
		reducer->options.bytes_kept = FLOW_BYTES_KEPT;
	reducer->fragments = fragments_new();
	return reducer;
}

struct reducer *reducer_new(void)
{
	return reducer_new_for(0);
}

struct reducer *reducer_new_for(unsigned views)
{
	return reducer_new_with(&(struct reducer_options){.bytes_kept = FLOW_BYTES_KEPT, .events_kept = SIZE_MAX,
	                                                  .views = views});
}

static void flow_free(struct flow_state *state)
{
	stream_free(&state->side[0].stream);
	stream_free(&state->side[1].stream);
	events_free(state);
	free(state);
}

void reducer_free(struct reducer *reducer)
{
	if (!reducer)
		return;
	for (size_t i = 0; i < reducer->count; i++)
		flow_free(reducer->flows[i]);
	for (size_t i = 0; reducer->options.take && i < reducer->table_size; i++)
		if (reducer->table[i].state)
			flow_free(reducer->table[i].state);
	free(reducer->flows);
	free(reducer->table);
	fragments_free(reducer->fragments);
	free(reducer);
}

/* ---- lists ---- */

/* One function for both lists: each is told by where in a flow_state its links stand. */
static struct link_of *link_at(struct flow_state *state, size_t offset)
{
	return (struct link_of *)(void *)((char *)state + offset);
}

static void append(struct list *list, struct flow_state *state, size_t offset)
{
	*link_at(state, offset) = (struct link_of){list->last, NULL};
	if (list->last)
		link_at(list->last, offset)->behind = state;
	else
		list->first = state;
	list->last = state;
}

static void take_out(struct list *list, struct flow_state *state, size_t offset)
{
	const struct link_of *own = link_at(state, offset);

	if (own->before)
		link_at(own->before, offset)->behind = own->behind;
	else
		list->first = own->behind;
	if (own->behind)
		link_at(own->behind, offset)->before = own->before;
	else
		list->last = own->before;
}

static void forget_quiet(struct reducer *reducer, struct flow_state *state)
{
	if (state->patience != PATIENCE_FOREVER)
		take_out(&reducer->quiet[state->patience], state, offsetof(struct flow_state, quiet));
	state->patience = PATIENCE_FOREVER;
}

/* ---- the table ---- */

/* The finalizer of MurmurHash3: every bit of the result depends on every bit of X. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 33) * UINT64_C(0xff51afd7ed558ccd);
	x = (x ^ x >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return x ^ x >> 33;
}

static uint64_t hash_endpoint(const struct address *address, uint16_t port, uint64_t seed)
{
	uint64_t halves[2];

	memcpy(halves, address->bytes, sizeof halves);
	return mix((halves[0] ^ seed) * UINT64_C(0x9e3779b97f4a7c15) + halves[1] + port);
}

/* The same for both directions. The seed differs by run, so that a capture made
 * to collide does not. */
static size_t hash(const struct reducer *reducer, const struct ends *ends)
{
	uint64_t seed = (uint64_t)(uintptr_t)reducer ^ ends->transport;

	return (size_t)(hash_endpoint(ends->source, ends->source_port, seed) +
	                hash_endpoint(ends->destination, ends->destination_port, seed));
}

/* address_equal(), in line: this is asked four times a packet. */
static bool is_same_address(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, 16);
}

static bool is_end(const struct flow *flow, int end, const struct address *address, uint16_t port)
{
	return flow->port[end] == port && is_same_address(&flow->address[end], address);
}

/* Whether the packet is between the flow's endpoints, and if so which way it goes. */
static bool is_between(const struct flow *flow, const struct ends *ends, enum direction *direction)
{
	if (flow->transport != ends->transport)
		return false;
	for (int from = 0; from < 2; from++)
		if (is_end(flow, from, ends->source, ends->source_port) &&
		    is_end(flow, !from, ends->destination, ends->destination_port)) {
			*direction = from == 0 ? DIRECTION_ALONG : DIRECTION_AGAINST;
			return true;
		}
	return false;
}

/* The slot of the flow between these ends, or the free one where it would go. */
static struct slot *find(const struct reducer *reducer, const struct ends *ends, enum direction *direction)
{
	size_t mask = reducer->table_size - 1, wanted = hash(reducer, ends);
	struct slot *slot = &reducer->table[wanted & mask];

	while (slot->state && !(slot->hash == wanted && is_between(&slot->state->flow, ends, direction)))
		slot = &reducer->table[(size_t)(slot - reducer->table + 1) & mask];
	slot->hash = wanted; /* of a free one: for the flow that may come in */
	return slot;
}

static void move_slot(struct reducer *reducer, const struct slot *slot)
{
	size_t mask = reducer->table_size - 1, i = slot->hash & mask;

	while (reducer->table[i].state)
		i = (i + 1) & mask;
	reducer->table[i] = *slot;
}

/* At most half full, so that searches are short and end. */
static void grow_table(struct reducer *reducer)
{
	struct slot *old = reducer->table;
	size_t old_size = reducer->table_size;

	if (reducer->table_used * 2 < reducer->table_size)
		return;
	reducer->table_size = old_size ? 2 * old_size : 64;
	reducer->table = mem_alloc(reducer->table_size * sizeof *reducer->table);
	for (size_t i = 0; i < old_size; i++)
		if (old[i].state)
			move_slot(reducer, &old[i]);
	free(old);
}

/* Empties the slot of STATE. What stands behind it and was only there because the
 * slot was taken moves up, so that a search still ends at the first free one. */
static void clear_slot(struct reducer *reducer, const struct flow_state *state)
{
	size_t mask = reducer->table_size - 1, hole = state->hash & mask;

	while (reducer->table[hole].state != state)
		hole = (hole + 1) & mask;
	for (size_t i = (hole + 1) & mask; reducer->table[i].state; i = (i + 1) & mask)
		if (((i - reducer->table[i].hash) & mask) >= ((i - hole) & mask)) {
			reducer->table[hole] = reducer->table[i];
			hole = i;
		}
	reducer->table[hole].state = NULL;
	reducer->table_used--;
}

/* ---- beginning and end of a flow ---- */

/* Gives the flow to its taker. What comes later is neither kept nor told. */
static void hand_out(struct reducer *reducer, struct flow_state *state)
{
	static const struct reducer_options nothing;

	if (state->handed_out)
		return;
	take_out(&reducer->opened, state, offsetof(struct flow_state, opened));
	state->handed_out = true;
	if (!reducer->options.take)
		return;
	reducer->options.take(reducer->options.context, &state->flow);
	events_free(state);
	state->options = &nothing;
}

/* The flow is over, and no slot has it any more. */
static void end_flow(struct reducer *reducer, struct flow_state *state)
{
	forget_quiet(reducer, state);
	hand_out(reducer, state);
	if (!reducer->options.take)
		return;
	for (size_t i = 0; i < TWINS; i++)
		if (reducer->twins[i].state == state)
			reducer->twins[i].state = NULL;
	flow_free(state);
}

/* Ends those that have been quiet for longer than anybody waits. */
static void end_quiet(struct reducer *reducer, int64_t now_ns)
{
	static const int64_t longest[] = {[PATIENCE_QUIET] = FLOW_QUIET_NS, [PATIENCE_UNANSWERED] = FLOW_UNANSWERED_NS};

	for (int i = 0; i < PATIENCE_FOREVER; i++) {
		struct flow_state *state;

		while ((state = reducer->quiet[i].first) && now_ns - state->flow.last_ns > longest[i]) {
			clear_slot(reducer, state);
			end_flow(reducer, state);
		}
	}
}

/* A packet of the flow has come: it is the least quiet one. */
static void stir(struct reducer *reducer, struct flow_state *state)
{
	enum patience patience = PATIENCE_QUIET;

	if (state->flow.transport == TRANSPORT_TCP) {
		patience = connection_patience(state);
		if (connection_is_complete(state) && reducer->options.take)
			hand_out(reducer, state);
	}
	if (patience == state->patience && (patience == PATIENCE_FOREVER || !state->quiet.behind))
		return;
	forget_quiet(reducer, state);
	state->patience = patience;
	if (patience != PATIENCE_FOREVER)
		append(&reducer->quiet[patience], state, offsetof(struct flow_state, quiet));
}

void reducer_finish(struct reducer *reducer)
{
	while (reducer->opened.first)
		hand_out(reducer, reducer->opened.first);
}

size_t reducer_oldest(const struct reducer *reducer)
{
	return reducer->opened.first ? reducer->opened.first->flow.packet : SIZE_MAX;
}

static struct flow_state *flow_new(const struct reducer *reducer, const struct ends *ends,
                                   const struct arrival *arrival)
{
	struct flow_state *state = mem_alloc(sizeof *state);
	struct flow *flow = &state->flow;

	flow->transport = ends->transport;
	flow->address[0] = *ends->source;
	flow->address[1] = *ends->destination;
	flow->port[0] = ends->source_port;
	flow->port[1] = ends->destination_port;
	flow->established = ends->transport == TRANSPORT_UDP;
	flow->opened_ns = flow->last_ns = arrival->packet->time_ns;
	flow->packet = arrival->number;
	state->options = &reducer->options;
	state->patience = PATIENCE_FOREVER;
	state->open = SIZE_MAX;
	if (reducer->options.views && flow->transport == TRANSPORT_TCP)
		state->numbers = mem_alloc(sizeof *state->numbers);
	state->to_itself = is_end(flow, 0, ends->destination, ends->destination_port);
	return state;
}

/* Writes a new flow down in SLOT, over its predecessor if it has one. */
static struct flow_state *open_flow(struct reducer *reducer, struct slot *slot, const struct ends *ends,
                                    const struct arrival *arrival)
{
	struct flow_state *state = flow_new(reducer, ends, arrival), *predecessor = slot->state;

	reducer->table_used += !predecessor;
	slot->state = state;
	state->hash = slot->hash;
	if (predecessor)
		end_flow(reducer, predecessor);
	append(&reducer->opened, state, offsetof(struct flow_state, opened));
	if (!reducer->options.take) {
		mem_room(reducer->flows, reducer->count, reducer->room);
		reducer->flows[reducer->count++] = state;
	}
	return state;
}

/* ---- packets ---- */

static void count_packet(struct flow_state *state, enum direction direction, const struct arrival *arrival)
{
	state->flow.packets[direction] += arrival->weight;
	state->flow.last_ns = arrival->packet->time_ns;
}

static bool is_twin(const struct twin *a, const struct twin *b)
{
	int64_t since = a->time_ns - b->time_ns;

	return a->state == b->state && a->kind == b->kind && a->direction == b->direction &&
	       a->ip_id == b->ip_id && a->checksum == b->checksum && a->length == b->length &&
	       since <= TWIN_NS && since >= -TWIN_NS;
}

/* Whether the capture has just seen this very packet. Only where one capture sees
 * several interfaces: elsewhere two equal packets are two packets. */
static bool is_repeated(struct reducer *reducer, const struct flow_state *state, enum direction direction,
                        const struct packet *packet)
{
	struct twin twin = {state, packet->kind, direction, packet->ip_id, packet->checksum,
	                    packet->payload_length, packet->time_ns};

	if (!packet->cooked || packet->ip_id == 0)
		return false;
	for (size_t i = 0; i < TWINS; i++)
		if (is_twin(&twin, &reducer->twins[i]))
			return true;
	reducer->twins[reducer->twin_next++ % TWINS] = twin;
	return false;
}

static struct ends ends_of(const struct packet *packet)
{
	return (struct ends){packet->kind == PACKET_TCP ? TRANSPORT_TCP : TRANSPORT_UDP, &packet->source,
	                     &packet->destination, packet->source_port, packet->destination_port};
}

static struct ends reversed(const struct ends *ends)
{
	return (struct ends){ends->transport, ends->destination, ends->source, ends->destination_port,
	                     ends->source_port};
}

/* Opens the TCP connection that the packet belongs to, from whoever asked for it. */
static struct flow_state *open_connection(struct reducer *reducer, struct slot *slot,
                                          const struct ends *ends, const struct arrival *arrival,
                                          enum direction *direction)
{
	int syn_ack = PACKET_SYN | PACKET_ACK;
	bool answers = (arrival->packet->flags & (syn_ack | PACKET_RST)) == syn_ack;
	struct ends opener_first = answers ? reversed(ends) : *ends;
	struct flow_state *state = open_flow(reducer, slot, &opener_first, arrival);

	*direction = answers && !state->to_itself ? DIRECTION_AGAINST : DIRECTION_ALONG;
	return state;
}

static void take_tcp(struct reducer *reducer, const struct arrival *arrival)
{
	struct ends ends = ends_of(arrival->packet);
	enum direction direction = DIRECTION_ALONG;
	struct slot *slot = find(reducer, &ends, &direction);
	struct flow_state *state = slot->state;

	if (state && is_repeated(reducer, state, direction, arrival->packet)) {
		state->flow.retransmitted += arrival->weight;
		count_packet(state, direction, arrival);
		stir(reducer, state);
		return;
	}
	if (!state || connection_is_another(state, direction, arrival->packet)) {
		state = open_connection(reducer, slot, &ends, arrival, &direction);
		(void)is_repeated(reducer, state, direction, arrival->packet); /* remembers it */
	}
	count_packet(state, direction, arrival);
	connection_packet(state, direction, arrival);
	stir(reducer, state);
}

static void take_udp(struct reducer *reducer, const struct arrival *arrival)
{
	struct ends ends = ends_of(arrival->packet);
	enum direction direction = DIRECTION_ALONG;
	struct slot *slot = find(reducer, &ends, &direction);
	struct flow_state *state = slot->state ? slot->state : open_flow(reducer, slot, &ends, arrival);

	count_packet(state, direction, arrival);
	if (is_repeated(reducer, state, direction, arrival->packet))
		state->flow.retransmitted += arrival->weight;
	else
		event_datagram(state, direction, arrival);
	stir(reducer, state);
}

/* The flow of the packet that an ICMP error quotes, or NULL. */
static struct flow_state *find_quoted(const struct reducer *reducer, const struct packet *packet,
                                      enum direction *quoted)
{
	struct ends ends = {packet->quoted_protocol == IPPROTO_TCP ? TRANSPORT_TCP : TRANSPORT_UDP,
	                    &packet->quoted_source, &packet->quoted_destination,
	                    packet->quoted_source_port, packet->quoted_destination_port};

	return packet->quoted_ports ? find(reducer, &ends, quoted)->state : NULL;
}

static void take_icmp_error(struct reducer *reducer, const struct arrival *arrival)
{
	enum direction quoted = DIRECTION_ALONG, direction;
	struct flow_state *state = find_quoted(reducer, arrival->packet, &quoted);

	if (!state) {
		reducer->unclaimed[PACKET_ICMP_ERROR] += arrival->weight;
		return;
	}
	direction = direction_back(quoted);
	count_packet(state, direction, arrival);
	if (is_repeated(reducer, state, direction, arrival->packet))
		state->flow.retransmitted += arrival->weight;
	else if (state->flow.transport == TRANSPORT_TCP)
		connection_unreachable(state, quoted, arrival);
	else
		event_unreachable(state, direction, arrival);
	stir(reducer, state);
}

static void take(struct reducer *reducer, const struct arrival *arrival)
{
	switch (arrival->packet->kind) {
	case PACKET_TCP: take_tcp(reducer, arrival); break;
	case PACKET_UDP: take_udp(reducer, arrival); break;
	case PACKET_ICMP_ERROR: take_icmp_error(reducer, arrival); break;
	case PACKET_ICMP_OTHER:
	case PACKET_ARP:
	case PACKET_FRAGMENT:
	case PACKET_OTHER:
	case PACKET_TRUNCATED:
	case PACKET_MALFORMED:
		reducer->unclaimed[arrival->packet->kind] += arrival->weight;
	}
}

void reducer_packet(struct reducer *reducer, const struct packet *packet, size_t number)
{
	struct packet whole;
	struct arrival arrival = {packet, number, 1};

	end_quiet(reducer, packet->time_ns);
	grow_table(reducer);
	if (packet->kind == PACKET_FRAGMENT) {
		arrival.weight = fragments_add(reducer->fragments, packet, &whole);
		arrival.packet = &whole;
		if (arrival.weight == 0)
			return;
	}
	take(reducer, &arrival);
}

enum outcome flow_outcome(const struct flow *flow)
{
	if (flow->transport == TRANSPORT_UDP)
		return OUTCOME_OPEN;
	if (flow->refused)
		return OUTCOME_REFUSED;
	return flow->syn_answered || !flow->saw_syn ? OUTCOME_OPEN : OUTCOME_UNANSWERED;
}

const struct flow *const *reducer_flows(const struct reducer *reducer, size_t *count)
{
	*count = reducer->count;
	/* A struct flow_state begins with its struct flow, so a pointer to one is a pointer to the other. */
	return (const struct flow *const *)(const void *)reducer->flows;
}

size_t reducer_unclaimed(const struct reducer *reducer, enum packet_kind kind)
{
	if (kind == PACKET_FRAGMENT)
		return reducer->unclaimed[kind] + fragments_left(reducer->fragments);
	return reducer->unclaimed[kind];
}
