/* match_exact.c - looks for a pairing of all flows in which nothing differs. See match.h. */
#include "match_parts.h"

/* How far the search for an exact match goes before the cheapest explanation is
 * looked for instead: far beyond any lesson's need, and less than a second. */
#define EXACT_STEPS_MAX 100000
#define EXACT_SLOTS_MAX 12000 /* it goes as deep as there are slots; a trace has 10000 flows */

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

/* Whether no flow is left that fits the entry before SLOT and none behind it. */
static bool leaves_none(const struct matcher *matcher, size_t slot)
{
	const struct slot *before = slot ? &matcher->slots[slot - 1] : NULL;
	const struct fitting *fitting;

	if (!before || (slot < matcher->slot_count && matcher->slots[slot].entry == before->entry))
		return true;
	fitting = fitting_of(matcher, before);
	for (size_t i = 0; i < fitting->count; i++)
		if (!matcher->used[before->view][fitting->flows[i]] &&
		    matcher->last[before->view][fitting->flows[i]] <= before->entry + 1)
			return false;
	return true;
}

static bool search_exact(struct matcher *matcher, size_t slot);

/* Tries the flow for the slot, and goes on with the next one. */
static bool try_flow(struct matcher *matcher, size_t slot, size_t flow)
{
	const struct slot *self = &matcher->slots[slot];
	const struct flow *seen = flow_of(matcher, self->view, flow);
	size_t bound = matcher->binding_count;

	if (match_compare_header(matcher, &entry_of(matcher, self)->flow, seen))
		return false;
	match_choose(matcher, slot, flow);
	match_bind(matcher, &entry_of(matcher, self)->flow, seen, false);
	if (search_exact(matcher, slot + 1))
		return true;
	match_choose(matcher, slot, SIZE_MAX);
	matcher->binding_count = bound;
	return false;
}

/* Chooses a flow for SLOT and those behind it; backtracks. */
static bool search_exact(struct matcher *matcher, size_t slot)
{
	const struct slot *self;
	const struct fitting *fitting;
	size_t first = 0;

	if (!leaves_none(matcher, slot))
		return false;
	if (slot == matcher->slot_count)
		return is_exact(matcher);
	self = &matcher->slots[slot];
	fitting = fitting_of(matcher, self);
	/* Slots of one entry are alike: take their flows in order of opening only. */
	if (slot && matcher->slots[slot - 1].entry == self->entry) {
		if (matcher->chosen[slot - 1] == SIZE_MAX)
			return search_exact(matcher, slot + 1);
		first = matcher->chosen[slot - 1] + 1;
	}
	for (size_t i = 0; i < fitting->count; i++) {
		size_t flow = fitting->flows[i];

		if (flow < first || matcher->used[self->view][flow])
			continue;
		if (++matcher->steps > EXACT_STEPS_MAX)
			return false;
		if (try_flow(matcher, slot, flow))
			return true;
		if (matcher->last[self->view][flow] <= self->entry + 1)
			return false; /* passed over here, nobody would take it any more */
	}
	return self->optional && search_exact(matcher, slot + 1);
}

bool match_exact(struct matcher *matcher)
{
	return match_list_fits(matcher) && matcher->slot_count <= EXACT_SLOTS_MAX && all_fit(matcher) &&
	       search_exact(matcher, 0);
}
