/* seen.c - see seen.h. */
#include "seen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECOND 1000000

static const uint8_t nothing[1];

static void give_up(const char *reason)
{
	fprintf(stderr, "seen: %s\n", reason);
	abort();
}

static struct address address_of(const struct seen *seen, const char *name)
{
	struct address address;

	for (size_t i = 0; i < seen->hosts.count; i++)
		if (!strcmp(seen->hosts.entries[i].name, name))
			return seen->hosts.entries[i].address;
	if (!address_parse(name, &address))
		give_up(name);
	return address;
}

static void set_message(struct event *event, const struct pattern *pattern)
{
	event->bytes = nothing;
	if (pattern->kind == PATTERN_TEXT && pattern->part_count) {
		event->bytes = (const uint8_t *)pattern->parts[0].bytes;
		event->length = pattern->parts[0].length;
	} else if (pattern->kind == PATTERN_BYTES) {
		uint8_t *bytes = mem_alloc(pattern->count + 1); /* freed in seen_free() */

		memset(bytes, 'x', pattern->count);
		event->bytes = bytes;
		event->length = pattern->count;
	} else if (pattern->kind == PATTERN_ANY) {
		event->bytes = (const uint8_t *)"?";
		event->length = 1;
	}
	event->kept = event->length < FLOW_BYTES_KEPT ? event->length : FLOW_BYTES_KEPT;
}

static enum event_kind kind_of(enum item_kind kind)
{
	switch (kind) {
	case ITEM_MESSAGE: return EVENT_MESSAGE;
	case ITEM_FIN: return EVENT_FIN;
	case ITEM_RESET: return EVENT_RESET;
	case ITEM_UNREACHABLE: return EVENT_UNREACHABLE;
	case ITEM_SYN: return EVENT_SYN;
	case ITEM_ACK: return EVENT_ACK;
	case ITEM_ANY_ORDER:
	case ITEM_MAYBE:
	case ITEM_REPEAT: break;
	}
	give_up("a block among what was seen");
	return EVENT_MESSAGE;
}

static void add_event(struct flow *flow, const struct item *item, int64_t *now)
{
	struct event *event = &flow->events[flow->event_count++];

	*now += item->after_us ? item->after_us * 1000 : MILLISECOND;
	*event = (struct event){.kind = kind_of(item->kind), .direction = item->direction, .time_ns = *now,
	                        .end_ns = *now, .packet = flow->event_count, .bytes = nothing};
	if (item->kind == ITEM_MESSAGE)
		set_message(event, &item->pattern);
	*now += item->longer_us * 1000;
	event->end_ns = *now;
	event->seq = item->seq;
	event->ack = item->ack;
	if (item->kind == ITEM_UNREACHABLE)
		event->icmp_source = flow->address[item->direction == DIRECTION_ALONG ? 0 : 1];
	flow->bytes[item->direction] += event->length;
	if (item->kind == ITEM_MESSAGE && !flow->spoken) {
		flow->spoken = true;
		flow->first_word = item->direction;
	}
	if ((item->kind == ITEM_FIN || item->kind == ITEM_RESET) && !flow->ended) {
		flow->ended = true;
		flow->ended_how = event->kind;
		flow->ended_by = item->direction;
	}
	flow->last_ns = *now;
}

static void add_flow(struct seen *seen, const struct entry *entry, uint16_t more, int64_t *now)
{
	const struct expected_flow *expected = &entry->flow;
	struct view *view = &seen->views[entry->vantage + 1];
	struct flow *flow;

	if (seen->flow_count == SEEN_FLOWS || expected->opener.kind != PORT_NUMBER || expected->target.kind != PORT_NUMBER)
		give_up("too many flows, or a port that is no number");
	flow = &seen->flows[seen->flow_count++];
	*flow = (struct flow){
		.transport = expected->transport,
		.address = {address_of(seen, expected->opener.host), address_of(seen, expected->target.host)},
		.port = {(uint16_t)(expected->opener.number + more), expected->target.number},
		.saw_syn = expected->transport == TRANSPORT_TCP,
		.syn_answered = expected->transport == TRANSPORT_TCP && expected->outcome == OUTCOME_OPEN,
		.established = expected->outcome == OUTCOME_OPEN,
		.refused = expected->outcome == OUTCOME_REFUSED,
		.opened_ns = *now,
		.last_ns = *now,
		.packet = seen->flow_count,
	};
	flow->events = mem_alloc((expected->item_count + 1) * sizeof *flow->events);
	for (size_t i = 0; i < expected->item_count; i++)
		add_event(flow, &expected->items[i], now);
	seen->listed[entry->vantage + 1][view->flow_count++] = flow;
}

/* `up 5 bytes` among what was seen: so many. */
static void add_bytes(struct seen *seen, const struct entry *entry)
{
	struct view *view = &seen->views[entry->vantage + 1];

	if (entry->kind != ENTRY_UP && entry->kind != ENTRY_DOWN)
		return;
	view->counted = true;
	view->bytes[entry->kind == ENTRY_DOWN] = entry->amount.least;
}

static void add_flows(struct seen *seen)
{
	int64_t now = MILLISECOND, opened = 0;

	for (size_t i = 0; i < seen->trace.entry_count; i++)
		add_bytes(seen, &seen->trace.entries[i]);
	for (size_t i = 0; i < seen->trace.entry_count; i++)
		for (size_t n = 0; n < seen->trace.entries[i].flow.least; n++) {
			const struct entry *entry = &seen->trace.entries[i];

			now = entry->flow.after_us ? opened + entry->flow.after_us * 1000 : now + MILLISECOND;
			opened = now;
			add_flow(seen, entry, (uint16_t)n, &now);
		}
}

void seen_read(struct seen *seen, const char *text)
{
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	struct error error;

	memset(seen, 0, sizeof *seen);
	for (uint32_t i = 0; i < 5; i++) {
		struct address address = address_ipv4(0x0a000001 + i);

		hosts_add(&seen->hosts, names[i], &address);
	}
	/* Nothing seen is no trace, but something that happens. */
	if (text[0] && trace_parse(&seen->trace, "seen", text, strlen(text), &error))
		give_up(error_string(&error));
	seen->view_count = seen->trace.vantage_count + 1;
	if (seen->view_count > SEEN_VIEWS)
		give_up("too many views");
	seen->views[0] = (struct view){.host = "a", .interface = "eth0"};
	for (size_t i = 1; i < seen->view_count; i++)
		seen->views[i] = (struct view){.host = seen->trace.vantages[i - 1].host,
		                               .interface = seen->trace.vantages[i - 1].interface};
	for (size_t i = 0; i < seen->view_count; i++)
		seen->views[i].flows = seen->listed[i];
	add_flows(seen);
}

static void free_events(struct flow *flow, const struct expected_flow *expected)
{
	for (size_t i = 0; i < flow->event_count; i++)
		if (expected->items[i].pattern.kind == PATTERN_BYTES && expected->items[i].kind == ITEM_MESSAGE)
			free((void *)(uintptr_t)flow->events[i].bytes); /* from set_message() */
	free(flow->events);
}

void seen_free(struct seen *seen)
{
	size_t flow = 0;

	for (size_t i = 0; i < seen->trace.entry_count; i++)
		for (size_t n = 0; n < seen->trace.entries[i].flow.least; n++)
			free_events(&seen->flows[flow++], &seen->trace.entries[i].flow);
	trace_free(&seen->trace);
	hosts_free(&seen->hosts);
}
