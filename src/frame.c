/* frame.c - see frame.h. */
#include "frame.h"

#include "glyph.h"

#include <stdlib.h>
#include <string.h>

#define TAB 8
#define ROWS_FOR_ALL_KEYS 10 /* on a lower screen one line of keys must do */

/* ---- lines that fit ---- */

/* Bytes of an escape that sets colours (ESC [ digits and semicolons m), or 0. */
static size_t colour_length(const char *at)
{
	size_t length;

	if (at[0] != '\x1b' || at[1] != '[')
		return 0;
	length = 2 + strspn(at + 2, "0123456789;");
	return at[length] == 'm' ? length + 1 : 0;
}

struct fold {
	struct text *out;
	int columns;
	bool unicode;
	int column, indent;
	bool begun;       /* something that is no blank stands on the line */
	size_t blank;     /* where in OUT the line may be broken: a blank's place; 0: nowhere */
	int blank_column; /* columns up to there */
};

static void begin_line(struct fold *fold, int indent)
{
	for (int i = 0; i < indent; i++)
		text_add(fold->out, " ");
	fold->column = indent;
	fold->blank = 0;
}

/* The word that does not fit goes down, with what has been written of it. */
static void break_line(struct fold *fold)
{
	int indent = fold->indent < fold->columns / 2 ? fold->indent : 0;
	char *rest = NULL;
	int width = 0;

	if (fold->blank) {
		rest = mem_string(fold->out->data + fold->blank + 1);
		width = fold->column - fold->blank_column - 1;
		fold->out->length = fold->blank;
	}
	text_add(fold->out, "\n");
	begin_line(fold, indent);
	if (rest)
		text_add(fold->out, rest);
	fold->column += width;
	free(rest);
}

static void put(struct fold *fold, const char *bytes, size_t length, int cells)
{
	bool blank = *bytes == ' ';

	if (fold->column + cells > fold->columns && cells) {
		if (blank && fold->begun) { /* it would stand at the end of a line */
			text_add(fold->out, "\n");
			begin_line(fold, fold->indent < fold->columns / 2 ? fold->indent : 0);
			return;
		}
		break_line(fold);
	}
	if (blank && fold->begun) {
		fold->blank = fold->out->length;
		fold->blank_column = fold->column;
	}
	if (!blank)
		fold->begun = true;
	else if (!fold->begun)
		fold->indent++;
	text_add_bytes(fold->out, bytes, length);
	fold->column += cells;
}

static size_t put_glyph(struct fold *fold, const char *at)
{
	struct glyph glyph = glyph_at(at);

	if (glyph.code == '?' || (glyph.code > 0x7e && !fold->unicode))
		put(fold, "?", 1, 1);
	else
		put(fold, at, glyph.length, glyph.cells);
	return glyph.length;
}

static void put_tab(struct fold *fold)
{
	do
		put(fold, " ", 1, 1);
	while (fold->column % TAB && fold->column < fold->columns);
}

void frame_fold(const char *body, int columns, bool unicode, struct text *out)
{
	struct fold fold = {.out = out, .columns = columns < 2 ? 2 : columns, .unicode = unicode};

	while (*body) {
		size_t colour = colour_length(body);

		if (colour)
			text_add_bytes(out, body, colour);
		else if (*body == '\n')
			text_add(out, "\n");
		else if (*body == '\t')
			put_tab(&fold);
		else
			colour = put_glyph(&fold, body);
		if (*body == '\n')
			fold = (struct fold){.out = out, .columns = fold.columns, .unicode = unicode};
		body += colour ? colour : 1;
	}
	if (fold.column)
		text_add(out, "\n");
}

static const char *line_at(const char *lines, size_t number)
{
	while (number-- && *lines)
		lines += strcspn(lines, "\n") + 1;
	return lines;
}

static size_t count_lines(const char *lines)
{
	size_t count = 0;

	for (; (lines = strchr(lines, '\n')); lines++)
		count++;
	return count;
}

/* ---- the keys ---- */

/* They fill lines like words; each line with a newline behind it. */
static void lay_keys(const struct frame *frame, const struct frame_style *style, struct text *out)
{
	const char *on = style->colour ? "\x1b[1m" : "", *off = style->colour ? "\x1b[0m" : "";
	int column = 0;

	for (size_t i = 0; i < frame->key_count; i++) {
		int cells = glyph_width(frame->keys[i].key) + 1 + glyph_width(frame->keys[i].word);

		if (column && column + 2 + cells > style->columns) {
			if (style->rows < ROWS_FOR_ALL_KEYS)
				break;
			text_add(out, "\n");
			column = 0;
		}
		text_printf(out, "%s%s%s%s %s", column ? "  " : "", on, frame->keys[i].key, off, frame->keys[i].word);
		column += (column ? 2 : 0) + cells;
	}
	text_add(out, "\n");
}

/* ---- the whole ---- */

struct layout {
	struct text lines, keys; /* each line with a newline behind it */
	size_t line_count, key_rows, room;
	bool all; /* the body fits as a whole */
};

static void lay_out(const struct frame *frame, const struct frame_style *style, struct layout *layout)
{
	size_t rows = (size_t)(style->rows < 3 ? 3 : style->rows);

	*layout = (struct layout){0};
	lay_keys(frame, style, &layout->keys);
	frame_fold(frame->body, style->columns, style->unicode, &layout->lines);
	layout->key_rows = count_lines(text_string(&layout->keys));
	layout->line_count = count_lines(text_string(&layout->lines));
	/* The title, the line between body and keys, the keys. */
	layout->room = rows > layout->key_rows + 3 ? rows - layout->key_rows - 2 : 1;
	layout->all = layout->line_count <= layout->room;
}

static void layout_free(struct layout *layout)
{
	text_free(&layout->lines);
	text_free(&layout->keys);
}

size_t frame_room(const struct frame *frame, const struct frame_style *style)
{
	struct layout layout;

	lay_out(frame, style, &layout);
	layout_free(&layout);
	return layout.room;
}

size_t frame_find(const struct frame *frame, const struct frame_style *style, const char *mark)
{
	struct layout layout;
	size_t found = SIZE_MAX, number = 0;

	lay_out(frame, style, &layout);
	for (const char *line = text_string(&layout.lines); *line && found == SIZE_MAX; number++) {
		const char *at = line;

		while (colour_length(at))
			at += colour_length(at);
		if (!strncmp(at, mark, strlen(mark)))
			found = number;
		line += strcspn(line, "\n") + 1;
	}
	layout_free(&layout);
	return found;
}

/* STRING, at most COLUMNS columns of it, and none of its colours. */
static int put_cut(const char *string, int columns, bool unicode, struct text *out)
{
	int column = 0;

	while (*string) {
		struct glyph glyph = glyph_at(string);

		if (column + glyph.cells > columns)
			break;
		if (glyph.code == '?' || (glyph.code > 0x7e && !unicode))
			text_add(out, "?");
		else
			text_add_bytes(out, string, glyph.length);
		column += glyph.cells;
		string += glyph.length;
	}
	return column;
}

static void fill(struct text *out, int columns)
{
	for (int i = 0; i < columns; i++)
		text_add(out, " ");
}

static void draw_title(const struct frame *frame, const struct frame_style *style, struct text *out)
{
	int state = glyph_width(frame->state), left = style->columns - state - 4, used;

	text_add(out, style->colour ? "\x1b[7m" : "");
	text_add(out, " ");
	used = 1 + (left > 0 ? put_cut(frame->title, left, style->unicode, out) : 0);
	if (left > 0)
		fill(out, style->columns - state - 1 - used);
	used = left > 0 ? style->columns - state - 1 : used;
	used += put_cut(frame->state, style->columns - used, style->unicode, out);
	fill(out, style->columns - used);
	text_add(out, style->colour ? "\x1b[0m" : "");
	text_add(out, "\r\n");
}

static void draw_body(const struct frame *frame, const struct layout *layout, struct text *out)
{
	const char *line = line_at(text_string(&layout->lines), frame->top);

	for (size_t row = 0; row < layout->room; row++) {
		size_t length = strcspn(line, "\n");

		text_add(out, "\x1b[K"); /* not behind it: the cursor stays on the last column of a full line */
		text_add_bytes(out, line, length);
		text_add(out, "\x1b[0m\r\n");
		line += length + (line[length] == '\n');
	}
}

static void say_rest(const struct frame *frame, const struct frame_style *style, size_t below, struct text *words)
{
	static const char *const forms[] = {"-- %zu line%s above, %zu below: space and the arrow keys show them",
	                                    "-- %zu line%s above, %zu below (space)"};
	const char *plural = frame->top == 1 ? "" : "s";

	text_printf(words, forms[0], frame->top, plural, below);
	if (glyph_width(text_string(words)) <= style->columns)
		return;
	words->length = 0;
	text_printf(words, forms[1], frame->top, plural, below);
}

/* What does not fit can be had; the words say how. */
static void draw_rest(const struct frame *frame, const struct frame_style *style, const struct layout *layout,
                      struct text *out)
{
	size_t below = layout->line_count - frame->top;
	struct text words = {0};

	below = below > layout->room ? below - layout->room : 0;
	if (!layout->all)
		say_rest(frame, style, below, &words);
	text_add(out, "\x1b[K");
	(void)put_cut(text_string(&words), style->columns, style->unicode, out);
	text_add(out, "\r\n");
	text_free(&words);
}

static void draw_keys(const struct layout *layout, struct text *out)
{
	const char *line = text_string(&layout->keys);

	for (size_t row = 0; row < layout->key_rows; row++) {
		size_t length = strcspn(line, "\n");

		text_add(out, "\x1b[K");
		text_add_bytes(out, line, length);
		text_add(out, row + 1 < layout->key_rows ? "\r\n" : "");
		line += length + 1;
	}
}

void frame_draw(struct frame *frame, const struct frame_style *style, struct text *out)
{
	struct layout layout;
	size_t most;

	lay_out(frame, style, &layout);
	most = layout.all ? 0 : layout.line_count - layout.room;
	if (frame->top > most)
		frame->top = most;
	text_add(out, "\x1b[H");
	draw_title(frame, style, out);
	draw_body(frame, &layout, out);
	draw_rest(frame, style, &layout, out);
	draw_keys(&layout, out);
	layout_free(&layout);
}
