/* match.c - pairs expected flows with seen ones. See match.h; items inside a
 * pair are align.c's business. */
#include "match.h"

#include "align.h"
#include "assign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How far the search for an exact match goes before the cheapest explanation is
 * looked for instead: far beyond any lesson's need, and less than a second. */
#define EXACT_STEPS_MAX 100000
#define EXACT_SLOTS_MAX 4000   /* it goes as deep as there are slots */
#define EXACT_PAIRS_MAX 1000000
/* Of a repeat without bound, beyond its least: a run that shows more is a flood. */
#define FOREVER_MAX 2000
/* The assignment takes the cube of this; beyond it what fits exactly is paired first. */
#define ASSIGN_MAX 300

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
	bool **used;    /* of a view: which flows are chosen */
	struct binding *bindings;
	size_t binding_count, binding_capacity;
	/* Of the exact search. */
	bool **fits;  /* of an entry: which flows of its view fit it, taken alone */
	size_t **last; /* of a view: behind which entry nothing fits the flow any more; 0 = nothing does */
	size_t steps;
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

/* Whether some flow has $NAME. */
static bool has_variable(const struct trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		if ((flow->opener.kind == PORT_VARIABLE && !strcmp(flow->opener.name, name)) ||
		    (flow->target.kind == PORT_VARIABLE && !strcmp(flow->target.name, name)))
			return true;
	}
	return false;
}

static int check_port(const struct match_input *input, const struct entry *entry, bool is_parameter,
                      const char *name, struct error *error)
{
	if (!is_parameter || params_port(input->params, name) > 0)
		return 0;
	return error_set(error, input->trace->file, entry->line, entry->column,
	                 "{%s} is no port of this run: name a `param` of the lesson that is one", name);
}

static int check_items(const struct match_input *input, const struct item *items, size_t count, struct error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct item *item = &items[i];

		for (size_t j = 0; j < item->pattern.part_count; j++) {
			const struct pattern_part *part = &item->pattern.parts[j];

			if (part->is_name && !params_find(input->params, part->bytes) &&
			    !has_variable(input->trace, part->bytes))
				return error_set(error, input->trace->file, item->line, item->column,
				                 "{%s}: the lesson has no `param` of that name, and no flow a $%s; "
				                 "write \\{ for a plain brace", part->bytes, part->bytes);
		}
		if (check_items(input, item->items, item->item_count, error))
			return -1;
	}
	return 0;
}

/* An unknown name would match anything. */
static int check_names(const struct match_input *input, struct error *error)
{
	for (size_t i = 0; i < input->trace->entry_count; i++) {
		const struct entry *entry = &input->trace->entries[i];
		const struct expected_flow *flow = &entry->flow;
		bool relation = entry->kind == ENTRY_WHERE;

		if (check_port(input, entry, flow->opener.kind == PORT_PARAMETER, flow->opener.name, error) ||
		    check_port(input, entry, flow->target.kind == PORT_PARAMETER, flow->target.name, error) ||
		    check_port(input, entry, relation && entry->left.kind == OPERAND_PARAMETER, entry->left.name, error) ||
		    check_port(input, entry, relation && entry->right.kind == OPERAND_PARAMETER, entry->right.name,
		               error) ||
		    check_items(input, flow->items, flow->item_count, error))
			return -1;
	}
	return 0;
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
	size_t flows = count_flows(matcher->input, view);
	size_t most = expected->least + (flows < FOREVER_MAX ? flows : FOREVER_MAX);

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
	matcher->used = mem_alloc(matcher->input->view_count * sizeof *matcher->used);
	for (size_t i = 0; i < matcher->input->view_count; i++)
		matcher->used[i] = mem_alloc(count_flows(matcher->input, i) * sizeof **matcher->used);
	return 0;
}

/* Gives the slot a flow, or takes it away: SIZE_MAX. */
static void choose(struct matcher *matcher, size_t slot, size_t flow)
{
	bool *used = matcher->used[matcher->slots[slot].view];

	if (matcher->chosen[slot] != SIZE_MAX)
		used[matcher->chosen[slot]] = false;
	matcher->chosen[slot] = flow;
	if (flow != SIZE_MAX)
		used[flow] = true;
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

/* Whether the flow could be the entry's if it were the only one. */
static bool fits_alone(const struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow)
{
	struct matcher alone = {.input = matcher->input};
	bool fits;

	bind_flow(&alone, expected, flow, false);
	fits = !compare_header(&alone, expected, flow) && !align_pair(&alone, expected, flow, 0, NULL, NULL);
	free(alone.bindings);
	return fits;
}

static void list_fits(struct matcher *matcher)
{
	const struct trace *trace = matcher->input->trace;

	matcher->fits = mem_alloc(trace->entry_count * sizeof *matcher->fits);
	matcher->last = mem_alloc(matcher->input->view_count * sizeof *matcher->last);
	for (size_t view = 0; view < matcher->input->view_count; view++)
		matcher->last[view] = mem_alloc(count_flows(matcher->input, view) * sizeof **matcher->last);
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct slot *slot = &matcher->slots[i];
		size_t flows = count_flows(matcher->input, slot->view);

		if (matcher->fits[slot->entry])
			continue;
		matcher->fits[slot->entry] = mem_alloc(flows * sizeof **matcher->fits);
		for (size_t flow = 0; flow < flows; flow++)
			if (fits_alone(matcher, &entry_of(matcher, slot)->flow, flow_of(matcher, slot->view, flow))) {
				matcher->fits[slot->entry][flow] = true;
				matcher->last[slot->view][flow] = slot->entry + 1;
			}
	}
}

static void free_fits(struct matcher *matcher)
{
	for (size_t i = 0; matcher->fits && i < matcher->input->trace->entry_count; i++)
		free(matcher->fits[i]);
	for (size_t view = 0; matcher->last && view < matcher->input->view_count; view++)
		free(matcher->last[view]);
	free(matcher->fits);
	free(matcher->last);
}

/* Whether each flow that somebody minds fits some entry: else there is nothing to search for. */
static bool all_fit(const struct matcher *matcher)
{
	for (size_t view = 0; view < matcher->input->view_count; view++) {
		bool judged = is_judged(matcher, view);

		for (size_t flow = 0; flow < count_flows(matcher->input, view); flow++)
			if (!matcher->last[view][flow] &&
			    (judged || forbidden_by(matcher, view, flow_of(matcher, view, flow))))
				return false;
	}
	return true;
}

/* Of a view that is judged: what is forbidden elsewhere all_fit() has seen to. */
static bool all_used(const struct matcher *matcher)
{
	for (size_t view = 0; view < matcher->input->view_count; view++)
		for (size_t flow = 0; flow < count_flows(matcher->input, view); flow++)
			if (!matcher->used[view][flow] && matcher->last[view][flow])
				return false;
	return true;
}

/* With every flow used and every variable known: does each pair still cost nothing? */
static bool is_exact(struct matcher *matcher)
{
	matcher->steps += matcher->slot_count;
	if (!all_used(matcher))
		return false;
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *flow = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);
		const struct expected_flow *expected = &entry_of(matcher, &matcher->slots[i])->flow;

		if (flow && (is_out_of_order(matcher, i) || is_too_soon(matcher, i) ||
		             compare_header(matcher, expected, flow) ||
		             align_pair(matcher, expected, flow, 0, NULL, NULL)))
			return false;
	}
	return !broken_relation(matcher);
}

/* Chooses a flow for SLOT and those behind it; backtracks. */
static bool search_exact(struct matcher *matcher, size_t slot)
{
	const struct slot *self;
	size_t first = 0;

	if (slot == matcher->slot_count)
		return is_exact(matcher);
	self = &matcher->slots[slot];
	/* Slots of one entry are alike: take their flows in order of opening only. */
	if (slot && matcher->slots[slot - 1].entry == self->entry) {
		if (matcher->chosen[slot - 1] == SIZE_MAX)
			return search_exact(matcher, slot + 1);
		first = matcher->chosen[slot - 1] + 1;
	}
	for (size_t flow = first; flow < count_flows(matcher->input, self->view); flow++) {
		const struct flow *seen = flow_of(matcher, self->view, flow);
		size_t bound = matcher->binding_count;

		if (matcher->used[self->view][flow])
			continue;
		if (++matcher->steps > EXACT_STEPS_MAX)
			return false;
		if (matcher->fits[self->entry][flow] &&
		    !compare_header(matcher, &entry_of(matcher, self)->flow, seen)) {
			choose(matcher, slot, flow);
			bind_flow(matcher, &entry_of(matcher, self)->flow, seen, false);
			if (search_exact(matcher, slot + 1))
				return true;
			choose(matcher, slot, SIZE_MAX);
			matcher->binding_count = bound;
		}
		if (matcher->last[self->view][flow] <= self->entry + 1)
			return false; /* passed over here, nobody would take it any more */
	}
	return self->optional && search_exact(matcher, slot + 1);
}

static bool find_exact(struct matcher *matcher)
{
	size_t flows = 0;

	for (size_t view = 0; view < matcher->input->view_count; view++)
		flows += count_flows(matcher->input, view);
	if (matcher->slot_count > EXACT_SLOTS_MAX ||
	    flows > EXACT_PAIRS_MAX / (matcher->input->trace->entry_count + 1))
		return false;
	list_fits(matcher);
	return all_fit(matcher) && search_exact(matcher, 0);
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

/* Of one view: the slots and flows that have no partner yet, and what they cost together. */
struct leftover {
	size_t view;
	size_t *slots, slot_count; /* indices; owned */
	size_t *flows, flow_count; /* the same */
	size_t row_entry;          /* whose costs ROW holds */
	unsigned *row;             /* by flow of the view; owned */
};

/* The costs of the slot beside each flow of its view: the same for all slots of an entry. */
static const unsigned *costs_of(const struct matcher *matcher, struct leftover *rest, size_t slot)
{
	const struct slot *self = &matcher->slots[slot];
	const struct expected_flow *expected = &entry_of(matcher, self)->flow;

	if (rest->row_entry == self->entry)
		return rest->row;
	rest->row_entry = self->entry;
	for (size_t i = 0; i < rest->flow_count; i++) {
		const struct flow *flow = flow_of(matcher, rest->view, rest->flows[i]);
		unsigned header = compare_header(matcher, expected, flow);

		rest->row[rest->flows[i]] = header_cost(header) + align_pair(matcher, expected, flow, header, NULL, NULL);
	}
	return rest->row;
}

static void list_leftover(const struct matcher *matcher, struct leftover *rest)
{
	rest->slot_count = rest->flow_count = 0;
	rest->row_entry = SIZE_MAX;
	for (int optional = 0; optional < 2; optional++)
		for (size_t i = 0; i < matcher->slot_count; i++)
			if (matcher->slots[i].view == rest->view && matcher->chosen[i] == SIZE_MAX &&
			    matcher->slots[i].optional == (optional == 1))
				rest->slots[rest->slot_count++] = i;
	for (size_t i = 0; i < count_flows(matcher->input, rest->view); i++)
		if (!matcher->used[rest->view][i])
			rest->flows[rest->flow_count++] = i;
}

/* Where there is too much for the assignment: what fits exactly, in order. */
static void pair_exact(struct matcher *matcher, struct leftover *rest)
{
	for (size_t i = 0; i < matcher->slot_count; i++) {
		bool again = i && matcher->slots[i - 1].entry == matcher->slots[i].entry;
		const unsigned *costs;

		if (matcher->slots[i].view != rest->view || (again && matcher->chosen[i - 1] == SIZE_MAX))
			continue;
		costs = costs_of(matcher, rest, i);
		for (size_t flow = again ? matcher->chosen[i - 1] + 1 : 0; flow < count_flows(matcher->input, rest->view);
		     flow++)
			if (!matcher->used[rest->view][flow] && !costs[flow]) {
				choose(matcher, i, flow);
				break;
			}
	}
}

/* Pairs slots and flows at least total cost. A square of slots + flows: a slot may
 * stay alone (left for a stand-in flow), so may a flow. */
static void assign_leftover(struct matcher *matcher, struct leftover *rest)
{
	size_t slots = rest->slot_count, flows = rest->flow_count, size = slots + flows;
	unsigned *cost = mem_alloc((size * size + 1) * sizeof *cost);
	size_t *column = mem_alloc((size + 1) * sizeof *column);

	for (size_t row = 0; row < size; row++)
		for (size_t i = 0; i < size; i++) {
			unsigned *cell = &cost[row * size + i];

			if (row < slots && i < flows)
				*cell = costs_of(matcher, rest, rest->slots[row])[rest->flows[i]];
			else if (row < slots)
				*cell = cost_of_slot(matcher, &matcher->slots[rest->slots[row]]);
			else
				*cell = i < flows ? cost_of_flow(flow_of(matcher, rest->view, rest->flows[i])) : 0;
		}
	assign_least(cost, size, column);
	for (size_t i = 0; i < slots; i++)
		if (column[i] < flows)
			choose(matcher, rest->slots[i], rest->flows[column[i]]);
	free(cost);
	free(column);
}

static void assign_view(struct matcher *matcher, size_t view)
{
	size_t flows = count_flows(matcher->input, view);
	struct leftover rest = {
		.view = view,
		.slots = mem_alloc(matcher->slot_count * sizeof *rest.slots),
		.flows = mem_alloc(flows * sizeof *rest.flows),
		.row = mem_alloc(flows * sizeof *rest.row),
	};

	list_leftover(matcher, &rest);
	if (rest.slot_count + rest.flow_count > ASSIGN_MAX) {
		pair_exact(matcher, &rest);
		list_leftover(matcher, &rest);
	}
	/* Still too much: the first of them tell enough. */
	if (rest.slot_count > ASSIGN_MAX / 2)
		rest.slot_count = ASSIGN_MAX / 2;
	if (rest.flow_count > ASSIGN_MAX / 2)
		rest.flow_count = ASSIGN_MAX / 2;
	if (rest.slot_count && rest.flow_count)
		assign_leftover(matcher, &rest);
	free(rest.slots);
	free(rest.flows);
	free(rest.row);
}

static void find_cheapest(struct matcher *matcher)
{
	matcher->binding_count = 0;
	for (size_t i = 0; i < matcher->slot_count; i++)
		choose(matcher, i, SIZE_MAX);
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
		pairing.header = compare_header(matcher, &pairing.entry->flow, pairing.flow);
		pairing.out_of_order = is_out_of_order(matcher, slot);
		if (is_too_soon(matcher, slot))
			pairing.header |= HEADER_TOO_SOON;
		pairing.cost = header_cost(pairing.header) + pairing.out_of_order;
		pairing.cost += align_pair(matcher, &pairing.entry->flow, pairing.flow, pairing.header,
		                           &pairing.steps, &pairing.step_count);
		/* What the trace asks for is not forbidden. */
		if (pairing.cost)
			pairing.never = forbidden_by(matcher, self->view, pairing.flow);
	}
	add_pairing(match, capacity, &pairing);
}

static void report_rest(const struct matcher *matcher, struct match *match, size_t *capacity)
{
	for (size_t view = 0; view < matcher->input->view_count; view++) {
		bool judged = is_judged(matcher, view);

		for (size_t i = 0; i < count_flows(matcher->input, view); i++) {
			struct pairing pairing = {.flow = flow_of(matcher, view, i), .view = view};

			if (matcher->used[view][i])
				continue;
			pairing.never = forbidden_by(matcher, view, pairing.flow);
			pairing.cost = cost_of_flow(pairing.flow);
			if (judged || pairing.never)
				add_pairing(match, capacity, &pairing);
		}
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
	if (check_names(input, error) || list_slots(&matcher, error)) {
		free(matcher.slots);
		return -1;
	}
	if (!find_exact(&matcher))
		find_cheapest(&matcher);
	for (size_t i = 0; i < matcher.slot_count; i++)
		report_slot(&matcher, i, match, &capacity);
	report_rest(&matcher, match, &capacity);
	match->where = broken_relation(&matcher);
	find_first(match);
	match->complete = match->first == SIZE_MAX && !match->where;
	match->bindings = matcher.bindings;
	match->binding_count = matcher.binding_count;
	free_fits(&matcher);
	for (size_t view = 0; view < input->view_count; view++)
		free(matcher.used[view]);
	free(matcher.used);
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
