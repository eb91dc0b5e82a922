/* automaton.c - see automaton.h. */
#include "automaton.h"

#include "text.h"

#include <stdint.h>
#include <stdlib.h>

#define NODES_MAX 200000

static size_t add_node(struct automaton *automaton)
{
	mem_room(automaton->first, automaton->node_count, automaton->node_capacity);
	automaton->first[automaton->node_count] = SIZE_MAX;
	return automaton->node_count++;
}

static void add_edge(struct automaton *automaton, size_t from, size_t to, const struct item *item)
{
	mem_room(automaton->edges, automaton->edge_count, automaton->edge_capacity);
	automaton->edges[automaton->edge_count] = (struct edge){to, item, automaton->first[from]};
	automaton->first[from] = automaton->edge_count++;
}

static size_t compile_items(struct automaton *automaton, size_t from, const struct item *items, size_t count);

/* One node for each subset of the items that have come. */
static size_t compile_any_order(struct automaton *automaton, size_t from, const struct item *block)
{
	size_t subsets = (size_t)1 << block->item_count, node[1 << TRACE_ANY_ORDER_MAX];

	for (size_t subset = 0; subset < subsets; subset++)
		node[subset] = subset ? add_node(automaton) : from;
	for (size_t subset = 0; subset < subsets; subset++)
		for (size_t i = 0; i < block->item_count; i++)
			if (!(subset & ((size_t)1 << i))) {
				size_t end = compile_items(automaton, node[subset], &block->items[i], 1);

				add_edge(automaton, end, node[subset | ((size_t)1 << i)], NULL);
			}
	return node[subsets - 1];
}

static size_t compile_repeat(struct automaton *automaton, size_t from, const struct item *block)
{
	size_t node = from, end;

	for (size_t i = 0; i < block->least; i++)
		node = compile_items(automaton, node, block->items, block->item_count);
	if (block->most == TRACE_FOREVER) {
		size_t loop = add_node(automaton);

		add_edge(automaton, node, loop, NULL);
		end = compile_items(automaton, loop, block->items, block->item_count);
		add_edge(automaton, end, loop, NULL);
		return loop;
	}
	end = add_node(automaton);
	for (size_t i = block->least; i < block->most && automaton->node_count < NODES_MAX; i++) {
		add_edge(automaton, node, end, NULL);
		node = compile_items(automaton, node, block->items, block->item_count);
	}
	add_edge(automaton, node, end, NULL);
	return end;
}

static size_t compile_item(struct automaton *automaton, size_t from, const struct item *item)
{
	size_t to;

	switch (item->kind) {
	case ITEM_ANY_ORDER:
		return compile_any_order(automaton, from, item);
	case ITEM_REPEAT:
		return compile_repeat(automaton, from, item);
	case ITEM_MAYBE:
		to = compile_items(automaton, from, item->items, item->item_count);
		add_edge(automaton, from, to, NULL);
		return to;
	case ITEM_MESSAGE:
	case ITEM_FIN:
	case ITEM_RESET:
	case ITEM_UNREACHABLE:
	case ITEM_SYN:
	case ITEM_ACK:
		to = add_node(automaton);
		add_edge(automaton, from, to, item);
		return to;
	}
	return from;
}

static size_t compile_items(struct automaton *automaton, size_t from, const struct item *items, size_t count)
{
	for (size_t i = 0; i < count && automaton->node_count < NODES_MAX; i++)
		from = compile_item(automaton, from, &items[i]);
	return from;
}

size_t automaton_compile(struct automaton *automaton, const struct item *items, size_t count)
{
	return compile_items(automaton, add_node(automaton), items, count);
}

void automaton_free(struct automaton *automaton)
{
	free(automaton->first);
	free(automaton->edges);
	*automaton = (struct automaton){0};
}
