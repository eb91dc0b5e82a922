/* match_cheapest.c - where no exact match is: pairs flows at least total cost. See match.h. */
#include "match_parts.h"
#include "align.h"
#include "assign.h"

#include <stdlib.h>

/* The assignment takes the cube of this; beyond it what fits exactly is paired first. */
#define ASSIGN_MAX 300

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

unsigned match_cost_of_slot(const struct matcher *matcher, const struct slot *slot)
{
	const struct expected_flow *expected = &entry_of(matcher, slot)->flow;

	if (slot->optional)
		return 0;
	return COST_ALONE + COST_MISSING * (unsigned)count_items(expected->items, expected->item_count);
}

unsigned match_cost_of_flow(const struct flow *flow)
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
		unsigned header = match_compare_header(matcher, expected, flow);

		rest->row[rest->flows[i]] = match_header_cost(header) + match_align(matcher, expected, flow, header, NULL, NULL);
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

/* The first flow from FIRST on that is free and fits the slot, or SIZE_MAX. */
static size_t next_exact(const struct matcher *matcher, const struct slot *slot, size_t first)
{
	const struct fitting *fitting = matcher->fits_known ? fitting_of(matcher, slot) : NULL;
	size_t count = fitting ? fitting->count : count_flows(matcher->input, slot->view);

	for (size_t i = fitting ? 0 : first; i < count; i++) {
		size_t flow = fitting ? fitting->flows[i] : i;

		if (flow >= first && !matcher->used[slot->view][flow] &&
		    (fitting || match_fits_alone(matcher, &entry_of(matcher, slot)->flow, flow_of(matcher, slot->view, flow))))
			return flow;
	}
	return SIZE_MAX;
}

/* Where there is too much for the assignment: what fits exactly, in order. */
static void pair_exact(struct matcher *matcher, size_t view)
{
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct slot *slot = &matcher->slots[i];
		bool again = i && matcher->slots[i - 1].entry == slot->entry;
		size_t flow;

		if (slot->view != view || (again && matcher->chosen[i - 1] == SIZE_MAX))
			continue;
		flow = next_exact(matcher, slot, again ? matcher->chosen[i - 1] + 1 : 0);
		if (flow != SIZE_MAX)
			match_choose(matcher, i, flow);
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
				*cell = match_cost_of_slot(matcher, &matcher->slots[rest->slots[row]]);
			else
				*cell = i < flows ? match_cost_of_flow(flow_of(matcher, rest->view, rest->flows[i])) : 0;
		}
	assign_least(cost, size, column);
	for (size_t i = 0; i < slots; i++)
		if (column[i] < flows)
			match_choose(matcher, rest->slots[i], rest->flows[column[i]]);
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
		pair_exact(matcher, view);
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

void match_cheapest(struct matcher *matcher)
{
	matcher->binding_count = 0;
	for (size_t i = 0; i < matcher->slot_count; i++)
		match_choose(matcher, i, SIZE_MAX);
	for (size_t view = 0; view < matcher->input->view_count; view++)
		assign_view(matcher, view);
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct flow *flow = flow_of(matcher, matcher->slots[i].view, matcher->chosen[i]);
		const struct expected_flow *expected = &entry_of(matcher, &matcher->slots[i])->flow;

		if (flow)
			match_bind(matcher, expected, flow,
			          match_compare_header(matcher, expected, flow) & HEADER_REVERSED);
	}
}
