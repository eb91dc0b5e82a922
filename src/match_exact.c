/* match_exact.c - looks for a pairing of all flows in which nothing differs. See match.h. */
#include "match_parts.h"

#include <stdlib.h>

/* How far the search for an exact match goes before the cheapest explanation is
 * looked for instead: far beyond any lesson's need, and less than a second. */
#define EXACT_STEPS_MAX 100000
#define EXACT_SLOTS_MAX 4000   /* it goes as deep as there are slots */
#define EXACT_PAIRS_MAX 1000000

/* Whether the flow could be the entry's if it were the only one. */
static bool fits_alone(const struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow)
{
	struct matcher alone = {.input = matcher->input};
	bool fits;

	match_bind(&alone, expected, flow, false);
	fits = !match_compare_header(&alone, expected, flow) && !match_align(&alone, expected, flow, 0, NULL, NULL);
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

void match_free_fits(struct matcher *matcher)
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
		bool judged = match_is_judged(matcher, view);

		for (size_t flow = 0; flow < count_flows(matcher->input, view); flow++)
			if (!matcher->last[view][flow] &&
			    (judged || match_forbidden_by(matcher, view, flow_of(matcher, view, flow))))
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

		if (flow && (match_is_out_of_order(matcher, i) || match_untimely(matcher, i) ||
		             match_compare_header(matcher, expected, flow) ||
		             match_align(matcher, expected, flow, 0, NULL, NULL)))
			return false;
	}
	return !match_broken_relation(matcher);
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
		    !match_compare_header(matcher, &entry_of(matcher, self)->flow, seen)) {
			match_choose(matcher, slot, flow);
			match_bind(matcher, &entry_of(matcher, self)->flow, seen, false);
			if (search_exact(matcher, slot + 1))
				return true;
			match_choose(matcher, slot, SIZE_MAX);
			matcher->binding_count = bound;
		}
		if (matcher->last[self->view][flow] <= self->entry + 1)
			return false; /* passed over here, nobody would take it any more */
	}
	return self->optional && search_exact(matcher, slot + 1);
}

bool match_exact(struct matcher *matcher)
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
