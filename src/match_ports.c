/* match_ports.c - ports, variables and what a `where` says of them; what `up` and `down` say of bytes; the names
 * that a trace uses. See match.h. */
#include "match_parts.h"

#include <stdio.h>
#include <string.h>

/* ---- names and ports ---- */

const struct binding *match_binding(const struct binding *bindings, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(bindings[i].name, name))
			return &bindings[i];
	return NULL;
}

uint16_t match_port(const struct endpoint *endpoint, const struct params *params,
                    const struct binding *bindings, size_t count)
{
	const struct binding *binding;
	int port;

	switch (endpoint->kind) {
	case PORT_NUMBER:
		return endpoint->number;
	case PORT_PARAMETER:
		port = params_port(params, endpoint->name);
		return port > 0 ? (uint16_t)port : 0;
	case PORT_VARIABLE:
		binding = match_binding(bindings, count, endpoint->name);
		return binding ? binding->port : 0;
	case PORT_ANY:
	case PORT_EPHEMERAL:
		break;
	}
	return 0;
}

bool match_is_port(const struct matcher *matcher, const struct endpoint *endpoint, uint16_t port)
{
	uint16_t demanded;

	if (endpoint->kind == PORT_EPHEMERAL)
		return port >= MATCH_EPHEMERAL_FIRST && port <= MATCH_EPHEMERAL_LAST;
	demanded = match_port(endpoint, matcher->input->params, matcher->bindings, matcher->binding_count);
	return !demanded || demanded == port;
}

void match_expand(const struct pattern *pattern, const struct params *params, const struct binding *bindings,
                  size_t count, struct text *out)
{
	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct pattern_part *part = &pattern->parts[i];
		const struct param *param = part->is_name ? params_find(params, part->bytes) : NULL;
		const struct binding *binding = part->is_name ? match_binding(bindings, count, part->bytes) : NULL;

		if (param)
			text_add(out, param->value);
		else if (binding)
			text_printf(out, "%u", binding->port);
		else if (part->is_name)
			text_printf(out, "{%s}", part->bytes);
		else
			text_add_bytes(out, part->bytes, part->length);
	}
}

/* Whether some flow has $NAME. */
static bool has_variable(const struct trace *trace, const char *name)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		if ((flow->opener.kind == PORT_VARIABLE && !strcmp(flow->opener.name, name)) ||
		    (flow->target.kind == PORT_VARIABLE && !strcmp(flow->target.name, name)))
			return true;
	}
	return false;
}

static bool is_no_port(const struct params *params, bool is_parameter, const char *name)
{
	return is_parameter && params_port(params, name) <= 0;
}

/* The first of these items' names, and of those in them, that is neither a parameter nor a variable; or NULL. */
static const struct pattern_part *unknown_in(const struct trace *trace, const struct params *params,
                                             const struct item *items, size_t count, const struct item **where)
{
	for (size_t i = 0; i < count; i++) {
		const struct pattern *pattern = &items[i].pattern;
		const struct pattern_part *inside;

		*where = &items[i];
		for (size_t j = 0; j < pattern->part_count; j++)
			if (pattern->parts[j].is_name && !params_find(params, pattern->parts[j].bytes) &&
			    !has_variable(trace, pattern->parts[j].bytes))
				return &pattern->parts[j];
		inside = unknown_in(trace, params, items[i].items, items[i].item_count, where);
		if (inside)
			return inside;
	}
	return NULL;
}

static const char *entry_without_port(const struct params *params, const struct entry *entry)
{
	const struct endpoint *opener = &entry->flow.opener, *target = &entry->flow.target;
	bool relation = entry->kind == ENTRY_WHERE;

	if (is_no_port(params, opener->kind == PORT_PARAMETER, opener->name))
		return opener->name;
	if (is_no_port(params, target->kind == PORT_PARAMETER, target->name))
		return target->name;
	if (is_no_port(params, relation && entry->left.kind == OPERAND_PARAMETER, entry->left.name))
		return entry->left.name;
	if (is_no_port(params, relation && entry->right.kind == OPERAND_PARAMETER, entry->right.name))
		return entry->right.name;
	return NULL;
}

bool match_unknown_name(const struct trace *trace, const struct params *params, struct match_unknown *unknown)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		const char *port = entry_without_port(params, entry);
		const struct pattern_part *part;
		const struct item *where = NULL;

		if (port) {
			*unknown = (struct match_unknown){port, entry->line, entry->column, true};
			return true;
		}
		part = unknown_in(trace, params, entry->flow.items, entry->flow.item_count, &where);
		if (part) {
			*unknown = (struct match_unknown){part->bytes, where->line, where->column, false};
			return true;
		}
	}
	return false;
}

int match_check_names(const struct trace *trace, const struct params *params, struct error *error)
{
	struct match_unknown unknown;
	struct text known = {0};

	if (!match_unknown_name(trace, params, &unknown))
		return 0;
	for (size_t i = 0; i < params->count; i++)
		if (!unknown.is_port || params_port(params, params->params[i].name) > 0)
			text_printf(&known, "%s{%s}", known.length ? ", " : "", params->params[i].name);
	if (unknown.is_port)
		error_set(error, trace->file, unknown.line, unknown.column, "the lesson has no port {%s}; its ports are %s",
		          unknown.name, known.length ? text_string(&known) : "none");
	else
		error_set(error, trace->file, unknown.line, unknown.column, "{%s}: the lesson has %s, and no flow has a $%s; "
		          "write \\{ for a plain brace", unknown.name, known.length ? text_string(&known) : "no `param`",
		          unknown.name);
	text_free(&known);
	return -1;
}

/* ---- variables ---- */

static void bind_endpoint(struct matcher *matcher, const struct endpoint *endpoint, uint16_t port)
{
	if (endpoint->kind != PORT_VARIABLE ||
	    match_binding(matcher->bindings, matcher->binding_count, endpoint->name))
		return;
	mem_room(matcher->bindings, matcher->binding_count, matcher->binding_capacity);
	struct binding *binding = &matcher->bindings[matcher->binding_count++];

	snprintf(binding->name, sizeof binding->name, "%s", endpoint->name);
	binding->port = port;
}

void match_bind(struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow,
                bool reversed)
{
	bind_endpoint(matcher, &expected->opener, flow->port[reversed]);
	bind_endpoint(matcher, &expected->target, flow->port[!reversed]);
}

static bool operand_value(const struct matcher *matcher, const struct operand *operand, uint32_t *value)
{
	const struct binding *binding;
	int port;

	switch (operand->kind) {
	case OPERAND_NUMBER:
		*value = operand->number;
		return true;
	case OPERAND_PARAMETER:
		port = params_port(matcher->input->params, operand->name);
		*value = port > 0 ? (uint32_t)port : 0;
		return port > 0;
	case OPERAND_VARIABLE:
		binding = match_binding(matcher->bindings, matcher->binding_count, operand->name);
		*value = binding ? binding->port : 0;
		return binding != NULL;
	}
	return false;
}

static bool relation_holds(const struct matcher *matcher, const struct entry *entry)
{
	uint32_t left, right;

	if (!operand_value(matcher, &entry->left, &left) || !operand_value(matcher, &entry->right, &right))
		return true; /* a variable that was never seen says nothing */
	switch (entry->relation) {
	case RELATION_EQUAL: return left == right;
	case RELATION_NOT_EQUAL: return left != right;
	case RELATION_LESS: return left < right;
	case RELATION_GREATER: return left > right;
	}
	return false;
}

const struct entry *match_broken_relation(const struct matcher *matcher)
{
	const struct trace *trace = matcher->input->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		if (trace->entries[i].kind == ENTRY_WHERE && !relation_holds(matcher, &trace->entries[i]))
			return &trace->entries[i];
	return NULL;
}

const struct entry *match_broken_amount(const struct matcher *matcher)
{
	const struct trace *trace = matcher->input->trace;
	struct error ignored; /* match_trace() has looked at every vantage point */
	size_t where;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		const struct view *view;
		uint64_t bytes;

		if ((entry->kind != ENTRY_UP && entry->kind != ENTRY_DOWN) ||
		    match_view_of(matcher->input, entry, &where, &ignored))
			continue;
		view = &matcher->input->views[where];
		bytes = view->bytes[entry->kind == ENTRY_DOWN];
		if (view->counted && (bytes < entry->amount.least || bytes > entry->amount.most))
			return entry;
	}
	return NULL;
}
