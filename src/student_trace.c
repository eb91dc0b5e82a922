/* student_trace.c - see student_trace.h. */
#include "student_trace.h"

#include "observe.h"

bool student_trace_judged(const struct lesson_case *lesson_case)
{
	if (!lesson_case)
		return false;
	switch (lesson_case->student_trace_kind) {
	case STUDENT_TRACE_ACCEPTS:
	case STUDENT_TRACE_REJECTS:
		return true;
	case STUDENT_TRACE_NONE:
	case STUDENT_TRACE_PREDICT:
		break;
	}
	return false;
}

int student_trace_match(const struct scene *scene, const struct trace *trace, struct match *match,
                        struct error *error)
{
	struct match_input input = {trace, &scene->hosts, &scene->evidence.params, scene->views, scene->view_count};

	return match_trace(&input, match, error);
}

static void add_unexpected(const struct scene *scene, const struct trace *trace, const struct flow *flow,
                           struct text *out)
{
	struct trace seen = {0};

	observe_flow(flow, &scene->hosts, &seen);
	text_printf(out, "no line of %s has the flow \"", trace->file);
	trace_print_flow(&seen.entries[0].flow, out);
	text_add(out, "\"");
	trace_free(&seen);
}

static void add_line(const struct trace *trace, const struct entry *entry, const struct item *item, struct text *out)
{
	text_printf(out, "line %d of %s", item ? item->line : entry->line, trace->file);
	if (!item && entry->kind != ENTRY_FLOW && entry->kind != ENTRY_NEVER)
		return; /* a relation, an amount: the line says it */
	text_add(out, entry->kind == ENTRY_NEVER ? ", \"never " : ", \"");
	if (item)
		trace_print_item(item, out);
	else
		trace_print_flow(&entry->flow, out);
	text_add(out, "\"");
}

void student_trace_where(const struct scene *scene, const struct trace *trace, const struct match *match,
                         struct text *out)
{
	const struct pairing *first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];
	const struct entry *entry = !first ? match->where : first->entry ? first->entry : first->never;
	const struct match_step *step = NULL;

	if (first && first->entry && match->first_step != SIZE_MAX)
		step = &first->steps[match->first_step];
	if (!entry && first && first->flow) {
		add_unexpected(scene, trace, first->flow, out);
		return;
	}
	if (!entry)
		return;
	if (step && !step->item)
		text_add(out, "more was seen than the flow has that begins on ");
	add_line(trace, entry, step ? step->item : NULL, out);
}

bool student_trace_predict(const struct scene *scene, const struct trace *trace, bool right, struct text *out)
{
	struct match match;
	struct error error;
	bool foreseen;

	if (student_trace_match(scene, trace, &match, &error)) {
		text_printf(out, "Your picture cannot be compared: %s", error_string(&error));
		return false;
	}
	foreseen = match.complete;
	if (foreseen) {
		text_add(out, "Your picture: right.");
	} else {
		text_add(out, right ? "Your program is right, your picture of it is not: " :
		         "Your picture is not what was seen: ");
		student_trace_where(scene, trace, &match, out);
		text_printf(out, ". `windsock show %s` draws what was seen, `windsock predict` explains the line.", scene->lesson_case->name);
	}
	match_free(&match);
	return foreseen;
}
