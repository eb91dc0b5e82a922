/* align.h - one expected flow's items beside one seen flow's events, at least cost.
 *
 * The items become an automaton (a message is an edge, a block a small graph);
 * the cheapest path through automaton and events is found by Dijkstra's
 * method. Its cost is bounded by states times events. */
#ifndef WINDSOCK_ALIGN_H
#define WINDSOCK_ALIGN_H

#include "match.h"

/* Costs of items. What is missing is best missing at the end: one more while events remain.
 * A wrong message is the cheaper the more of the right one it begins with. */
#define COST_MISSING 32
#define COST_SKIPPED 33
#define COST_EXTRA 32
#define COST_WRONG 48
#define COST_LIKE 16 /* of them, for a message that is right as far as it goes */
#define COST_UNTIMELY 8

struct align_input {
	const struct expected_flow *expected;
	const struct flow *flow;
	bool reversed; /* the flow was opened from the other side: directions are swapped */
	const struct params *params;
	const struct binding *bindings;
	size_t binding_count;
};

/* The cost; *steps (owned by the caller) and *count unless steps is NULL. */
unsigned align_flow(const struct align_input *input, struct match_step **steps, size_t *count);

/* How many bytes at BYTES the pattern takes, or -1. KEPT of LENGTH bytes are there.
 * WHOLE: it must take all of them (a datagram). A {$variable} without a value takes digits. */
int64_t align_pattern(const struct align_input *input, const struct pattern *pattern, const uint8_t *bytes,
                      size_t kept, size_t length, bool whole);

#endif
