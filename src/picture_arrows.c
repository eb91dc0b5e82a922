/* picture_arrows.c - what a view saw, and what it should have seen, as arrows. */
#include "picture_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What of a flow's first line its opening shows: an expected one beside it says how it should be. */
#define HEADER_OF_OPENING                                                                              \
	(HEADER_TRANSPORT | HEADER_REVERSED | HEADER_OPENER_HOST | HEADER_TARGET_HOST | HEADER_OPENER_PORT | \
	 HEADER_TARGET_PORT | HEADER_OUTCOME)

/* What is being listed: a flow beside what was expected of it. */
struct listing {
	const struct scene *scene;
	const struct match *match;
	const struct pairing *pairing;
	struct picture *picture;
};

static struct picture_row *add_row(const struct listing *listing, int64_t time_ns, enum picture_mark mark)
{
	struct picture_row *row = picture_add(listing->picture, PICTURE_ARROW, time_ns);

	row->mark = mark;
	row->views = 1u << listing->pairing->view;
	row->flow[0] = listing->pairing->flow;
	row->event[0] = row->event[1] = TIE_NO_EVENT;
	return row;
}

/* The ends of an arrow from SIDE of the flow to the other. */
static void set_ends(const struct listing *listing, struct picture_row *row, int side)
{
	const struct flow *flow = listing->pairing->flow;

	snprintf(row->from_name, sizeof row->from_name, "%s", scene_name(listing->scene, &flow->address[side]));
	snprintf(row->to_name, sizeof row->to_name, "%s", scene_name(listing->scene, &flow->address[!side]));
	row->from_port = flow->port[side];
	row->to_port = flow->port[!side];
	row->from_address = flow->address[side];
	row->to_address = flow->address[!side];
}

/* A host by its name, also where the trace has an address of it. */
static void set_expected_end(const struct listing *listing, const char *host, char *name, struct address *address)
{
	bool literal = address_parse(host, address) && address->family;

	snprintf(name, PICTURE_NAME, "%s", literal ? scene_name(listing->scene, address) : host);
}

/* The ends that the trace names, from the opener or against it. "*" is anybody. */
static void set_expected_ends(const struct listing *listing, struct picture_row *row, bool along)
{
	const struct expected_flow *flow = &listing->pairing->entry->flow;
	const struct endpoint *from = along ? &flow->opener : &flow->target, *to = along ? &flow->target : &flow->opener;
	const struct params *params = &listing->scene->evidence.params;
	const struct match *match = listing->match;

	set_expected_end(listing, from->host, row->from_name, &row->from_address);
	set_expected_end(listing, to->host, row->to_name, &row->to_address);
	row->from_port = match_port(from, params, match->bindings, match->binding_count);
	row->to_port = match_port(to, params, match->bindings, match->binding_count);
}

static void set_remark(struct picture_row *row, const char *remark)
{
	snprintf(row->remark, sizeof row->remark, "%s", remark);
}

/* Cuts text that is longer than a label, visibly. */
static void set_label(struct picture_row *row, const char *text)
{
	if (snprintf(row->label, sizeof row->label, "%s", text) >= (int)sizeof row->label)
		memcpy(row->label + sizeof row->label - 4, "...", 4);
}

static void label_bytes(struct picture_row *row, const uint8_t *bytes, size_t kept, size_t length)
{
	struct text text = {0};

	if (length > 200) {
		snprintf(row->label, sizeof row->label, "%zu bytes", length);
		return;
	}
	text_add_quoted(&text, bytes, kept);
	set_label(row, text_string(&text));
	text_free(&text);
}

static void label_event(struct picture_row *row, const struct event *event, size_t offset, size_t length)
{
	size_t kept = event->kept > offset ? event->kept - offset : 0;

	switch (event->kind) {
	case EVENT_MESSAGE: label_bytes(row, event->bytes + offset, length < kept ? length : kept, length); break;
	case EVENT_FIN: set_label(row, "end (FIN)"); break;
	case EVENT_RESET: set_label(row, "reset (RST)"); break;
	case EVENT_UNREACHABLE: set_label(row, "unreachable (ICMP)"); break;
	case EVENT_SYN:
		snprintf(row->label, sizeof row->label, event->ack ? "syn seq 0 ack %" PRIu64 : "syn seq 0", event->ack);
		break;
	case EVENT_ACK: snprintf(row->label, sizeof row->label, "ack %" PRIu64, event->ack); break;
	}
}

static void label_pattern(const struct listing *listing, const struct pattern *pattern, struct picture_row *row)
{
	struct text text = {0}, bytes = {0};

	if (pattern->kind == PATTERN_TEXT) {
		match_expand(pattern, &listing->scene->evidence.params, listing->match->bindings,
		             listing->match->binding_count, &bytes);
		text_add_quoted(&text, text_string(&bytes), bytes.length);
	} else {
		trace_print_pattern(pattern, &text);
	}
	set_label(row, text_string(&text));
	text_free(&text);
	text_free(&bytes);
}

/* As the trace has it, without its arrow. */
static void label_as_written(struct picture_row *row, const struct item *item)
{
	struct text text = {0};

	trace_print_item(item, &text);
	set_label(row, text_string(&text) + (text.length > 3 ? 3 : 0));
	text_free(&text);
}

static void label_item(const struct listing *listing, struct picture_row *row, const struct item *item)
{
	while (item->item_count)
		item = item->items; /* of a block, what begins it */
	if (item->kind == ITEM_MESSAGE)
		label_pattern(listing, &item->pattern, row);
	else if (item->kind == ITEM_SYN || item->kind == ITEM_ACK)
		label_as_written(row, item);
	else
		set_label(row, item->kind == ITEM_FIN ? "end (FIN)"
		                                      : item->kind == ITEM_RESET ? "reset (RST)" : "unreachable (ICMP)");
}

/* ---- what was expected ---- */

/* Below a flow that came otherwise: how it should have begun. */
static void add_expected_opening(const struct listing *listing, int64_t time_ns)
{
	const struct expected_flow *flow = &listing->pairing->entry->flow;
	bool refused = flow->transport == TRANSPORT_TCP && flow->outcome == OUTCOME_REFUSED;
	struct picture_row *row = add_row(listing, time_ns, MARK_MISSING);

	row->opens = true;
	set_expected_ends(listing, row, !refused);
	set_remark(row, "expected");
	if (flow->transport == TRANSPORT_TCP)
		set_label(row, refused ? "refused (RST)"
		                       : flow->outcome == OUTCOME_UNANSWERED ? "SYN, no answer" : "open");
	else if (flow->item_count)
		label_item(listing, row, &flow->items[0]);
	else
		set_label(row, "a datagram");
}

static bool has_reversed(const struct listing *listing)
{
	return listing->pairing->header & HEADER_REVERSED;
}

static void add_expected_item(const struct listing *listing, const struct item *item, int64_t time_ns,
                              enum picture_mark mark, const char *remark)
{
	struct picture_row *row = add_row(listing, time_ns, mark);
	bool along = item->direction == DIRECTION_ALONG;

	set_ends(listing, row, along == has_reversed(listing));
	label_item(listing, row, item);
	set_remark(row, remark);
}

static void add_never_came(const struct listing *listing, bool first)
{
	const struct expected_flow *flow = &listing->pairing->entry->flow;
	struct picture_row *row = add_row(listing, INT64_MAX, first ? MARK_FIRST_MISSING : MARK_MISSING);

	row->opens = true;
	set_expected_ends(listing, row, true);
	set_remark(row, "missing");
	if (flow->transport == TRANSPORT_TCP)
		set_label(row, "open");
	else if (flow->item_count)
		label_item(listing, row, &flow->items[0]);
}

/* ---- what was seen ---- */

/* Refused by an ICMP error, which is an arrow of its own, and comes from whoever sent it. */
static bool is_refused_by_icmp(const struct flow *flow)
{
	for (size_t i = 0; flow->refused && i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_UNREACHABLE)
			return true;
	return false;
}

static void add_opening(const struct listing *listing, enum picture_mark mark)
{
	const struct flow *flow = listing->pairing->flow;
	bool reset = flow->refused && !is_refused_by_icmp(flow);
	struct picture_row *row;

	if (flow->transport == TRANSPORT_UDP || !flow->saw_syn)
		return;
	row = add_row(listing, flow->opened_ns, reset ? MARK_NONE : mark);
	set_ends(listing, row, 0);
	row->event[0] = TIE_OPENING;
	row->opens = true;
	row->lost = !flow->refused && !flow->syn_answered;
	set_label(row, flow->refused ? "call (SYN)" : row->lost ? "SYN, no answer" : "open");
	if (!reset)
		return;
	row = add_row(listing, flow->opened_ns, mark);
	set_ends(listing, row, 1);
	row->opens = true;
	set_label(row, "refused (RST)");
}

/* Whether a step tells of this event already. */
static bool is_told(const struct pairing *pairing, size_t event)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].event == event)
			return true;
	return false;
}

static struct picture_row *add_event(const struct listing *listing, size_t index, size_t offset, size_t length,
                                     enum picture_mark mark)
{
	const struct event *event = &listing->pairing->flow->events[index];
	struct picture_row *row = add_row(listing, event->time_ns, mark);

	set_ends(listing, row, event->direction == DIRECTION_AGAINST);
	row->event[0] = index;
	row->offset = offset;
	row->length = length;
	if (offset)
		row->time_ns = event->end_ns; /* a later part of a message: of its last packet at least the time is known */
	if (event->kind == EVENT_UNREACHABLE) {
		row->opens = true;
		row->from_port = row->to_port = 0;
		row->from_address = event->icmp_source;
		snprintf(row->from_name, sizeof row->from_name, "%s", scene_name(listing->scene, &event->icmp_source));
	}
	label_event(row, event, offset, length);
	return row;
}

static const char *remark_of(enum step_status status)
{
	switch (status) {
	case STEP_MATCHED:
	case STEP_MISSING: return "";
	case STEP_WRONG: return "not as expected";
	case STEP_EXTRA: return "not expected";
	case STEP_UNTIMELY: return "at the wrong time";
	}
	return "";
}

static void add_step(const struct listing *listing, const struct match_step *step, bool first)
{
	struct picture_row *row;

	if (step->status == STEP_MISSING && listing->pairing->header & HEADER_OUTCOME)
		return; /* where nothing was opened, all the rest is missing, of course */
	if (step->status == STEP_MISSING) {
		add_expected_item(listing, step->item, step->time_ns, first ? MARK_FIRST_MISSING : MARK_MISSING, "missing");
		return;
	}
	row = add_event(listing, step->event, step->offset, step->length,
	                step->status == STEP_MATCHED ? MARK_NONE : first ? MARK_FIRST : MARK_WRONG);
	if (first)
		set_remark(row, remark_of(step->status));
	if (first && step->status == STEP_WRONG)
		add_expected_item(listing, step->item, step->time_ns, MARK_MISSING, "expected");
}

/* The steps of a flow, and between them the ends that no item asked for. */
static void add_flow(const struct listing *listing, size_t first_step)
{
	const struct pairing *pairing = listing->pairing;
	const struct flow *flow = pairing->flow;
	size_t untold = 0;

	for (size_t i = 0; i <= pairing->step_count; i++) {
		const struct match_step *step = i < pairing->step_count ? &pairing->steps[i] : NULL;
		size_t until = !step ? flow->event_count : step->event == MATCH_NO_EVENT ? untold : step->event;

		for (; untold < until; untold++)
			if (!is_told(pairing, untold))
				(void)add_event(listing, untold, 0, flow->events[untold].length,
				                pairing->entry ? MARK_NONE : MARK_WRONG);
		if (step)
			add_step(listing, step, i == first_step);
	}
}

static const char *remark_of_flow(const struct pairing *pairing)
{
	if (pairing->out_of_order || pairing->header == HEADER_TOO_SOON)
		return "too early";
	return pairing->entry ? "not as expected" : "not expected";
}

/* The flow as a whole is wrong: its first arrow says so, and below it stands how it should begin. */
static void mark_flow(const struct listing *listing, size_t from, enum picture_mark mark)
{
	const struct pairing *pairing = listing->pairing;
	struct picture *picture = listing->picture;
	struct picture_row *row;
	size_t begin = from;

	/* The opening of a call has its mark; a datagram has none: the first one that came carries it. */
	while (from < picture->row_count && (picture_is_missing(&picture->rows[from]) ||
	       (pairing->flow->transport == TRANSPORT_TCP && picture->rows[from].mark != mark)))
		from++;
	if (from == picture->row_count)
		return;
	row = &picture->rows[from];
	row->mark = mark;
	if (mark != MARK_FIRST)
		return;
	set_remark(row, remark_of_flow(pairing));
	if (from > begin && picture_is_missing(&picture->rows[from - 1]))
		return; /* what should have begun it stands there already */
	if (pairing->entry && pairing->header & HEADER_OF_OPENING)
		add_expected_opening(listing, row->time_ns);
}

static void add_pairing(const struct listing *listing, bool first, size_t first_step)
{
	const struct pairing *pairing = listing->pairing;
	enum picture_mark mark = MARK_NONE;
	size_t from = listing->picture->row_count;

	if (!pairing->flow) {
		add_never_came(listing, first);
		return;
	}
	if (!pairing->entry || pairing->never || pairing->header || pairing->out_of_order)
		mark = first && first_step == SIZE_MAX ? MARK_FIRST : MARK_WRONG;
	add_opening(listing, mark);
	add_flow(listing, first_step);
	if (mark != MARK_NONE)
		mark_flow(listing, from, mark);
}

void picture_add_arrows(const struct scene *scene, const struct match *match, size_t view, struct picture *picture)
{
	for (size_t i = 0; i < match->pairing_count; i++) {
		struct listing listing = {scene, match, &match->pairings[i], picture};
		bool first = i == match->first;

		if (match->pairings[i].view == view)
			add_pairing(&listing, first, first ? match->first_step : SIZE_MAX);
	}
}
