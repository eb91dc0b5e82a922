/* align.c - see align.h. */
#include "align.h"

#include "automaton.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So many are looked at for the cheapest way (some 30 MiB); then one that is not much dearer will do. */
#define PLACES_MAX 200000

/* A place: a node of the automaton, and how far the events are used up. */
struct place {
	size_t node, event, offset;
	unsigned cost;
	bool settled;
	size_t before;          /* the place we came from, or SIZE_MAX */
	struct match_step step; /* what was done on the way */
	bool has_step;
	size_t chain;           /* next place in its hash bucket */
};

/* An event that counts. Messages of one stream between which only free ends stand are one; where the two sides may
 * speak at the same time, all that one of them says is. */
struct counted {
	struct event event;  /* a copy */
	size_t first, last;  /* indices in the flow of what it is made of; between them may be the other side's messages */
	uint8_t *joined;     /* its bytes where it is made of several; owned */
	size_t before;       /* the last one before it that is no EVENT_ACK, or SIZE_MAX */
};

struct heap_entry {
	unsigned cost;
	size_t event, offset; /* of the place: among equal costs the one that is furthest comes first */
	size_t index;
};

struct search {
	const struct align_input *input;
	struct counted *events; /* those that count, in order */
	size_t event_count;
	size_t last;            /* of them, the last one that is no EVENT_ACK, or SIZE_MAX */
	bool crossing;          /* each side says one thing, and neither waits for the other: both may be cut anywhere */
	size_t spoken[2];       /* by direction: the last message, or SIZE_MAX */
	struct automaton automaton;
	size_t final;
	struct place *places;
	size_t place_count, place_capacity;
	size_t *buckets;
	size_t bucket_count;
	struct heap_entry *heap;
	size_t heap_count, heap_capacity;
	bool hurried; /* there are more than PLACES_MAX */
};

static size_t *bucket_of(struct search *search, size_t node, size_t event, size_t offset)
{
	size_t hash = node * 0x9e3779b97f4a7c15u ^ event * 0xc2b2ae3d27d4eb4fu ^ offset * 0x165667b19e3779f9u;

	return &search->buckets[(hash ^ hash >> 29) % search->bucket_count];
}

static void grow_buckets(struct search *search)
{
	free(search->buckets);
	search->bucket_count = 2 * search->bucket_count + 61;
	search->buckets = mem_alloc(search->bucket_count * sizeof *search->buckets);
	for (size_t i = 0; i < search->bucket_count; i++)
		search->buckets[i] = SIZE_MAX;
	for (size_t i = 0; i < search->place_count; i++) {
		struct place *place = &search->places[i];
		size_t *bucket = bucket_of(search, place->node, place->event, place->offset);

		place->chain = *bucket;
		*bucket = i;
	}
}

/* What costs less comes first; of what costs the same, whoever has used up more of the events: where much may be
 * skipped for nothing, the end is found without trying every way to it. In a hurry the cost comes last: whoever is
 * furthest in events and items goes on to the end. */
static bool comes_before(const struct search *search, const struct heap_entry *a, const struct heap_entry *b)
{
	if (!search->hurried && a->cost != b->cost)
		return a->cost < b->cost;
	if (a->event != b->event)
		return a->event > b->event;
	if (a->offset != b->offset)
		return a->offset > b->offset;
	if (search->hurried && search->places[a->index].node != search->places[b->index].node)
		return search->places[a->index].node > search->places[b->index].node;
	return a->cost < b->cost;
}

/* Each entry keeps the cost that it was pushed with: a place that has become cheaper
 * since is pushed again, and its old entry must not rise under the heap's feet. */
static void push_heap(struct search *search, size_t index)
{
	const struct place *place = &search->places[index];
	size_t at;

	mem_room(search->heap, search->heap_count, search->heap_capacity);
	at = search->heap_count++;
	search->heap[at] = (struct heap_entry){place->cost, place->event, place->offset, index};
	while (at && comes_before(search, &search->heap[at], &search->heap[(at - 1) / 2])) {
		struct heap_entry swap = search->heap[(at - 1) / 2];

		search->heap[(at - 1) / 2] = search->heap[at];
		search->heap[at] = swap;
		at = (at - 1) / 2;
	}
}

/* Lets the entry sink to its place among those below it. */
static void sink(struct search *search, size_t at)
{
	for (;;) {
		size_t least = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
			if (child < search->heap_count && comes_before(search, &search->heap[child], &search->heap[least]))
				least = child;
		if (least == at)
			return;
		struct heap_entry swap = search->heap[least];

		search->heap[least] = search->heap[at];
		search->heap[at] = swap;
		at = least;
	}
}

static size_t pop_heap(struct search *search)
{
	size_t top = search->heap[0].index;

	search->heap[0] = search->heap[--search->heap_count];
	sink(search, 0);
	return top;
}

static void hurry(struct search *search)
{
	search->hurried = true;
	for (size_t at = search->heap_count / 2; at-- > 0;)
		sink(search, at);
}

/* Reaches a place at COST from BEFORE by STEP (NULL: for nothing). */
static void reach(struct search *search, size_t before, size_t node, size_t event, size_t offset, unsigned cost,
                  const struct match_step *step)
{
	size_t index;

	if (event < search->event_count && offset && offset >= search->events[event].event.length) {
		event++;
		offset = 0;
	}
	/* No place stands before an acknowledgement: nobody counts them, and find_ack() looks back. */
	while (event < search->event_count && search->events[event].event.kind == EVENT_ACK)
		event++;
	for (index = *bucket_of(search, node, event, offset); index != SIZE_MAX; index = search->places[index].chain) {
		struct place *place = &search->places[index];

		if (place->node == node && place->event == event && place->offset == offset)
			break;
	}
	if (index == SIZE_MAX) {
		mem_room(search->places, search->place_count, search->place_capacity);
		index = search->place_count++;
		search->places[index] = (struct place){node, event, offset, .cost = UINT32_MAX, .before = SIZE_MAX};
		if (search->place_count > search->bucket_count)
			grow_buckets(search);
		else {
			size_t *bucket = bucket_of(search, node, event, offset);

			search->places[index].chain = *bucket;
			*bucket = index;
		}
	}
	if (search->places[index].settled || search->places[index].cost <= cost)
		return;
	search->places[index].cost = cost;
	search->places[index].before = before;
	search->places[index].has_step = step != NULL;
	if (step)
		search->places[index].step = *step;
	push_heap(search, index);
}

/* Whether messages have borders: else they are bytes of a stream, however they were cut. */
static bool is_datagram(const struct search *search)
{
	return search->input->flow->transport == TRANSPORT_UDP || search->input->expected->views & VIEW_SEGMENTS;
}

static enum direction flip(enum direction direction, bool reversed)
{
	return reversed ? direction_back(direction) : direction;
}

static bool kinds_meet(enum item_kind item, enum event_kind event)
{
	switch (item) {
	case ITEM_MESSAGE: return event == EVENT_MESSAGE;
	case ITEM_FIN: return event == EVENT_FIN;
	case ITEM_RESET: return event == EVENT_RESET;
	case ITEM_UNREACHABLE: return event == EVENT_UNREACHABLE;
	case ITEM_SYN: return event == EVENT_SYN;
	case ITEM_ACK: /* no event of its own: see take_ack() */
	case ITEM_ANY_ORDER:
	case ITEM_MAYBE:
	case ITEM_REPEAT: break;
	}
	return false;
}

/* When whatever came before EVENT ended; acknowledgements do not count. */
static int64_t time_before(const struct search *search, size_t event)
{
	size_t before = event < search->event_count ? search->events[event].before : search->last;

	return before != SIZE_MAX ? search->events[before].event.end_ns : search->input->flow->opened_ns;
}

/* Whether TAKEN bytes from OFFSET on came in the time that the item gives them. */
static bool is_long_enough(const struct event *event, const struct item *item, size_t offset, size_t taken)
{
	int64_t lasted = (event->end_ns - event->time_ns) / 1000;

	/* Of a part of an event it is known only that it did not last longer. */
	if (lasted < item->longer_us)
		return false;
	return !item->shorter_us || offset || taken < event->length || lasted <= item->shorter_us;
}

static bool is_timely(const struct search *search, const struct item *item, size_t event, size_t offset, size_t taken)
{
	int64_t waited = (search->events[event].event.time_ns - time_before(search, event)) / 1000;

	if (!is_long_enough(&search->events[event].event, item, offset, taken))
		return false;
	/* Of two messages in one event it is known only when the first began and the last ended. */
	if (offset)
		return (search->events[event].event.end_ns - search->events[event].event.time_ns) / 1000 >= item->after_us;
	/* An acknowledgement may come while the message before it still grows: then it has not waited at all. */
	return (!item->after_us || waited >= item->after_us) && (!item->within_us || waited <= item->within_us);
}

/* How much of the expected text the bytes begin with, in 1/COST_LIKE. */
static unsigned likeness(const struct align_input *input, const struct item *item, const uint8_t *bytes, size_t kept)
{
	struct text wanted = {0};
	size_t common = 0;
	unsigned like;

	if (item->kind != ITEM_MESSAGE || (item->pattern.kind != PATTERN_TEXT && item->pattern.kind != PATTERN_PREFIX))
		return 0;
	match_expand(&item->pattern, input->params, input->bindings, input->binding_count, &wanted);
	while (common < wanted.length && common < kept && (uint8_t)wanted.data[common] == bytes[common])
		common++;
	like = wanted.length ? (unsigned)(common * COST_LIKE / wanted.length) : 0;
	text_free(&wanted);
	return like;
}

static bool is_part(const struct counted *counted, const struct event *event)
{
	return event->kind == EVENT_MESSAGE && event->direction == counted->event.direction;
}

/* A step about all that is left of the place's event. */
static struct match_step step_at(const struct search *search, const struct place *place, enum step_status status,
                                 const struct item *item)
{
	const struct counted *counted = &search->events[place->event];
	const struct event *events = search->input->flow->events;
	size_t event = counted->first, offset = place->offset;

	while (event < counted->last && (offset >= events[event].length || !is_part(counted, &events[event]))) {
		offset -= is_part(counted, &events[event]) ? events[event].length : 0;
		event++;
	}
	return (struct match_step){status, item, event, offset, counted->event.length - place->offset,
	                           events[event].time_ns};
}

/* The event by which DIRECTION had acknowledged NUMBER when PLACE was reached, or SIZE_MAX. Within a message
 * that is the whole message: acknowledgements do not cut it, and stand behind it. */
static size_t find_ack(const struct search *search, const struct place *place, enum direction direction,
                       uint64_t number)
{
	size_t until = place->event;

	if (place->offset)
		for (until++; until < search->event_count && search->events[until].event.kind == EVENT_ACK;)
			until++;
	for (size_t i = 0; i < until; i++) {
		const struct event *event = &search->events[i].event;

		if ((event->kind == EVENT_ACK || event->kind == EVENT_SYN) && event->direction == direction &&
		    event->ack >= number)
			return i;
	}
	return SIZE_MAX;
}

/* `ack 6` takes no event: it holds once so much has been acknowledged. */
static void take_ack(struct search *search, size_t from, const struct edge *edge)
{
	const struct place place = search->places[from];
	const struct item *item = edge->item;
	size_t found = find_ack(search, &place, flip(item->direction, search->input->reversed), item->ack);
	struct match_step step = {STEP_MATCHED, item, 0, 0, 0, 0};
	unsigned cost = place.cost;

	if (found == SIZE_MAX)
		return;
	step.event = search->events[found].first;
	step.time_ns = search->events[found].event.time_ns;
	if (!is_timely(search, item, found, 0, 0)) {
		step.status = STEP_UNTIMELY;
		cost += COST_UNTIMELY;
	}
	reach(search, from, edge->to, place.event, place.offset, cost, &step);
}

/* Whether the event has the numbers that the item asks for. */
static bool numbers_meet(const struct item *item, const struct event *event)
{
	if (item->kind == ITEM_SYN)
		return !item->ack == !event->ack && event->ack >= item->ack;
	return !item->seq || item->seq == event->seq;
}

/* Takes the item on an edge with the event at hand, rightly or wrongly. */
static void take_edge(struct search *search, size_t from, const struct edge *edge)
{
	const struct place place = search->places[from];
	const struct item *item = edge->item;
	const struct event *event = place.event < search->event_count ? &search->events[place.event].event : NULL;
	struct match_step step = {STEP_MISSING, item, MATCH_NO_EVENT, 0, 0, time_before(search, place.event)};
	size_t rest;
	int64_t taken = -1;

	reach(search, from, edge->to, place.event, place.offset,
	      place.cost + (event ? COST_SKIPPED : COST_MISSING), &step);
	if (item->kind == ITEM_ACK)
		take_ack(search, from, edge);
	if (!event || !kinds_meet(item->kind, event->kind) ||
	    event->direction != flip(item->direction, search->input->reversed))
		return;
	rest = event->length - place.offset;
	step = step_at(search, &place, STEP_MATCHED, item);
	if (!numbers_meet(item, event))
		taken = -1;
	else if (item->kind != ITEM_MESSAGE)
		taken = 0;
	else
		taken = align_pattern(search->input, &item->pattern, event->bytes + place.offset,
		                      event->kept > place.offset ? event->kept - place.offset : 0, rest,
		                      is_datagram(search));
	if (taken < 0) {
		step.status = STEP_WRONG;
		reach(search, from, edge->to, place.event + 1, 0,
		      place.cost + COST_WRONG -
		              likeness(search->input, item, event->bytes + place.offset,
		                       event->kept > place.offset ? event->kept - place.offset : 0),
		      &step);
		return;
	}
	unsigned cost = place.cost;

	if (!is_timely(search, item, place.event, place.offset, (size_t)taken)) {
		step.status = STEP_UNTIMELY;
		cost += COST_UNTIMELY;
	}
	step.length = (size_t)taken;
	if (item->kind != ITEM_MESSAGE || (size_t)taken == rest)
		reach(search, from, edge->to, place.event + 1, 0, cost, &step);
	else
		reach(search, from, edge->to, place.event, place.offset + (size_t)taken, cost, &step);
}

static void expand_place(struct search *search, size_t from)
{
	const struct place place = search->places[from];

	for (size_t i = search->automaton.first[place.node]; i != SIZE_MAX; i = search->automaton.edges[i].next) {
		const struct edge edge = search->automaton.edges[i];

		if (edge.item)
			take_edge(search, from, &edge);
		else
			reach(search, from, edge.to, place.event, place.offset, place.cost, NULL);
	}
	if (place.event < search->event_count) {
		struct match_step step = step_at(search, &place, STEP_EXTRA, NULL);

		reach(search, from, place.node, place.event + 1, 0, place.cost + COST_EXTRA, &step);
	}
}

/* The index of the place at the end of the cheapest path. */
static size_t find_path(struct search *search)
{
	reach(search, SIZE_MAX, 0, 0, 0, 0, NULL);
	while (search->heap_count) {
		struct place *place;
		size_t index;

		if (!search->hurried && search->place_count > PLACES_MAX)
			hurry(search);
		index = pop_heap(search);
		place = &search->places[index];
		if (place->settled)
			continue;
		place->settled = true;
		if (place->node == search->final && place->event == search->event_count)
			return index;
		expand_place(search, index);
	}
	return SIZE_MAX; /* cannot be: every item can be missing and every event extra */
}

/* ---- what counts ---- */

static bool lists_fin(const struct item *items, size_t count, enum direction direction)
{
	for (size_t i = 0; i < count; i++)
		if ((items[i].kind == ITEM_FIN && items[i].direction == direction) ||
		    lists_fin(items[i].items, items[i].item_count, direction))
			return true;
	return false;
}

static size_t count_messages(const struct item *items, size_t count)
{
	size_t messages = 0;

	for (size_t i = 0; i < count; i++)
		messages += (items[i].kind == ITEM_MESSAGE) + count_messages(items[i].items, items[i].item_count);
	return messages;
}

/* Whether the flow's messages are two, one each way, directly in one `in any order`. */
static bool may_cross(const struct expected_flow *expected)
{
	if (count_messages(expected->items, expected->item_count) != 2)
		return false;
	for (size_t i = 0; i < expected->item_count; i++) {
		const struct item *group = &expected->items[i];
		bool says[2] = {false, false};

		for (size_t j = 0; group->kind == ITEM_ANY_ORDER && j < group->item_count; j++)
			if (group->items[j].kind == ITEM_MESSAGE)
				says[group->items[j].direction] = true;
		if (says[DIRECTION_ALONG] && says[DIRECTION_AGAINST])
			return true;
	}
	return false;
}

/* Neither a free end nor an acknowledgement ends what a side says: these bytes belong to the message before it. Nor do
 * words of the other side's that may come at any time. */
static bool join(struct search *search, const struct event *event, size_t index)
{
	size_t last = search->spoken[event->direction], kept;
	struct counted *before;

	if (is_datagram(search) || event->kind != EVENT_MESSAGE || last == SIZE_MAX ||
	    (last != search->last && !search->crossing))
		return false;
	before = &search->events[last];
	kept = before->event.kept == before->event.length ? event->kept : 0; /* nothing behind a hole */
	if (!before->joined)
		before->joined = (uint8_t *)mem_bytes(before->event.bytes, before->event.kept);
	before->joined = mem_grow(before->joined, before->event.kept + kept + 1);
	memcpy(before->joined + before->event.kept, event->bytes, kept);
	before->event.bytes = before->joined;
	before->event.kept += kept;
	before->event.length += event->length;
	before->event.end_ns = event->end_ns;
	before->last = index;
	return true;
}

/* What no item can say: an ICMP error about a connection, which is advice to the kernel (RFC 5927), and what
 * a connection that never opened carried (data on a SYN): its first line says all of it. */
static bool is_passed_over(const struct flow *flow, const struct event *event)
{
	if (flow->transport == TRANSPORT_UDP)
		return false;
	return event->kind == EVENT_UNREACHABLE || flow->refused || (flow->saw_syn && !flow->syn_answered);
}

static void add_counted(struct search *search, const struct event *event, size_t index)
{
	search->events[search->event_count] = (struct counted){*event, index, index, NULL, search->last};
	if (event->kind != EVENT_ACK)
		search->last = search->event_count;
	if (event->kind == EVENT_MESSAGE)
		search->spoken[event->direction] = search->event_count;
	search->event_count++;
}

/* Whether the flow's view has such events. An end that the trace does not list is nobody's business unless it
 * says so, a reset is; where only bytes are counted, what is said is free. */
static bool is_in_view(const struct expected_flow *expected, const struct event *event, const bool listed[2])
{
	switch (event->kind) {
	case EVENT_MESSAGE:
		return expected->item_count || expected->views & VIEW_SEGMENTS ||
		       !(expected->bytes[0].said || expected->bytes[1].said);
	case EVENT_FIN: return expected->views & VIEW_ENDS || listed[event->direction];
	case EVENT_SYN: return expected->views & VIEW_HANDSHAKE;
	case EVENT_ACK: return expected->views & (VIEW_HANDSHAKE | VIEW_ACKS);
	case EVENT_RESET:
	case EVENT_UNREACHABLE: break;
	}
	return true;
}

static void choose_events(struct search *search)
{
	const struct flow *flow = search->input->flow;
	const struct expected_flow *expected = search->input->expected;
	bool reversed = search->input->reversed; /* LISTED is by direction of the events */
	bool listed[2] = {lists_fin(expected->items, expected->item_count, flip(DIRECTION_ALONG, reversed)),
	                  lists_fin(expected->items, expected->item_count, flip(DIRECTION_AGAINST, reversed))};

	search->events = mem_alloc((flow->event_count + 1) * sizeof *search->events);
	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		if (!is_passed_over(flow, event) && is_in_view(expected, event, listed) && !join(search, event, i))
			add_counted(search, event, i);
	}
}

static void list_steps(const struct search *search, size_t last, struct match_step **steps, size_t *count)
{
	size_t length = 0;

	for (size_t i = last; i != SIZE_MAX; i = search->places[i].before)
		length += search->places[i].has_step;
	*steps = mem_alloc((length + 1) * sizeof **steps);
	*count = length;
	for (size_t i = last; i != SIZE_MAX; i = search->places[i].before)
		if (search->places[i].has_step)
			(*steps)[--length] = search->places[i].step;
}

unsigned align_flow(const struct align_input *input, struct match_step **steps, size_t *count)
{
	struct search search = {.input = input, .last = SIZE_MAX, .crossing = may_cross(input->expected),
	                        .spoken = {SIZE_MAX, SIZE_MAX}};
	size_t last;
	unsigned cost;

	grow_buckets(&search);
	choose_events(&search);
	search.final = automaton_compile(&search.automaton, input->expected->items, input->expected->item_count);
	last = find_path(&search);
	cost = last == SIZE_MAX ? UINT32_MAX : search.places[last].cost;
	if (steps)
		list_steps(&search, last, steps, count);
	automaton_free(&search.automaton);
	free(search.places);
	free(search.buckets);
	free(search.heap);
	for (size_t i = 0; i < search.event_count; i++)
		free(search.events[i].joined);
	free(search.events);
	return cost;
}
