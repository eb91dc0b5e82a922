/* diagnose_trace.c - diagnoses of a trace that the student wrote; the programs of such a case are not his. */
#include "diagnose_parts.h"

#include "student_trace.h"

#include <stdio.h>

bool find_trace_not_readable(const struct look *look)
{
	if (!student_trace_judged(look->scene->lesson_case) || !look->scene->student_error.text[0])
		return false;
	say_seen(look, "%s.", error_string(&look->scene->student_error));
	say_means(look, "Until it can be read, your trace neither accepts a program nor turns one down.");
	say_next(look, "Mend that line; `windsock help trace-language` has all that a trace may say.");
	return true;
}

static bool turns_down(const struct look *look)
{
	return student_trace_judged(look->scene->lesson_case) &&
	       look->scene->lesson_case->student_trace_kind == STUDENT_TRACE_ACCEPTS;
}

/* `line 4 of udp.trace, "<- any"`. Valid until the next call. */
static const char *line_said(const struct look *look, const struct entry *entry, const struct item *item)
{
	static char said[512];
	struct text line = {0};

	if (item)
		trace_print_item(item, &line);
	else
		trace_print_flow(&entry->flow, &line);
	snprintf(said, sizeof said, "line %d of %s, \"%s\"", item ? item->line : entry->line, look->scene->trace->file,
	         text_string(&line));
	text_free(&line);
	return said;
}

/* An item that stands for words which came from the other side of the flow. */
static const struct item *turned_item(const struct look *look)
{
	const struct pairing *first = look->first;

	for (size_t i = 0; i < first->step_count; i++) {
		const struct item *item = first->steps[i].item;
		struct text wanted = {0};
		bool turned = false;

		if (!item || item->kind != ITEM_MESSAGE || item->pattern.kind != PATTERN_TEXT ||
		    first->steps[i].status == STEP_MATCHED)
			continue;
		wanted_text(look, item, &wanted);
		for (size_t j = 0; j < first->flow->event_count; j++)
			turned |= first->flow->events[j].direction != item->direction &&
			          says_just(&first->flow->events[j], text_string(&wanted), wanted.length);
		text_free(&wanted);
		if (turned)
			return item;
	}
	return NULL;
}

bool find_trace_wrong_way(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct item *item;

	if (!turns_down(look) || !first || !first->entry || !first->flow)
		return false;
	item = first->header & HEADER_REVERSED ? NULL : turned_item(look);
	if (!item && !(first->header & HEADER_REVERSED))
		return false;
	if (item)
		say_seen(look, "By %s, %s sends this; it was %s who did.", line_said(look, first->entry, item),
		         name_at(look, &first->flow->address[item->direction == DIRECTION_AGAINST]),
		         name_at(look, &first->flow->address[item->direction == DIRECTION_ALONG]));
	else
		say_seen(look, "By %s, %s opens; it was %s who did.", line_said(look, first->entry, NULL),
		         name_at(look, &first->flow->address[1]), name_at(look, &first->flow->address[0]));
	say_means(look, "=> points from the one who opens (UDP: who speaks first) to the other. Below it -> is what the "
	                "opener sends and <- what comes back to it, whichever of the two is the server.");
	say_next(look, item ? "Turn that arrow around, and look at the others." :
	         "Write the one who opens on the left, and look at the arrows below.");
	return true;
}

bool find_trace_port_demanded(const struct look *look)
{
	const struct pairing *first = look->first;
	bool target;

	if (!turns_down(look) || !first || !first->entry || !first->flow ||
	    !(first->header & (HEADER_OPENER_PORT | HEADER_TARGET_PORT)))
		return false;
	target = !(first->header & HEADER_OPENER_PORT);
	say_seen(look, "The port of %s in %s, is not this run's: that is %u.", name_at(look, &first->flow->address[target]),
	         line_said(look, first->entry, NULL), first->flow->port[target]);
	if (target)
		say_means(look, "The port of the one who is called is given to the programs, and another one in another run.");
	else
		say_means(look, "Whoever opens may bind a port of their own, or leave the choice to the kernel, which "
		                "takes another "
		                "one each time: neither is wrong. A $name is the same port wherever it stands.");
	say_next(look, target ? "Write the parameter, {port}, instead of the number." :
	         "Write * for a port that is nobody's business.");
	return true;
}

/* The end that came, but not where its line stands. NULL: none. */
static const struct item *end_elsewhere(const struct pairing *first)
{
	const struct item *due = NULL;
	bool extra = false;

	for (size_t i = 0; i < first->step_count; i++) {
		const struct match_step *step = &first->steps[i];

		if (step->status == STEP_MISSING && step->item->kind == ITEM_FIN)
			due = step->item;
		else if (step->status == STEP_EXTRA)
			extra |= first->flow->events[step->event].kind == EVENT_FIN;
	}
	if (!due || !extra || !event_from(first->flow, due->direction == DIRECTION_AGAINST, EVENT_FIN))
		return NULL;
	return due;
}

bool find_trace_order_demanded(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct item *end;

	if (!turns_down(look) || !first || !first->entry || !first->flow)
		return false;
	end = first->out_of_order ? NULL : end_elsewhere(first);
	if (!first->out_of_order && !end)
		return false;
	if (end) {
		say_seen(look, "The end (FIN) of %s, came at another place.", line_said(look, first->entry, end));
		say_means(look, "Each side ends for itself, and here it is nobody's business which one is first.");
		say_next(look, "Write `in any order`, and both ends below it, indented.");
	} else {
		say_seen(look, "The flow of %s, stands below a `then`, and was opened before all above was complete.",
		         line_said(look, first->entry, NULL));
		say_means(look, "`then` says that one waits for the other. These two know nothing of each other: any of them "
		                "may be first, and both may be open at once.");
		say_next(look, "Leave the `then` out: flows without it are independent.");
	}
	return true;
}

/* A line with words of its own, where others were said. */
static bool has_fixed_words(const struct look *look)
{
	const struct item *item = NULL;

	if (look->first && look->first->entry && look->match->first_step != SIZE_MAX)
		item = look->first->steps[look->match->first_step].item;
	if (!item || item->kind != ITEM_MESSAGE || item->pattern.kind != PATTERN_TEXT)
		return false;
	for (size_t i = 0; i < item->pattern.part_count; i++)
		if (item->pattern.parts[i].is_name)
			return false;
	return true;
}

bool find_trace_too_strict(const struct look *look)
{
	struct text where = {0};

	if (!turns_down(look))
		return false;
	student_trace_where(look->scene, look->scene->trace, look->match, &where);
	say_seen(look, "Your trace turns this program down, and it should not: %s.", text_string(&where));
	say_means(look, "The program is right. Your trace demands something that a right program need not do, or lacks "
	          "something that it may do.");
	say_next(look, has_fixed_words(look) ? "The words of a run are parameters, like {answer}: write their names." :
	         "Compare that line with the picture: say only what every right program does.");
	text_free(&where);
	return true;
}

/* ---- what lets too much pass ---- */

static bool is_loose(const struct item *item)
{
	switch (item->kind) {
	case ITEM_MAYBE:
		return true;
	case ITEM_REPEAT:
		return item->least != item->most;
	case ITEM_MESSAGE:
		return item->direction == DIRECTION_AGAINST && item->pattern.kind != PATTERN_TEXT;
	case ITEM_FIN:
	case ITEM_RESET:
	case ITEM_UNREACHABLE:
	case ITEM_SYN:
	case ITEM_ACK:
	case ITEM_ANY_ORDER:
		break;
	}
	return false;
}

/* The first that more than one answer fits, whatever was asked. NULL: none. */
static const struct item *loose_item(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct item *inner;

		if (is_loose(&items[i]))
			return &items[i];
		inner = loose_item(items[i].items, items[i].item_count);
		if (inner)
			return inner;
	}
	return NULL;
}

/* A flow one side of which never ended, beside a line that does not care. NULL: none. */
static const struct pairing *endless(const struct look *look, int *side)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != TRANSPORT_TCP ||
		    !pairing->flow->established || !pairing->flow->ended || pairing->flow->ended_how != EVENT_FIN)
			continue;
		for (*side = 0; *side < 2; ++*side)
			if (!event_from(pairing->flow, *side, EVENT_FIN))
				return pairing;
	}
	return NULL;
}

static bool advise_on_item(const struct look *look)
{
	for (size_t i = 0; i < look->scene->trace->entry_count; i++) {
		const struct entry *entry = &look->scene->trace->entries[i];
		const struct item *item = NULL;

		if (entry->kind != ENTRY_FLOW)
			continue;
		item = loose_item(entry->flow.items, entry->flow.item_count);
		if (item || (!entry->flow.item_count && entry->flow.outcome == OUTCOME_OPEN)) {
			say_next(look, "Look at %s: it allows more than a right answer. Which arrow of the picture would a right "
			               "program not send, or send otherwise? Write the line that says so.", line_said(look, entry, item));
			return true;
		}
	}
	return false;
}

static void advise(const struct look *look)
{
	int side;
	const struct pairing *pairing = endless(look, &side);

	if (pairing)
		say_next(look, "%s never ended its side of the connection. A `fin` that no line lists is free, so it may be missing: "
		               "list both.", name_at(look, &pairing->flow->address[side]));
	else if (!advise_on_item(look))
		say_next(look, "Which arrow of the picture would a right program not send, or send otherwise? Write the line "
		               "that says so.");
}

bool find_trace_too_loose(const struct look *look)
{
	if (!student_trace_judged(look->scene->lesson_case) ||
	    look->scene->lesson_case->student_trace_kind != STUDENT_TRACE_REJECTS)
		return false;
	say_seen(look, "Your trace lets this program pass, and it should not.");
	say_means(look, "The program is wrong, and all that it does is what %s says.", look->scene->trace->file);
	advise(look);
	return true;
}
