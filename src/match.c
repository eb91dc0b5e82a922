/* match.c - pairs expected flows with seen ones. See match.h; items inside a
 * pair are align.c's business. */
#include "match.h"

#include "align.h"
#include "assign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many steps the search for an exact match may take before the cheapest
 * explanation is looked for instead: far beyond any lesson's need. */
#define EXACT_STEPS_MAX 200000

/* What a difference in a flow's first line costs, beside COST_ of items. */
static const struct {
	unsigned bit, cost;
} header_costs[] = {
	{HEADER_TRANSPORT, 112}, {HEADER_REVERSED, 96},   {HEADER_OPENER_HOST, 80}, {HEADER_TARGET_HOST, 80},
	{HEADER_OPENER_PORT, 40}, {HEADER_TARGET_PORT, 40}, {HEADER_OUTCOME, 32},   {HEADER_TOO_SOON, 8},
};

#define COST_ALONE 104 /* a flow, expected or seen, without a partner; its items come on top */

/* An expected flow, once for each time that it may come. */
struct slot {
	size_t entry;
	size_t view;
	size_t phase;  /* how many `then` stand before it */
	bool optional; /* beyond the least of its repeat */
};

struct matcher {
	const struct match_input *input;
	struct slot *slots;
	size_t slot_count, slot_capacity;
	size_t *chosen; /* a slot's flow in its view, or SIZE_MAX */
	struct binding *bindings;
	size_t binding_count, binding_capacity;
	size_t steps; /* of the exact search */
};

static const struct entry *entry_of(const struct matcher *matcher, const struct slot *slot)
{
	return &matcher->input->trace->entries[slot->entry];
}

static const struct flow *flow_of(const struct matcher *matcher, size_t view, size_t flow)
{
	return flow == SIZE_MAX ? NULL : matcher->input->views[view].flows[flow];
}

/* ---- names and ports ---- */

static const struct binding *find_binding(const struct binding *bindings, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(bindings[i].name, name))
			return &bindings[i];
	return NULL;
}

uint16_t match_port(const struct endpoint *endpoint, const struct params *params,
                    const struct binding *bindings, size_t count)
{
	const struct binding *binding;
	int port;

	switch (endpoint->kind) {
	case PORT_NUMBER:
		return endpoint->number;
	case PORT_PARAMETER:
		port = params_port(params, endpoint->name);
		return port > 0 ? (uint16_t)port : 0;
	case PORT_VARIABLE:
		binding = find_binding(bindings, count, endpoint->name);
		return binding ? binding->port : 0;
	case PORT_ANY:
	case PORT_EPHEMERAL:
		break;
	}
	return 0;
}

static bool is_port(const struct matcher *matcher, const struct endpoint *endpoint, uint16_t port)
{
	uint16_t demanded;

	if (endpoint->kind == PORT_EPHEMERAL)
		return port >= MATCH_EPHEMERAL_FIRST && port <= MATCH_EPHEMERAL_LAST;
	demanded = match_port(endpoint, matcher->input->params, matcher->bindings, matcher->binding_count);
	return !demanded || demanded == port;
}

void match_expand(const struct pattern *pattern, const struct params *params, const struct binding *bindings,
                  size_t count, struct text *out)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct pattern_part *part = &pattern->parts[i];
		const struct param *param = part->is_name ? params_find(params, part->bytes) : NULL;
		const struct binding *binding = part->is_name ? find_binding(bindings, count, part->bytes) : NULL;

		if (param)
			text_add(out, param->value);
		else if (binding)
			text_printf(out, "%u", binding->port);
		else if (part->is_name)
			text_printf(out, "{%s}", part->bytes);
		else
			text_add_bytes(out, part->bytes, part->length);
	}
}

/* ---- the first line of a flow ---- */

static enum outcome outcome_of(const struct flow *flow)
{
	if (flow->transport == TRANSPORT_UDP)
		return OUTCOME_OPEN;
	if (flow->refused)
		return OUTCOME_REFUSED;
	return flow->syn_answered || !flow->saw_syn ? OUTCOME_OPEN : OUTCOME_UNANSWERED;
}

static unsigned compare_ends(const struct matcher *matcher, const struct expected_flow *expected,
                             const struct flow *flow, int opener)
{
	const struct hosts *hosts = matcher->input->hosts;
	unsigned header = 0;

	if (!hosts_match(hosts, expected->opener.host, &flow->address[opener]))
		header |= HEADER_OPENER_HOST;
	if (!hosts_match(hosts, expected->target.host, &flow->address[!opener]))
		header |= HEADER_TARGET_HOST;
	if (!is_port(matcher, &expected->opener, flow->port[opener]))
		header |= HEADER_OPENER_PORT;
	if (!is_port(matcher, &expected->target, flow->port[!opener]))
		header |= HEADER_TARGET_PORT;
	return header;
}

static unsigned header_cost(unsigned header)
{
	unsigned cost = 0;

	for (size_t i = 0; i < sizeof header_costs / sizeof header_costs[0]; i++)
		if (header & header_costs[i].bit)
			cost += header_costs[i].cost;
	return cost;
}

static unsigned compare_header(const struct matcher *matcher, const struct expected_flow *expected,
                               const struct flow *flow)
{
	unsigned straight = compare_ends(matcher, expected, flow, 0);
	unsigned reversed = compare_ends(matcher, expected, flow, 1) | HEADER_REVERSED;
	unsigned header = straight;

	if (header_cost(reversed) < header_cost(straight))
		header = reversed;
	if (expected->transport != flow->transport)
		header |= HEADER_TRANSPORT;
	else if (expected->outcome != outcome_of(flow))
		header |= HEADER_OUTCOME;
	return header;
}

/* ---- slots ---- */

static size_t count_flows(const struct match_input *input, size_t view)
{
	return view < input->view_count ? input->views[view].flow_count : 0;
}

static int view_of(const struct match_input *input, const struct entry *entry, size_t *view, struct error *error)
{
	const struct vantage *vantage;

	*view = 0;
	if (entry->vantage < 0)
		return 0;
	vantage = &input->trace->vantages[entry->vantage];
	for (*view = 0; *view < input->view_count; ++*view)
		if (!strcmp(input->views[*view].host, vantage->host) &&
		    !strcmp(input->views[*view].interface, vantage->interface))
			return 0;
	return error_set(error, input->trace->file, entry->line, entry->column,
	                 "nobody watches %s.%s: add `watch %s.%s` to the case", vantage->host, vantage->interface,
	                 vantage->host, vantage->interface);
}

static void add_slots(struct matcher *matcher, size_t entry, size_t view, size_t phase)
{
	const struct expected_flow *expected = &matcher->input->trace->entries[entry].flow;
	size_t most = expected->least + count_flows(matcher->input, view);

	if (expected->most < most)
		most = expected->most;
	for (size_t i = 0; i < most; i++) {
		mem_room(matcher->slots, matcher->slot_count, matcher->slot_capacity);
		matcher->slots[matcher->slot_count++] = (struct slot){entry, view, phase, i >= expected->least};
	}
}

static int list_slots(struct matcher *matcher, struct error *error)
{
	const struct trace *trace = matcher->input->trace;
	size_t phase = 0, view;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->kind == ENTRY_WHERE)
			continue;
		if (view_of(matcher->input, entry, &view, error))
			return -1;
		if (entry->kind == ENTRY_THEN)
			phase++;
		else if (entry->kind == ENTRY_FLOW)
			add_slots(matcher, i, view, phase);
	}
	matcher->chosen = mem_alloc((matcher->slot_count + 1) * sizeof *matcher->chosen);
	for (size_t i = 0; i < matcher->slot_count; i++)
		matcher->chosen[i] = SIZE_MAX;
	return 0;
}

/* ---- variables ---- */

static void bind_endpoint(struct matcher *matcher, const struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->kind != PORT_VARIABLE ||
	    find_binding(matcher->bindings, matcher->binding_count, endpoint->name))
		return;
	mem_room(matcher->bindings, matcher->binding_count, matcher->binding_capacity);
	struct binding *binding = &matcher->bindings[matcher->binding_count++];

	snprintf(binding->name, sizeof binding->name, "%s", endpoint->name);
	binding->port = port;
}

static void bind_flow(struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow,
                      bool reversed)
{
	bind_endpoint(matcher, &expected->opener, flow->port[reversed]);
	bind_endpoint(matcher, &expected->target, flow->port[!reversed]);
}

static bool operand_value(const struct matcher *matcher, const struct operand *operand, uint32_t *value)
{
	const struct binding *binding;
	int port;

	switch (operand->kind) {
	case OPERAND_NUMBER:
		*value = operand->number;
		return true;
	case OPERAND_PARAMETER:
		port = params_port(matcher->input->params, operand->name);
		*value = port > 0 ? (uint32_t)port : 0;
		return port > 0;
	case OPERAND_VARIABLE:
		binding = find_binding(matcher->bindings, matcher->binding_count, operand->name);
		*value = binding ? binding->port : 0;
		return binding != NULL;
	}
	return false;
}

static bool relation_holds(const struct matcher *matcher, const struct entry *entry)
{
	uint32_t left, right;

	if (!operand_value(matcher, &entry->left, &left) || !operand_value(matcher, &entry->right, &right))
		return true; /* a variable that was never seen says nothing */
	switch (entry->relation) {
	case RELATION_EQUAL: return left == right;
	case RELATION_NOT_EQUAL: return left != right;
	case RELATION_LESS: return left < right;
	case RELATION_GREATER: return left > right;
	}
	return false;
}

static const struct entry *broken_relation(const struct matcher *matcher)
{
	const struct trace *trace = matcher->input->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		if (trace->entries[i].kind == ENTRY_WHERE && !relation_holds(matcher, &trace->entries[i]))
			return &trace->entries[i];
	return NULL;
}

/* ---- one pair ---- */

static unsigned align_pair(const struct matcher *matcher, const struct expected_flow *expected,
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
static bool is_out_of_order(const struct matcher *matcher, size_t slot)
{
	const struct flow *flow = flow_of(matcher, matcher->slots[slot].view, matcher->chosen[slot]);

	for (size_t i = 0; flow && i < slot; i++) {
		const struct flow *earlier = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);

		if (earlier && matcher->slots[i].phase < matcher->slots[slot].phase &&
		    matcher->slots[i].view == matcher->slots[slot].view && flow->opened_ns < completed_ns(earlier))
			return true;
	}
	return false;
}

/* Whether the slot's flow opened too soon behind the one that opened before it. */
static bool is_too_soon(const struct matcher *matcher, size_t slot)
{
	const struct slot *self = &matcher->slots[slot];
	const struct flow *flow = flow_of(matcher, self->view, matcher->chosen[slot]);
	int64_t after_ns = entry_of(matcher, self)->flow.after_us * 1000, before = INT64_MIN;

	if (!flow || !after_ns)
		return false;
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *other = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);

		if (other && other != flow && matcher->slots[i].view == self->view &&
		    other->opened_ns <= flow->opened_ns && other->opened_ns > before)
			before = other->opened_ns;
	}
	return before != INT64_MIN && flow->opened_ns - before < after_ns;
}

/* ---- the exact match ---- */

static const struct entry *forbidden_by(const struct matcher *matcher, size_t view, const struct flow *flow)
{
	const struct trace *trace = matcher->input->trace;
	struct error ignored;
	size_t where;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->kind == ENTRY_NEVER && !view_of(matcher->input, entry, &where, &ignored) && where == view &&
		    entry->flow.transport == flow->transport && !compare_ends(matcher, &entry->flow, flow, 0))
			return entry;
	}
	return NULL;
}

/* A view that the trace never speaks of is a picture only: what is seen there is free. */
static bool is_judged(const struct matcher *matcher, size_t view)
{
	if (!view)
		return true;
	for (size_t i = 0; i < matcher->slot_count; i++)
		if (matcher->slots[i].view == view)
			return true;
	return false;
}

static bool is_used(const struct matcher *matcher, size_t slots, size_t view, size_t flow)
{
	for (size_t i = 0; i < slots; i++)
		if (matcher->slots[i].view == view && matcher->chosen[i] == flow)
			return true;
	return false;
}

static bool all_used(const struct matcher *matcher)
{
	for (size_t view = 0; view < matcher->input->view_count; view++)
		for (size_t flow = 0; flow < count_flows(matcher->input, view); flow++)
			if (!is_used(matcher, matcher->slot_count, view, flow) &&
			    (is_judged(matcher, view) ||
			     forbidden_by(matcher, view, flow_of(matcher, view, flow))))
				return false;
	return true;
}

/* With every variable known: does each pair still cost nothing? */
static bool is_exact(struct matcher *matcher)
{
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *flow = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);
		const struct expected_flow *expected = &entry_of(matcher, &matcher->slots[i])->flow;

		if (!flow)
			continue;
		if (is_out_of_order(matcher, i) || is_too_soon(matcher, i) ||
		    compare_header(matcher, expected, flow) || align_pair(matcher, expected, flow, 0, NULL, NULL))
			return false;
	}
	return all_used(matcher) && !broken_relation(matcher);
}

/* Chooses a flow for SLOT and those behind it; backtracks. */
static bool search_exact(struct matcher *matcher, size_t slot)
{
	const struct slot *self = &matcher->slots[slot];
	size_t first = 0;

	if (++matcher->steps > EXACT_STEPS_MAX)
		return false;
	if (slot == matcher->slot_count)
		return is_exact(matcher);
	/* Slots of one entry are alike: take their flows in order of opening only. */
	if (slot && matcher->slots[slot - 1].entry == self->entry) {
		if (matcher->chosen[slot - 1] == SIZE_MAX && self->optional) {
			matcher->chosen[slot] = SIZE_MAX;
			return search_exact(matcher, slot + 1);
		}
		first = matcher->chosen[slot - 1] + 1;
	}
	for (size_t flow = first; flow < count_flows(matcher->input, self->view); flow++) {
		const struct flow *seen = flow_of(matcher, self->view, flow);
		size_t bound = matcher->binding_count;

		if (is_used(matcher, slot, self->view, flow) ||
		    compare_header(matcher, &entry_of(matcher, self)->flow, seen) ||
		    align_pair(matcher, &entry_of(matcher, self)->flow, seen, 0, NULL, NULL))
			continue;
		matcher->chosen[slot] = flow;
		bind_flow(matcher, &entry_of(matcher, self)->flow, seen, false);
		if (search_exact(matcher, slot + 1))
			return true;
		matcher->binding_count = bound;
	}
	matcher->chosen[slot] = SIZE_MAX;
	return self->optional && search_exact(matcher, slot + 1);
}

/* ---- the cheapest explanation ---- */

static size_t count_items(const struct item *items, size_t count)
{
	size_t total = 0;

	for (size_t i = 0; i < count; i++)
		if (items[i].kind == ITEM_REPEAT)
			total += items[i].least * count_items(items[i].items, items[i].item_count);
		else if (items[i].kind == ITEM_ANY_ORDER)
			total += count_items(items[i].items, items[i].item_count);
		else if (items[i].kind != ITEM_MAYBE)
			total++;
	return total;
}

static unsigned cost_of_slot(const struct matcher *matcher, const struct slot *slot)
{
	const struct expected_flow *expected = &entry_of(matcher, slot)->flow;

	if (slot->optional)
		return 0;
	return COST_ALONE + COST_MISSING * (unsigned)count_items(expected->items, expected->item_count);
}

static unsigned cost_of_flow(const struct flow *flow)
{
	return COST_ALONE + COST_EXTRA * (unsigned)flow->event_count;
}

static unsigned cost_of_pair(const struct matcher *matcher, const struct slot *slot, const struct flow *flow)
{
	const struct expected_flow *expected = &entry_of(matcher, slot)->flow;
	unsigned header = compare_header(matcher, expected, flow);

	return header_cost(header) + align_pair(matcher, expected, flow, header, NULL, NULL);
}

/* Pairs the slots and flows of one view at least total cost. A square of
 * slots + flows: a slot may stay alone (left for a stand-in flow), so may a flow. */
static void assign_view(struct matcher *matcher, size_t view)
{
	size_t flows = count_flows(matcher->input, view), slots = 0, size, row = 0;
	size_t *slot_index = mem_alloc((matcher->slot_count + 1) * sizeof *slot_index);
	unsigned *cost;
	size_t *column;

	for (size_t i = 0; i < matcher->slot_count; i++)
		if (matcher->slots[i].view == view)
			slot_index[slots++] = i;
	size = slots + flows;
	cost = mem_alloc((size * size + 1) * sizeof *cost);
	column = mem_alloc((size + 1) * sizeof *column);
	for (row = 0; row < size; row++)
		for (size_t i = 0; i < size; i++) {
			const struct slot *slot = row < slots ? &matcher->slots[slot_index[row]] : NULL;
			const struct flow *flow = i < flows ? flow_of(matcher, view, i) : NULL;
			unsigned *cell = &cost[row * size + i];

			if (slot && flow)
				*cell = cost_of_pair(matcher, slot, flow);
			else if (slot)
				*cell = cost_of_slot(matcher, slot);
			else
				*cell = flow ? cost_of_flow(flow) : 0;
		}
	assign_least(cost, size, column);
	for (size_t i = 0; i < slots; i++)
		matcher->chosen[slot_index[i]] = column[i] < flows ? column[i] : SIZE_MAX;
	free(slot_index);
	free(cost);
	free(column);
}

static void find_cheapest(struct matcher *matcher)
{
	matcher->binding_count = 0;
	for (size_t view = 0; view < matcher->input->view_count; view++)
		assign_view(matcher, view);
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *flow = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);
		const struct expected_flow *expected = &entry_of(matcher, &matcher->slots[i])->flow;

		if (flow)
			bind_flow(matcher, expected, flow,
			          compare_header(matcher, expected, flow) & HEADER_REVERSED);
	}
}

/* ---- the result ---- */

static void add_pairing(struct match *match, size_t *capacity, const struct pairing *pairing)
{
	mem_room(match->pairings, match->pairing_count, *capacity);
	match->pairings[match->pairing_count++] = *pairing;
}

static void report_slot(const struct matcher *matcher, size_t slot, struct match *match, size_t *capacity)
{
	const struct slot *self = &matcher->slots[slot];
	struct pairing pairing = {.entry = entry_of(matcher, self), .view = self->view};

	pairing.flow = flow_of(matcher, self->view, matcher->chosen[slot]);
	if (!pairing.flow) {
		if (self->optional)
			return;
		pairing.cost = cost_of_slot(matcher, self);
	} else {
		pairing.never = forbidden_by(matcher, self->view, pairing.flow);
		pairing.header = compare_header(matcher, &pairing.entry->flow, pairing.flow);
		pairing.out_of_order = is_out_of_order(matcher, slot);
		if (is_too_soon(matcher, slot))
			pairing.header |= HEADER_TOO_SOON;
		pairing.cost = header_cost(pairing.header) + pairing.out_of_order;
		pairing.cost += align_pair(matcher, &pairing.entry->flow, pairing.flow, pairing.header,
		                           &pairing.steps, &pairing.step_count);
	}
	add_pairing(match, capacity, &pairing);
}

static void report_rest(const struct matcher *matcher, struct match *match, size_t *capacity)
{
	for (size_t view = 0; view < matcher->input->view_count; view++)
		for (size_t i = 0; i < count_flows(matcher->input, view); i++) {
			struct pairing pairing = {.flow = flow_of(matcher, view, i), .view = view};

			if (is_used(matcher, matcher->slot_count, view, i))
				continue;
			pairing.never = forbidden_by(matcher, view, pairing.flow);
			pairing.cost = cost_of_flow(pairing.flow);
			if (is_judged(matcher, view) || pairing.never)
				add_pairing(match, capacity, &pairing);
		}
}

/* When a pairing first goes wrong, and at which step. */
static int64_t divergence_time(const struct pairing *pairing, size_t *step)
{
	*step = SIZE_MAX;
	if (!pairing->flow)
		return INT64_MAX; /* what never came is told when nothing wrong did */
	if (!pairing->entry || pairing->never || pairing->header || pairing->out_of_order)
		return pairing->flow->opened_ns;
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].status != STEP_MATCHED) {
			*step = i;
			return pairing->steps[i].time_ns;
		}
	return INT64_MAX;
}

/* A flow passes several views at almost one time; the first view tells it best,
 * unless it only lacks something that another one shows. */
static bool comes_first(const struct pairing *a, int64_t a_time, const struct pairing *b, int64_t b_time)
{
	if ((a_time == INT64_MAX) != (b_time == INT64_MAX))
		return b_time == INT64_MAX;
	if (a->view != b->view)
		return a->view < b->view;
	return a_time < b_time;
}

static void find_first(struct match *match)
{
	int64_t earliest = 0;

	match->first = match->first_step = SIZE_MAX;
	for (size_t i = 0; i < match->pairing_count; i++) {
		const struct pairing *pairing = &match->pairings[i];
		size_t step;
		int64_t time;

		if (!pairing->cost && !pairing->never)
			continue;
		time = divergence_time(pairing, &step);
		if (match->first == SIZE_MAX ||
		    comes_first(pairing, time, &match->pairings[match->first], earliest)) {
			earliest = time;
			match->first = i;
			match->first_step = step;
		}
	}
}

int match_trace(const struct match_input *input, struct match *match, struct error *error)
{
	struct matcher matcher = {.input = input};
	size_t capacity = 0;

	*match = (struct match){.first = SIZE_MAX, .first_step = SIZE_MAX};
	if (list_slots(&matcher, error)) {
		free(matcher.slots);
		return -1;
	}
	if (!search_exact(&matcher, 0))
		find_cheapest(&matcher);
	for (size_t i = 0; i < matcher.slot_count; i++)
		report_slot(&matcher, i, match, &capacity);
	report_rest(&matcher, match, &capacity);
	match->where = broken_relation(&matcher);
	find_first(match);
	match->complete = match->first == SIZE_MAX && !match->where;
	match->bindings = matcher.bindings;
	match->binding_count = matcher.binding_count;
	free(matcher.slots);
	free(matcher.chosen);
	return 0;
}

void match_free(struct match *match)
{
	for (size_t i = 0; i < match->pairing_count; i++)
		free(match->pairings[i].steps);
	free(match->pairings);
	free(match->bindings);
	*match = (struct match){0};
}
