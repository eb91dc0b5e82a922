/* match_pair.c - one expected flow beside one seen flow: its first line, its place in time, whether a `never`
 * forbids it. Items are align.c's business. See match.h. */
#include "match_parts.h"
#include "align.h"

/* What a difference in a flow's first line costs, beside COST_ of items. */
static const struct {
	unsigned bit, cost;
} header_costs[] = {
	{HEADER_TRANSPORT, 112}, {HEADER_REVERSED, 96},   {HEADER_OPENER_HOST, 80}, {HEADER_TARGET_HOST, 80},
	{HEADER_OPENER_PORT, 40}, {HEADER_TARGET_PORT, 40}, {HEADER_OUTCOME, 32},   {HEADER_TOO_SOON, 8},
	{HEADER_TOO_LATE, 8}, {HEADER_BYTES, 16},
};

/* ---- the first line of a flow ---- */

unsigned match_compare_ends(const struct matcher *matcher, const struct expected_flow *expected,
                            const struct flow *flow, int opener)
{
	const struct hosts *hosts = matcher->input->hosts;
	unsigned header = 0;

	if (!hosts_match(hosts, expected->opener.host, &flow->address[opener]))
		header |= HEADER_OPENER_HOST;
	if (!hosts_match(hosts, expected->target.host, &flow->address[!opener]))
		header |= HEADER_TARGET_HOST;
	if (!match_is_port(matcher, &expected->opener, flow->port[opener]))
		header |= HEADER_OPENER_PORT;
	if (!match_is_port(matcher, &expected->target, flow->port[!opener]))
		header |= HEADER_TARGET_PORT;
	return header;
}

unsigned match_header_cost(unsigned header)
{
	unsigned cost = 0;

	for (size_t i = 0; i < sizeof header_costs / sizeof header_costs[0]; i++)
		if (header & header_costs[i].bit)
			cost += header_costs[i].cost;
	return cost;
}

/* Payload that is new, by direction. */
static bool is_amount(const struct expected_flow *expected, const struct flow *flow, bool reversed)
{
	for (int i = 0; i < 2; i++) {
		const struct amount *amount = &expected->bytes[i];
		uint64_t bytes = flow->bytes[reversed ? !i : i];

		if (amount->said && (bytes < amount->least || bytes > amount->most))
			return false;
	}
	return true;
}

unsigned match_compare_header(const struct matcher *matcher, const struct expected_flow *expected,
                              const struct flow *flow)
{
	unsigned straight = match_compare_ends(matcher, expected, flow, 0);
	unsigned reversed = match_compare_ends(matcher, expected, flow, 1) | HEADER_REVERSED;
	unsigned header = straight;

	if (match_header_cost(reversed) < match_header_cost(straight))
		header = reversed;
	if (expected->transport != flow->transport)
		header |= HEADER_TRANSPORT;
	else if (expected->outcome != flow_outcome(flow))
		header |= HEADER_OUTCOME;
	if (!is_amount(expected, flow, header & HEADER_REVERSED))
		header |= HEADER_BYTES;
	return header;
}

/* ---- one pair ---- */

unsigned match_align(const struct matcher *matcher, const struct expected_flow *expected,
                     const struct flow *flow, unsigned header, struct match_step **steps, size_t *count)
{
	struct align_input input = {
		.expected = expected,
		.flow = flow,
		.reversed = header & HEADER_REVERSED,
		.params = matcher->input->params,
		.bindings = matcher->bindings,
		.binding_count = matcher->binding_count,
	};

	return align_flow(&input, steps, count);
}

/* When the last thing of the flow that its trace knows of had come. */
static int64_t completed_ns(const struct flow *flow)
{
	int64_t completed = flow->opened_ns;

	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].end_ns > completed)
			completed = flow->events[i].end_ns;
	return completed;
}

/* Whether the slot's flow opened before an earlier phase of its view was complete. */
bool match_is_out_of_order(const struct matcher *matcher, size_t slot)
{
	const struct flow *flow = flow_of(matcher, matcher->slots[slot].view, matcher->chosen[slot]);

	/* Slots stand in the order of their phases. */
	for (size_t i = 0; flow && matcher->slots[i].phase < matcher->slots[slot].phase; i++) {
		const struct flow *earlier = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);

		if (earlier && matcher->slots[i].view == matcher->slots[slot].view && flow->opened_ns < completed_ns(earlier))
			return true;
	}
	return false;
}

/* Whether the slot's flow opened too soon behind the one that opened before it. */
unsigned match_untimely(const struct matcher *matcher, size_t slot)
{
	const struct slot *self = &matcher->slots[slot];
	const struct flow *flow = flow_of(matcher, self->view, matcher->chosen[slot]);
	const struct expected_flow *expected = &entry_of(matcher, self)->flow;
	int64_t before = INT64_MIN;

	if (!flow || (!expected->after_us && !expected->within_us))
		return 0;
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *other = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);

		if (other && other != flow && matcher->slots[i].view == self->view &&
		    other->opened_ns <= flow->opened_ns && other->opened_ns > before)
			before = other->opened_ns;
	}
	if (before == INT64_MIN)
		return 0;
	if (flow->opened_ns - before < expected->after_us * 1000)
		return HEADER_TOO_SOON;
	return expected->within_us && flow->opened_ns - before > expected->within_us * 1000 ? HEADER_TOO_LATE : 0;
}

const struct entry *match_forbidden_by(const struct matcher *matcher, size_t view, const struct flow *flow)
{
	const struct trace *trace = matcher->input->trace;
	struct error ignored;
	size_t where;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->kind == ENTRY_NEVER && !match_view_of(matcher->input, entry, &where, &ignored) && where == view &&
		    entry->flow.transport == flow->transport && !match_compare_ends(matcher, &entry->flow, flow, 0))
			return entry;
	}
	return NULL;
}

/* A view that the trace never speaks of is a picture only: what is seen there is free. */
bool match_is_judged(const struct matcher *matcher, size_t view)
{
	if (!view)
		return true;
	for (size_t i = 0; i < matcher->slot_count; i++)
		if (matcher->slots[i].view == view)
			return true;
	return false;
}
