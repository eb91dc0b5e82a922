/* report.c - see report.h. */
#include "report.h"

#include "directions.h"
#include "observe.h"
#include "svg.h"

#include <string.h>

#define FLOWS_GLANCE 2 /* lines of the table below a right case: what can be taken in at a glance */
#define FLOWS_MOST 40

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

void report_divergence(const struct scene *scene, const struct match *match, struct text *expected,
                       struct text *observed, struct text *where)
{
	const struct pairing *first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];
	const struct entry *entry = first_entry(match);
	struct observe_options options = {.hosts = &scene->hosts, .views = trace_views(scene->trace)};
	const struct item *item = NULL;

	if (first && first->flow)
		observe_print(first->flow, &options, observed);
	if (!entry)
		return;
	if (first && first->entry && match->first_step != SIZE_MAX)
		item = first->steps[match->first_step].item;
	trace_print_line(entry, expected);
	if (item) {
		text_add(expected, "\n    ");
		trace_print_item(item, expected);
	}
	text_printf(where, "%s:%d", scene->trace->file, item ? item->line : entry->line);
}

static enum picture_calls calls_for(const struct verdict *verdict, const struct report_options *options)
{
	if (options->calls)
		return PICTURE_ALL_CALLS;
	return verdict->result == VERDICT_WRONG ? PICTURE_SOME_CALLS : PICTURE_NO_CALLS;
}

/* The first is judged in any case, others where the trace names them: only then are they in the picture. */
static bool is_judged(const struct match *match, size_t view)
{
	for (size_t i = 0; view && i < match->pairing_count; i++)
		if (match->pairings[i].view == view)
			return true;
	return !view;
}

/* "hub.eth0, home.wan and cloud.eth0" */
static void add_views(const struct scene *scene, const struct match *match, const char *last, struct text *out)
{
	size_t count = 0, said = 0;

	for (size_t view = 0; view < scene->view_count; view++)
		count += is_judged(match, view);
	for (size_t view = 0; view < scene->view_count; view++)
		if (is_judged(match, view))
			text_printf(out, "%s%s.%s", !said++ ? "" : said == count ? last : ", ", scene->views[view].host,
			            scene->views[view].interface);
}

void report_ladder(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                   struct text *out)
{
	struct picture_options all = {PICTURE_EVERY_VIEW, calls_for(verdict, options)};
	struct picture picture;

	picture_make(scene, &verdict->match, &all, &picture);
	ladder_draw(&picture, &options->style, out);
	picture_free(&picture);
}

static bool has_arrows(const struct picture *picture)
{
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].kind == PICTURE_ARROW)
			return true;
	return false;
}

static void add_picture(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                        struct text *out)
{
	struct picture_options all = {PICTURE_EVERY_VIEW, calls_for(verdict, options)};
	struct picture picture;

	picture_make(scene, &verdict->match, &all, &picture);
	text_add(out, "\n");
	if (!has_arrows(&picture)) {
		text_add(out, "      (not a single packet on ");
		add_views(scene, &verdict->match, " or ", out);
		text_add(out, ")\n");
	} else if (scene->view_count > 1) {
		text_add(out, "    seen on ");
		add_views(scene, &verdict->match, " and ", out);
		text_add(out, ":\n");
	}
	ladder_draw(&picture, &options->style, out);
	if (options->calls && !scene->evidence.call_count)
		text_add(out, "    no socket calls were seen\n");
	if (options->calls && scene->evidence.calls_note[0])
		text_printf(out, "    (%s)\n", scene->evidence.calls_note);
	text_add(out, "\n");
	picture_free(&picture);
}

/* The call that the diagnosis names. */
static void add_named_call(const struct finding *finding, struct text *out)
{
	if (!finding->call.length)
		return;
	text_add(out, "    The call: ");
	if (finding->file[0])
		text_printf(out, "%s:%d: ", finding->file, finding->line);
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

/* ---- flows ---- */

void report_flows(const struct scene *scene, int width, struct text *out)
{
	for (size_t view = 0; view < scene->view_count; view++) {
		size_t lines;

		if (scene->view_count > 1)
			text_printf(out, "    flows seen on %s.%s:\n", scene->views[view].host, scene->views[view].interface);
		lines = directions_table(scene, view, 4, width, FLOWS_MOST, out);
		if (!lines)
			text_add(out, "    no flow was seen\n");
		else if (lines > FLOWS_MOST)
			text_printf(out, "    %zu flows, too many for a table: `windsock show --trace` prints them\n", lines);
	}
}

/* Below a case that is right: what there is to learn from it, when that is a line or two. */
static void add_glance(const struct scene *scene, const struct report_options *options, struct text *out)
{
	if (scene->view_count)
		(void)directions_table(scene, 0, 4, options->style.width, FLOWS_GLANCE, out);
}

static void add_indented(const char *lines, struct text *out)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		text_printf(out, "    %.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

void report_trace(const struct scene *scene, struct text *out)
{
	struct observe_options options = {.hosts = &scene->hosts, .views = trace_views(scene->trace)};

	for (size_t view = 0; view < scene->view_count; view++) {
		struct text lines = {0};

		for (size_t i = 0; i < scene->views[view].flow_count; i++)
			observe_print(scene->views[view].flows[i], &options, &lines);
		if (!lines.length)
			text_printf(out, "# nothing was seen on %s.%s\n", scene->views[view].host, scene->views[view].interface);
		else if (view)
			text_printf(out, "at %s.%s\n", scene->views[view].host, scene->views[view].interface);
		if (view)
			add_indented(text_string(&lines), out);
		else
			text_add(out, text_string(&lines));
		text_free(&lines);
	}
}

/* ---- as SVG ---- */

void report_svg(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                struct text *out)
{
	static const char *const words[] = {"right", "wrong", "this run says nothing"};
	struct picture_options all = {PICTURE_EVERY_VIEW, calls_for(verdict, options)};
	struct text title = {0}, sentence = {0};
	struct picture picture;

	text_printf(&title, "%s: %s (%s)", scene->lesson->name, scene->lesson_case->title, words[verdict->result]);
	if (verdict->result == VERDICT_WRONG && !options->bare)
		text_printf(&sentence, "%s %s Next: %s", text_string(&verdict->finding.seen),
		            text_string(&verdict->finding.means), text_string(&verdict->finding.next));
	else if (verdict->result == VERDICT_INCONCLUSIVE)
		text_add(&sentence, verdict->trouble);
	picture_make(scene, &verdict->match, &all, &picture);
	svg_draw(&picture, text_string(&title), text_string(&sentence), out);
	picture_free(&picture);
	text_free(&sentence);
	text_free(&title);
}

/* ---- the whole ---- */

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

static void add_right(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                      struct text *out)
{
	if (options->pictures || options->calls)
		add_picture(scene, verdict, options, out);
	if (!options->flows)
		add_glance(scene, options, out);
}

static void add_wrong(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                      struct text *out)
{
	if (options->told && !options->calls && !strcmp(options->told, verdict->finding.id)) {
		text_printf(out, "    The same as above [%s]; `windsock show %s` draws it.\n", verdict->finding.id,
		            scene->lesson_case->name);
		return;
	}
	add_picture(scene, verdict, options, out);
	add_sentence(scene, verdict, options, out);
	if (!verdict->finding.call.length)
		add_failed_call(scene, out);
}

void report_case(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                 struct text *out)
{
	add_heading(scene, verdict, options, out);
	switch (verdict->result) {
	case VERDICT_RIGHT: add_right(scene, verdict, options, out); break;
	case VERDICT_WRONG: add_wrong(scene, verdict, options, out); break;
	case VERDICT_INCONCLUSIVE:
		text_add(out, "\n");
		report_wrap(out, "This run says nothing about your program:", 4, options->style.width);
		report_wrap(out, verdict->trouble, 4, options->style.width);
		break;
	}
	if (verdict->prediction.length)
		report_wrap(out, text_string(&verdict->prediction), 4, options->style.width);
	if (options->flows) {
		text_add(out, verdict->result == VERDICT_WRONG ? "\n" : "");
		report_flows(scene, options->style.width, out);
	}
	for (size_t i = 0; options->output && i < scene->evidence.program_count; i++)
		add_output(&scene->evidence.programs[i], out);
	if (verdict->result != VERDICT_RIGHT || options->pictures || options->calls)
		text_add(out, "\n");
}
