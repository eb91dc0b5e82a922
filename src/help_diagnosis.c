/* help_diagnosis.c - a row of docs/diagnoses.md in more words: what stands around it, its lesson, the manual pages of
 * the calls in it, and its hard words. */
#include "help_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 6

enum { ID, SEEN, MEANS, NEXT, LESSON, CELLS };

/* Manual pages are named after their calls, but for these. Section 2, unless said. */
static const struct {
	const char *call, *page;
} pages[] = {
	{"htons", "byteorder(3)"}, {"ntohs", "byteorder(3)"},   {"inet_pton", "inet_pton(3)"}, {"inet_ntop", "inet_ntop(3)"},
	{"perror", "perror(3)"},   {"printf", "printf(3)"},     {"strlen", "strlen(3)"},       {"memset", "memset(3)"},
	{"exit", "exit(3)"},       {"_exit", "_exit(2)"},       {"malloc", "malloc(3)"},       {"free", "malloc(3)"},
	{"main", NULL},            {"sizeof", NULL},            {"pthread_create", "pthread_create(3)"},
	{"pthread_join", "pthread_join(3)"},
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static void add_page(const char *call, size_t length, struct text *out)
{
	struct text page = {0};

	text_printf(&page, "%.*s(2)", (int)length, call);
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
		if (strlen(pages[i].call) == length && !memcmp(pages[i].call, call, length)) {
			page.length = 0;
			text_add(&page, pages[i].page ? pages[i].page : "");
			break;
		}
	if (page.length && !strstr(text_string(out), text_string(&page)))
		text_printf(out, "%s%s", out->length ? ", " : "", text_string(&page));
	text_free(&page);
}

/* The calls are words with `()` behind them, perhaps with arguments in it. */
static void add_pages(const struct text *row, struct text *out)
{
	const char *text = text_string(row);

	for (const char *at = text; (at = strchr(at, '(')); at++) {
		const char *begin = at;

		while (begin > text && is_word(begin[-1]))
			begin--;
		if (begin < at && islower((unsigned char)*begin) | (*begin == '_'))
			add_page(begin, (size_t)(at - begin), out);
	}
}

/* Whether TEXT has the word, whole and written so, also with an s behind it. */
static bool has_word(const char *text, const char *word, size_t length)
{
	for (const char *at = text; (at = strstr(at, word)); at++) {
		const char *end = at + length + (at[length] == 's');

		if ((at == text || !is_word(at[-1])) && !is_word(*end))
			return true;
	}
	return false;
}

static void add_words(const struct text *row, struct text *out)
{
	const char *glossary = help_page("glossary");
	struct markdown_part rest = {glossary, strlen(glossary)}, line, cells[3];
	size_t listed = 0;

	while ((line = markdown_line(&rest)).text && listed < WORDS_MOST) {
		struct text word = {0};

		if (markdown_cells(line, cells, 3) < 2)
			continue;
		markdown_plain(cells[0], &word);
		if (word.length)
			word.data[strcspn(word.data, ",")] = '\0';
		if (word.length && has_word(text_string(row), word.data, strlen(word.data)) && listed++ < WORDS_MOST)
			text_printf(out, "| %s | %.*s |\n", word.data, (int)cells[1].length, cells[1].text);
		text_free(&word);
	}
}

/* "01" is the lesson of which the curriculum's first table has a row that begins so. */
static void add_lesson(struct markdown_part number, struct text *out)
{
	const char *page = help_page("curriculum");
	struct markdown_part rest = {page, strlen(page)}, line, cells[4];

	while (number.length && (line = markdown_line(&rest)).text)
		if (markdown_cells(line, cells, 4) == 3 && cells[0].length > number.length &&
		    !memcmp(cells[0].text, number.text, number.length)) {
			text_printf(out, "Lesson %.*s is about it: %.*s\n\n", (int)cells[0].length, cells[0].text,
			            (int)cells[2].length, cells[2].text);
			return;
		}
}

static void add_cell(const char *head, struct markdown_part cell, struct text *out, struct text *row)
{
	if (!cell.length)
		return;
	text_printf(out, "| %s | %.*s |\n", head, (int)cell.length, cell.text);
	markdown_plain(cell, row);
	text_add(row, "; ");
}

/* The first paragraph below the heading, if one stands there before the table. */
static void add_introduction(struct markdown_part heading, struct text *out)
{
	struct text title = {0};
	struct markdown_part section, line, ignored;

	text_add_bytes(&title, heading.text, heading.length);
	section = markdown_section(help_page("diagnoses"), text_string(&title));
	(void)markdown_line(&section); /* the heading itself */
	while ((line = markdown_line(&section)).text && (!line.length || (*line.text != '|' && !markdown_heading(line, &ignored))))
		text_printf(out, "%.*s\n", (int)line.length, line.text);
	text_add(out, "\n");
	text_free(&title);
}

bool help_print_diagnosis(const char *id, const struct markdown_style *style, struct text *out)
{
	struct markdown_part cells[CELLS] = {{0}}, heading = {"", 0};
	struct text page = {0}, row = {0}, manual = {0}, words = {0};
	bool found = help_row(help_page("diagnoses"), id, cells, CELLS, &heading) == CELLS && *cells[ID].text == '`';

	if (found) {
		text_printf(&page, "## %s\n\n%.*s.\n", id, (int)heading.length, heading.text);
		add_introduction(heading, &page);
		text_add(&page, "| of | it |\n| --- | --- |\n");
		add_cell("Seen", cells[SEEN], &page, &row);
		add_cell("It means", cells[MEANS], &page, &row);
		add_cell("Do next", cells[NEXT], &page, &row);
		text_add(&page, "\n");
		add_lesson(cells[LESSON], &page);
		add_pages(&row, &manual);
		add_words(&row, &words);
	}
	if (manual.length)
		text_printf(&page, "Manual pages: %s\n\n", manual.data);
	if (words.length)
		text_printf(&page, "The words in it:\n\n| word | says |\n%s", words.data);
	markdown_print((struct markdown_part){text_string(&page), page.length}, style, out);
	text_free(&page);
	text_free(&row);
	text_free(&manual);
	text_free(&words);
	return found;
}
