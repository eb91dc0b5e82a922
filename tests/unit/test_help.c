/* test_help.c - the pages of docs/ on a terminal, and what is found in them. */
#include "help_parts.h"
#include "suite.h"

#include <string.h>

static struct text out;

static const char *print_as(const char *page, int width, bool colour)
{
	text_free(&out);
	markdown_print((struct markdown_part){page, strlen(page)}, &(struct markdown_style){width, colour}, &out);
	return text_string(&out);
}

static const char *print(const char *page)
{
	return print_as(page, 40, false);
}

static void paragraphs_are_wrapped(void)
{
	ASSERT_STRING(print("One two three four five six seven eight\nnine.\n\n\nTen.\n"),
	              "One two three four five six seven eight\nnine.\n\nTen.\n");
	ASSERT_STRING(print("a donaudampfschifffahrtsgesellschaftskapitaen\nb\n"),
	              "a\ndonaudampfschifffahrtsgesellschaftskapitaen\nb\n");
	ASSERT_STRING(print("über über über über über über über über x\n"), "über über über über über über über über\nx\n");
}

static void marks_go_or_become_colours(void)
{
	ASSERT_STRING(print("**bold** and *stress* and `code|x`, 2 * 3 * 4\n"), "bold and stress and `code|x`, 2 * 3 * 4\n");
	ASSERT_STRING(print_as("`code` *it* **b**\n", 40, true),
	              "\033[1mcode\033[22m \033[4mit\033[24m \033[1mb\033[22m\n");
	ASSERT_STRING(print("[grading.md](grading.md), [ci.md](../platforms/ci.md), [x.md](y.md)\n"),
	              "`windsock help grading`, `windsock help\nci`, x.md\n");
	ASSERT_STRING(print("see [here](page.md) or [there](https://x.org)\n"), "see here or there (https://x.org)\n");
	ASSERT_STRING(print_as("see [`here`](page.md)\n", 40, true), "see \033[1mhere\033[22m\n");
	ASSERT_STRING(print("an open [bracket, a ` and a *\n"), "an open [bracket, a ` and a *\n");
	ASSERT_STRING(print("**bold, also `code`\nin two lines**\n"), "bold, also `code` in two lines\n");
	ASSERT_STRING(print_as("**a `b` c**\n", 40, true), "\033[1ma b c\033[22m\n");
	ASSERT_STRING(print("item*, and item*\n"), "item*, and item*\n");
	ASSERT_STRING(print("\\*no stress\\*\n"), "*no stress*\n");
}

static void lists_hang(void)
{
	ASSERT_STRING(print("Said:\n* one two three four five six seven eight\n  nine\n- ten\n"),
	              "Said:\n  - one two three four five six seven\n    eight nine\n  - ten\n");
	ASSERT_STRING(print("12. twelve\n"), "  12. twelve\n");
}

static void blocks_stay_as_they_are(void)
{
	ASSERT_STRING(print("Do:\n\n    make   check\n\nor\n```sh\n# no heading\n\n| x |\n```\nend\n"),
	              "Do:\n\n    make   check\n\nor\n\n    # no heading\n\n    | x |\n\nend\n");
	ASSERT_STRING(print("<!-- for who writes -->\ntext\n"), "text\n");
}

static void tables_become_lists(void)
{
	ASSERT_STRING(print("| a | b |\n| --- | --- |\n| `x\\|y` | one two three |\n"),
	              "  x|y                       one two\n                            three\n");
	ASSERT_STRING(print("| a | b |\n|---|---|\n| a head that is too long | x |\n"),
	              "  a head that is too long   x\n");
	ASSERT_STRING(print("| id | seen | next |\n| --- | --- | --- |\n| `i` | this | |\n| `j` | that | so |\n"),
	              "  i\n      seen: this\n  j\n      seen: that\n      next: so\n");
}

static void sections_end_where_the_next_begins(void)
{
	const char *page = "# P\nintro\n## a\nx\n```\n## c\n```\n### deep\ny\n## b\nz\n";
	struct markdown_part part = markdown_section(page, "a");

	CU_ASSERT_EQUAL_FATAL(part.length, strlen("## a\nx\n```\n## c\n```\n### deep\ny\n"));
	CU_ASSERT_EQUAL(memcmp(part.text, "## a", 4), 0);
	CU_ASSERT_PTR_NULL(markdown_section(page, "c").text);
	ASSERT_STRING(markdown_section(page, "b").text, "## b\nz\n");
}

static const char *help(const char *name)
{
	text_free(&out);
	if (!help_print(name, &(struct markdown_style){80, false}, &out))
		return "(nothing)";
	return text_string(&out);
}

static const char *nearest(const char *name)
{
	text_free(&out);
	help_nearest(name, &out);
	return text_string(&out);
}

#define ASSERT_HAS(string, part) CU_ASSERT_PTR_NOT_NULL(strstr(string, part))

static void names_are_found(void)
{
	ASSERT_HAS(help("check"), "windsock check [LESSON]");
	ASSERT_HAS(help("trace-language"), "Read one in a minute");
	ASSERT_HAS(help("lesson"), "A whole one");
	ASSERT_HAS(help("exit-status"), "this machine cannot run it");
	CU_ASSERT_PTR_NULL(strstr(help("exit-status"), "NO_COLOR"));
	ASSERT_HAS(help("htons"), "Puts the two bytes of a port");
	ASSERT_HAS(help("htons()"), "Puts the two bytes of a port");
	ASSERT_STRING(help("byte-ordre"), "(nothing)");
	ASSERT_STRING(help(""), "(nothing)");
	ASSERT_STRING(help("seen"), "(nothing)");
}

static void a_diagnosis_has_its_lesson_and_pages(void)
{
	ASSERT_HAS(help("byte-order"), "Do next                   sin_port = htons(port)");
	ASSERT_HAS(help("byte-order"), "Lesson 01-udp-server");
	ASSERT_HAS(help("byte-order"), "Manual pages: byteorder(3)");
	ASSERT_HAS(help("own-name"), "Manual pages: getsockname(2), recvfrom(2)");
	ASSERT_HAS(help("own-name"), "Behind a router a socket has a name inside");
}

static void what_is_not_found_has_neighbours(void)
{
	ASSERT_STRING(nearest("byte-ordre"), "byte-order");
	ASSERT_STRING(nearest("chekc"), "check");
	ASSERT_HAS(nearest("htons"), "byte-order");
	ASSERT_HAS(nearest("keepalive"), "keepalive-once");
	ASSERT_STRING(nearest("xyzzyxyzzy"), "");
	ASSERT_STRING(nearest("a-word-that-is-longer-than-any-that-there-could-be-anywhere"), "");
}

static void words_of_a_command(void)
{
	text_free(&out);
	CU_ASSERT_TRUE(help_words("report", &out));
	ASSERT_HAS(text_string(&out), "\tRECORD\twhat windsock grade");
	text_free(&out);
	CU_ASSERT_TRUE(help_words("check", &out));
	ASSERT_HAS(text_string(&out), "\tLESSON\t");
	ASSERT_HAS(text_string(&out), "--case\tCASE\tonly this case\n");
	ASSERT_HAS(text_string(&out), "\n-p\t\talso pictures of what is right\n");
	CU_ASSERT_FALSE(help_words("chekc", &out));
}

static const struct suite_test tests[] = {
	{"a paragraph is broken into lines, by characters and not by bytes", paragraphs_are_wrapped},
	{"code, bold, stress and links", marks_go_or_become_colours},
	{"a list's items hang", lists_hang},
	{"fenced and indented blocks stay as they are", blocks_stay_as_they_are},
	{"a table is a list of its rows", tables_become_lists},
	{"a section ends where the next one begins", sections_end_where_the_next_begins},
	{"commands, pages, parts of pages", names_are_found},
	{"a diagnosis with its lesson and its manual pages", a_diagnosis_has_its_lesson_and_pages},
	{"a name that nothing has: what is near it", what_is_not_found_has_neighbours},
	{"the words that may stand behind a command", words_of_a_command},
};

SUITE_MAIN("help", tests)
