/* markdown.c - see markdown.h.
 *
 * A block (paragraph, cell, item) is first written with marks of one byte each for what is bold and what is stressed,
 * then broken into lines: so a mark has no width, and one that spans a break goes on behind it. */
#include "markdown.h"

#include "glyph.h"

#include <string.h>

#define CELLS_MOST 12
#define HEAD_MOST 26 /* columns of a table's first cell that may stand beside the second */

enum { BOLD_ON = 1, BOLD_OFF, STRESS_ON, STRESS_OFF };

struct printer {
	const struct markdown_style *style;
	struct text *out;
	struct text block;      /* a paragraph or item that grows line by line, as it is written; owned */
	int indent, hang;       /* of the block: its first line, its others */
	struct markdown_part heads[CELLS_MOST];
	size_t head_count;      /* of the table at hand; 0: there is none */
	bool is_fenced;         /* in a fenced block */
	bool blank;             /* an empty line is due */
	int bold;               /* how often it was switched on: code may stand in what is bold */
};

/* ---- lines and what they are ---- */

struct markdown_part markdown_line(struct markdown_part *rest)
{
	struct markdown_part line = {rest->text, rest->length};
	const char *end = rest->length ? memchr(rest->text, '\n', rest->length) : NULL;

	if (!rest->length)
		return (struct markdown_part){0};
	if (end)
		line.length = (size_t)(end - rest->text);
	rest->text += line.length + (end != NULL);
	rest->length -= line.length + (end != NULL);
	return line;
}

static struct markdown_part trim(struct markdown_part part)
{
	while (part.length && *part.text == ' ') {
		part.text++;
		part.length--;
	}
	while (part.length && part.text[part.length - 1] == ' ')
		part.length--;
	return part;
}

static bool begins(struct markdown_part line, const char *with)
{
	return line.length >= strlen(with) && !memcmp(line.text, with, strlen(with));
}

int markdown_heading(struct markdown_part line, struct markdown_part *title)
{
	size_t depth = 0;

	while (depth < line.length && line.text[depth] == '#')
		depth++;
	if (!depth || depth > 6 || depth == line.length || line.text[depth] != ' ')
		return 0;
	*title = trim((struct markdown_part){line.text + depth, line.length - depth});
	return (int)depth;
}

/* Where the cell that begins at AT ends: a bar that is not escaped. */
static size_t cell_end(struct markdown_part line, size_t at)
{
	while (at < line.length && line.text[at] != '|')
		at += line.text[at] == '\\' ? 2 : 1;
	return at < line.length ? at : line.length;
}

static bool is_rule(struct markdown_part line)
{
	for (size_t i = 0; i < line.length; i++)
		if (!strchr("|-: ", line.text[i]))
			return false;
	return true;
}

size_t markdown_cells(struct markdown_part line, struct markdown_part *cells, size_t most)
{
	size_t count = 0;

	if (!begins(line, "|") || is_rule(line))
		return 0;
	for (size_t at = 1; at < line.length && count < most;) {
		size_t end = cell_end(line, at);

		if (end == line.length)
			break; /* behind the last bar */
		cells[count++] = trim((struct markdown_part){line.text + at, end - at});
		at = end + 1;
	}
	return count;
}

/* How many bytes of LINE a list's mark takes, `- `, `* ` or `1. `; 0: it is no item. */
static size_t item_mark(struct markdown_part line)
{
	size_t digits = 0;

	if (begins(line, "- ") || begins(line, "* "))
		return 2;
	while (digits < line.length && line.text[digits] >= '0' && line.text[digits] <= '9')
		digits++;
	return digits && digits + 1 < line.length && line.text[digits] == '.' && line.text[digits + 1] == ' ' ? digits + 2 : 0;
}

struct markdown_part markdown_section(const char *page, const char *title)
{
	struct markdown_part rest = {page, strlen(page)}, found = {0}, heading, line;
	int depth = 0;

	for (bool fenced = false; (line = markdown_line(&rest)).text;) {
		int deep;

		if (begins(line, "```"))
			fenced = !fenced;
		deep = fenced ? 0 : markdown_heading(line, &heading);
		if (deep && found.text && deep <= depth) {
			found.length = (size_t)(line.text - found.text);
			return found;
		}
		if (!deep || found.text || strlen(title) != heading.length || memcmp(title, heading.text, heading.length))
			continue;
		found.text = line.text;
		depth = deep;
	}
	if (found.text)
		found.length = strlen(found.text);
	return found;
}

/* ---- inside a line ---- */

static void add_mark(struct text *out, int mark)
{
	char byte = (char)mark;

	text_add_bytes(out, &byte, 1);
}

static void add_inline(struct markdown_part part, bool marks, struct text *out);

/* A page that is named by its file is one that `windsock help` knows: grading.md, platforms/ci.md. */
static bool add_page(struct markdown_part text, const char *target, const char *end, bool marks, struct text *out)
{
	const char *slash = memrchr(target, '/', (size_t)(end - target)), *name = slash ? slash + 1 : target;
	size_t length = (size_t)(end - name);

	if (length <= 3 || memcmp(end - 3, ".md", 3) || text.length < length ||
	    memcmp(text.text + text.length - length, name, length))
		return false;
	if (marks)
		text_add(out, "`");
	text_printf(out, "windsock help %.*s", (int)length - 3, name);
	if (marks)
		text_add(out, "`");
	return true;
}

/* [text](target): the text, and the target where it is an address of the web. Returns the bytes that were read, or 0. */
static size_t add_link(struct markdown_part part, bool marks, struct text *out)
{
	const char *close = memchr(part.text, ']', part.length), *end;
	size_t left = close ? part.length - (size_t)(close - part.text) : 0;
	struct markdown_part text = {part.text + 1, close ? (size_t)(close - part.text) - 1 : 0};

	if (left < 2 || close[1] != '(' || !(end = memchr(close, ')', left)))
		return 0;
	if (add_page(text, close + 2, end, marks, out))
		return (size_t)(end - part.text) + 1;
	add_inline(text, marks, out);
	if (!strncmp(close + 2, "http", 4))
		text_printf(out, " (%.*s)", (int)(end - close) - 2, close + 2);
	return (size_t)(end - part.text) + 1;
}

/* `code`: bold where there is colour. Returns the bytes that were read, or 0. */
static size_t add_code(struct markdown_part part, bool marks, struct text *out)
{
	const char *end = part.length > 1 ? memchr(part.text + 1, '`', part.length - 1) : NULL;

	if (!end)
		return 0;
	if (marks)
		text_add(out, "`");
	add_mark(out, BOLD_ON);
	for (const char *at = part.text + 1; at < end; at++)
		if (at[0] != '\\' || at[1] != '|') /* as cells spell a bar */
			text_add_bytes(out, at, 1);
	add_mark(out, BOLD_OFF);
	if (marks)
		text_add(out, "`");
	return (size_t)(end - part.text) + 1;
}

/* **bold** or *stress*. Returns the bytes that were read, or 0. */
static size_t add_stressed(struct markdown_part part, bool marked, struct text *out)
{
	bool is_bold = begins(part, "**");
	size_t marks = is_bold ? 2 : 1;

	if (part.length <= 2 * marks || part.text[marks] == ' ')
		return 0;
	for (size_t end = marks + 1; end + marks <= part.length; end++)
		if (!memcmp(part.text + end, "**", marks) && part.text[end - 1] != ' ') {
			add_mark(out, is_bold ? BOLD_ON : STRESS_ON);
			add_inline((struct markdown_part){part.text + marks, end - marks}, marked, out);
			add_mark(out, is_bold ? BOLD_OFF : STRESS_OFF);
			return end + marks;
		}
	return 0;
}

/* In `item*` the star is none that begins something. */
static bool may_begin(struct markdown_part part, size_t i)
{
	return !i || strchr(" (\"", part.text[i - 1]);
}

static void add_inline(struct markdown_part part, bool marks, struct text *out)
{
	for (size_t i = 0, took; i < part.length; i += took) {
		struct markdown_part rest = {part.text + i, part.length - i};

		took = *rest.text == '[' ? add_link(rest, marks, out) : *rest.text == '`' ? add_code(rest, marks, out) :
		       *rest.text == '*' && may_begin(part, i) ? add_stressed(rest, marks, out) : 0;
		if (took)
			continue;
		took = 1;
		if (*rest.text == '\\' && rest.length > 1 && strchr("|*`[]\\<>", rest.text[1])) {
			i++;
			rest.text++;
		}
		text_add_bytes(out, rest.text, 1);
	}
}

void markdown_plain(struct markdown_part part, struct text *out)
{
	struct text marked = {0};

	add_inline(part, false, &marked);
	for (size_t i = 0; i < marked.length; i++)
		if (marked.data[i] > STRESS_OFF || marked.data[i] < 0)
			text_add_bytes(out, &marked.data[i], 1);
	text_free(&marked);
}

/* ---- lines of the terminal ---- */

static void spaces(struct text *out, int count)
{
	if (count > 0)
		text_printf(out, "%*s", count, "");
}

static void add_byte(struct printer *printer, char byte)
{
	static const char *const escapes[] = {"", "\033[1m", "\033[22m", "\033[4m", "\033[24m"};

	if (byte < BOLD_ON || byte > STRESS_OFF) {
		text_add_bytes(printer->out, &byte, 1);
		return;
	}
	if (byte == BOLD_OFF)
		printer->bold--;
	if (printer->style->colour && (byte > BOLD_OFF || !printer->bold))
		text_add(printer->out, escapes[(int)byte]);
	if (byte == BOLD_ON)
		printer->bold++;
}

/* Columns of the word at TEXT; *length: its bytes, marks among them. */
static int measure(const char *text, size_t *length)
{
	const char *at = text;
	int width = 0;

	while (*at && *at != ' ') {
		struct glyph glyph = glyph_at(at);

		if (*at < BOLD_ON || *at > STRESS_OFF)
			width += glyph.cells;
		at += glyph.length;
	}
	*length = (size_t)(at - text);
	return width;
}

/* The block, from column COLUMN on, broken where the next word does not fit. */
static void wrap(struct printer *printer, const char *text, int column)
{
	bool first = true;

	while (*text) {
		size_t length;
		int width = measure(text, &length);

		if (!first && column + 1 + width > printer->style->width) {
			text_add(printer->out, "\n");
			spaces(printer->out, printer->hang);
			column = printer->hang;
		} else if (!first) {
			text_add(printer->out, " ");
			column++;
		}
		for (size_t i = 0; i < length; i++)
			add_byte(printer, text[i]);
		column += width;
		text += length + strspn(text + length, " ");
		first = false;
	}
	text_add(printer->out, "\n");
}

static void begin_block(struct printer *printer)
{
	if (printer->blank && printer->out->length)
		text_add(printer->out, "\n");
	printer->blank = false;
}

/* Ends the paragraph or item at hand. */
static void flush(struct printer *printer)
{
	struct text text = {0};

	if (!printer->block.length)
		return;
	add_inline((struct markdown_part){printer->block.data, printer->block.length}, !printer->style->colour, &text);
	begin_block(printer);
	spaces(printer->out, printer->indent);
	wrap(printer, text_string(&text), printer->indent);
	printer->block.length = 0;
	text_free(&text);
}

static void add_to_block(struct printer *printer, struct markdown_part part)
{
	if (printer->block.length)
		text_add(&printer->block, " ");
	part = trim(part);
	text_add_bytes(&printer->block, part.text, part.length);
}

static void print_marked(struct printer *printer, const struct text *text)
{
	for (size_t i = 0; i < text->length; i++)
		add_byte(printer, text->data[i]);
}

/* ---- tables ---- */

/* A row of two cells: the first, and the second beside or below it. */
static void print_pair(struct printer *printer, struct markdown_part first, struct markdown_part second)
{
	struct text head = {0}, body = {0}, plain = {0};
	int width;

	add_inline(first, false, &head);
	add_inline(second, !printer->style->colour, &body);
	markdown_plain(first, &plain);
	width = glyph_width(text_string(&plain));
	spaces(printer->out, 2);
	print_marked(printer, &head);
	printer->hang = HEAD_MOST + 2;
	if (width + 4 > printer->hang) {
		text_add(printer->out, "\n");
		width = -2;
	}
	spaces(printer->out, printer->hang - 2 - width);
	wrap(printer, text_string(&body), printer->hang);
	text_free(&head);
	text_free(&body);
	text_free(&plain);
}

/* A row of more: the first cell, and below it the others, each with its column's head. */
static void print_list(struct printer *printer, const struct markdown_part *cells, size_t count)
{
	struct text text = {0};

	spaces(printer->out, 2);
	add_inline(cells[0], false, &text);
	printer->hang = 6;
	wrap(printer, text_string(&text), 2);
	for (size_t i = 1; i < count; i++) {
		text.length = 0;
		if (!cells[i].length)
			continue;
		if (i < printer->head_count && printer->heads[i].length) {
			add_inline(printer->heads[i], false, &text);
			text_add(&text, ": ");
		}
		add_inline(cells[i], !printer->style->colour, &text);
		spaces(printer->out, 6);
		printer->hang = 8;
		wrap(printer, text_string(&text), 6);
	}
	text_free(&text);
}

static void print_row(struct printer *printer, struct markdown_part line)
{
	struct markdown_part cells[CELLS_MOST];
	size_t count = markdown_cells(line, cells, CELLS_MOST);

	flush(printer);
	if (!count)
		return; /* the rule below the heads */
	if (!printer->head_count) {
		memcpy(printer->heads, cells, sizeof cells);
		printer->head_count = count;
		begin_block(printer);
		return;
	}
	if (count <= 2)
		print_pair(printer, cells[0], count > 1 ? cells[1] : (struct markdown_part){"", 0});
	else
		print_list(printer, cells, count);
}

/* ---- blocks ---- */

static void print_heading(struct printer *printer, struct markdown_part title, int depth)
{
	struct text text = {0};

	flush(printer);
	printer->blank = true;
	begin_block(printer);
	add_mark(&text, BOLD_ON);
	add_inline(title, false, &text);
	add_mark(&text, BOLD_OFF);
	printer->hang = 0;
	if (depth == 1 && !printer->style->colour)
		for (size_t i = 0; i < text.length; i++)
			if (text.data[i] >= 'a' && text.data[i] <= 'z')
				text.data[i] = (char)(text.data[i] - 'a' + 'A');
	wrap(printer, text_string(&text), 0);
	text_free(&text);
	printer->blank = true;
}

static void print_raw(struct printer *printer, struct markdown_part line, int indent)
{
	flush(printer);
	begin_block(printer);
	if (line.length)
		spaces(printer->out, indent);
	text_printf(printer->out, "%.*s\n", (int)line.length, line.text);
}

static void begin_item(struct printer *printer, struct markdown_part line, size_t mark)
{
	flush(printer);
	printer->indent = 2;
	printer->hang = 2 + (int)mark;
	text_add_bytes(&printer->block, begins(line, "* ") ? "-" : line.text, mark - 1);
	add_to_block(printer, (struct markdown_part){line.text + mark, line.length - mark});
}

static void print_text(struct printer *printer, struct markdown_part line)
{
	size_t mark = item_mark(line);

	if (mark) {
		begin_item(printer, line, mark);
		return;
	}
	if (!printer->block.length)
		printer->indent = printer->hang = 0;
	add_to_block(printer, line);
}

static void print_line(struct printer *printer, struct markdown_part line)
{
	struct markdown_part title;
	int depth = markdown_heading(line, &title);
	bool is_indented = begins(line, "    ") && !printer->block.length;

	if (!begins(line, "|"))
		printer->head_count = 0;
	if (!trim(line).length) {
		flush(printer);
		printer->blank = true;
	} else if (depth) {
		print_heading(printer, title, depth);
	} else if (begins(line, "<!--")) {
		flush(printer); /* for who writes the page, not for who reads it */
	} else if (begins(line, "|")) {
		print_row(printer, line);
	} else if (is_indented) {
		print_raw(printer, (struct markdown_part){line.text + 4, line.length - 4}, 4);
	} else {
		print_text(printer, line);
	}
}

void markdown_print(struct markdown_part part, const struct markdown_style *style, struct text *out)
{
	struct printer printer = {.style = style, .out = out};
	struct markdown_part line;

	while ((line = markdown_line(&part)).text) {
		if (begins(trim(line), "```")) {
			flush(&printer);
			printer.is_fenced = !printer.is_fenced;
			printer.blank = true;
		} else if (printer.is_fenced) {
			print_raw(&printer, line, 4);
		} else {
			print_line(&printer, line);
		}
	}
	flush(&printer);
	text_free(&printer.block);
}
