/* match_parts.h - what the parts of the matcher share. Private to match*.c. */
#ifndef WINDSOCK_MATCH_PARTS_H
#define WINDSOCK_MATCH_PARTS_H

#include "match.h"

#define COST_ALONE 104 /* a flow, expected or seen, without a partner; its items come on top */

/* An expected flow, once for each time that it may come. */
struct slot {
	size_t entry;
	size_t view;
	size_t phase;  /* how many `then` stand before it */
	bool optional; /* beyond the least of its repeat */
};

/* The flows that fit an entry, taken alone: indices in its view, ascending. */
struct fitting {
	size_t *flows; /* owned */
	size_t count, capacity;
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
	struct fitting *fits; /* of the first entry of those that say the same */
	size_t *like;  /* which one that is */
	bool fits_known; /* all pairs that matter were looked at */
	size_t **last; /* of a view: behind which entry nothing fits the flow any more; 0 = nothing does */
	size_t steps;
};

static inline const struct entry *entry_of(const struct matcher *matcher, const struct slot *slot)
{
	return &matcher->input->trace->entries[slot->entry];
}

static inline const struct flow *flow_of(const struct matcher *matcher, size_t view, size_t flow)
{
	return flow == SIZE_MAX ? NULL : matcher->input->views[view].flows[flow];
}

static inline const struct fitting *fitting_of(const struct matcher *matcher, const struct slot *slot)
{
	return &matcher->fits[matcher->like[slot->entry]];
}

static inline size_t count_flows(const struct match_input *input, size_t view)
{
	return view < input->view_count ? input->views[view].flow_count : 0;
}

/* match.c: which view the entry's flows are seen at; gives a slot a flow, or takes it away: SIZE_MAX. */
int match_view_of(const struct match_input *input, const struct entry *entry, size_t *view, struct error *error);
void match_choose(struct matcher *matcher, size_t slot, size_t flow);

/* match_ports.c */
const struct binding *match_binding(const struct binding *bindings, size_t count, const char *name);
bool match_is_port(const struct matcher *matcher, const struct endpoint *endpoint, uint16_t port);
void match_bind(struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow, bool reversed);
const struct entry *match_broken_relation(const struct matcher *matcher); /* or NULL */
const struct entry *match_broken_amount(const struct matcher *matcher); /* `up` or `down`; or NULL */

/* match_pair.c: HEADER_ bits and their cost; items at least cost; order and time; what is forbidden */
unsigned match_compare_ends(const struct matcher *matcher, const struct expected_flow *expected,
                            const struct flow *flow, int opener);
unsigned match_header_cost(unsigned header);
unsigned match_compare_header(const struct matcher *matcher, const struct expected_flow *expected,
                              const struct flow *flow);
unsigned match_align(const struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow,
                     unsigned header, struct match_step **steps, size_t *count);
bool match_is_out_of_order(const struct matcher *matcher, size_t slot);
unsigned match_untimely(const struct matcher *matcher, size_t slot); /* HEADER_TOO_SOON, HEADER_TOO_LATE or 0 */
const struct entry *match_forbidden_by(const struct matcher *matcher, size_t view, const struct flow *flow);
bool match_is_judged(const struct matcher *matcher, size_t view);

/* match_fits.c: fills in fits, like and last; false where that would take too long */
bool match_list_fits(struct matcher *matcher);
bool match_fits_alone(const struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow);
void match_free_fits(struct matcher *matcher);

/* match_exact.c: true, and each slot has its flow; or it goes no further */
bool match_exact(struct matcher *matcher);

/* match_cheapest.c */
void match_cheapest(struct matcher *matcher);
unsigned match_cost_of_slot(const struct matcher *matcher, const struct slot *slot);
unsigned match_cost_of_flow(const struct flow *flow);

#endif
