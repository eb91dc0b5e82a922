/* observe.c - see observe.h.
 *
 * Every event of a flow is an item, in order, so that the trace says as much as
 * the capture. What cannot be an item: an ICMP error about a TCP connection
 * (advice to the kernel, no part of the stream), and whatever a connection that
 * never opened carried. The matcher passes over the same. */
#include "observe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TCP_MOST 100000000 /* what `N bytes` may be: see docs/trace-language.md */
#define UDP_MOST 65507
#define GLIMPSE 40         /* bytes of a long message shown behind it */

/* ---- a flow as an entry ---- */

static void name_endpoint(const struct flow *flow, int side, const struct hosts *hosts, struct endpoint *endpoint)
{
	const char *name = hosts_name(hosts, &flow->address[side]);

	*endpoint = (struct endpoint){.kind = flow->port[side] ? PORT_NUMBER : PORT_ANY, .number = flow->port[side]};
	if (name)
		memcpy(endpoint->host, name, strlen(name) + 1); /* a name of hosts fits: TRACE_NAME < TRACE_HOST */
	else
		(void)address_print(&flow->address[side], endpoint->host, sizeof endpoint->host);
}

bool observe_is_item(const struct flow *flow, const struct event *event, unsigned views)
{
	switch (event->kind) {
	case EVENT_UNREACHABLE: return flow->transport == TRANSPORT_UDP;
	case EVENT_SYN: return views & VIEW_HANDSHAKE;
	case EVENT_ACK: return views & (VIEW_HANDSHAKE | VIEW_ACKS);
	case EVENT_MESSAGE:
	case EVENT_FIN:
	case EVENT_RESET: break;
	}
	return true;
}

static bool is_quotable(const struct event *event)
{
	return event->kept == event->length && event->length <= OBSERVE_QUOTED;
}

/* PART is the pattern's, where it needs one, and borrows the event's bytes. */
static void say_message(const struct flow *flow, const struct event *event, struct pattern_part *part,
                        struct pattern *pattern)
{
	size_t most = flow->transport == TRANSPORT_UDP ? UDP_MOST : TCP_MOST;

	if (!is_quotable(event)) {
		pattern->kind = event->length <= most ? PATTERN_BYTES : PATTERN_ANY;
		pattern->count = event->length <= most ? event->length : 0;
		return;
	}
	pattern->kind = PATTERN_TEXT;
	if (event->length == 0)
		return; /* "": a string without parts */
	*part = (struct pattern_part){false, (char *)(uintptr_t)event->bytes, event->length};
	pattern->parts = part;
	pattern->part_count = 1;
}

/* What a stricter view adds. `handshake` alone knows one acknowledgement, that of the SYN. */
static void say_numbers(const struct event *event, unsigned views, struct item *item)
{
	if (event->kind == EVENT_SYN)
		item->ack = event->ack;
	if (event->kind == EVENT_ACK)
		item->ack = views & VIEW_ACKS ? event->ack : 1;
	if (views & VIEW_SEGMENTS && (event->kind == EVENT_MESSAGE || event->kind == EVENT_FIN))
		item->seq = event->seq;
}

/* An item that is valid as long as the event and PART. */
static struct item say_event(const struct flow *flow, const struct event *event, unsigned views,
                             struct pattern_part *part)
{
	static const enum item_kind kinds[] = {
		[EVENT_MESSAGE] = ITEM_MESSAGE, [EVENT_FIN] = ITEM_FIN,
		[EVENT_RESET] = ITEM_RESET, [EVENT_UNREACHABLE] = ITEM_UNREACHABLE,
		[EVENT_SYN] = ITEM_SYN, [EVENT_ACK] = ITEM_ACK,
	};
	struct item item = {.kind = kinds[event->kind], .direction = event->direction};

	item.pattern.kind = PATTERN_TEXT;
	if (event->kind == EVENT_MESSAGE)
		say_message(flow, event, part, &item.pattern);
	say_numbers(event, views, &item);
	return item;
}

/* The same as an item of its own. */
static struct item keep_event(const struct flow *flow, const struct event *event, unsigned views)
{
	struct pattern_part part, *own;
	struct item item = say_event(flow, event, views, &part);

	if (!item.pattern.part_count)
		return item;
	own = mem_alloc(sizeof *own);
	*own = (struct pattern_part){false, mem_bytes(part.bytes, part.length), part.length};
	item.pattern.parts = own;
	return item;
}

/* The items from event FIRST on. A side that goes on behind its own reset (somebody
 * else's, or one that the other side did not believe) does so in a block, because
 * the language takes a reset for the end. */
static void say_events(const struct flow *flow, unsigned views, size_t first, struct item **items, size_t *count)
{
	bool reset[2] = {false, false};
	size_t capacity = 0;

	for (size_t i = first; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];
		bool behind = reset[event->direction];

		if (!observe_is_item(flow, event, views))
			continue;
		mem_room(*items, *count, capacity);
		if (behind) {
			struct item *block = &(*items)[(*count)++];

			*block = (struct item){.kind = ITEM_REPEAT, .least = 1, .most = 1};
			say_events(flow, views, i, &block->items, &block->item_count);
			return;
		}
		(*items)[(*count)++] = keep_event(flow, event, views);
		reset[event->direction] = event->kind == EVENT_RESET;
	}
}

/* All but its items. */
static struct expected_flow say_flow(const struct flow *flow, const struct hosts *hosts, unsigned views)
{
	struct expected_flow said = {.transport = flow->transport, .least = 1, .most = 1, .outcome = flow_outcome(flow)};

	name_endpoint(flow, 0, hosts, &said.opener);
	name_endpoint(flow, 1, hosts, &said.target);
	if (flow->transport == TRANSPORT_TCP && said.outcome == OUTCOME_OPEN)
		said.views = views;
	return said;
}

void observe_flow(const struct flow *flow, const struct hosts *hosts, struct trace *trace)
{
	observe_flow_in(flow, hosts, 0, trace);
}

void observe_flow_in(const struct flow *flow, const struct hosts *hosts, unsigned views, struct trace *trace)
{
	struct entry *entry;

	/* A power of two is full: struct trace does not keep its capacity. */
	if (!(trace->entry_count & (trace->entry_count - 1)))
		trace->entries = mem_grow(trace->entries, (2 * trace->entry_count + 1) * sizeof *trace->entries);
	entry = &trace->entries[trace->entry_count++];
	*entry = (struct entry){.kind = ENTRY_FLOW, .vantage = -1, .flow = say_flow(flow, hosts, views)};
	if (entry->flow.outcome == OUTCOME_OPEN)
		say_events(flow, views, 0, &entry->flow.items, &entry->flow.item_count);
}

/* ---- as lines ---- */

struct printer {
	const struct flow *flow;
	const struct observe_options *options;
	struct text *out;
	int level;
};

static void add_indent(int level, struct text *out)
{
	for (int i = 0; i < level; i++)
		text_add_bytes(out, "    ", 4);
}

static void add_packet(const struct printer *printer, int64_t time_ns, size_t packet, const char *mark)
{
	if (printer->options->packets)
		text_printf(printer->out, "%s packet %zu, %.6f s", mark, packet,
		            (double)(time_ns - printer->options->start_ns) / 1e9);
}

static void add_glimpse(const struct event *event, struct text *out)
{
	if (is_quotable(event) || !event->kept)
		return;
	text_add(out, "  # ");
	text_add_quoted(out, event->bytes, event->kept < GLIMPSE ? event->kept : GLIMPSE);
	text_add(out, " ...");
	if (event->length > TCP_MOST)
		text_printf(out, ", %zu bytes", event->length);
}

/* An ICMP error about a TCP connection. */
static void print_advice(const struct printer *printer, const struct event *event)
{
	char source[64];

	text_printf(printer->out, "# an ICMP error from %s, type %u, code %u",
	            address_print(&event->icmp_source, source, sizeof source), event->icmp_type, event->icmp_code);
	add_packet(printer, event->time_ns, event->packet, ",");
	text_add(printer->out, "\n");
}

static void print_event(const struct printer *printer, const struct event *event)
{
	struct pattern_part part;
	struct item item = say_event(printer->flow, event, printer->options->views, &part);

	trace_print_item(&item, printer->out);
	if (event->kind == EVENT_MESSAGE)
		add_glimpse(event, printer->out);
	add_packet(printer, event->time_ns, event->packet, "  #");
	text_add(printer->out, "\n");
}

/* The lines of what say_events() says; no trace is made of it, because there may be millions. */
static void print_events(struct printer *printer)
{
	const struct flow *flow = printer->flow;
	bool reset[2] = {false, false};

	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];
		bool item = observe_is_item(flow, event, printer->options->views);

		if (!item && event->kind != EVENT_UNREACHABLE)
			continue; /* of a view that was not asked for */
		if (item && reset[event->direction]) {
			add_indent(printer->level++, printer->out);
			text_add(printer->out, "repeat 1  # and yet it went on\n");
			reset[0] = reset[1] = false;
		}
		add_indent(printer->level, printer->out);
		if (item)
			print_event(printer, event);
		else
			print_advice(printer, event);
		if (event->kind == EVENT_RESET)
			reset[event->direction] = true;
	}
}

/* What the flow's lines cannot say. */
static void print_remarks(const struct flow *flow, struct text *out)
{
	bool tcp = flow->transport == TRANSPORT_TCP, open = flow_outcome(flow) == OUTCOME_OPEN;

	if (tcp && !flow->saw_syn)
		text_printf(out, "# the capture starts in the middle: %s\n",
		            flow->syn_answered ? "its first packet is the answer to a call"
		                               : "who opened this connection is not known");
	if (tcp && flow->simultaneous)
		text_add(out, "# both sides called at once\n");
	if (tcp && flow->saw_syn && open && !flow->established)
		text_add(out, "# the call was answered, and the answer never acknowledged\n");
	if (tcp && !open && flow->bytes[0] + flow->bytes[1])
		text_printf(out, "# with %" PRIu64 " bytes that no connection carried\n", flow->bytes[0] + flow->bytes[1]);
	if (flow->syn_count > 1)
		text_printf(out, "# called %zu times\n", flow->syn_count);
	if (!flow->port[0] || !flow->port[1])
		text_add(out, "# a port of 0, which no program can have: * stands for it\n");
	if (flow->events_left_out)
		text_printf(out, "# and %zu messages and ends more, which are left out\n", flow->events_left_out);
	if (flow->incomplete)
		text_printf(out, "# the capture lacks %zu bytes of this flow\n", flow->incomplete);
}

void observe_print(const struct flow *flow, const struct observe_options *options, struct text *out)
{
	struct printer printer = {.flow = flow, .options = options, .out = out, .level = 1};
	struct expected_flow said = say_flow(flow, options->hosts, options->views);

	print_remarks(flow, out);
	trace_print_flow(&said, out);
	add_packet(&printer, flow->opened_ns, flow->packet, "  #");
	text_add(out, "\n");
	if (said.outcome == OUTCOME_OPEN)
		print_events(&printer);
}

/* ---- in one line ---- */

static void add_host(const char *before, const struct endpoint ends[2], enum direction side, struct text *out)
{
	text_add(out, before);
	text_add(out, ends[side == DIRECTION_AGAINST].host);
}

static void add_opener(const struct flow *flow, const struct endpoint ends[2], struct text *out)
{
	if (flow->transport == TRANSPORT_TCP && !flow->saw_syn && !flow->syn_answered)
		text_add(out, "; opened by nobody seen");
	else
		add_host("; opened by ", ends, DIRECTION_ALONG, out);
	if (flow_outcome(flow) != OUTCOME_OPEN)
		text_add(out, flow->refused ? ", refused" : ", unanswered");
}

static void add_both(const char *before, uint64_t along, uint64_t against, struct text *out)
{
	text_add(out, before);
	text_add_number(out, along);
	text_add(out, " -> ");
	text_add_number(out, against);
	text_add(out, " <-");
}

void observe_summary(const struct flow *flow, const struct hosts *hosts, struct text *out)
{
	struct endpoint ends[2];

	text_add(out, flow->transport == TRANSPORT_TCP ? "tcp " : "udp ");
	for (int side = 0; side < 2; side++) {
		name_endpoint(flow, side, hosts, &ends[side]);
		trace_print_endpoint(&ends[side], out);
		text_add(out, side ? "" : " => ");
	}
	add_both("; messages ", flow->messages[0], flow->messages[1], out);
	add_both(", bytes ", flow->bytes[0], flow->bytes[1], out);
	add_opener(flow, ends, out);
	if (flow->spoken)
		add_host("; first word by ", ends, flow->first_word, out);
	if (flow->ended)
		add_host("; closed by ", ends, flow->ended_by, out);
	if (flow->ended)
		text_add(out, flow->ended_how == EVENT_FIN ? " (fin)" : " (reset)");
	text_add(out, "\n");
}

/* ---- the rest ---- */

void observe_unclaimed(const struct reducer *reducer, struct text *out)
{
	static const struct {
		enum packet_kind kind;
		const char *one, *many;
	} words[] = {
		{PACKET_FRAGMENT, "fragment that never became whole", "fragments that never became whole"},
		{PACKET_ICMP_ERROR, "ICMP error about no flow seen here", "ICMP errors about no flow seen here"},
		{PACKET_ICMP_OTHER, "ICMP message", "ICMP messages"},
		{PACKET_ARP, "ARP packet", "ARP packets"},
		{PACKET_OTHER, "packet that is neither TCP nor UDP", "packets that are neither TCP nor UDP"},
		{PACKET_TRUNCATED, "packet of which too little was captured", "packets of which too little was captured"},
		{PACKET_MALFORMED, "packet that contradicts itself", "packets that contradict themselves"},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t count = reducer_unclaimed(reducer, words[i].kind);

		if (count)
			text_printf(out, "# %zu %s\n", count, count == 1 ? words[i].one : words[i].many);
	}
}
