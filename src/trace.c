/* trace.c - traces as values: compare them, free them. See trace.h. */
#include "trace.h"

#include <stdlib.h>
#include <string.h>

static void free_items(struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < items[i].pattern.part_count; j++)
			free(items[i].pattern.parts[j].bytes);
		free(items[i].pattern.parts);
		free_items(items[i].items, items[i].item_count);
	}
	free(items);
}

void trace_free(struct trace *trace)
{
	for (size_t i = 0; i < trace->entry_count; i++)
		free_items(trace->entries[i].flow.items, trace->entries[i].flow.item_count);
	free(trace->entries);
	free(trace->vantages);
	free(trace->file);
	*trace = (struct trace){0};
}

static bool equal_patterns(const struct pattern *a, const struct pattern *b)
{
	if (a->kind != b->kind || a->part_count != b->part_count || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->part_count; i++) {
		const struct pattern_part *one = &a->parts[i], *two = &b->parts[i];

		if (one->is_name != two->is_name || one->length != two->length ||
		    memcmp(one->bytes, two->bytes, one->length) != 0)
			return false;
	}
	return true;
}

static bool equal_items(const struct item *a, size_t a_count, const struct item *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (a[i].kind != b[i].kind || a[i].direction != b[i].direction || a[i].after_us != b[i].after_us ||
		    a[i].within_us != b[i].within_us || a[i].longer_us != b[i].longer_us ||
		    a[i].shorter_us != b[i].shorter_us || a[i].seq != b[i].seq || a[i].ack != b[i].ack ||
		    a[i].least != b[i].least || a[i].most != b[i].most ||
		    !equal_patterns(&a[i].pattern, &b[i].pattern) ||
		    !equal_items(a[i].items, a[i].item_count, b[i].items, b[i].item_count))
			return false;
	return true;
}

static bool equal_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	return a->kind == b->kind && a->number == b->number && !strcmp(a->host, b->host) && !strcmp(a->name, b->name);
}

static bool equal_amounts(const struct amount *a, const struct amount *b)
{
	return a->said == b->said && a->least == b->least && a->most == b->most;
}

static bool equal_flows(const struct expected_flow *a, const struct expected_flow *b)
{
	return a->transport == b->transport && a->outcome == b->outcome && a->least == b->least &&
	       a->most == b->most && a->after_us == b->after_us && a->within_us == b->within_us &&
	       a->views == b->views && equal_amounts(&a->bytes[0], &b->bytes[0]) &&
	       equal_amounts(&a->bytes[1], &b->bytes[1]) && equal_endpoints(&a->opener, &b->opener) &&
	       equal_endpoints(&a->target, &b->target) &&
	       equal_items(a->items, a->item_count, b->items, b->item_count);
}

static bool equal_operands(const struct operand *a, const struct operand *b)
{
	return a->kind == b->kind && a->number == b->number && !strcmp(a->name, b->name);
}

static bool equal_entries(const struct entry *a, const struct entry *b)
{
	return a->kind == b->kind && a->vantage == b->vantage && a->relation == b->relation &&
	       equal_flows(&a->flow, &b->flow) && equal_operands(&a->left, &b->left) &&
	       equal_operands(&a->right, &b->right) && equal_amounts(&a->amount, &b->amount);
}

unsigned trace_views(const struct trace *trace)
{
	unsigned views = 0;

	for (size_t i = 0; i < trace->entry_count; i++)
		views |= trace->entries[i].flow.views;
	return views;
}

bool trace_equal(const struct trace *a, const struct trace *b)
{
	if (a->entry_count != b->entry_count || a->vantage_count != b->vantage_count)
		return false;
	for (size_t i = 0; i < a->entry_count; i++)
		if (!equal_entries(&a->entries[i], &b->entries[i]))
			return false;
	for (size_t i = 0; i < a->vantage_count; i++)
		if (strcmp(a->vantages[i].host, b->vantages[i].host) != 0 ||
		    strcmp(a->vantages[i].interface, b->vantages[i].interface) != 0)
			return false;
	return true;
}
