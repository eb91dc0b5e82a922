/* draft.c - see draft.h: the flows of all runs joined, and the file with its comments. */
#include "draft_parts.h"

#include <stdlib.h>
#include <string.h>

/* All runs, view by view. */
struct drafter {
	const struct draft_input *input;
	struct said_view *said[DRAFT_RUNS];
	size_t view_count;
	struct text *out;
};

/* The flows of one view. */
struct table {
	struct joined *rows; /* in the order of the first run, then what only others have; owned */
	size_t count, capacity;
};

/* ---- which flow is which ---- */

static bool has_same_items(const struct said_flow *one, const struct said_flow *other)
{
	if (one->item_count != other->item_count)
		return false;
	for (size_t i = 0; i < one->item_count; i++)
		if (strcmp(one->items[i].line, other->items[i].line) != 0)
			return false;
	return true;
}

static const struct said_flow *first_of(const struct joined *row)
{
	for (size_t run = 0; run < row->runs; run++)
		if (row->in[run])
			return row->in[run];
	return NULL;
}

/* The row that FLOW of run RUN belongs to: one with the same ends, and first of all the same items. */
static struct joined *find_row(const struct table *table, const struct said_flow *flow, size_t run)
{
	for (int strict = 1; strict >= 0; strict--)
		for (size_t i = 0; i < table->count; i++) {
			const struct said_flow *first = first_of(&table->rows[i]);

			if (!table->rows[i].in[run] && !strcmp(text_string(&first->key), text_string(&flow->key)) &&
			    (!strict || has_same_items(first, flow)))
				return &table->rows[i];
		}
	return NULL;
}

static void join_view(const struct drafter *drafter, size_t view, struct table *table)
{
	for (size_t run = 0; run < drafter->input->run_count; run++)
		for (size_t i = 0; i < drafter->said[run][view].count; i++) {
			const struct said_flow *flow = &drafter->said[run][view].flows[i];
			struct joined *row = run ? find_row(table, flow, run) : NULL;

			if (!row) {
				mem_room(table->rows, table->count, table->capacity);
				row = &table->rows[table->count++];
				*row = (struct joined){.runs = drafter->input->run_count};
			}
			row->in[run] = flow;
		}
}

/* ---- what the old trace says and no run can show ---- */

/* Whether an entry of the old trace is about that view. */
static bool is_about(const struct drafter *drafter, const struct entry *entry, size_t view)
{
	const struct view *seen = &drafter->input->runs[0].views[view];
	const struct vantage *vantage = entry->vantage < 0 ? NULL : &drafter->input->old->vantages[entry->vantage];

	return vantage ? !strcmp(vantage->host, seen->host) && !strcmp(vantage->interface, seen->interface) : view == 0;
}

static size_t count_thens(const struct drafter *drafter, size_t view)
{
	size_t count = 0;

	for (size_t i = 0; i < drafter->input->old->entry_count; i++) {
		const struct entry *entry = &drafter->input->old->entries[i];

		count += entry->kind == ENTRY_THEN && is_about(drafter, entry, view);
	}
	return count;
}

static void add_kept(const struct drafter *drafter, size_t view, int level)
{
	for (size_t i = 0; i < drafter->input->old->entry_count; i++) {
		const struct entry *entry = &drafter->input->old->entries[i];
		bool keep = entry->kind == ENTRY_NEVER || entry->kind == ENTRY_UP || entry->kind == ENTRY_DOWN;

		if ((!keep && entry->kind != ENTRY_WHERE) || !is_about(drafter, entry, view))
			continue;
		text_printf(drafter->out, "%*s%s", 4 * level, "", keep ? "" : "# before, it said: ");
		trace_print_line(entry, drafter->out);
		text_add(drafter->out, "\n");
	}
}

/* ---- the file ---- */

static bool is_missing_somewhere(const struct joined *row)
{
	for (size_t run = 0; run < row->runs; run++)
		if (!row->in[run])
			return true;
	return false;
}

static void add_header(const struct joined *row, int level, struct text *out)
{
	const struct said_flow *first = first_of(row);
	size_t least = SIZE_MAX, most = 0;
	bool missing = is_missing_somewhere(row);

	for (size_t run = 0; run < row->runs; run++) {
		size_t count = row->in[run] ? row->in[run]->count : 0;

		least = count < least ? count : least;
		most = count > most ? count : most;
	}
	text_printf(out, "%*s%s", 4 * level, "", text_string(most > 1 ? &first->starred : &first->header));
	if (most > 1)
		text_printf(out, " repeat %zu%s  # %zu to %zu times", least, least == most ? "" : "..", least, most);
	else if (missing)
		text_add(out, " maybe  # not every run had it");
	text_add(out, "\n");
}

/* Whether in every run all that is above row BELOW was over when what is below it opened. */
static bool is_behind(const struct table *table, size_t below)
{
	for (size_t run = 0; run < table->rows[0].runs; run++) {
		int64_t last = INT64_MIN, opened = INT64_MAX;

		for (size_t i = 0; i < table->count; i++) {
			const struct said_flow *flow = table->rows[i].in[run];

			if (flow && i < below && flow->last_ns > last)
				last = flow->last_ns;
			if (flow && i >= below && flow->opened_ns < opened)
				opened = flow->opened_ns;
		}
		if (last >= opened)
			return false;
	}
	return true;
}

static void add_view(const struct drafter *drafter, size_t view)
{
	const struct view *seen = &drafter->input->runs[0].views[view];
	size_t thens = count_thens(drafter, view);
	struct table table = {0};
	int level = view > 0;

	join_view(drafter, view, &table);
	if (!table.count)
		text_printf(drafter->out, "# nothing was seen at %s.%s\n", seen->host, seen->interface);
	else if (view)
		text_printf(drafter->out, "at %s.%s\n", seen->host, seen->interface);
	for (size_t i = 0; i < table.count; i++) {
		if (i && is_behind(&table, i)) {
			text_printf(drafter->out, "%*s%s\n", 4 * level, "",
			            thens ? "then" : "# then");
			thens -= thens > 0;
		}
		add_header(&table.rows[i], level, drafter->out);
		draft_join_items(&table.rows[i], view == 0, level + 1, drafter->out);
	}
	if (table.count)
		add_kept(drafter, view, level);
	free(table.rows);
}

static const struct {
	const char *sign; /* that stands in the draft */
	const char *advice;
} advices[] = {
	{" fin\n", "A fin that is not listed is free: list an end only where it matters who ends first."},
	{":$", "$NAME is one port wherever it stands; one that nobody asks about may be *."},
	{" after ", "`after` is how long who is played waits before that line."},
	{" behind what", "A pause of the program is in a comment: where it must be so long, write `after 100 ms`."},
	{"# then\n", "Where it says # then, all above was over in every run: if it must be, take the # away."},
	{" repeat ", "`repeat 3..` is three times or more: give the least that a right program must do."},
	{" bytes\n", "N bytes are so many whatever they are; `any` is anything."},
	{"\nat ", "Without its `at` an interface but the first is not looked at."},
};

static void add_head(const struct drafter *drafter, const char *body, struct text *out)
{
	text_printf(out, "# Recorded from %zu run%s, and stricter than it need be.\n"
	            "# Of each line ask: must every right program do that?\n",
	            drafter->input->run_count, drafter->input->run_count == 1 ? "" : "s with other values each time");
	for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++)
		if (strstr(body, advices[i].sign))
			text_printf(out, "# - %s\n", advices[i].advice);
}

void draft_make(const struct draft_input *input, struct text *out)
{
	struct text body = {0};
	struct drafter drafter = {.input = input, .out = &body};

	for (size_t run = 0; run < input->run_count; run++)
		drafter.said[run] = draft_say(input, run, &drafter.view_count);
	for (size_t view = 0; view < drafter.view_count; view++)
		add_view(&drafter, view);
	add_head(&drafter, text_string(&body), out);
	text_add(out, text_string(&body));
	text_free(&body);
	for (size_t run = 0; run < input->run_count; run++)
		draft_said_free(drafter.said[run], drafter.view_count);
}

size_t draft_matches(const struct draft_input *input, const struct trace *trace)
{
	size_t matches = 0;

	for (size_t run = 0; run < input->run_count; run++) {
		const struct scene *scene = &input->runs[run];
		struct match_input wanted = {.trace = trace, .hosts = &scene->hosts, .params = &scene->evidence.params,
		                             .views = scene->views, .view_count = scene->view_count};
		struct match match;
		struct error ignored;

		if (match_trace(&wanted, &match, &ignored))
			continue; /* it names what is not there: then it matches nothing */
		matches += match.complete;
		match_free(&match);
	}
	return matches;
}
