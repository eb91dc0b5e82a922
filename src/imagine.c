/* imagine.c - see imagine.h. */
#include "imagine.h"

#include <stdlib.h>
#include <string.h>

#define MILLISECOND 1000000
#define PORT_FIRST 40000 /* what the kernel would choose */
#define MORE_MOST 20     /* as many more of a `repeat` are tried */
#define RUNS_MOST 4000   /* made up for one comparison */
#define FLOWS_MOST 1000

/* A run that is being made up. */
struct maker {
	const struct trace *trace;
	const struct params *params;
	const struct imagine_choice *choice;
	struct imagined *out;
	size_t flow_room;
	size_t *views_of;        /* one a flow: its view; owned */
	size_t view_room;
	struct binding *bindings; /* owned */
	size_t binding_count, binding_room;
	uint16_t next_port;
	int64_t now;
};

bool imagine_can(const struct trace *trace)
{
	return !(trace_views(trace) & (VIEW_HANDSHAKE | VIEW_SEGMENTS | VIEW_ACKS));
}

/* ---- ends of a flow ---- */

static uint16_t bound_port(struct maker *maker, const char *name)
{
	for (size_t i = 0; i < maker->binding_count; i++)
		if (!strcmp(maker->bindings[i].name, name))
			return maker->bindings[i].port;
	mem_room(maker->bindings, maker->binding_count, maker->binding_room);
	maker->bindings[maker->binding_count] = (struct binding){.port = maker->next_port++};
	memcpy(maker->bindings[maker->binding_count].name, name, strlen(name) + 1);
	return maker->bindings[maker->binding_count++].port;
}

static uint16_t choose_port(struct maker *maker, const struct endpoint *endpoint)
{
	uint16_t port;

	if (endpoint->kind == PORT_VARIABLE)
		return bound_port(maker, endpoint->name);
	port = match_port(endpoint, maker->params, maker->bindings, maker->binding_count);
	return port ? port : maker->next_port++;
}

/* For `*` any host but the other end's will do. */
static struct address choose_address(const struct maker *maker, const char *host, const char *other)
{
	const struct hosts *hosts = &maker->out->hosts;
	struct address address = {0};

	for (size_t i = 0; i < hosts->count; i++)
		if (strcmp(host, "*") ? !strcmp(hosts->entries[i].name, host) : strcmp(hosts->entries[i].name, other) != 0)
			return hosts->entries[i].address;
	(void)address_parse(host, &address); /* hosts_check_trace() has let only names and addresses through */
	return address;
}

/* ---- events ---- */

static void set_bytes(struct event *event, const void *bytes, size_t kept, size_t length)
{
	uint8_t *grown = mem_grow((void *)(uintptr_t)event->bytes, event->kept + kept);

	if (kept)
		memcpy(grown + event->kept, bytes, kept);
	event->bytes = grown;
	event->kept += kept;
	event->length += length;
}

/* So many bytes, of which no more are made than a reducer keeps. */
static void set_count(struct event *event, uint64_t count)
{
	size_t kept = count < FLOW_BYTES_KEPT ? (size_t)count : FLOW_BYTES_KEPT;
	uint8_t *bytes = mem_alloc(kept);

	memset(bytes, 'x', kept);
	set_bytes(event, bytes, event->kept + kept <= FLOW_BYTES_KEPT ? kept : 0, (size_t)count);
	free(bytes);
}

static void set_message(const struct maker *maker, struct event *event, const struct pattern *pattern)
{
	const char *any = maker->choice->text ? maker->choice->text : "?";
	struct text bytes = {0};

	switch (pattern->kind) {
	case PATTERN_TEXT:
	case PATTERN_PREFIX:
		match_expand(pattern, maker->params, maker->bindings, maker->binding_count, &bytes);
		if (pattern->kind == PATTERN_PREFIX)
			text_add(&bytes, any);
		set_bytes(event, text_string(&bytes), bytes.length, bytes.length);
		break;
	case PATTERN_ANY:
		set_bytes(event, any, strlen(any), strlen(any));
		break;
	case PATTERN_BYTES:
		set_count(event, pattern->count);
		break;
	}
	text_free(&bytes);
}

/* What TCP says in a row is one message, as a reducer sees it. */
static struct event *next_event(struct maker *maker, struct flow *flow, enum event_kind kind, enum direction direction)
{
	struct event *last = flow->event_count ? &flow->events[flow->event_count - 1] : NULL;

	if (kind == EVENT_MESSAGE && flow->transport == TRANSPORT_TCP && last && last->kind == EVENT_MESSAGE &&
	    last->direction == direction)
		return last;
	flow->events = mem_grow(flow->events, (flow->event_count + 1) * sizeof *flow->events);
	last = &flow->events[flow->event_count++];
	*last = (struct event){.kind = kind, .direction = direction, .time_ns = maker->now, .packet = flow->event_count};
	last->bytes = mem_alloc(1);
	return last;
}

static void add_event(struct maker *maker, struct flow *flow, const struct item *item, enum event_kind kind)
{
	struct event *event;

	maker->now += item->after_us > 1000 ? item->after_us * 1000 : MILLISECOND;
	event = next_event(maker, flow, kind, item->direction);
	if (kind == EVENT_MESSAGE) {
		flow->bytes[item->direction] -= event->length;
		set_message(maker, event, &item->pattern);
		flow->bytes[item->direction] += event->length;
		flow->messages[item->direction]++;
	}
	maker->now += item->longer_us * 1000;
	event->end_ns = flow->last_ns = maker->now;
	if (kind == EVENT_UNREACHABLE)
		event->icmp_source = flow->address[item->direction == DIRECTION_ALONG ? 0 : 1];
	if (kind == EVENT_MESSAGE && !flow->spoken) {
		flow->spoken = true;
		flow->first_word = item->direction;
	}
	if ((kind == EVENT_FIN || kind == EVENT_RESET) && !flow->ended) {
		flow->ended = true;
		flow->ended_how = kind;
		flow->ended_by = item->direction;
	}
}

static size_t times(const struct maker *maker, size_t least, size_t most)
{
	size_t more = maker->choice->more;

	return most - least < more ? most : least + more;
}

static void add_items(struct maker *maker, struct flow *flow, const struct item *items, size_t count, bool reversed)
{
	for (size_t i = 0; i < count; i++) {
		const struct item *item = &items[reversed ? count - 1 - i : i];

		switch (item->kind) {
		case ITEM_MESSAGE: add_event(maker, flow, item, EVENT_MESSAGE); break;
		case ITEM_FIN: add_event(maker, flow, item, EVENT_FIN); break;
		case ITEM_RESET: add_event(maker, flow, item, EVENT_RESET); break;
		case ITEM_UNREACHABLE: add_event(maker, flow, item, EVENT_UNREACHABLE); break;
		case ITEM_SYN: /* imagine_can() */
		case ITEM_ACK: break;
		case ITEM_ANY_ORDER:
			add_items(maker, flow, item->items, item->item_count, maker->choice->reversed);
			break;
		case ITEM_MAYBE:
			if (maker->choice->maybe)
				add_items(maker, flow, item->items, item->item_count, false);
			break;
		case ITEM_REPEAT:
			for (size_t n = times(maker, item->least, item->most); n > 0; n--)
				add_items(maker, flow, item->items, item->item_count, false);
			break;
		}
	}
}

static void add_ends(struct maker *maker, struct flow *flow)
{
	struct item item = {.kind = ITEM_FIN, .direction = maker->choice->ends == 1 ? DIRECTION_ALONG : DIRECTION_AGAINST};

	if (!maker->choice->ends || flow->transport != TRANSPORT_TCP || !flow->established || flow->ended)
		return;
	add_event(maker, flow, &item, EVENT_FIN);
	item.direction = direction_back(item.direction);
	add_event(maker, flow, &item, EVENT_FIN);
}

/* `-> 200000 bytes` on the flow's line, and no items. */
static void add_amounts(struct maker *maker, struct flow *flow, const struct amount *amounts)
{
	for (int i = 0; i < 2; i++) {
		enum direction direction = (i != 0) != maker->choice->reversed ? DIRECTION_AGAINST : DIRECTION_ALONG;
		struct item item = {.kind = ITEM_MESSAGE, .direction = direction,
		                    .pattern = {.kind = PATTERN_BYTES, .count = amounts[direction].least}};

		if (amounts[direction].said && amounts[direction].least)
			add_event(maker, flow, &item, EVENT_MESSAGE);
	}
}

/* ---- flows ---- */

/* An `at` may name the case's first watch, too. */
static size_t view_of(const struct maker *maker, const struct entry *entry)
{
	const struct view *views = maker->out->views, *named = &views[entry->vantage + 1];

	return strcmp(named->host, views[0].host) || strcmp(named->interface, views[0].interface) ?
	       (size_t)(entry->vantage + 1) : 0;
}

static void add_flow(struct maker *maker, const struct entry *entry)
{
	const struct expected_flow *expected = &entry->flow;
	struct imagined *out = maker->out;
	bool tcp = expected->transport == TRANSPORT_TCP;
	struct flow *flow;

	maker->now += expected->after_us > 1000 ? expected->after_us * 1000 : MILLISECOND;
	mem_room(out->flows, out->flow_count, maker->flow_room);
	mem_room(maker->views_of, out->flow_count, maker->view_room);
	maker->views_of[out->flow_count] = view_of(maker, entry);
	flow = &out->flows[out->flow_count++];
	*flow = (struct flow){
		.transport = expected->transport,
		.address = {choose_address(maker, expected->opener.host, expected->target.host),
		            choose_address(maker, expected->target.host, expected->opener.host)},
		.port = {choose_port(maker, &expected->opener), choose_port(maker, &expected->target)},
		.saw_syn = tcp,
		.syn_answered = tcp && expected->outcome == OUTCOME_OPEN,
		.established = expected->outcome == OUTCOME_OPEN,
		.refused = expected->outcome == OUTCOME_REFUSED,
		.syn_count = tcp,
		.opened_ns = maker->now,
		.last_ns = maker->now,
		.packet = out->flow_count,
	};
	if (expected->item_count)
		add_items(maker, flow, expected->items, expected->item_count, false);
	else
		add_amounts(maker, flow, expected->bytes);
	add_ends(maker, flow);
}

/* A count of bytes in the middle of what is allowed. */
static void add_traffic(struct maker *maker, const struct entry *entry)
{
	struct view *view = &maker->out->views[view_of(maker, entry)];
	const struct amount *amount = &entry->amount;

	view->counted = true;
	view->bytes[entry->kind == ENTRY_DOWN] =
		amount->most == TRACE_UNBOUNDED ? amount->least : amount->least + (amount->most - amount->least) / 2;
}

/* What is said may name a port that only a later line has. */
static void bind_ports(struct maker *maker)
{
	for (size_t i = 0; i < maker->trace->entry_count; i++) {
		const struct endpoint *ends[] = {&maker->trace->entries[i].flow.opener, &maker->trace->entries[i].flow.target};

		for (size_t j = 0; j < 2 && maker->trace->entries[i].kind == ENTRY_FLOW; j++)
			if (ends[j]->kind == PORT_VARIABLE)
				(void)bound_port(maker, ends[j]->name); /* noted, and looked up later */
	}
}

static void add_entries(struct maker *maker)
{
	for (size_t i = 0; i < maker->trace->entry_count; i++) {
		const struct entry *entry = &maker->trace->entries[i];
		size_t count;

		if (entry->kind == ENTRY_UP || entry->kind == ENTRY_DOWN)
			add_traffic(maker, entry);
		if (entry->kind != ENTRY_FLOW)
			continue;
		count = times(maker, entry->flow.least, entry->flow.most);
		if (!entry->flow.least && !maker->choice->maybe)
			count = 0;
		for (; count > 0 && maker->out->flow_count < FLOWS_MOST; count--)
			add_flow(maker, entry);
	}
}

static void open_views(struct maker *maker, const struct lesson *lesson, const struct lesson_case *lesson_case)
{
	const struct trace *trace = maker->trace;
	struct imagined *out = maker->out;

	out->view_count = trace->vantage_count + 1;
	out->views = mem_alloc(out->view_count * sizeof *out->views);
	out->views[0] = (struct view){.host = lesson->hosts[lesson_case->watches[0].host].name,
	                              .interface = lesson_case->watches[0].interface};
	for (size_t i = 0; i < trace->vantage_count; i++)
		out->views[i + 1] = (struct view){.host = trace->vantages[i].host, .interface = trace->vantages[i].interface};
}

/* Each view gets its own list of flows, now that they stay where they are. */
static void fill_views(struct maker *maker)
{
	struct imagined *out = maker->out;

	for (size_t view = 0; view < out->view_count; view++) {
		const struct flow **list = mem_alloc(out->flow_count * sizeof *list);

		out->views[view].flows = list;
		for (size_t i = 0; i < out->flow_count; i++)
			if (maker->views_of[i] == view)
				list[out->views[view].flow_count++] = &out->flows[i];
	}
}

void imagine(const struct lesson *lesson, const struct lesson_case *lesson_case, const struct trace *trace,
             const struct params *params, const struct imagine_choice *choice, struct imagined *out)
{
	struct maker maker = {.trace = trace, .params = params, .choice = choice, .out = out, .next_port = PORT_FIRST};

	*out = (struct imagined){0};
	hosts_of_lesson(&out->hosts, lesson);
	open_views(&maker, lesson, lesson_case);
	bind_ports(&maker);
	add_entries(&maker);
	fill_views(&maker);
	free(maker.views_of);
	free(maker.bindings);
}

void imagined_free(struct imagined *imagined)
{
	for (size_t i = 0; i < imagined->flow_count; i++) {
		for (size_t j = 0; j < imagined->flows[i].event_count; j++)
			free((void *)(uintptr_t)imagined->flows[i].events[j].bytes); /* from next_event() */
		free(imagined->flows[i].events);
	}
	for (size_t i = 0; i < imagined->view_count; i++)
		free((void *)(uintptr_t)imagined->views[i].flows); /* from fill_views() */
	free(imagined->flows);
	free(imagined->views);
	hosts_free(&imagined->hosts);
	*imagined = (struct imagined){0};
}

/* ---- which of all runs ---- */

/* What a trace leaves open at all: nothing else is worth a try. */
struct freedom {
	size_t more;
	bool maybe, any_order, silent_end, any;
};

static void free_times(struct freedom *freedom, size_t least, size_t most)
{
	size_t more = most - least < MORE_MOST ? most - least : MORE_MOST;

	if (more > freedom->more)
		freedom->more = more;
}

static void look_at_items(struct freedom *freedom, const struct item *items, size_t count, bool *ends)
{
	for (size_t i = 0; i < count; i++) {
		*ends |= items[i].kind == ITEM_FIN || items[i].kind == ITEM_RESET;
		freedom->maybe |= items[i].kind == ITEM_MAYBE;
		freedom->any_order |= items[i].kind == ITEM_ANY_ORDER;
		freedom->any |= items[i].kind == ITEM_MESSAGE &&
		                (items[i].pattern.kind == PATTERN_ANY || items[i].pattern.kind == PATTERN_PREFIX);
		if (items[i].kind == ITEM_REPEAT)
			free_times(freedom, items[i].least, items[i].most);
		look_at_items(freedom, items[i].items, items[i].item_count, ends);
	}
}

static struct freedom freedom_of(const struct trace *trace)
{
	struct freedom freedom = {0};

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;
		bool ends = false;

		if (trace->entries[i].kind != ENTRY_FLOW)
			continue;
		look_at_items(&freedom, flow->items, flow->item_count, &ends);
		free_times(&freedom, flow->least, flow->most);
		freedom.maybe |= !flow->least;
		freedom.any_order |= flow->bytes[0].said && flow->bytes[1].said;
		freedom.silent_end |= !ends && flow->transport == TRANSPORT_TCP && flow->outcome == OUTCOME_OPEN;
	}
	return freedom;
}

/* The comparison, and what it has found so far. */
struct search {
	const struct lesson *lesson;
	const struct lesson_case *lesson_case;
	const struct trace *expected, *trace;
	const struct params *params;
	struct imagine_choice *nearest;
	uint64_t least_cost;
	size_t runs;
	struct error *error;
};

static uint64_t cost_of(const struct match *match)
{
	uint64_t cost = match->where != NULL;

	for (size_t i = 0; i < match->pairing_count; i++)
		cost += match->pairings[i].cost;
	return cost;
}

/* Of UDP who speaks first is the opener: another order would be another flow. */
static bool is_possible(const struct imagined *run)
{
	for (size_t i = 0; i < run->flow_count; i++)
		if (run->flows[i].transport == TRANSPORT_UDP && run->flows[i].event_count &&
		    run->flows[i].events[0].direction == DIRECTION_AGAINST)
			return false;
	return true;
}

/* 1: it matches; 0: not; -1: *error. */
static int try_choice(struct search *search, const struct imagine_choice *choice)
{
	struct imagined run;
	struct match match;
	int result;

	if (search->runs++ >= RUNS_MOST)
		return 0;
	imagine(search->lesson, search->lesson_case, search->expected, search->params, choice, &run);
	if (!is_possible(&run)) {
		imagined_free(&run);
		return 0;
	}
	result = match_trace(&(struct match_input){search->trace, &run.hosts, search->params, run.views, run.view_count},
	                     &match, search->error);
	if (!result) {
		if (!choice->text && (match.complete || cost_of(&match) < search->least_cost)) {
			search->least_cost = cost_of(&match);
			*search->nearest = *choice;
		}
		result = match.complete;
		match_free(&match);
	}
	imagined_free(&run);
	return result;
}

/* All that the trace leaves open but the words. */
static int try_words(struct search *search, const struct freedom *freedom, const char *text)
{
	struct imagine_choice choice = {.text = text};
	int result = 0;

	for (choice.ends = 0; choice.ends <= (freedom->silent_end ? 2 : 0); choice.ends++)
		for (int maybe = 0; maybe <= freedom->maybe; maybe++)
			for (int reversed = 0; reversed <= freedom->any_order; reversed++)
				for (choice.more = 0; choice.more <= freedom->more; choice.more++) {
					choice.maybe = maybe;
					choice.reversed = reversed;
					result = try_choice(search, &choice);
					if (result)
						return result;
				}
	return result;
}

/* Where the lesson leaves words free, those that TRACE has will do. */
static int try_texts(struct search *search, const struct freedom *freedom, const struct item *items, size_t count)
{
	int result = 0;

	for (size_t i = 0; i < count && !result; i++) {
		struct text text = {0};

		if (items[i].kind == ITEM_MESSAGE && items[i].pattern.kind == PATTERN_TEXT) {
			match_expand(&items[i].pattern, search->params, NULL, 0, &text);
			result = try_words(search, freedom, text_string(&text));
		} else if (items[i].item_count) {
			result = try_texts(search, freedom, items[i].items, items[i].item_count);
		}
		text_free(&text);
	}
	return result;
}

int imagine_match(const struct lesson *lesson, const struct lesson_case *lesson_case, const struct trace *expected,
                  const struct params *params, const struct trace *trace, struct imagine_choice *nearest,
                  struct error *error)
{
	struct freedom freedom = freedom_of(expected);
	struct search search = {lesson, lesson_case, expected, trace, params, nearest, UINT64_MAX, 0, error};
	int result = try_words(&search, &freedom, NULL);

	for (size_t i = 0; !result && freedom.any && i < trace->entry_count; i++)
		if (trace->entries[i].kind == ENTRY_FLOW)
			result = try_texts(&search, &freedom, trace->entries[i].flow.items, trace->entries[i].flow.item_count);
	return result;
}
