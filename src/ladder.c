/* ladder.c - see ladder.h. Each row of the picture is drawn into a line of cells. */
#include "ladder.h"

#include "glyph.h"

#include <stdio.h>
#include <string.h>

#define MARGIN 11 /* mark and time */
#define WIDTH_MAX 200

/* Each cell holds a character in UTF-8, with the marks that stand on it; "" is the right half of a wide one. */
struct line {
	char cell[WIDTH_MAX][16];
	int width;
};

struct glyphs {
	const char *rail, *shaft, *dotted, *right, *left, *lost, *cross, *from_left, *from_right, *first, *wrong, *missing;
};

static const struct glyphs unicode_glyphs = {"│", "─", "┄", "▶", "◀", "╳", "┼", "├", "┤", "✗", "!", "?"};
static const struct glyphs ascii_glyphs = {"|", "-", ".", ">", "<", "x", "+", "+", "+", "X", "!", "?"};

/* A picture on its way to paper. */
struct drawing {
	const struct picture *picture;
	const struct ladder_style *style;
	const struct glyphs *glyphs;
	struct text *out;
	bool addresses; /* they have room */
	struct line line;
};

/* ---- cells ---- */

static void put_cell(struct line *line, int at, const char *glyph)
{
	if (at >= 0 && at < line->width)
		snprintf(line->cell[at], sizeof line->cell[at], "%s", glyph);
}

static void add_to_cell(struct line *line, int at, const char *glyph)
{
	if (at >= 0 && at < line->width && strlen(line->cell[at]) + strlen(glyph) < sizeof line->cell[at])
		strcat(line->cell[at], glyph);
}

/* From AT on, up to END. Returns where it ended. */
static int put_text(struct drawing *drawing, int at, int end, const char *text)
{
	struct line *line = &drawing->line;

	for (; *text; text += glyph_at(text).length) {
		struct glyph glyph = glyph_at(text);
		char bytes[5];

		if (!drawing->style->unicode && glyph.code >= 0x80)
			glyph = (struct glyph){'?', glyph.length, glyph.cells ? 1 : 0};
		glyph_print(glyph.code, bytes);
		if (at + glyph.cells > end || at + glyph.cells > line->width)
			return at;
		if (!glyph.cells && drawing->style->unicode)
			add_to_cell(line, at - 1, bytes);
		if (!glyph.cells)
			continue;
		put_cell(line, at, bytes);
		if (glyph.cells == 2)
			line->cell[at + 1][0] = '\0';
		at += glyph.cells;
	}
	return at;
}

/* Cut visibly where there is too little room. */
static void put_fitting(struct drawing *drawing, int at, int end, const char *text)
{
	if (glyph_width(text) <= end - at)
		(void)put_text(drawing, at, end, text);
	else if (end - at >= 4)
		(void)put_text(drawing, put_text(drawing, at, end - 3, text), end, "...");
}

static int column_at(const struct drawing *drawing, size_t column)
{
	int room = drawing->line.width - MARGIN - 2;

	if (drawing->picture->column_count < 2)
		return MARGIN;
	return MARGIN + (int)column * room / (int)(drawing->picture->column_count - 1);
}

static void start_line(struct drawing *drawing)
{
	drawing->line.width = drawing->style->width < WIDTH_MAX ? drawing->style->width : WIDTH_MAX;
	for (int i = 0; i < drawing->line.width; i++)
		put_cell(&drawing->line, i, " ");
}

static void draw_rails(struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->picture->column_count; i++)
		put_cell(&drawing->line, column_at(drawing, i), drawing->glyphs->rail);
}

/* ---- lines ---- */

static const char *colour_of(enum picture_mark mark)
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

static void end_line(struct drawing *drawing, const char *colour)
{
	bool coloured = drawing->style->colour && *colour;
	int last = drawing->line.width;

	while (last && !strcmp(drawing->line.cell[last - 1], " "))
		last--;
	if (coloured)
		text_add(drawing->out, colour);
	for (int i = 0; i < last; i++)
		text_add(drawing->out, drawing->line.cell[i]);
	text_add(drawing->out, coloured ? "\033[0m\n" : "\n");
}

/* A name starts at its column, as far as its neighbours and the margin allow. */
static void draw_names(struct drawing *drawing)
{
	size_t count = drawing->picture->column_count;

	start_line(drawing);
	(void)put_text(drawing, MARGIN - 5, MARGIN, "ms");
	for (size_t i = 0; i < count; i++) {
		const char *name = drawing->picture->column[i];
		int length = glyph_width(name), at = column_at(drawing, i);
		int end = i + 1 < count ? column_at(drawing, i + 1) - 1 : drawing->line.width;

		if (i + 2 == count && end > drawing->line.width - glyph_width(drawing->picture->column[i + 1]) - 1)
			end = drawing->line.width - glyph_width(drawing->picture->column[i + 1]) - 1;
		if (i && i + 1 == count && at + length > end)
			at = end - length;
		put_fitting(drawing, at < 0 ? 0 : at, end, name);
	}
	end_line(drawing, "");
}

static void draw_margin(struct drawing *drawing, const struct picture_row *row)
{
	const struct glyphs *glyphs = drawing->glyphs;
	char time[32], padded[40];

	switch (row->mark) {
	case MARK_NONE: break;
	case MARK_FIRST:
	case MARK_FIRST_MISSING: put_cell(&drawing->line, 1, glyphs->first); break;
	case MARK_WRONG: put_cell(&drawing->line, 1, glyphs->wrong); break;
	case MARK_MISSING: put_cell(&drawing->line, 1, glyphs->missing); break;
	}
	snprintf(padded, sizeof padded, "%7s", picture_time(drawing->picture, row, time, sizeof time));
	if (time[0])
		(void)put_text(drawing, 2, MARGIN, padded);
}

/* ---- arrows ---- */

/* The cells of an arrow that are left for its label. */
struct stretch {
	int left, right; /* between the rails: the middle of the label is theirs */
	int begin, end;  /* free */
};

/* Returns how many cells that took. */
static int put_end(struct drawing *drawing, int at, bool leftward, const char *text)
{
	int length = glyph_width(text);

	at = leftward ? at - length : at;
	(void)put_text(drawing, at, at + length, text);
	return length;
}

/* What stands at the ends of an arrow. */
struct ends {
	char from[PICTURE_END], to[PICTURE_END];
	int length; /* of both, in cells */
};

static struct ends name_ends(const struct picture_row *row, bool addresses)
{
	static const struct address none;
	struct ends ends;

	ends.length = glyph_width(picture_end(addresses ? &row->from_address : &none, row->from_port, ends.from, PICTURE_END)) +
	              glyph_width(picture_end(addresses ? &row->to_address : &none, row->to_port, ends.to, PICTURE_END));
	return ends;
}

/* Whether addresses leave room for the whole label of every arrow that has one: else none is shown. */
static bool has_room_for_addresses(const struct drawing *drawing)
{
	for (size_t i = 0; i < drawing->picture->row_count; i++) {
		const struct picture_row *row = &drawing->picture->rows[i];
		int room = column_at(drawing, row->from) - column_at(drawing, row->to);

		if (row->kind == PICTURE_ARROW && (row->from_address.family || row->to_address.family) &&
		    (room < 0 ? -room : room) - 2 - name_ends(row, true).length < glyph_width(row->label) + 2)
			return false;
	}
	return true;
}

/* Where they leave room for four cells of text. */
static void draw_ends(struct drawing *drawing, const struct picture_row *row, struct stretch *stretch)
{
	struct ends ends = name_ends(row, drawing->addresses);
	bool rightward = row->from < row->to;

	if (stretch->end - stretch->begin - ends.length < 4)
		return;
	stretch->begin += put_end(drawing, stretch->begin, false, rightward ? ends.from : ends.to);
	stretch->end -= put_end(drawing, stretch->end, true, rightward ? ends.to : ends.from);
}

/* The NAT's crossing, its port on the outer side. The longer part of the arrow is left. */
static void draw_via(struct drawing *drawing, const struct picture_via *via, bool rightward, struct stretch *stretch)
{
	char port[PICTURE_END];
	int at = column_at(drawing, via->column);
	int length = glyph_width(picture_end(&(struct address){0}, via->port, port, sizeof port));
	bool outer_right = via->inside_first == rightward;
	int before = at, behind = at + 1; /* free to, free from */

	if (at < stretch->begin || at >= stretch->end)
		return;
	put_cell(&drawing->line, at, drawing->glyphs->cross);
	if (via->port && outer_right && at + 1 + length <= stretch->end)
		behind += put_end(drawing, at + 1, false, port);
	else if (via->port && !outer_right && at - length >= stretch->begin)
		before -= put_end(drawing, at, true, port);
	if (before - stretch->begin >= stretch->end - behind) {
		stretch->end = before;
		stretch->right = at;
	} else {
		stretch->begin = behind;
		stretch->left = at + 1;
	}
}

static void draw_label(struct drawing *drawing, const struct stretch *stretch, const char *label)
{
	char padded[240];
	int length, at, room = stretch->end - stretch->begin;

	snprintf(padded, sizeof padded, " %s ", label);
	length = glyph_width(padded);
	length = length > room ? room : length;
	at = stretch->left + (stretch->right - stretch->left + 1 - length) / 2;
	if (at + length > stretch->end)
		at = stretch->end - length;
	put_fitting(drawing, at < stretch->begin ? stretch->begin : at, stretch->end, padded);
}

/* A remark that found no room in its arrow: below, ending where the arrow does. */
static void draw_below(struct drawing *drawing, const struct picture_row *row)
{
	int from = column_at(drawing, row->from), to = column_at(drawing, row->to);
	int left = (from < to ? from : to) + 2, length = glyph_width(row->remark) + 2;
	char text[40];

	start_line(drawing);
	draw_rails(drawing);
	snprintf(text, sizeof text, "(%s)", row->remark);
	if (left + length > drawing->line.width)
		left = drawing->line.width - length;
	(void)put_text(drawing, left, drawing->line.width, text);
	end_line(drawing, colour_of(row->mark));
}

/* Returns whether all of it found room. */
static bool draw_words(struct drawing *drawing, const struct picture_row *row, const struct stretch *stretch)
{
	char label[208];
	int length;

	snprintf(label, sizeof label, "%s%s%s", row->label, row->remark[0] ? ", " : "", row->remark);
	length = glyph_width(label) + 2;
	if (!row->remark[0] || length <= stretch->end - stretch->begin) {
		draw_label(drawing, stretch, label);
		return true;
	}
	draw_label(drawing, stretch, row->label);
	return false;
}

static void draw_arrow(struct drawing *drawing, const struct picture_row *row)
{
	const struct glyphs *glyphs = drawing->glyphs;
	int from = column_at(drawing, row->from), to = column_at(drawing, row->to);
	bool rightward = from < to, fits = true;
	int left = (rightward ? from : to) + 1, right = rightward ? to : from;

	draw_rails(drawing);
	draw_margin(drawing, row);
	if (left <= right) {
		struct stretch stretch = {left, right, rightward ? left : left + 1, rightward ? right - 1 : right};

		for (int at = left; at < right; at++)
			put_cell(&drawing->line, at, picture_is_missing(row) ? glyphs->dotted : glyphs->shaft);
		put_cell(&drawing->line, rightward ? right - 1 : left,
		         row->lost ? glyphs->lost : rightward ? glyphs->right : glyphs->left);
		draw_ends(drawing, row, &stretch);
		for (size_t i = 0; i < row->via_count; i++)
			draw_via(drawing, &row->via[i], rightward, &stretch);
		fits = draw_words(drawing, row, &stretch);
	}
	end_line(drawing, colour_of(row->mark));
	if (!fits)
		draw_below(drawing, row);
}

/* ---- calls, gaps ---- */

/* Right of its host's line, or left of it where there is more room; other lines give way. */
static void draw_call(struct drawing *drawing, const struct picture_row *row)
{
	int at = column_at(drawing, row->from), length = glyph_width(row->label);
	int right = drawing->line.width - at - 2, left = at - MARGIN - 1;
	bool rightward = length <= right || right >= left;

	draw_rails(drawing);
	draw_margin(drawing, row);
	put_cell(&drawing->line, at, rightward ? drawing->glyphs->from_left : drawing->glyphs->from_right);
	if (rightward) {
		put_cell(&drawing->line, at + 1, " ");
		put_fitting(drawing, at + 2, drawing->line.width, row->label);
	} else {
		put_cell(&drawing->line, at - 1, " ");
		put_fitting(drawing, length < left ? at - 1 - length : MARGIN, at - 1, row->label);
	}
	end_line(drawing, drawing->style->colour ? "\033[36m" : "");
}

static void draw_gap(struct drawing *drawing, const struct picture_row *row)
{
	char gap[80];

	(void)put_text(drawing, MARGIN, drawing->line.width, picture_gap(row, gap, sizeof gap));
	end_line(drawing, "");
}

void ladder_draw(const struct picture *picture, const struct ladder_style *style, struct text *out)
{
	struct drawing drawing = {.picture = picture, .style = style, .out = out,
	                          .glyphs = style->unicode ? &unicode_glyphs : &ascii_glyphs};

	if (!picture->row_count)
		return;
	start_line(&drawing);
	drawing.addresses = has_room_for_addresses(&drawing);
	draw_names(&drawing);
	for (size_t i = 0; i < picture->row_count; i++) {
		start_line(&drawing);
		switch (picture->rows[i].kind) {
		case PICTURE_ARROW: draw_arrow(&drawing, &picture->rows[i]); break;
		case PICTURE_CALL: draw_call(&drawing, &picture->rows[i]); break;
		case PICTURE_GAP: draw_gap(&drawing, &picture->rows[i]); break;
		}
	}
}
