/* trace_print.c - a trace as text: the inverse of trace_parse.c, construct by construct. See trace.h. */
#include "trace.h"

#include <inttypes.h>
#include <string.h>

#define INDENT 4 /* spaces a level */

static void indent(int level, struct text *out)
{
	for (int i = 0; i < INDENT * level; i++)
		text_add(out, " ");
}

void trace_print_endpoint(const struct endpoint *endpoint, struct text *out)
{
	if (endpoint->kind == PORT_ANY && !strcmp(endpoint->host, "*")) {
		text_add(out, "*");
		return;
	}
	text_add(out, strchr(endpoint->host, ':') ? "[" : "");
	text_add(out, endpoint->host);
	text_add(out, strchr(endpoint->host, ':') ? "]:" : ":");
	switch (endpoint->kind) {
	case PORT_NUMBER: text_add_number(out, endpoint->number); break;
	case PORT_ANY: text_add(out, "*"); break;
	case PORT_EPHEMERAL: text_add(out, "ephemeral"); break;
	case PORT_VARIABLE: text_printf(out, "$%s", endpoint->name); break;
	case PORT_PARAMETER: text_printf(out, "{%s}", endpoint->name); break;
	}
}

/* The parts between one pair of quotation marks. */
static void print_parts(const struct pattern *pattern, struct text *out)
{
	text_add(out, "\"");
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct pattern_part *part = &pattern->parts[i];

		if (part->is_name)
			text_printf(out, "{%s}", part->bytes);
		else
			text_add_escaped(out, part->bytes, part->length);
	}
	text_add(out, "\"");
}

void trace_print_pattern(const struct pattern *pattern, struct text *out)
{
	switch (pattern->kind) {
	case PATTERN_TEXT:
		print_parts(pattern, out);
		break;
	case PATTERN_PREFIX:
		print_parts(pattern, out);
		text_add(out, " ...");
		break;
	case PATTERN_ANY:
		text_add(out, "any");
		break;
	case PATTERN_BYTES:
		text_printf(out, "%" PRIu64 " %s", pattern->count, pattern->count == 1 ? "byte" : "bytes");
		break;
	}
}

/* In the largest unit that says it exactly. */
static void print_time(const char *word, int64_t us, struct text *out)
{
	if (!us)
		return;
	if (us % 1000)
		text_printf(out, " %s %" PRId64 " us", word, us);
	else if (us % 1000000)
		text_printf(out, " %s %" PRId64 " ms", word, us / 1000);
	else
		text_printf(out, " %s %" PRId64 " s", word, us / 1000000);
}

static void print_bounds(size_t least, size_t most, struct text *out)
{
	text_printf(out, "repeat %zu", least);
	if (most == TRACE_FOREVER)
		text_add(out, "..");
	else if (most != least)
		text_printf(out, "..%zu", most);
}

void trace_print_amount(const struct amount *amount, struct text *out)
{
	text_printf(out, "%" PRIu64, amount->least);
	if (amount->most == TRACE_UNBOUNDED)
		text_add(out, "..");
	else if (amount->most != amount->least)
		text_printf(out, "..%" PRIu64, amount->most);
	text_add(out, amount->most == 1 ? " byte" : " bytes");
}

static void print_number(const char *word, uint64_t number, struct text *out)
{
	if (number)
		text_printf(out, " %s %" PRIu64, word, number);
}

void trace_print_item(const struct item *item, struct text *out)
{
	if (item->kind < ITEM_ANY_ORDER)
		text_add(out, item->direction == DIRECTION_ALONG ? "-> " : "<- ");
	switch (item->kind) {
	case ITEM_MESSAGE: trace_print_pattern(&item->pattern, out); break;
	case ITEM_FIN: text_add(out, "fin"); break;
	case ITEM_RESET: text_add(out, "reset"); break;
	case ITEM_UNREACHABLE: text_add(out, "unreachable"); break;
	case ITEM_SYN: text_add(out, "syn seq 0"); break;
	case ITEM_ACK: text_add(out, "ack"); break;
	case ITEM_ANY_ORDER: text_add(out, "in any order"); break;
	case ITEM_MAYBE: text_add(out, "maybe"); break;
	case ITEM_REPEAT: print_bounds(item->least, item->most, out); break;
	}
	if (item->kind == ITEM_ACK)
		text_printf(out, " %" PRIu64, item->ack);
	else
		print_number("ack", item->ack, out);
	print_number("seq", item->seq, out);
	print_time("after", item->after_us, out);
	print_time("within", item->within_us, out);
	print_time("in at least", item->longer_us, out);
	print_time("in at most", item->shorter_us, out);
}

static void print_views(unsigned views, struct text *out)
{
	static const char *const words[] = {" handshake", " segments", " acks", " ends"}; /* by bit of VIEW_ */

	for (unsigned bit = 0; bit < sizeof words / sizeof words[0]; bit++)
		if (views & 1u << bit)
			text_add(out, words[bit]);
}

void trace_print_flow(const struct expected_flow *flow, struct text *out)
{
	text_add(out, flow->transport == TRANSPORT_TCP ? "tcp " : "udp ");
	trace_print_endpoint(&flow->opener, out);
	text_add(out, " => ");
	trace_print_endpoint(&flow->target, out);
	if (flow->outcome != OUTCOME_OPEN)
		text_add(out, flow->outcome == OUTCOME_REFUSED ? " refused" : " unanswered");
	if (flow->least == 0 && flow->most == 1) {
		text_add(out, " maybe");
	} else if (flow->least != 1 || flow->most != 1) {
		text_add(out, " ");
		print_bounds(flow->least, flow->most, out);
	}
	print_time("after", flow->after_us, out);
	print_time("within", flow->within_us, out);
	print_views(flow->views, out);
	for (int against = 0; against < 2; against++)
		if (flow->bytes[against].said) {
			text_add(out, against ? " <- " : " -> ");
			trace_print_amount(&flow->bytes[against], out);
		}
}

static void print_items(const struct item *items, size_t count, int level, struct text *out)
{
	for (size_t i = 0; i < count; i++) {
		indent(level, out);
		trace_print_item(&items[i], out);
		text_add(out, "\n");
		print_items(items[i].items, items[i].item_count, level + 1, out);
	}
}

static void print_operand(const struct operand *operand, struct text *out)
{
	switch (operand->kind) {
	case OPERAND_NUMBER: text_printf(out, "%" PRIu32, operand->number); break;
	case OPERAND_VARIABLE: text_printf(out, "$%s", operand->name); break;
	case OPERAND_PARAMETER: text_printf(out, "{%s}", operand->name); break;
	}
}

static void print_where(const struct entry *entry, struct text *out)
{
	static const char *const relations[] = {
		[RELATION_EQUAL] = " = ", [RELATION_NOT_EQUAL] = " != ",
		[RELATION_LESS] = " < ", [RELATION_GREATER] = " > ",
	};

	text_add(out, "where ");
	print_operand(&entry->left, out);
	text_add(out, relations[entry->relation]);
	print_operand(&entry->right, out);
}

void trace_print_line(const struct entry *entry, struct text *out)
{
	switch (entry->kind) {
	case ENTRY_NEVER:
		text_add(out, "never ");
		trace_print_flow(&entry->flow, out);
		break;
	case ENTRY_FLOW: trace_print_flow(&entry->flow, out); break;
	case ENTRY_THEN: text_add(out, "then"); break;
	case ENTRY_WHERE: print_where(entry, out); break;
	case ENTRY_UP:
	case ENTRY_DOWN:
		text_add(out, entry->kind == ENTRY_UP ? "up " : "down ");
		trace_print_amount(&entry->amount, out);
		break;
	}
}

static void print_entry(const struct entry *entry, int level, struct text *out)
{
	indent(level, out);
	trace_print_line(entry, out);
	text_add(out, "\n");
	if (entry->kind == ENTRY_FLOW)
		print_items(entry->flow.items, entry->flow.item_count, level + 1, out);
}

void trace_print(const struct trace *trace, struct text *out)
{
	int vantage = -1;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->vantage != vantage && entry->vantage >= 0)
			text_printf(out, "at %s.%s\n", trace->vantages[entry->vantage].host,
			            trace->vantages[entry->vantage].interface);
		vantage = entry->vantage;
		print_entry(entry, vantage >= 0, out);
	}
}
