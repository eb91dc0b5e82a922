/* ladder.c - see ladder.h. First rows are listed (what, when, between whom), then
 * sorted by time, then each is drawn into a line of cells. */
#include "ladder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARGIN 11 /* mark and time */
#define COLUMNS_MAX 8
#define ROWS_MAX 32 /* beyond that it is no picture any more */
#define ROWS_AFTER 8 /* of them behind the first wrong one */
#define WIDTH_MAX 200

enum mark { MARK_NONE, MARK_FIRST, MARK_WRONG, MARK_MISSING, MARK_FIRST_MISSING };

struct row {
	int64_t time_ns;
	size_t order; /* of equal times */
	char from[64], to[64];
	uint16_t from_port, to_port; /* 0 = none shown */
	char label[160];
	enum mark mark;
	bool lost;    /* nobody answered: the arrow ends in the air */
};

struct rows {
	struct row *rows;
	size_t count, capacity;
};

struct picture {
	const struct scene *scene;
	const struct match *match;
	const struct ladder_style *style;
	struct rows rows;
	char column[COLUMNS_MAX][64];
	size_t column_count;
};

/* ---- the rows ---- */

static struct row *add_row(struct picture *picture, int64_t time_ns, enum mark mark)
{
	struct rows *rows = &picture->rows;

	mem_room(rows->rows, rows->count, rows->capacity);
	rows->rows[rows->count] = (struct row){.time_ns = time_ns, .order = rows->count, .mark = mark};
	return &rows->rows[rows->count++];
}

static bool is_missing(const struct row *row)
{
	return row->mark == MARK_MISSING || row->mark == MARK_FIRST_MISSING;
}

static void add_column(struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->column_count; i++)
		if (!strcmp(picture->column[i], name))
			return;
	if (picture->column_count < COLUMNS_MAX)
		snprintf(picture->column[picture->column_count++], sizeof picture->column[0], "%.63s", name);
}

/* The ends of an arrow from SIDE of the flow to the other. */
static void set_ends(const struct picture *picture, struct row *row, const struct flow *flow, int side)
{
	snprintf(row->from, sizeof row->from, "%s", scene_name(picture->scene, &flow->address[side]));
	snprintf(row->to, sizeof row->to, "%s", scene_name(picture->scene, &flow->address[!side]));
	row->from_port = flow->port[side];
	row->to_port = flow->port[!side];
}

/* Cuts text that is longer than a label, visibly. */
static void set_label(struct row *row, const char *text)
{
	if (snprintf(row->label, sizeof row->label, "%s", text) >= (int)sizeof row->label)
		memcpy(row->label + sizeof row->label - 4, "...", 4);
}

static void label_bytes(struct row *row, const uint8_t *bytes, size_t kept, size_t length)
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

static void label_event(struct row *row, const struct event *event, size_t offset, size_t length)
{
	size_t kept = event->kept > offset ? event->kept - offset : 0;

	switch (event->kind) {
	case EVENT_MESSAGE:
		label_bytes(row, event->bytes + offset, length < kept ? length : kept, length);
		break;
	case EVENT_FIN:
		snprintf(row->label, sizeof row->label, "end (FIN)");
		break;
	case EVENT_RESET:
		snprintf(row->label, sizeof row->label, "reset (RST)");
		break;
	case EVENT_UNREACHABLE:
		snprintf(row->label, sizeof row->label, "unreachable (ICMP)");
		break;
	case EVENT_SYN:
		snprintf(row->label, sizeof row->label, event->ack ? "syn seq 0 ack %" PRIu64 : "syn seq 0", event->ack);
		break;
	case EVENT_ACK:
		snprintf(row->label, sizeof row->label, "ack %" PRIu64, event->ack);
		break;
	}
}

static void label_item(const struct picture *picture, struct row *row, const struct item *item)
{
	struct text text = {0};

	while (item->item_count)
		item = item->items; /* of a block, what begins it */
	if (item->kind == ITEM_MESSAGE && item->pattern.kind == PATTERN_TEXT) {
		struct text bytes = {0};

		match_expand(&item->pattern, &picture->scene->evidence.params, picture->match->bindings,
		             picture->match->binding_count, &bytes);
		text_add_quoted(&text, text_string(&bytes), bytes.length);
		text_free(&bytes);
	} else if (item->kind == ITEM_MESSAGE) {
		trace_print_pattern(&item->pattern, &text);
	} else if (item->kind == ITEM_SYN || item->kind == ITEM_ACK) {
		trace_print_item(item, &text);
		memmove(text.data, text.data + 3, text.length - 2); /* without its arrow */
	} else {
		text_add(&text, item->kind == ITEM_FIN ? "end (FIN)"
		                                       : item->kind == ITEM_RESET ? "reset (RST)" : "unreachable (ICMP)");
	}
	set_label(row, text_string(&text));
	text_free(&text);
}

static void add_opening(struct picture *picture, const struct pairing *pairing, enum mark mark)
{
	const struct flow *flow = pairing->flow;
	struct row *row;

	if (flow->transport == TRANSPORT_UDP || !flow->saw_syn)
		return;
	row = add_row(picture, flow->opened_ns, flow->refused ? MARK_NONE : mark);
	set_ends(picture, row, flow, 0);
	row->lost = !flow->refused && !flow->syn_answered;
	snprintf(row->label, sizeof row->label, flow->refused ? "call (SYN)" : row->lost ? "call (SYN), no answer" : "open");
	if (!flow->refused)
		return;
	row = add_row(picture, flow->opened_ns, mark);
	set_ends(picture, row, flow, 1);
	snprintf(row->label, sizeof row->label, "refused (RST)");
}

static bool has_reversed(const struct pairing *pairing)
{
	return pairing->header & HEADER_REVERSED;
}

static void add_missing(struct picture *picture, const struct pairing *pairing, const struct match_step *step,
                        enum mark mark)
{
	struct row *row = add_row(picture, step->time_ns, mark);
	bool along = step->item->direction == DIRECTION_ALONG;

	set_ends(picture, row, pairing->flow, along == has_reversed(pairing));
	label_item(picture, row, step->item);
}

/* Whether a step tells of this event already. */
static bool is_told(const struct pairing *pairing, size_t event)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].event == event)
			return true;
	return false;
}

static void add_event(struct picture *picture, const struct flow *flow, size_t index, size_t offset, size_t length,
                      enum mark mark)
{
	const struct event *event = &flow->events[index];
	struct row *row = add_row(picture, event->time_ns, mark);

	set_ends(picture, row, flow, event->direction == DIRECTION_AGAINST);
	if (event->kind == EVENT_UNREACHABLE) {
		row->from_port = row->to_port = 0;
		snprintf(row->from, sizeof row->from, "%s", scene_name(picture->scene, &event->icmp_source));
	}
	label_event(row, event, offset, length);
}

/* The steps of a flow, and between them the ends that no item asked for. */
static void add_flow(struct picture *picture, const struct pairing *pairing, size_t first_step)
{
	const struct flow *flow = pairing->flow;
	size_t untold = 0;

	for (size_t i = 0; i <= pairing->step_count; i++) {
		const struct match_step *step = i < pairing->step_count ? &pairing->steps[i] : NULL;
		size_t until = !step ? flow->event_count : step->event == MATCH_NO_EVENT ? untold : step->event;
		enum mark mark = MARK_NONE;

		for (; untold < until; untold++)
			if (!is_told(pairing, untold))
				add_event(picture, flow, untold, 0, flow->events[untold].length,
				          pairing->entry ? MARK_NONE : MARK_WRONG);
		if (!step)
			continue;
		if (step->status == STEP_MISSING && pairing->header & HEADER_OUTCOME)
			continue; /* where nothing was opened, all the rest is missing, of course */
		if (step->status == STEP_MISSING) {
			add_missing(picture, pairing, step, i == first_step ? MARK_FIRST_MISSING : MARK_MISSING);
			continue;
		}
		if (step->status != STEP_MATCHED)
			mark = i == first_step ? MARK_FIRST : MARK_WRONG;
		add_event(picture, flow, step->event, step->offset, step->length, mark);
	}
}

static void add_never_came(struct picture *picture, const struct pairing *pairing, bool first)
{
	const struct expected_flow *flow = &pairing->entry->flow;
	struct row *row = add_row(picture, INT64_MAX, first ? MARK_FIRST_MISSING : MARK_MISSING);

	snprintf(row->from, sizeof row->from, "%s", flow->opener.host);
	snprintf(row->to, sizeof row->to, "%s", flow->target.host);
	row->from_port = match_port(&flow->opener, &picture->scene->evidence.params, picture->match->bindings,
	                            picture->match->binding_count);
	row->to_port = match_port(&flow->target, &picture->scene->evidence.params, picture->match->bindings,
	                          picture->match->binding_count);
	if (flow->transport == TRANSPORT_TCP)
		snprintf(row->label, sizeof row->label, "open");
	else if (flow->item_count)
		label_item(picture, row, &flow->items[0]);
}

static int by_time(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void list_rows(struct picture *picture, size_t view)
{
	for (size_t i = 0; i < picture->match->pairing_count; i++) {
		const struct pairing *pairing = &picture->match->pairings[i];
		bool first = i == picture->match->first;
		size_t first_step = first ? picture->match->first_step : SIZE_MAX;
		enum mark mark = MARK_NONE;
		size_t from;

		if (pairing->view != view)
			continue;
		if (!pairing->flow) {
			add_never_came(picture, pairing, first);
			continue;
		}
		if (!pairing->entry || pairing->never || pairing->header || pairing->out_of_order)
			mark = first && first_step == SIZE_MAX ? MARK_FIRST : MARK_WRONG;
		from = picture->rows.count;
		add_opening(picture, pairing, mark);
		add_flow(picture, pairing, first_step);
		/* A datagram has no opening row: the first one that came carries the mark. */
		while (from < picture->rows.count && is_missing(&picture->rows.rows[from]))
			from++;
		if (mark != MARK_NONE && from < picture->rows.count && pairing->flow->transport == TRANSPORT_UDP)
			picture->rows.rows[from].mark = mark;
	}
	if (picture->rows.count)
		qsort(picture->rows.rows, picture->rows.count, sizeof *picture->rows.rows, by_time);
}

/* Hosts of the lesson in its order, then strangers. */
static void list_columns(struct picture *picture)
{
	const struct lesson *lesson = picture->scene->lesson;
	const struct rows *rows = &picture->rows;

	for (size_t host = 0; host < lesson->host_count; host++)
		for (size_t i = 0; i < rows->count; i++)
			if (!strcmp(rows->rows[i].from, lesson->hosts[host].name) ||
			    !strcmp(rows->rows[i].to, lesson->hosts[host].name))
				add_column(picture, lesson->hosts[host].name);
	for (size_t i = 0; i < rows->count; i++) {
		if (strcmp(rows->rows[i].from, "*"))
			add_column(picture, rows->rows[i].from);
		if (strcmp(rows->rows[i].to, "*"))
			add_column(picture, rows->rows[i].to);
	}
}

/* ---- the drawing ---- */

/* One character cell, in UTF-8. */
struct line {
	char cell[WIDTH_MAX][5];
	int width;
};

struct glyphs {
	const char *rail, *shaft, *dotted, *right, *left, *lost, *first, *wrong, *missing;
};

static const struct glyphs unicode_glyphs = {"│", "─", "┄", "▶", "◀", "╳", "✗", "!", "?"};
static const struct glyphs ascii_glyphs = {"|", "-", ".", ">", "<", "x", "X", "!", "?"};

static const struct glyphs *glyphs_of(const struct picture *picture)
{
	return picture->style->unicode ? &unicode_glyphs : &ascii_glyphs;
}

static void put_cell(struct line *line, int at, const char *glyph)
{
	if (at >= 0 && at < line->width)
		snprintf(line->cell[at], sizeof line->cell[at], "%s", glyph);
}

/* ASCII only: labels are quoted. */
static void put_text(struct line *line, int at, const char *text)
{
	char glyph[2] = {0};

	for (; *text; text++) {
		glyph[0] = *text;
		put_cell(line, at++, glyph);
	}
}

static int column_at(const struct picture *picture, const struct line *line, size_t column)
{
	int room = line->width - MARGIN - 2;

	if (picture->column_count < 2)
		return MARGIN;
	return MARGIN + (int)column * room / (int)(picture->column_count - 1);
}

static size_t find_column(const struct picture *picture, const char *name)
{
	for (size_t i = 0; i < picture->column_count; i++)
		if (!strcmp(picture->column[i], name))
			return i;
	return 0;
}

static void start_line(const struct picture *picture, struct line *line)
{
	line->width = picture->style->width < WIDTH_MAX ? picture->style->width : WIDTH_MAX;
	for (int i = 0; i < line->width; i++)
		put_cell(line, i, " ");
}

static void draw_rails(const struct picture *picture, struct line *line)
{
	for (size_t i = 0; i < picture->column_count; i++)
		put_cell(line, column_at(picture, line, i), glyphs_of(picture)->rail);
}

static const char *colour_of(enum mark mark)
{
	switch (mark) {
	case MARK_NONE: return "";
	case MARK_FIRST:
	case MARK_WRONG: return "\033[31m";
	case MARK_MISSING:
	case MARK_FIRST_MISSING: return "\033[33m";
	}
	return "";
}

static void end_line(const struct picture *picture, const struct line *line, enum mark mark, struct text *out)
{
	bool coloured = picture->style->colour && mark != MARK_NONE;
	int last = line->width;

	while (last && !strcmp(line->cell[last - 1], " "))
		last--;
	if (coloured)
		text_add(out, colour_of(mark));
	for (int i = 0; i < last; i++)
		text_add(out, line->cell[i]);
	text_add(out, coloured ? "\033[0m\n" : "\n");
}

static void draw_names(const struct picture *picture, struct text *out)
{
	struct line line;

	start_line(picture, &line);
	put_text(&line, MARGIN - 5, "ms");
	for (size_t i = 0; i < picture->column_count; i++) {
		int length = (int)strlen(picture->column[i]), at = column_at(picture, &line, i);

		at = at + length > line.width ? line.width - length : at;
		put_text(&line, at, picture->column[i]);
	}
	end_line(picture, &line, MARK_NONE, out);
}

static void draw_margin(const struct picture *picture, struct line *line, const struct row *row, int64_t start_ns)
{
	const struct glyphs *glyphs = glyphs_of(picture);
	char time[24];

	switch (row->mark) {
	case MARK_NONE: break;
	case MARK_FIRST:
	case MARK_FIRST_MISSING: put_cell(line, 1, glyphs->first); break;
	case MARK_WRONG: put_cell(line, 1, glyphs->wrong); break;
	case MARK_MISSING: put_cell(line, 1, glyphs->missing); break;
	}
	if (is_missing(row) || row->time_ns == INT64_MAX)
		return;
	snprintf(time, sizeof time, "%7.1f", (double)(row->time_ns - start_ns) / 1e6);
	put_text(line, 2, time);
}

/* Cuts the label to ROOM, so that an ending quote stays visible as "...". */
static void fit_label(char *label, int room)
{
	if (room < 4)
		label[0] = '\0';
	else if ((int)strlen(label) > room)
		snprintf(label + room - 3, 4, "...");
}

/* In the middle of the cells from LEFT to RIGHT, as far as BEGIN and END allow. */
static void put_label(struct line *line, char *label, int left, int right, int begin, int end)
{
	int at, length;

	fit_label(label, end - begin);
	length = (int)strlen(label);
	at = left + (right - left + 1 - length) / 2;
	if (at + length > end)
		at = end - length;
	put_text(line, at < begin ? begin : at, label);
}

static void draw_arrow(const struct picture *picture, struct line *line, const struct row *row)
{
	const struct glyphs *glyphs = glyphs_of(picture);
	int from = column_at(picture, line, find_column(picture, row->from));
	int to = column_at(picture, line, find_column(picture, row->to));
	bool rightward = from < to;
	int left = (rightward ? from : to) + 1, right = rightward ? to : from; /* the cells between the rails */
	int begin = rightward ? left : left + 1, end = rightward ? right - 1 : right; /* but for the arrow's head */
	char label[200], left_port[8] = "", right_port[8] = "";

	if (left > right)
		return;
	for (int at = left; at < right; at++)
		put_cell(line, at, is_missing(row) ? glyphs->dotted : glyphs->shaft);
	put_cell(line, rightward ? right - 1 : left, row->lost ? glyphs->lost : rightward ? glyphs->right : glyphs->left);
	if (row->from_port)
		snprintf(rightward ? left_port : right_port, 8, ":%u", row->from_port);
	if (row->to_port)
		snprintf(rightward ? right_port : left_port, 8, ":%u", row->to_port);
	if (end - begin - (int)strlen(left_port) - (int)strlen(right_port) >= 4) {
		put_text(line, begin, left_port);
		begin += (int)strlen(left_port);
		end -= (int)strlen(right_port);
		put_text(line, end, right_port);
	}
	snprintf(label, sizeof label, " %s%s ", row->label, is_missing(row) ? ", missing" : "");
	put_label(line, label, left, right, begin, end);
}

static int64_t start_of(const struct picture *picture)
{
	return picture->rows.count ? picture->rows.rows[0].time_ns : 0;
}

/* Where the rows that are shown begin: so that the first wrong arrow is one of them. */
static size_t first_shown(const struct picture *picture)
{
	const struct rows *rows = &picture->rows;
	size_t first = 0;

	while (first < rows->count && rows->rows[first].mark != MARK_FIRST && rows->rows[first].mark != MARK_FIRST_MISSING)
		first++;
	if (first == rows->count || first < ROWS_MAX)
		return 0;
	return first + ROWS_AFTER < rows->count ? first + ROWS_AFTER - ROWS_MAX : rows->count - ROWS_MAX;
}

static void draw_rows(const struct picture *picture, struct text *out)
{
	size_t from = first_shown(picture), to = picture->rows.count;
	struct line line;

	if (to > from + ROWS_MAX + 1)
		to = from + ROWS_MAX;
	if (from)
		text_printf(out, "%*s... %zu before\n", MARGIN, "", from);
	for (size_t i = from; i < to; i++) {
		const struct row *row = &picture->rows.rows[i];

		start_line(picture, &line);
		draw_rails(picture, &line);
		draw_margin(picture, &line, row, start_of(picture));
		draw_arrow(picture, &line, row);
		end_line(picture, &line, row->mark, out);
	}
	if (to < picture->rows.count)
		text_printf(out, "%*s... and %zu more\n", MARGIN, "", picture->rows.count - to);
}

void ladder_draw(const struct scene *scene, const struct match *match, size_t view, const struct ladder_style *style,
                 struct text *out)
{
	struct picture picture = {.scene = scene, .match = match, .style = style};

	list_rows(&picture, view);
	list_columns(&picture);
	if (!picture.rows.count) {
		text_printf(out, "      (not a single packet on %s.%s)\n", scene->views[view].host,
		            scene->views[view].interface);
		return;
	}
	draw_names(&picture, out);
	draw_rows(&picture, out);
	free(picture.rows.rows);
}
