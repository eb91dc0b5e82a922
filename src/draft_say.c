/* draft_say.c - one run in the trace's own words: values become parameters, ports variables. See draft.h. */
#include "draft_parts.h"

#include "observe.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIXED_LEAST 3 /* bytes of a fixed value that is looked for: a "1" stands in "HTTP/1.1" too */

/* What a stretch of bytes may be called. */
struct value {
	const char *name;
	char bytes[128];
	size_t length;
	bool whole; /* only where no letter or digit stands beside it */
};

struct sayer {
	const struct draft_input *input;
	const struct scene *scene;
	struct value *values; /* the longest first; owned */
	size_t value_count, value_capacity;
	struct said_port *ports; /* owned */
	size_t port_count, port_capacity;
};

/* ---- names ---- */

static void add_value(struct sayer *sayer, const char *name, const char *bytes, bool whole)
{
	struct value *value;

	mem_room(sayer->values, sayer->value_count, sayer->value_capacity);
	value = &sayer->values[sayer->value_count++];
	*value = (struct value){.name = name, .length = strlen(bytes), .whole = whole};
	snprintf(value->bytes, sizeof value->bytes, "%s", bytes);
}

static int by_length(const void *a, const void *b)
{
	const struct value *one = a, *other = b;

	return (one->length < other->length) - (one->length > other->length);
}

static void add_params(struct sayer *sayer)
{
	const struct params *params = &sayer->scene->evidence.params;

	for (size_t i = 0; i < params->count; i++) {
		const struct param *param = &params->params[i];
		size_t length = strlen(param->value);

		if (length && (param->kind != PARAM_FIXED || length >= FIXED_LEAST))
			add_value(sayer, param->name, param->value, param->kind != PARAM_TEXT);
	}
}

static const struct param *param_of_port(const struct sayer *sayer, uint16_t port)
{
	const struct params *params = &sayer->scene->evidence.params;

	for (size_t i = 0; i < params->count; i++)
		if (params_port(params, params->params[i].name) == port)
			return &params->params[i];
	return NULL;
}

/* Whether every run has that port somewhere: then nobody chose it. */
static bool is_everywhere(const struct sayer *sayer, uint16_t port)
{
	size_t runs = 0;

	for (size_t run = 0; run < sayer->input->run_count; run++) {
		const struct scene *scene = &sayer->input->runs[run];
		bool found = false;

		for (size_t view = 0; view < scene->view_count; view++)
			for (size_t i = 0; i < scene->views[view].flow_count; i++)
				found |= scene->views[view].flows[i]->port[0] == port || scene->views[view].flows[i]->port[1] == port;
		runs += found;
	}
	return runs == sayer->input->run_count;
}

static const struct said_port *find_port(const struct sayer *sayer, const char *host, uint16_t port)
{
	for (size_t i = 0; i < sayer->port_count; i++)
		if (sayer->ports[i].port == port && !strcmp(sayer->ports[i].host, host))
			return &sayer->ports[i];
	return NULL;
}

/* $b for the first of b's ports, then $b2, $b3; $p for those of who has no name. */
static void name_port(struct sayer *sayer, const char *host, uint16_t port)
{
	size_t before = 0;
	struct said_port *said;

	for (size_t i = 0; i < sayer->port_count; i++)
		before += !strcmp(sayer->ports[i].host, host);
	mem_room(sayer->ports, sayer->port_count, sayer->port_capacity);
	said = &sayer->ports[sayer->port_count++];
	*said = (struct said_port){.port = port};
	snprintf(said->host, sizeof said->host, "%s", host);
	if (!isalpha((unsigned char)*host) || strlen(host) > 20)
		snprintf(said->name, sizeof said->name, "p%zu", sayer->port_count);
	else if (before)
		snprintf(said->name, sizeof said->name, "%.20s%zu", host, before + 1);
	else
		snprintf(said->name, sizeof said->name, "%.20s", host);
}

static void name_end(struct sayer *sayer, const char *host, uint16_t port)
{
	bool kernels = port >= MATCH_EPHEMERAL_FIRST && port <= MATCH_EPHEMERAL_LAST;

	if (port && !param_of_port(sayer, port) && (kernels || !is_everywhere(sayer, port)) && !find_port(sayer, host, port))
		name_port(sayer, host, port);
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether what stands from AT to END is a word of its own: 1 is none in 1.1, 10.0.0.1 is none in 10.0.0.11. */
static bool is_word(const char *bytes, size_t length, size_t at, size_t end)
{
	if (at && (is_of_word(bytes[at - 1]) || bytes[at - 1] == '.'))
		return false;
	if (end < length && is_of_word(bytes[end]))
		return false;
	return end + 1 >= length || bytes[end] != '.' || !isdigit((unsigned char)bytes[end + 1]);
}

/* Whether the value stands at AT of the message. */
static bool is_value_at(const struct value *value, const char *bytes, size_t length, size_t at)
{
	size_t end = at + value->length;

	if (end > length || memcmp(bytes + at, value->bytes, value->length) != 0)
		return false;
	return !value->whole || is_word(bytes, length, at, end);
}

static bool is_in_flow(const struct flow *flow, const struct value *value)
{
	for (size_t i = 0; i < flow->event_count; i++)
		for (size_t at = 0; flow->events[i].kind == EVENT_MESSAGE && at < flow->events[i].kept; at++)
			if (is_value_at(value, (const char *)flow->events[i].bytes, flow->events[i].kept, at))
				return true;
	return false;
}

/* Whether somebody says it. */
static bool is_said(const struct scene *scene, const struct value *value)
{
	for (size_t view = 0; view < scene->view_count; view++)
		for (size_t i = 0; i < scene->views[view].flow_count; i++)
			if (is_in_flow(scene->views[view].flows[i], value))
				return true;
	return false;
}

/* A port that somebody says: in a message {b} is b's address, so the variable is called $b-port. */
static void add_port_value(struct sayer *sayer, struct said_port *port)
{
	struct value value = {.whole = true};

	snprintf(value.bytes, sizeof value.bytes, "%u", port->port);
	value.length = strlen(value.bytes);
	if (!is_said(sayer->scene, &value))
		return;
	snprintf(port->name + strlen(port->name), sizeof port->name - strlen(port->name), "-port");
	add_value(sayer, port->name, value.bytes, true);
}

/* Of all that was seen, in the order in which it was. */
static void name_ports(struct sayer *sayer)
{
	const struct scene *scene = sayer->scene;

	for (size_t view = 0; view < scene->view_count; view++)
		for (size_t i = 0; i < scene->views[view].flow_count; i++)
			for (int side = 0; side < 2; side++) {
				const struct flow *flow = scene->views[view].flows[i];

				name_end(sayer, scene_name(scene, &flow->address[side]), flow->port[side]);
			}
	for (size_t i = 0; i < sayer->port_count; i++)
		add_port_value(sayer, &sayer->ports[i]);
}

/* ---- messages ---- */

/* The value that stands at AT of the message, or NULL. */
static const struct value *value_at(const struct sayer *sayer, const char *bytes, size_t length, size_t at)
{
	for (size_t i = 0; i < sayer->value_count; i++)
		if (is_value_at(&sayer->values[i], bytes, length, at))
			return &sayer->values[i];
	return NULL;
}

static void say_bytes(const struct sayer *sayer, const char *bytes, size_t length, struct text *out)
{
	for (size_t at = 0; at < length;) {
		const struct value *value = value_at(sayer, bytes, length, at);

		if (value)
			text_printf(out, "{%s}", value->name);
		else
			text_add_escaped(out, bytes + at, 1);
		at += value ? value->length : 1;
	}
}

static void say_item(const struct sayer *sayer, const struct item *item, int level, struct text *out)
{
	const struct pattern *pattern = &item->pattern;

	if (item->kind == ITEM_MESSAGE && pattern->kind == PATTERN_TEXT) {
		text_printf(out, "%s \"", item->direction == DIRECTION_ALONG ? "->" : "<-");
		if (pattern->part_count) /* of what was seen there is one, or none */
			say_bytes(sayer, pattern->parts[0].bytes, pattern->parts[0].length, out);
		text_add(out, "\"");
	} else {
		trace_print_item(item, out);
	}
	for (size_t i = 0; i < item->item_count; i++) {
		text_printf(out, "\n%*s", 4 * (level + 1), "");
		say_item(sayer, &item->items[i], level + 1, out);
	}
}

/* ---- flows ---- */

static bool is_played(const struct sayer *sayer, const char *host)
{
	const struct lesson_case *lesson_case = sayer->scene->lesson_case;

	for (size_t i = 0; i < lesson_case->step_count; i++)
		if (lesson_case->steps[i].kind == STEP_PLAY &&
		    !strcmp(sayer->scene->lesson->hosts[lesson_case->steps[i].host].name, host))
			return true;
	return false;
}

static uint32_t number_of(const struct address *address)
{
	const uint8_t *byte = address->bytes;

	return (uint32_t)byte[0] << 24 | (uint32_t)byte[1] << 16 | (uint32_t)byte[2] << 8 | byte[3];
}

/* Whether a host that is called is to be named by its address: who is played calls a host's first one. */
static bool is_other_address(const struct sayer *sayer, const struct endpoint *opener, const struct endpoint *target,
                             const struct address *called)
{
	const struct lesson *lesson = sayer->scene->lesson;
	int host = lesson_host(lesson, target->host);
	uint32_t first = host < 0 ? 0 : lesson_address(lesson, (size_t)host);

	return first && called->family == 4 && first != number_of(called) && is_played(sayer, opener->host);
}

enum port_form { PORT_NAMED, PORT_KEY, PORT_STAR };

static void say_end(const struct sayer *sayer, const struct endpoint *end, enum port_form form, struct text *out)
{
	const struct param *param = end->number ? param_of_port(sayer, end->number) : NULL;
	const struct said_port *port = find_port(sayer, end->host, end->number);
	struct endpoint said = *end;

	if (param) {
		said.kind = PORT_PARAMETER;
		snprintf(said.name, sizeof said.name, "%s", param->name);
	} else if (port && end->number) {
		said.kind = form == PORT_STAR ? PORT_ANY : PORT_VARIABLE;
		snprintf(said.name, sizeof said.name, "%s", form == PORT_NAMED ? port->name : "");
	}
	trace_print_endpoint(&said, out);
}

static void say_header(const struct sayer *sayer, const struct expected_flow *flow, enum port_form form,
                       struct text *out)
{
	struct expected_flow rest = *flow;
	struct text whole = {0}, ends = {0};

	trace_print_flow(&rest, &whole);
	trace_print_endpoint(&rest.opener, &ends);
	text_add(&ends, " => ");
	trace_print_endpoint(&rest.target, &ends);
	text_add(out, rest.transport == TRANSPORT_TCP ? "tcp " : "udp ");
	say_end(sayer, &rest.opener, form, out);
	text_add(out, " => ");
	say_end(sayer, &rest.target, form, out);
	text_add(out, text_string(&whole) + strlen("tcp ") + ends.length); /* what stands behind the ends */
	text_free(&whole);
	text_free(&ends);
}

/* The event that item number WHICH was made of, and the one before it; observe.c leaves out others, in order. */
static void time_item(const struct flow *flow, size_t which, unsigned views, struct said_item *said)
{
	const struct event *before = NULL;

	for (size_t i = 0; i < flow->event_count; i++) {
		if (!observe_is_item(flow, &flow->events[i], views))
			continue;
		if (!which--) {
			int64_t since = before ? before->end_ns : flow->transport == TRANSPORT_TCP ? flow->opened_ns : 0;

			said->timed = since != 0;
			said->gap_us = (flow->events[i].time_ns - since) / 1000;
			return;
		}
		before = &flow->events[i];
	}
}

static void say_items(const struct sayer *sayer, const struct flow *flow, const struct expected_flow *seen,
                      struct said_flow *out)
{
	for (size_t i = 0; i < seen->item_count; i++) {
		const struct item *item = &seen->items[i];
		const struct endpoint *sender = item->direction == DIRECTION_ALONG ? &seen->opener : &seen->target;
		struct text line = {0};
		struct said_item *said;

		mem_room(out->items, out->item_count, out->item_capacity);
		said = &out->items[out->item_count++];
		say_item(sayer, item, 1, &line);
		*said = (struct said_item){.line = line.data, .message = item->kind == ITEM_MESSAGE,
		                           .played = is_played(sayer, sender->host)};
		time_item(flow, i, seen->views, said);
	}
}

static void say_flow(const struct sayer *sayer, const struct flow *flow, struct said_view *view)
{
	struct trace trace = {0};
	struct said_flow *said;

	observe_flow_in(flow, &sayer->scene->hosts, trace_views(sayer->input->old) & (VIEW_HANDSHAKE | VIEW_ENDS), &trace);
	mem_room(view->flows, view->count, view->capacity);
	if (is_other_address(sayer, &trace.entries[0].flow.opener, &trace.entries[0].flow.target, &flow->address[1]))
		(void)address_print(&flow->address[1], trace.entries[0].flow.target.host, TRACE_HOST);
	said = &view->flows[view->count++];
	*said = (struct said_flow){.opened_ns = flow->opened_ns, .last_ns = flow->last_ns, .count = 1};
	say_header(sayer, &trace.entries[0].flow, PORT_NAMED, &said->header);
	say_header(sayer, &trace.entries[0].flow, PORT_KEY, &said->key);
	say_header(sayer, &trace.entries[0].flow, PORT_STAR, &said->starred);
	say_items(sayer, flow, &trace.entries[0].flow, said);
	draft_fold_items(said);
	trace_free(&trace);
}

struct said_view *draft_say(const struct draft_input *input, size_t run, size_t *count)
{
	const struct scene *scene = &input->runs[run];
	struct sayer sayer = {.input = input, .scene = scene};
	struct said_view *views = mem_alloc(scene->view_count * sizeof *views);

	add_params(&sayer);
	name_ports(&sayer);
	if (sayer.value_count)
		qsort(sayer.values, sayer.value_count, sizeof *sayer.values, by_length);
	for (size_t view = 0; view < scene->view_count; view++) {
		for (size_t i = 0; i < scene->views[view].flow_count; i++)
			say_flow(&sayer, scene->views[view].flows[i], &views[view]);
		draft_fold_flows(&views[view]);
	}
	free(sayer.values);
	free(sayer.ports);
	*count = scene->view_count;
	return views;
}

void draft_said_free(struct said_view *views, size_t count)
{
	for (size_t view = 0; view < count; view++) {
		for (size_t i = 0; i < views[view].count; i++)
			draft_flow_free(&views[view].flows[i]);
		free(views[view].flows);
	}
	free(views);
}
