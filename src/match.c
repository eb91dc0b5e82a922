/* match.c - pairs expected flows with seen ones and finds the first divergence. See match.h; how a pair is
 * judged is said in match_pair.c, how pairs are found in match_exact.c and match_cheapest.c. */
#include "match_parts.h"

#include <stdlib.h>
#include <string.h>

/* Of a repeat without bound, beyond its least: a run that shows more is a flood. */
#define FOREVER_MAX 2000

/* ---- slots ---- */

int match_view_of(const struct match_input *input, const struct entry *entry, size_t *view, struct error *error)
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
		if (match_view_of(matcher->input, entry, &view, error))
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
void match_choose(struct matcher *matcher, size_t slot, size_t flow)
{
	bool *used = matcher->used[matcher->slots[slot].view];

	if (matcher->chosen[slot] != SIZE_MAX)
		used[matcher->chosen[slot]] = false;
	matcher->chosen[slot] = flow;
	if (flow != SIZE_MAX)
		used[flow] = true;
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
		pairing.cost = match_cost_of_slot(matcher, self);
	} else {
		pairing.header = match_compare_header(matcher, &pairing.entry->flow, pairing.flow);
		pairing.out_of_order = match_is_out_of_order(matcher, slot);
		pairing.header |= match_untimely(matcher, slot);
		pairing.cost = match_header_cost(pairing.header) + pairing.out_of_order;
		pairing.cost += match_align(matcher, &pairing.entry->flow, pairing.flow, pairing.header,
		                           &pairing.steps, &pairing.step_count);
		/* What the trace asks for is not forbidden. */
		if (pairing.cost)
			pairing.never = match_forbidden_by(matcher, self->view, pairing.flow);
	}
	add_pairing(match, capacity, &pairing);
}

static void report_rest(const struct matcher *matcher, struct match *match, size_t *capacity)
{
	for (size_t view = 0; view < matcher->input->view_count; view++) {
		bool judged = match_is_judged(matcher, view);

		for (size_t i = 0; i < count_flows(matcher->input, view); i++) {
			struct pairing pairing = {.flow = flow_of(matcher, view, i), .view = view};

			if (matcher->used[view][i])
				continue;
			pairing.never = match_forbidden_by(matcher, view, pairing.flow);
			pairing.cost = match_cost_of_flow(pairing.flow);
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
	if (match_check_names(input->trace, input->params, error) || list_slots(&matcher, error)) {
		free(matcher.slots);
		return -1;
	}
	if (!match_exact(&matcher))
		match_cheapest(&matcher);
	for (size_t i = 0; i < matcher.slot_count; i++)
		report_slot(&matcher, i, match, &capacity);
	report_rest(&matcher, match, &capacity);
	match->where = match_broken_relation(&matcher);
	if (!match->where)
		match->where = match_broken_amount(&matcher);
	find_first(match);
	match->complete = match->first == SIZE_MAX && !match->where;
	match->bindings = matcher.bindings;
	match->binding_count = matcher.binding_count;
	match_free_fits(&matcher);
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
