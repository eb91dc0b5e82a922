/* svg.c - see svg.h. Text stands above its arrow; sizes come from the number of
 * characters, because nobody can measure a font here. */
#include "svg.h"

#include "glyph.h"

#include <stdio.h>
#include <string.h>

#define LETTER 8       /* width of a character of the font, at most */
#define BOLD 10        /* of the title's */
#define SMALL 7        /* of a call's */
#define LEFT 110       /* mark and time */
#define RIGHT 30
#define COLUMN_LEAST 170
#define COLUMN_MOST 520
#define TOP 30         /* of each block */
#define ARROW_HEIGHT 40
#define CALL_HEIGHT 18
#define LINE_LETTERS 92 /* of the sentence */

/* The colours are told by the reader's own scheme; each goes with a mark or a form as well. */
static const char style[] =
	"<style>\n"
	"text{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:13px;fill:#1b1f24;"
	"paint-order:stroke;stroke:#ffffff;stroke-width:3px;stroke-linejoin:round}\n"
	".ground{fill:#ffffff}.rail{stroke:#8c959f;stroke-width:1}.shaft{stroke:#1b1f24;stroke-width:1.5;fill:none}\n"
	".head{fill:#1b1f24;stroke:none}.name{font-weight:bold}.time,.port,.gap{fill:#57606a}.port{font-size:11px}\n"
	".call text{font-size:11px;fill:#0a5c91}.call circle{fill:#0a5c91}\n"
	".wrong .shaft{stroke:#b3261e;stroke-width:2.5}.wrong .head,.wrong .label,.wrong .mark{fill:#b3261e}\n"
	".missing .shaft{stroke:#8a5a00;stroke-dasharray:2 5;stroke-width:2}\n"
	".missing .head,.missing .label,.missing .mark{fill:#8a5a00}\n"
	".mark,.title{font-weight:bold;font-size:15px}\n"
	"@media (prefers-color-scheme:dark){\n"
	"text{fill:#e6edf3;stroke:#0d1117}.ground{fill:#0d1117}.rail{stroke:#6e7681}.shaft{stroke:#e6edf3}.head{fill:#e6edf3}\n"
	".time,.port,.gap{fill:#9da7b3}.call text{fill:#79c0ff}.call circle{fill:#79c0ff}\n"
	".wrong .shaft{stroke:#ff8178}.wrong .head,.wrong .label,.wrong .mark{fill:#ff8178}\n"
	".missing .shaft{stroke:#e3b341}.missing .head,.missing .label,.missing .mark{fill:#e3b341}\n"
	"}\n"
	"</style>\n";

const char *svg_style(void)
{
	return style;
}

struct sheet {
	const struct picture *picture;
	struct text *out;
	int column_width, width, y;
};

void svg_escape(const char *text, struct text *out)
{
	for (; *text; text += glyph_at(text).length) {
		uint32_t code = glyph_at(text).code;
		char bytes[5];

		glyph_print(code, bytes);
		text_add(out, code == '<' ? "&lt;" : code == '>' ? "&gt;" : code == '&' ? "&amp;" : code == '"' ? "&quot;"
		              : code == '\'' ? "&#39;" : bytes);
	}
}

/* ---- sizes ---- */

static int column_x(const struct sheet *sheet, size_t column)
{
	return LEFT + (int)column * sheet->column_width;
}

static int end_width(const struct address *address, uint16_t port)
{
	char text[PICTURE_END];
	int length = glyph_width(picture_end(address, port, text, sizeof text));

	return length ? 7 * length + 6 : 0;
}

/* The widest part of the way between the ends and the NATs: the label's. */
static void find_stretch(const struct picture_row *row, size_t *from, size_t *to)
{
	*from = row->from < row->to ? row->from : row->to;
	*to = row->from < row->to ? row->to : row->from;
	for (size_t i = 0; i < row->via_count; i++) {
		size_t at = row->via[i].column;

		if (at <= *from || at >= *to)
			continue;
		if (at - *from >= *to - at)
			*to = at;
		else
			*from = at;
	}
}

/* A label must fit its part of the way; ports stand below the line. */
static int wanted_width(const struct picture_row *row)
{
	int length = glyph_width(row->label) + (row->remark[0] ? glyph_width(row->remark) + 2 : 0);
	int ports = end_width(&row->from_address, row->from_port) + end_width(&row->to_address, row->to_port) + 30, span;
	size_t from, to;

	find_stretch(row, &from, &to);
	span = to > from ? (int)(to - from) : 1;
	for (size_t i = 0; i < row->via_count; i++)
		ports += end_width(&(struct address){0}, row->via[i].port);
	length = length * LETTER + 30;
	return (length > ports ? length : ports) / span;
}

static int height_of(const struct picture_row *row)
{
	return row->kind == PICTURE_ARROW ? ARROW_HEIGHT : CALL_HEIGHT;
}

static int limit(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

/* Where the text of a call ends; it starts at its host's line and goes right. */
static int call_end(const struct sheet *sheet, const struct picture_row *row)
{
	return column_x(sheet, row->from) + 12 + SMALL * glyph_width(row->label);
}

static void measure(struct sheet *sheet, const char *title)
{
	const struct picture *picture = sheet->picture;

	sheet->column_width = COLUMN_LEAST;
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].kind == PICTURE_ARROW)
			sheet->column_width = limit(wanted_width(&picture->rows[i]), sheet->column_width, COLUMN_MOST);
	if (picture->column_count == 2)
		sheet->column_width = limit(sheet->column_width, 420, COLUMN_MOST);
	sheet->width = column_x(sheet, picture->column_count ? picture->column_count - 1 : 0) + RIGHT;
	for (size_t i = 0; i < picture->column_count; i++)
		sheet->width = limit(column_x(sheet, i) + 5 * glyph_width(picture->column[i]) + 8, sheet->width, 10000);
	for (size_t i = 0; i < picture->row_count; i++)
		if (picture->rows[i].kind == PICTURE_CALL)
			sheet->width = limit(call_end(sheet, &picture->rows[i]) + 10, sheet->width, 10000);
	sheet->width = limit(40 + BOLD * glyph_width(title), limit(sheet->width, 560, 10000), 10000);
}

/* ---- pieces ---- */

static void add_words(struct sheet *sheet, const char *class, const char *anchor, int x, int y, const char *words)
{
	text_printf(sheet->out, "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\" xml:space=\"preserve\">", class, x, y,
	            anchor);
	svg_escape(words, sheet->out);
	text_add(sheet->out, "</text>\n");
}

/* In lines of LINE_LETTERS, or what the sheet has room for. */
static void add_paragraph(struct sheet *sheet, const char *words)
{
	size_t most = (size_t)limit((sheet->width - 40) / LETTER, 40, LINE_LETTERS);
	char line[LINE_LETTERS + 1];

	while (*words) {
		size_t length = strlen(words), cut = most;

		if (length > most) {
			while (cut && words[cut] != ' ')
				cut--;
			length = cut ? cut : most;
			while (length > 1 && ((unsigned char)words[length] & 0xc0) == 0x80)
				length--; /* not in the middle of a character */
		}
		snprintf(line, sizeof line, "%.*s", (int)length, words);
		add_words(sheet, "said", "start", 20, sheet->y, line);
		sheet->y += CALL_HEIGHT;
		words += length;
		words += strspn(words, " \n");
	}
}

static void add_head(struct sheet *sheet, int x, int y, bool rightward)
{
	int back = rightward ? x - 9 : x + 9;

	text_printf(sheet->out, "<path class=\"head\" d=\"M%d %dL%d %dL%d %dZ\"/>\n", x, y, back, y - 5, back, y + 5);
}

static void add_end(struct sheet *sheet, const struct address *address, uint16_t port, int x, int y, bool leftward)
{
	char text[PICTURE_END];

	if (*picture_end(address, port, text, sizeof text))
		add_words(sheet, "port", leftward ? "end" : "start", leftward ? x - 5 : x + 5, y, text);
}

static const char *mark_of(enum picture_mark mark)
{
	switch (mark) {
	case MARK_NONE: return "";
	case MARK_FIRST:
	case MARK_FIRST_MISSING: return "✗";
	case MARK_WRONG: return "!";
	case MARK_MISSING: return "?";
	}
	return "";
}

static void add_margin(struct sheet *sheet, const struct picture_row *row)
{
	char time[32];

	if (row->mark != MARK_NONE)
		add_words(sheet, "mark", "start", 20, sheet->y + 4, mark_of(row->mark));
	picture_time(sheet->picture, row, time, sizeof time);
	if (time[0])
		add_words(sheet, "time", "end", LEFT - 14, sheet->y + 4, time);
}

/* A NAT on the way: a square on its line, the outer port beside it. */
static void add_vias(struct sheet *sheet, const struct picture_row *row, bool rightward)
{
	for (size_t i = 0; i < row->via_count; i++) {
		int x = column_x(sheet, row->via[i].column);

		text_printf(sheet->out, "<rect class=\"head\" x=\"%d\" y=\"%d\" width=\"8\" height=\"8\"/>\n", x - 4, sheet->y - 4);
		add_end(sheet, &(struct address){0}, row->via[i].port, x, sheet->y + 15, row->via[i].inside_first != rightward);
	}
}

static void add_arrow(struct sheet *sheet, const struct picture_row *row)
{
	int from = column_x(sheet, row->from), to = column_x(sheet, row->to), y = sheet->y;
	bool rightward = from < to;
	int tip = row->lost ? (rightward ? to - 26 : to + 26) : to;
	size_t left, right;
	char label[208];

	text_printf(sheet->out, "<path class=\"shaft\" d=\"M%d %dH%d\"/>\n", from, y, rightward ? tip - 8 : tip + 8);
	if (row->lost)
		text_printf(sheet->out, "<path class=\"shaft\" d=\"M%d %dl12 12m0 -12l-12 12\"/>\n", tip - 6, y - 6);
	else
		add_head(sheet, tip, y, rightward);
	add_end(sheet, &row->from_address, row->from_port, from, y + 15, !rightward);
	add_end(sheet, &row->to_address, row->to_port, to, y + 15, rightward);
	add_vias(sheet, row, rightward);
	snprintf(label, sizeof label, "%s%s%s", row->label, row->remark[0] ? ", " : "", row->remark);
	find_stretch(row, &left, &right);
	add_words(sheet, "label", "middle", (column_x(sheet, left) + column_x(sheet, right)) / 2, y - 6, label);
}

static void add_call(struct sheet *sheet, const struct picture_row *row)
{
	int x = column_x(sheet, row->from);

	text_printf(sheet->out, "<circle cx=\"%d\" cy=\"%d\" r=\"3\"/>\n", x, sheet->y);
	add_words(sheet, "said", "start", x + 8, sheet->y + 4, row->label);
}

static void add_row(struct sheet *sheet, const struct picture_row *row)
{
	static const char *const classes[] = {[MARK_NONE] = "", [MARK_MISSING] = " missing", [MARK_WRONG] = " wrong",
	                                      [MARK_FIRST_MISSING] = " missing", [MARK_FIRST] = " wrong"};
	char gap[80];

	sheet->y += height_of(row) / 2;
	text_printf(sheet->out, "<g class=\"%s%s\">\n", row->kind == PICTURE_CALL ? "call" : "row", classes[row->mark]);
	switch (row->kind) {
	case PICTURE_ARROW:
		sheet->y += 4;
		add_margin(sheet, row);
		add_arrow(sheet, row);
		sheet->y -= 4;
		break;
	case PICTURE_CALL:
		add_margin(sheet, row);
		add_call(sheet, row);
		break;
	case PICTURE_GAP: add_words(sheet, "gap", "start", LEFT, sheet->y + 4, picture_gap(row, gap, sizeof gap)); break;
	}
	text_add(sheet->out, "</g>\n");
	sheet->y += height_of(row) / 2;
}

/* ---- the sheet ---- */

static int rows_height(const struct picture *picture)
{
	int height = 0;

	for (size_t i = 0; i < picture->row_count; i++)
		height += height_of(&picture->rows[i]);
	return height;
}

static void add_rails(struct sheet *sheet)
{
	const struct picture *picture = sheet->picture;
	int bottom = sheet->y + 14 + rows_height(picture);

	for (size_t i = 0; i < picture->column_count; i++) {
		add_words(sheet, "name", "middle", column_x(sheet, i), sheet->y, picture->column[i]);
		text_printf(sheet->out, "<path class=\"rail\" d=\"M%d %dV%d\"/>\n", column_x(sheet, i), sheet->y + 8, bottom);
	}
	if (picture->column_count)
		add_words(sheet, "time", "end", LEFT - 40, sheet->y, "ms");
	sheet->y += 12;
}

/* For who hears the picture: each row in words. */
static void add_description(const struct sheet *sheet, const char *sentence)
{
	const struct picture *picture = sheet->picture;

	text_add(sheet->out, "<desc id=\"desc\">");
	svg_escape(sentence, sheet->out);
	for (size_t i = 0; i < picture->row_count; i++) {
		const struct picture_row *row = &picture->rows[i];

		if (row->kind != PICTURE_ARROW)
			continue;
		text_add(sheet->out, "\n");
		svg_escape(picture->column[row->from], sheet->out);
		text_add(sheet->out, " to ");
		svg_escape(picture->column[row->to], sheet->out);
		text_add(sheet->out, ": ");
		svg_escape(row->label, sheet->out);
		text_add(sheet->out, row->remark[0] ? ", " : "");
		svg_escape(row->remark, sheet->out);
		text_add(sheet->out, ".");
	}
	text_add(sheet->out, "</desc>\n");
}

void svg_draw(const struct picture *picture, const char *title, const char *sentence, struct text *out)
{
	struct text body = {0};
	struct sheet sheet = {.picture = picture, .out = &body, .y = TOP};

	measure(&sheet, title);
	add_words(&sheet, "title", "start", 20, sheet.y, title);
	sheet.y += 24;
	add_paragraph(&sheet, sentence);
	sheet.y += 14;
	if (picture->row_count) {
		add_rails(&sheet);
		for (size_t i = 0; i < picture->row_count; i++)
			add_row(&sheet, &picture->rows[i]);
	} else {
		add_paragraph(&sheet, "Not a single packet was seen.");
	}
	text_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
	            "aria-labelledby=\"title desc\">\n", sheet.width, sheet.y + 20, sheet.width, sheet.y + 20);
	text_add(out, "<title id=\"title\">");
	svg_escape(title, out);
	text_add(out, "</title>\n");
	sheet.out = out;
	add_description(&sheet, sentence);
	text_add(out, style);
	text_printf(out, "<rect class=\"ground\" width=\"%d\" height=\"%d\"/>\n", sheet.width, sheet.y + 20);
	text_add_bytes(out, text_string(&body), body.length);
	text_add(out, "</svg>\n");
	text_free(&body);
}
