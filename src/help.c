/* help.c - see help.h. */
#include "help_parts.h"

#include "lexer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CELLS_MOST 8
#define NEAREST_MOST 12 /* names that a message can hold */

/* Parts of pages that have names of their own. */
static const struct {
	const char *name, *page, *title; /* no title: the whole page */
} parts[] = {
	{"lesson", "lesson-format", NULL},
	{"ids", "diagnoses", NULL},
	{"picture", "student-guide", "The picture, arrow by arrow"},
	{"calls", "student-guide", "The calls of your program"},
	{"machine", "student-guide", "When it is the machine"},
	{"exit-status", "commands", "Exit status"},
	{"environment", "commands", "Environment"},
	{"files", "commands", "Files"},
	{"appeals", "instructor-guide", "When somebody asks why"},
};

const char *help_page(const char *name)
{
	for (size_t i = 0; i < help_page_count; i++)
		if (!strcmp(help_pages[i].name, name))
			return help_pages[i].text;
	return "";
}

/* ---- rows ---- */

/* A function is called so without its (), too, which a shell would not let through. */
static bool is_same(const struct text *plain, size_t from, size_t to, const char *name)
{
	if (to - from == strlen(name) + 2 && !memcmp(plain->data + to - 2, "()", 2))
		to -= 2;
	return to - from == strlen(name) && !strncasecmp(plain->data + from, name, to - from);
}

static bool names(struct markdown_part cell, const char *name)
{
	struct text plain = {0};
	bool found = false;

	markdown_plain(cell, &plain);
	for (size_t from = 0, to; from < plain.length && !found; from = to + 1) {
		const char *comma = memchr(plain.data + from, ',', plain.length - from);

		to = comma ? (size_t)(comma - plain.data) : plain.length;
		from += strspn(plain.data + from, " ");
		found = is_same(&plain, from, to, name);
	}
	text_free(&plain);
	return found;
}

size_t help_row(const char *page, const char *name, struct markdown_part *cells, size_t most,
                struct markdown_part *heading)
{
	struct markdown_part rest = {page, strlen(page)}, line, ignored;

	while ((line = markdown_line(&rest)).text) {
		size_t count = markdown_cells(line, cells, most);

		if (count && names(cells[0], name))
			return count;
		(void)markdown_heading(line, heading ? heading : &ignored); /* most lines are none */
	}
	return 0;
}

/* ---- what a name stands for ---- */

static bool print_section(const char *page, const char *title, const struct markdown_style *style, struct text *out)
{
	struct markdown_part section = markdown_section(help_page(page), title);

	if (section.text)
		markdown_print(section, style, out);
	return section.text != NULL;
}

static bool print_part(const char *name, const struct markdown_style *style, struct text *out)
{
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!strcmp(parts[i].name, name) && parts[i].title)
			return print_section(parts[i].page, parts[i].title, style, out);
		else if (!strcmp(parts[i].name, name))
			return help_print(parts[i].page, style, out);
	return false;
}

static bool print_page(const char *name, const struct markdown_style *style, struct text *out)
{
	const char *page = help_page(name);

	if (*page)
		markdown_print((struct markdown_part){page, strlen(page)}, style, out);
	return *page;
}

/* A word of the glossary: one sentence, and where it comes from. */
static bool print_word(const char *name, const struct markdown_style *style, struct text *out)
{
	struct markdown_part cells[CELLS_MOST];
	size_t count = help_row(help_page("glossary"), name, cells, CELLS_MOST, NULL);
	struct text text = {0};

	if (count < 2)
		return false;
	text_printf(&text, "**%.*s**: %.*s", (int)cells[0].length, cells[0].text, (int)cells[1].length, cells[1].text);
	if (count > 2 && cells[2].length)
		text_printf(&text, " (%.*s)", (int)cells[2].length, cells[2].text);
	markdown_print((struct markdown_part){text.data, text.length}, style, out);
	text_free(&text);
	return true;
}

bool help_print(const char *name, const struct markdown_style *style, struct text *out)
{
	return print_section("commands", name, style, out) || print_part(name, style, out) ||
	       print_page(name, style, out) || help_print_diagnosis(name, style, out) || print_word(name, style, out);
}

/* ---- lists ---- */

static void add_plain(struct markdown_part part, struct text *out)
{
	markdown_plain(part, out);
}

static void add_title(const char *page, struct text *out)
{
	struct markdown_part rest = {page, strlen(page)}, line, title;

	while ((line = markdown_line(&rest)).text)
		if (markdown_heading(line, &title)) {
			add_plain(title, out);
			return;
		}
}

void help_topics(struct text *out)
{
	for (size_t i = 0; i < help_page_count; i++) {
		text_printf(out, "%s\t", help_pages[i].name);
		add_title(help_pages[i].text, out);
		text_add(out, "\n");
	}
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (parts[i].title)
			text_printf(out, "%s\t%s\n", parts[i].name, parts[i].title);
}

void help_diagnoses(struct text *out)
{
	const char *page = help_page("diagnoses");
	struct markdown_part rest = {page, strlen(page)}, line, cells[CELLS_MOST];

	while ((line = markdown_line(&rest)).text) {
		if (markdown_cells(line, cells, CELLS_MOST) < 3 || *cells[0].text != '`')
			continue;
		add_plain(cells[0], out);
		text_add(out, "\t");
		add_plain(cells[2], out);
		text_add(out, "\n");
	}
}

/* "`-o FILE`, `--output FILE`": a line for each. */
static void add_words(struct markdown_part cell, struct markdown_part says, struct text *out)
{
	struct text plain = {0};
	char *state = NULL;

	markdown_plain(cell, &plain);
	for (char *word = strtok_r(plain.data, ",", &state); word; word = strtok_r(NULL, ",", &state)) {
		size_t length;

		word += strspn(word, " ");
		length = *word == '-' ? strcspn(word, " ") : 0;
		text_printf(out, "%.*s\t%s\t", (int)length, word, word + length + (length && word[length]));
		add_plain(says, out);
		text_add(out, "\n");
	}
	text_free(&plain);
}

bool help_words(const char *command, struct text *out)
{
	struct markdown_part rest = markdown_section(help_page("commands"), command), line, cells[CELLS_MOST];
	bool found = rest.text != NULL;

	while ((line = markdown_line(&rest)).text)
		if (markdown_cells(line, cells, CELLS_MOST) == 2 && *cells[0].text == '`')
			add_words(cells[0], cells[1], out);
	return found;
}

/* ---- a name that nothing has ---- */

struct nearest {
	const char *word;
	const char **names; /* all that there are, NULL behind them, each with what it says behind its NUL; owned */
	size_t count, capacity;
};

static void add_name(struct nearest *nearest, struct markdown_part name, struct markdown_part says)
{
	struct text both = {0};

	text_add_bytes(&both, name.text, name.length);
	text_add_bytes(&both, "", 1);
	text_add_bytes(&both, says.text, says.length);
	mem_room(nearest->names, nearest->count, nearest->capacity);
	nearest->names[nearest->count++] = both.data;
}

/* Lines of NAME, a tab and what it says. */
static void add_lines(struct nearest *nearest, const struct text *lines)
{
	struct markdown_part rest = {text_string(lines), lines->length}, line;

	while ((line = markdown_line(&rest)).text) {
		size_t length = strcspn(line.text, "\t");

		add_name(nearest, (struct markdown_part){line.text, length},
		         (struct markdown_part){line.text + length, line.length - length});
	}
}

static void add_commands(struct nearest *nearest)
{
	const char *page = help_page("commands");
	struct markdown_part rest = {page, strlen(page)}, line, title;

	while ((line = markdown_line(&rest)).text)
		if (markdown_heading(line, &title) == 2 && !memchr(title.text, ' ', title.length))
			add_name(nearest, title, (struct markdown_part){"", 0});
}

static void add_glossary(struct nearest *nearest)
{
	const char *page = help_page("glossary");
	struct markdown_part rest = {page, strlen(page)}, line, cells[CELLS_MOST];

	while ((line = markdown_line(&rest)).text)
		if (markdown_cells(line, cells, CELLS_MOST) > 1)
			add_name(nearest, cells[0], (struct markdown_part){"", 0});
}

static bool is_near(const struct nearest *nearest, size_t i, bool by_name)
{
	const char *name = nearest->names[i];

	return strcasestr(by_name ? name : name + strlen(name) + 1, nearest->word);
}

/* The closest first, then those that hold the word, then those that speak of it. */
static void list(const struct nearest *nearest, struct text *out)
{
	struct lexer lexer = {0}; /* for the room of its guess */
	const char *mark = strchr(lexer_guess(&lexer, nearest->word, nearest->names), '"');
	size_t listed = 0;

	if (mark) {
		text_printf(out, "%.*s", (int)strcspn(mark + 1, "\""), mark + 1);
		listed++;
	}
	for (int by_name = 1; by_name >= 0; by_name--)
		for (size_t i = 0; nearest->names[i] && listed < NEAREST_MOST; i++)
			if (is_near(nearest, i, by_name) && !strstr(text_string(out), nearest->names[i]))
				text_printf(out, "%s%s", listed++ ? ", " : "", nearest->names[i]);
}

void help_nearest(const char *name, struct text *out)
{
	struct nearest nearest = {.word = name};
	struct text lines = {0};

	help_topics(&lines);
	help_diagnoses(&lines);
	add_commands(&nearest);
	add_lines(&nearest, &lines);
	add_glossary(&nearest);
	mem_room(nearest.names, nearest.count, nearest.capacity);
	nearest.names[nearest.count] = NULL;
	list(&nearest, out);
	for (size_t i = 0; i < nearest.count; i++)
		free((char *)nearest.names[i]);
	free(nearest.names);
	text_free(&lines);
}
