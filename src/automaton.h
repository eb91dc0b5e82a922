/* automaton.h - the items of an expected flow as an automaton: a message is an edge, a block a small graph. */
#ifndef WINDSOCK_AUTOMATON_H
#define WINDSOCK_AUTOMATON_H

#include "trace.h"

struct edge {
	size_t to;
	const struct item *item; /* NULL: taken for nothing */
	size_t next;             /* next edge of the same node, or SIZE_MAX */
};

struct automaton {
	size_t *first; /* a node's first edge, or SIZE_MAX */
	size_t node_count, node_capacity;
	struct edge *edges;
	size_t edge_count, edge_capacity;
};

/* Makes the automaton of ITEMS in an empty one; its first node is 0. Returns the node in which
 * all of them have come. The items are borrowed. What would take more than 200,000 nodes is cut off. */
size_t automaton_compile(struct automaton *automaton, const struct item *items, size_t count);
void automaton_free(struct automaton *automaton);

#endif
