/* match_fits.c - which seen flows could be an expected one's if it were the only one. See match.h.
 *
 * Of ten thousand flows beside as many expected ones not each pair can be looked at. Expected flows that say the same
 * share what fits them; and for one that begins with a text only those flows are looked at whose first message begins
 * with it. */
#include "match_parts.h"

#include <stdlib.h>
#include <string.h>

/* Pairs that are looked at before the cheapest explanation is looked for instead: about a second. */
#define PAIRS_MAX 1000000
#define BEGIN_MAX 64 /* bytes of a text that are compared beforehand */

/* What an expected flow says, as a line of text. */
struct said {
	char *text; /* owned */
	size_t entry, view;
};

/* The first message of a seen flow. */
struct opening {
	const struct event *event;
	size_t flow;
	size_t length; /* of its bytes that are compared */
};

/* The flows of a view by the first LENGTH bytes that were said. */
struct openings {
	size_t view, length;
	struct opening *sure;
	size_t sure_count;
	size_t *unsure; /* flows whose first message is too short, and may go on behind a free end */
	size_t unsure_count;
};

struct fitter {
	struct matcher *matcher;
	struct openings *openings;
	size_t count, capacity;
	size_t pairs;
};

/* ---- how flows begin ---- */

static int compare_openings(const void *left, const void *right)
{
	const struct opening *a = left, *b = right;
	int differ = (int)a->event->direction - (int)b->event->direction;

	if (!differ)
		differ = memcmp(a->event->bytes, b->event->bytes, a->length);
	return differ ? differ : (a->flow > b->flow) - (a->flow < b->flow);
}

/* Its first message, or NULL; *MORE: whether another one follows. */
static const struct event *first_message(const struct flow *flow, bool *more)
{
	const struct event *first = NULL;

	*more = false;
	for (size_t i = 0; i < flow->event_count && !*more; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && first)
			*more = true;
		else if (flow->events[i].kind == EVENT_MESSAGE)
			first = &flow->events[i];
	return first;
}

static struct openings list_openings(const struct matcher *matcher, size_t view, size_t length)
{
	size_t flows = count_flows(matcher->input, view);
	struct openings openings = {.view = view, .length = length};

	openings.sure = mem_alloc(flows * sizeof *openings.sure);
	openings.unsure = mem_alloc(flows * sizeof *openings.unsure);
	for (size_t i = 0; i < flows; i++) {
		const struct flow *flow = flow_of(matcher, view, i);
		bool more;
		const struct event *first = first_message(flow, &more);

		if (first && first->kept >= length)
			openings.sure[openings.sure_count++] = (struct opening){first, i, length};
		else if (more && flow->transport == TRANSPORT_TCP)
			openings.unsure[openings.unsure_count++] = i;
	}
	qsort(openings.sure, openings.sure_count, sizeof *openings.sure, compare_openings);
	return openings;
}

static const struct openings *openings_of(struct fitter *fitter, size_t view, size_t length)
{
	for (size_t i = 0; i < fitter->count; i++)
		if (fitter->openings[i].view == view && fitter->openings[i].length == length)
			return &fitter->openings[i];
	mem_room(fitter->openings, fitter->count, fitter->capacity);
	fitter->openings[fitter->count] = list_openings(fitter->matcher, view, length);
	return &fitter->openings[fitter->count++];
}

/* ---- how an expected flow begins ---- */

/* The text that its first message must begin with, as far as it is known and worth comparing; or none. */
static void add_begin(const struct match_input *input, const struct expected_flow *expected, struct text *begin)
{
	const struct item *item = expected->items;

	if (!expected->item_count || item->kind != ITEM_MESSAGE ||
	    (item->pattern.kind != PATTERN_TEXT && item->pattern.kind != PATTERN_PREFIX))
		return;
	for (size_t i = 0; i < item->pattern.part_count && begin->length < BEGIN_MAX; i++) {
		const struct pattern_part *part = &item->pattern.parts[i];
		const struct param *param = part->is_name ? params_find(input->params, part->bytes) : NULL;

		if (part->is_name && !param)
			break;
		if (param)
			text_add(begin, param->value);
		else
			text_add_bytes(begin, part->bytes, part->length);
	}
	if (begin->length > BEGIN_MAX)
		begin->length = BEGIN_MAX;
}

/* ---- what fits ---- */

bool match_fits_alone(const struct matcher *matcher, const struct expected_flow *expected, const struct flow *flow)
{
	struct matcher alone = {.input = matcher->input};
	bool fits;

	match_bind(&alone, expected, flow, false);
	fits = !match_compare_header(&alone, expected, flow) && !match_align(&alone, expected, flow, 0, NULL, NULL);
	free(alone.bindings);
	return fits;
}

static void consider(struct fitter *fitter, const struct said *said, size_t flow)
{
	const struct expected_flow *expected = &fitter->matcher->input->trace->entries[said->entry].flow;
	struct fitting *fitting = &fitter->matcher->fits[said->entry];

	fitter->pairs++;
	if (!match_fits_alone(fitter->matcher, expected, flow_of(fitter->matcher, said->view, flow)))
		return;
	mem_room(fitting->flows, fitting->count, fitting->capacity);
	fitting->flows[fitting->count++] = flow;
}

static int compare_numbers(const void *left, const void *right)
{
	size_t a = *(const size_t *)left, b = *(const size_t *)right;

	return (a > b) - (a < b);
}

/* The flows that begin as the entry's first message does: all that could fit. */
static void consider_openings(struct fitter *fitter, const struct said *said, const struct text *begin)
{
	const struct openings *openings = openings_of(fitter, said->view, begin->length);
	const struct item *item = fitter->matcher->input->trace->entries[said->entry].flow.items;
	struct event wanted = {.direction = item->direction, .bytes = (const uint8_t *)begin->data};
	struct opening first = {&wanted, 0, begin->length};
	struct fitting *fitting = &fitter->matcher->fits[said->entry];
	size_t low = 0, high = openings->sure_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_openings(&openings->sure[middle], &first) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (first.flow = SIZE_MAX; low < openings->sure_count; low++) {
		if (compare_openings(&openings->sure[low], &first) > 0)
			break;
		consider(fitter, said, openings->sure[low].flow);
	}
	for (size_t i = 0; i < openings->unsure_count; i++)
		consider(fitter, said, openings->unsure[i]);
	if (fitting->count)
		qsort(fitting->flows, fitting->count, sizeof *fitting->flows, compare_numbers);
}

static bool list_fitting(struct fitter *fitter, const struct said *said)
{
	const struct match_input *input = fitter->matcher->input;
	size_t flows = count_flows(input, said->view);
	struct text begin = {0};

	add_begin(input, &input->trace->entries[said->entry].flow, &begin);
	if (begin.length)
		consider_openings(fitter, said, &begin);
	for (size_t flow = 0; !begin.length && flow < flows && fitter->pairs <= PAIRS_MAX; flow++)
		consider(fitter, said, flow);
	text_free(&begin);
	return fitter->pairs <= PAIRS_MAX;
}

/* ---- expected flows that say the same ---- */

static int compare_said(const void *left, const void *right)
{
	const struct said *a = left, *b = right;
	int differ = strcmp(a->text, b->text);

	return differ ? differ : (a->entry > b->entry) - (a->entry < b->entry);
}

/* Of the entries that have slots, in the order of what they say. */
static struct said *list_said(const struct matcher *matcher, size_t *count)
{
	const struct trace *trace = matcher->input->trace;
	struct said *said = mem_alloc((matcher->slot_count + 1) * sizeof *said);

	*count = 0;
	for (size_t i = 0; i < matcher->slot_count; i++) {
		const struct slot *slot = &matcher->slots[i];
		struct trace alone = *trace;
		struct text text = {0};

		if (i && matcher->slots[i - 1].entry == slot->entry)
			continue;
		alone.entries = &trace->entries[slot->entry];
		alone.entry_count = 1;
		trace_print(&alone, &text);
		said[(*count)++] = (struct said){text.data ? text.data : mem_string(""), slot->entry, slot->view};
	}
	qsort(said, *count, sizeof *said, compare_said);
	return said;
}

/* SAID and those behind it that say the same; returns how many. *complete: all that fits them was found. */
static size_t list_alike(struct fitter *fitter, const struct said *said, size_t count, bool *complete)
{
	struct matcher *matcher = fitter->matcher;
	const struct fitting *fitting = &matcher->fits[said->entry];
	size_t alike = 0;

	*complete = list_fitting(fitter, said);
	for (; alike < count && !strcmp(said[alike].text, said->text); alike++)
		matcher->like[said[alike].entry] = said->entry;
	for (size_t i = 0; i < fitting->count; i++) {
		size_t *last = &matcher->last[said->view][fitting->flows[i]];

		if (*last < said[alike - 1].entry + 1)
			*last = said[alike - 1].entry + 1;
	}
	return alike;
}

bool match_list_fits(struct matcher *matcher)
{
	const struct match_input *input = matcher->input;
	struct fitter fitter = {.matcher = matcher};
	bool complete = true;
	size_t count;
	struct said *said = list_said(matcher, &count);

	matcher->fits = mem_alloc((input->trace->entry_count + 1) * sizeof *matcher->fits);
	matcher->like = mem_alloc((input->trace->entry_count + 1) * sizeof *matcher->like);
	matcher->last = mem_alloc((input->view_count + 1) * sizeof *matcher->last);
	for (size_t view = 0; view < input->view_count; view++)
		matcher->last[view] = mem_alloc(count_flows(input, view) * sizeof **matcher->last);
	for (size_t i = 0; i < count && complete;)
		i += list_alike(&fitter, &said[i], count - i, &complete);
	for (size_t i = 0; i < count; i++)
		free(said[i].text);
	free(said);
	for (size_t i = 0; i < fitter.count; i++) {
		free(fitter.openings[i].sure);
		free(fitter.openings[i].unsure);
	}
	free(fitter.openings);
	matcher->fits_known = complete;
	return complete;
}

void match_free_fits(struct matcher *matcher)
{
	for (size_t i = 0; matcher->fits && i < matcher->input->trace->entry_count; i++)
		free(matcher->fits[i].flows);
	for (size_t view = 0; matcher->last && view < matcher->input->view_count; view++)
		free(matcher->last[view]);
	free(matcher->fits);
	free(matcher->like);
	free(matcher->last);
}
