/* report.c - see report.h. */
#include "report.h"

#include <string.h>

static const char *const marks[][2] = {{"ok  ", "✓"}, {"no  ", "✗"}, {"??  ", "?"}};
static const char *const colours[] = {"\033[32m", "\033[31m", "\033[33m"};

/* A word that is longer than a line; *PARAGRAPH moves to what is left of it for the last line. */
static size_t cut_word(struct text *out, const char **paragraph, size_t length, int indent, size_t room)
{
	while (length > room) {
		size_t size = room;

		while (size > 1 && ((unsigned char)(*paragraph)[size] & 0xc0) == 0x80)
			size--; /* not in the middle of a character */
		text_add_bytes(out, *paragraph, size);
		text_printf(out, "\n%*s", indent, "");
		*paragraph += size;
		length -= size;
	}
	return length;
}

void report_wrap(struct text *out, const char *paragraph, int indent, int width)
{
	size_t room = width > indent ? (size_t)(width - indent) : 1, column = 0;

	text_printf(out, "%*s", *paragraph ? indent : 0, "");
	paragraph += strspn(paragraph, " \n");
	while (*paragraph) {
		size_t length = strcspn(paragraph, " \n"), gap;

		length = cut_word(out, &paragraph, length, indent, room);
		text_add_bytes(out, paragraph, length);
		column += length;
		paragraph += length;
		/* Spaces stay as they are, they may be quoted; but where a line ends. */
		gap = strspn(paragraph, " \n");
		paragraph += gap;
		if (*paragraph && column + gap + strcspn(paragraph, " \n") > room) {
			text_printf(out, "\n%*s", indent, "");
			column = 0;
		} else if (*paragraph) {
			text_printf(out, "%*s", (int)gap, "");
			column += gap;
		}
	}
	text_add(out, "\n");
}

static void add_heading(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                        struct text *out)
{
	const char *mark = marks[verdict->result][options->style.unicode];
	const char *on = options->style.colour ? colours[verdict->result] : "";
	const char *off = options->style.colour ? "\033[0m" : "";

	text_printf(out, "%s%s%s %s", on, mark, off, scene->lesson_case->title);
	text_printf(out, "  (%s, %d of %d point%s)\n", scene->lesson_case->name, verdict->points,
	            scene->lesson_case->points, scene->lesson_case->points == 1 ? "" : "s");
}

static const struct entry *first_entry(const struct match *match)
{
	const struct pairing *first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];

	if (!first)
		return match->where;
	return first->entry ? first->entry : first->never;
}

void report_expected(const struct scene *scene, const struct match *match, struct text *out)
{
	const struct pairing *first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];
	const struct entry *entry = first_entry(match);
	const struct item *item = NULL;
	struct text line = {0};

	if (!entry)
		return;
	if (first && first->entry && match->first_step != SIZE_MAX)
		item = first->steps[match->first_step].item;
	trace_print_line(entry, &line);
	text_printf(out, "    expected, %s:%d:  %s\n", scene->trace->file, item ? item->line : entry->line,
	            text_string(&line));
	text_free(&line);
	if (!item)
		return;
	trace_print_item(item, &line);
	text_printf(out, "        %s\n", text_string(&line));
	text_free(&line);
}

static void add_pictures(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                         struct text *out)
{
	size_t first = verdict->match.first;
	size_t other = first == SIZE_MAX ? 0 : verdict->match.pairings[first].view;

	for (size_t view = 0; view < scene->view_count; view++) {
		if (view && view != other && !options->pictures)
			continue; /* the other vantage points only where the fault is seen there */
		text_add(out, "\n");
		if (scene->view_count > 1)
			text_printf(out, "    seen on %s.%s:\n", scene->views[view].host, scene->views[view].interface);
		ladder_draw(scene, &verdict->match, view, &options->style, out);
	}
	text_add(out, "\n");
}

/* The call that the diagnosis names. */
static void add_named_call(const struct finding *finding, struct text *out)
{
	if (!finding->call.length)
		return;
	text_add(out, "    The call:  ");
	if (finding->file[0])
		text_printf(out, "%s:%d  ", finding->file, finding->line);
	text_printf(out, "%s\n", text_string(&finding->call));
}

static void add_sentence(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                         struct text *out)
{
	int width = options->style.width < 100 ? options->style.width : 100;
	struct text next = {0};

	report_wrap(out, text_string(&verdict->finding.seen), 4, width);
	report_wrap(out, text_string(&verdict->finding.means), 4, width);
	text_printf(&next, "Next: %s [%s]", text_string(&verdict->finding.next), verdict->finding.id);
	report_wrap(out, text_string(&next), 4, width);
	text_free(&next);
	report_expected(scene, &verdict->match, out);
	add_named_call(&verdict->finding, out);
}

/* What a program printed is the student's own: shown as it is, but for control
 * characters, which could rewrite the screen. */
static void add_output(const struct evidence_program *program, struct text *out)
{
	const char *at = program->output;

	if (!at || !*at)
		return;
	text_printf(out, "    %s on %s printed:\n", program->name, program->host);
	while (*at) {
		size_t length = strcspn(at, "\n");

		text_add(out, "      | ");
		for (size_t i = 0; i < length; i++)
			if (((unsigned char)at[i] >= 0x20 && at[i] != 0x7f) || at[i] == '\t')
				text_add_bytes(out, &at[i], 1);
			else
				text_printf(out, "\\x%02x", (unsigned char)at[i]);
		text_add(out, "\n");
		at += length + (at[length] == '\n');
	}
}

/* ---- calls ---- */

/* When the first packet was seen: the zero of the picture. */
static int64_t first_packet(const struct scene *scene)
{
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < scene->view_count && i < 1; i++)
		for (size_t flow = 0; flow < scene->views[i].flow_count; flow++)
			if (scene->views[i].flows[flow]->opened_ns < first)
				first = scene->views[i].flows[flow]->opened_ns;
	return first;
}

static void add_call(const struct call *call, int64_t zero_ns, bool several, struct text *out)
{
	text_printf(out, "  %7.1f  ", (double)(call->time_ns - zero_ns) / 1e6);
	text_printf(out, "%-8s", call->host);
	if (several)
		text_printf(out, "%d.%d  ", call->process, call->thread);
	text_printf(out, "%-16s ", call->line);
	call_print(call, out);
	text_add(out, "\n");
}

/* Not the programs' first processes alone: each needs its number. */
static bool has_several(const struct evidence *evidence)
{
	for (size_t i = 0; i < evidence->call_count; i++)
		if (evidence->calls[i].process != CALL_FIRST_PROCESS || evidence->calls[i].thread != CALL_FIRST_PROCESS)
			return true;
	return false;
}

static void add_calls(const struct scene *scene, struct text *out)
{
	const struct evidence *evidence = &scene->evidence;
	bool several = has_several(evidence);
	int64_t zero_ns = first_packet(scene);

	if (evidence->call_count && zero_ns == INT64_MAX)
		zero_ns = evidence->calls[0].time_ns;
	if (!evidence->call_count)
		text_add(out, "    no socket calls were seen\n");
	else
		text_printf(out, "    socket calls (ms, host, %sline, call):\n", several ? "process.thread, " : "");
	for (size_t i = 0; i < evidence->call_count; i++)
		add_call(&evidence->calls[i], zero_ns, several, out);
	if (evidence->calls_note[0])
		text_printf(out, "    (%s)\n", evidence->calls_note);
}

/* The call that failed first, beside the sentence that the packets made. */
static void add_failed_call(const struct scene *scene, struct text *out)
{
	const struct call *call = call_failed(scene->evidence.calls, scene->evidence.call_count);

	if (!call)
		return;
	text_printf(out, "    failed on %s:  ", call->host);
	call_print_line(call, out);
	text_add(out, "\n");
}

void report_case(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                 struct text *out)
{
	add_heading(scene, verdict, options, out);
	switch (verdict->result) {
	case VERDICT_RIGHT:
		if (options->pictures)
			add_pictures(scene, verdict, options, out);
		break;
	case VERDICT_WRONG:
		if (options->told && !strcmp(options->told, verdict->finding.id)) {
			text_printf(out, "    The same as above [%s]; `windsock show %s` draws it.\n", verdict->finding.id,
			            scene->lesson_case->name);
			break;
		}
		add_pictures(scene, verdict, options, out);
		add_sentence(scene, verdict, options, out);
		if (!verdict->finding.call.length)
			add_failed_call(scene, out);
		break;
	case VERDICT_INCONCLUSIVE:
		text_add(out, "\n");
		report_wrap(out, "This run says nothing about your program:", 4, options->style.width);
		report_wrap(out, verdict->trouble, 4, options->style.width);
		break;
	}
	if (options->calls)
		add_calls(scene, out);
	for (size_t i = 0; options->output && i < scene->evidence.program_count; i++)
		add_output(&scene->evidence.programs[i], out);
	if (verdict->result != VERDICT_RIGHT || options->pictures || options->calls)
		text_add(out, "\n");
}
