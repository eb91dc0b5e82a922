/* draft_repeat.c - what is said over and over: items that become a `repeat`, flows that become one. See draft.h. */
#include "draft_parts.h"

#include <stdlib.h>
#include <string.h>

#define OFTEN 3       /* twice may be chance */
#define PERIOD_MOST 4 /* items */

static bool is_block(const struct said_flow *flow, size_t one, size_t other, size_t period)
{
	if (other + period > flow->item_count)
		return false;
	for (size_t i = 0; i < period; i++)
		if (strcmp(flow->items[one + i].line, flow->items[other + i].line) != 0)
			return false;
	return true;
}

static size_t count_from(const struct said_flow *flow, size_t first, size_t period)
{
	size_t count = 1;

	while (is_block(flow, first, first + count * period, period))
		count++;
	return count;
}

void draft_fold_items(struct said_flow *flow)
{
	for (size_t i = 0; i < flow->item_count;) {
		struct said_part part = {i, 1, 1};

		for (size_t period = 1; period <= PERIOD_MOST && part.count == 1; period++) {
			size_t count = count_from(flow, i, period);

			if (count >= OFTEN)
				part = (struct said_part){i, period, count};
		}
		mem_room(flow->parts, flow->part_count, flow->part_capacity);
		flow->parts[flow->part_count++] = part;
		i += part.period * part.count;
	}
}

static bool is_same(const struct said_flow *one, const struct said_flow *other)
{
	if (strcmp(text_string(&one->starred), text_string(&other->starred)) != 0 || one->item_count != other->item_count)
		return false;
	for (size_t i = 0; i < one->item_count; i++)
		if (strcmp(one->items[i].line, other->items[i].line) != 0)
			return false;
	return true;
}

void draft_flow_free(struct said_flow *flow)
{
	for (size_t i = 0; i < flow->item_count; i++)
		free(flow->items[i].line);
	free(flow->items);
	free(flow->parts);
	text_free(&flow->header);
	text_free(&flow->key);
	text_free(&flow->starred);
}

void draft_fold_flows(struct said_view *view)
{
	size_t kept = 0;

	for (size_t i = 0; i < view->count;) {
		size_t count = 1;

		while (i + count < view->count && is_same(&view->flows[i], &view->flows[i + count]))
			count++;
		if (count < OFTEN)
			count = 1;
		view->flows[i].last_ns = view->flows[i + count - 1].last_ns;
		view->flows[i].count = count;
		for (size_t j = 1; j < count; j++)
			draft_flow_free(&view->flows[i + j]);
		view->flows[kept++] = view->flows[i];
		i += count;
	}
	view->count = kept;
}
