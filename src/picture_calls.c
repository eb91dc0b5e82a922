/* picture_calls.c - socket calls between the arrows: which ones, and where each stands.
 *
 * A call that is tied to a packet stands before or behind that packet's arrow, the
 * others where their time is. The calls of one thread keep their order in any case. */
#include "picture_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOME_CAUSES 3 /* in a beginner's picture: calls behind the first wrong arrow */
#define SOME_FAILED 2 /* and calls that failed: the first are the likeliest cause */

/* A row of either kind on its way to its place. */
struct placed {
	struct picture_row row;
	const struct call *call; /* NULL: an arrow */
	size_t place;            /* 3 times the arrow's index; +1: the arrow; +2: behind it */
	unsigned repeats;
};

struct placing {
	const struct scene *scene;
	struct picture *picture;
	const struct picture_options *options;
	struct tie **ties; /* by view, then by call */
	size_t *places;    /* by call; SIZE_MAX: in no picture */
	size_t *arrows;    /* by call: the arrow that it is tied to, or SIZE_MAX */
	size_t first;      /* index of the first wrong arrow; SIZE_MAX: none */
};

static const struct call *calls_of(const struct placing *placing)
{
	return placing->scene->evidence.calls;
}

/* ---- where ---- */

static bool holds(const struct picture_row *row, const struct tie *tie, const struct flow *flow, size_t event)
{
	if (!flow || tie->flow != flow || tie->event != event || event == TIE_NO_EVENT)
		return false;
	return event == TIE_OPENING || !row->length || (tie->offset >= row->offset && tie->offset - row->offset < row->length);
}

/* The arrow that the call is tied to. */
static size_t find_arrow(const struct placing *placing, size_t call, bool *causes)
{
	for (size_t view = 0; view < placing->scene->view_count; view++)
		for (size_t i = 0; placing->ties[view] && i < placing->picture->row_count; i++) {
			const struct picture_row *row = &placing->picture->rows[i];
			const struct tie *tie = &placing->ties[view][call];

			*causes = tie->causes;
			if (holds(row, tie, row->flow[0], row->event[0]) || holds(row, tie, row->flow[1], row->event[1]))
				return i;
		}
	return SIZE_MAX;
}

static int64_t effect_of(const struct call *call)
{
	return tie_waits(call->kind) && call->end_ns ? call->end_ns : call->time_ns;
}

static size_t place_in_time(const struct placing *placing, const struct call *call)
{
	int64_t time_ns = effect_of(call);
	size_t i = 0;

	if (!call->end_ns)
		return 3 * placing->picture->row_count; /* it still waits when all is over */
	while (i < placing->picture->row_count && placing->picture->rows[i].time_ns <= time_ns)
		i++;
	return 3 * i;
}

static bool is_same_thread(const struct call *a, const struct call *b)
{
	return a->program == b->program && a->thread == b->thread && a->process == b->process && !strcmp(a->host, b->host);
}

/* LATER stands behind EARLIER, and behind the arrow that EARLIER caused, if that was out by then. */
static void keep_order(struct placing *placing, size_t earlier, size_t later)
{
	size_t least = placing->places[earlier], arrow = placing->arrows[earlier];
	bool causes = arrow != SIZE_MAX && least == 3 * arrow;

	if (causes && placing->arrows[later] != arrow &&
	    effect_of(&calls_of(placing)[later]) >= placing->picture->rows[arrow].time_ns)
		least += 2;
	if (placing->places[later] < least)
		placing->places[later] = least;
}

static void find_place(struct placing *placing, size_t index)
{
	const struct call *call = &calls_of(placing)[index];
	bool causes = false;
	size_t arrow = find_arrow(placing, index, &causes);

	placing->arrows[index] = arrow;
	placing->places[index] = arrow == SIZE_MAX ? place_in_time(placing, call) : 3 * arrow + (causes ? 0 : 2);
	for (size_t i = index; i-- > 0;)
		if (is_same_thread(&calls_of(placing)[i], call)) {
			keep_order(placing, i, index);
			return;
		}
}

/* ---- which ---- */

static bool is_opening_call(enum call_kind kind)
{
	return kind == CALL_BIND || kind == CALL_LISTEN || kind == CALL_CONNECT;
}

/* Whether no later call of that host has an arrow before this one. */
static bool is_last(const struct placing *placing, size_t index, size_t arrow)
{
	if (placing->arrows[index] >= arrow)
		return false;
	for (size_t i = index + 1; i < placing->scene->evidence.call_count; i++)
		if (placing->arrows[i] < arrow && !strcmp(calls_of(placing)[i].host, calls_of(placing)[index].host))
			return false;
	return true;
}

/* Whether the call caused the first wrong arrow, or should have caused it. */
static bool explains(const struct placing *placing, size_t index)
{
	const struct call *call = &calls_of(placing)[index];
	const struct picture_row *row;

	if (placing->first == SIZE_MAX)
		return false;
	row = &placing->picture->rows[placing->first];
	if (placing->arrows[index] == placing->first && placing->places[index] <= 3 * placing->first)
		return true;
	if (strcmp(call->host, row->from_name) != 0)
		return false;
	if (row->opens && is_opening_call(call->kind))
		return true;
	/* It should have sent: what it did last, and where it waits instead. */
	return picture_is_missing(row) && (!call->end_ns || is_last(placing, index, placing->first));
}

static bool is_failed(const struct call *call)
{
	return call->end_ns && call_failed(call, 1);
}

static void choose(struct placing *placing)
{
	size_t causes = 0, failed = 0;

	for (size_t i = 0; i < placing->scene->evidence.call_count; i++)
		if (is_failed(&calls_of(placing)[i]) ? failed++ >= SOME_FAILED : !explains(placing, i) || causes++ >= SOME_CAUSES)
			placing->places[i] = SIZE_MAX;
}

/* ---- into the picture ---- */

static int by_place(const void *left, const void *right)
{
	const struct placed *a = left, *b = right;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return a->row.order < b->row.order ? -1 : a->row.order > b->row.order;
}

static bool is_again(const struct placed *a, const struct placed *b)
{
	return a->call && b->call && a->place == b->place && is_same_thread(a->call, b->call) && a->call->fd == b->call->fd &&
	       a->call->kind == b->call->kind && a->call->result == b->call->result && a->call->error == b->call->error &&
	       a->call->length == b->call->length && a->call->value == b->call->value && a->call->port == b->call->port &&
	       address_equal(&a->call->address, &b->call->address) && !strcmp(a->call->line, b->call->line) &&
	       !a->call->end_ns == !b->call->end_ns;
}

/* Not the programs' first processes alone: each needs its number. */
static bool has_several(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->call_count; i++)
		if (evidence->calls[i].process != CALL_FIRST_PROCESS || evidence->calls[i].thread != CALL_FIRST_PROCESS)
			return true;
	return false;
}

static void label_call(struct placed *placed, bool several)
{
	struct call call = *placed->call;
	struct text text = {0};

	call.repeats += placed->repeats;
	if (several)
		text_printf(&text, "%d.%d ", call.process, call.thread);
	if (call.line[0])
		text_printf(&text, "%s ", call.line);
	call_print(&call, &text);
	snprintf(placed->row.label, sizeof placed->row.label, "%s", text_string(&text));
	text_free(&text);
}

static struct placed place_call(const struct placing *placing, size_t index)
{
	const struct call *call = &calls_of(placing)[index];
	struct placed placed = {.call = call, .place = placing->places[index]};

	placed.row = (struct picture_row){.kind = PICTURE_CALL, .time_ns = call->time_ns, .order = index};
	snprintf(placed.row.from_name, sizeof placed.row.from_name, "%s", call->host);
	snprintf(placed.row.to_name, sizeof placed.row.to_name, "%s", call->host);
	if (tie_waits(call->kind))
		placed.row.time_ns = call->end_ns ? call->end_ns : INT64_MAX;
	return placed;
}

static void rebuild(const struct placing *placing)
{
	struct picture *picture = placing->picture;
	size_t calls = placing->scene->evidence.call_count, count = 0, kept = 0;
	struct placed *all = mem_alloc((calls + picture->row_count + 1) * sizeof *all);
	bool several = has_several(&placing->scene->evidence);

	for (size_t i = 0; i < picture->row_count; i++)
		all[count++] = (struct placed){.row = picture->rows[i], .place = 3 * i + 1};
	for (size_t i = 0; i < calls; i++)
		if (placing->places[i] != SIZE_MAX)
			all[count++] = place_call(placing, i);
	qsort(all, count, sizeof *all, by_place);
	for (size_t i = 0; i < count; i++)
		if (kept && is_again(&all[kept - 1], &all[i]))
			all[kept - 1].repeats += 1 + all[i].call->repeats;
		else
			all[kept++] = all[i];
	picture->row_count = 0;
	for (size_t i = 0; i < kept; i++) {
		struct picture_row *row = picture_add(picture, all[i].row.kind, 0);

		if (all[i].call)
			label_call(&all[i], several);
		*row = all[i].row;
	}
	free(all);
}

static size_t find_first(const struct picture *picture)
{
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].mark >= MARK_FIRST_MISSING)
			return i;
	return SIZE_MAX;
}

void picture_add_calls(const struct scene *scene, const struct picture_options *options, struct picture *picture)
{
	size_t count = scene->evidence.call_count;
	struct placing placing = {.scene = scene, .picture = picture, .options = options, .first = find_first(picture)};

	placing.ties = mem_alloc((scene->view_count + 1) * sizeof *placing.ties);
	placing.places = mem_alloc((count + 1) * sizeof *placing.places);
	placing.arrows = mem_alloc((count + 1) * sizeof *placing.arrows);
	for (size_t view = 0; view < scene->view_count; view++)
		if (options->view == PICTURE_EVERY_VIEW || options->view == view) {
			placing.ties[view] = mem_alloc((count + 1) * sizeof **placing.ties);
			tie_calls(scene, view, placing.ties[view]);
		}
	for (size_t i = 0; i < count; i++)
		find_place(&placing, i);
	if (options->calls == PICTURE_SOME_CALLS)
		choose(&placing);
	rebuild(&placing);
	for (size_t view = 0; view < scene->view_count; view++)
		free(placing.ties[view]);
	free(placing.ties);
	free(placing.places);
	free(placing.arrows);
}
