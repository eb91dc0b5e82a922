/* test_frame.c - a screen of text, and the keys of a terminal. */
#include "../../src/frame.h"
#include "../../src/glyph.h"
#include "../../src/keys.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void expect_fold(const char *body, int columns, const char *expected)
{
	struct text out = {0};

	frame_fold(body, columns, true, &out);
	ASSERT_STRING(text_string(&out), expected);
	text_free(&out);
}

static void fold_keeps_what_fits(void)
{
	expect_fold("", 10, "");
	expect_fold("one\n\ntwo", 10, "one\n\ntwo\n");
	expect_fold("0123456789\n", 10, "0123456789\n");
	expect_fold("  two  blanks \n", 20, "  two  blanks \n");
}

static void fold_breaks_at_blanks(void)
{
	expect_fold("one two three four\n", 10, "one two\nthree four\n");
	expect_fold("one two three fourteen\n", 10, "one two\nthree\nfourteen\n");
	expect_fold("0123456789 next\n", 10, "0123456789\nnext\n");
	expect_fold("    Next: look here\n", 14, "    Next: look\n    here\n");
}

static void fold_breaks_what_has_no_blank(void)
{
	expect_fold("0123456789abcdef\n", 10, "0123456789\nabcdef\n");
	expect_fold("  0123456789\n", 8, "  012345\n  6789\n");
	/* An indentation that would leave no room is not kept. */
	expect_fold("        0123456789\n", 10, "        01\n23456789\n");
}

static void fold_counts_columns(void)
{
	expect_fold("ää öö\n", 3, "ää\nöö\n");
	expect_fold("北京 上海\n", 5, "北京\n上海\n");
	expect_fold("e\xcc\x81t\xc3\xa9\n", 3, "e\xcc\x81t\xc3\xa9\n"); /* a mark stands on the one before */
	expect_fold("\tx\n", 20, "        x\n");
	expect_fold("ab\tx\n", 20, "ab      x\n");
}

static void fold_passes_on_colours_alone(void)
{
	expect_fold("\x1b[31mred\x1b[0m\n", 3, "\x1b[31mred\x1b[0m\n");
	expect_fold("\x1b[2Jx\x1b]0;title\x07\n", 30, "?[2Jx?]0;title?\n");
	expect_fold("a\rb\x9b" "c\xff\n", 30, "a?b?c?\n");
}

static void fold_without_unicode(void)
{
	struct text out = {0};

	frame_fold("a → b\n", 20, false, &out);
	ASSERT_STRING(text_string(&out), "a ? b\n");
	text_free(&out);
}

static const struct frame_key keys[] = {{"h", "hint"}, {"n", "next"}, {"q", "quit"}};

static struct frame some_frame(const char *body, size_t top)
{
	return (struct frame){.title = "lesson: title", .state = "5 of 5", .body = body, .top = top, .keys = keys,
	                      .key_count = sizeof keys / sizeof keys[0]};
}

/* The rows of the screen without escapes; the first must begin at the upper left corner. */
static char *plain(struct frame *frame, const struct frame_style *style)
{
	struct text drawn = {0}, out = {0};
	const char *at;

	frame_draw(frame, style, &drawn);
	at = text_string(&drawn);
	CU_ASSERT_EQUAL(strncmp(at, "\x1b[H", 3), 0);
	while (*at)
		if (*at == '\x1b')
			at += 2 + strspn(at + 2, "0123456789;") + 1;
		else if (*at == '\r')
			at++;
		else
			text_add_bytes(&out, at++, 1);
	text_free(&drawn);
	text_add(&out, "");
	return out.data;
}

static void expect_frame(struct frame frame, int rows, int columns, const char *expected)
{
	struct frame_style style = {.rows = rows, .columns = columns, .unicode = true};
	char *drawn = plain(&frame, &style);

	ASSERT_STRING(drawn, expected);
	free(drawn);
}

static void frame_has_its_parts(void)
{
	expect_frame(some_frame("one\ntwo\n", 0), 6, 30, " lesson: title         5 of 5 \n"
	             "one\ntwo\n\n\nh hint  n next  q quit");
}

static void frame_shows_where_it_stands(void)
{
	expect_frame(some_frame("1\n2\n3\n4\n5\n6\n", 2), 6, 30, " lesson: title         5 of 5 \n"
	             "3\n4\n5\n-- 2 lines above, 1 below (spa\nh hint  n next  q quit");
}

static void frame_keeps_its_top_within_the_text(void)
{
	struct frame_style style = {.rows = 6, .columns = 30};
	struct frame frame = some_frame("1\n2\n3\n4\n5\n6\n", SIZE_MAX / 2);

	free(plain(&frame, &style));
	CU_ASSERT_EQUAL(frame.top, 3);
	frame = some_frame("1\n2\n", 1);
	free(plain(&frame, &style));
	CU_ASSERT_EQUAL(frame.top, 0);
}

static void frame_lays_keys_like_words(void)
{
	expect_frame(some_frame("one\n", 0), 12, 16, " lesson  5 of 5 \none\n\n\n\n\n\n\n\n\nh hint  n next\nq quit");
	/* A low screen has one line of them. */
	expect_frame(some_frame("one\n", 0), 5, 16, " lesson  5 of 5 \none\n\n\nh hint  n next");
}

static void frame_finds_marks(void)
{
	struct frame frame = some_frame("a\n\x1b[31mx here\nb x\n", 0);
	struct frame_style style = {.rows = 6, .columns = 30};

	CU_ASSERT_EQUAL(frame_find(&frame, &style, "x"), 1);
	CU_ASSERT_EQUAL(frame_find(&frame, &style, "a"), 0);
	CU_ASSERT_EQUAL(frame_find(&frame, &style, "y"), SIZE_MAX);
}

/* Whatever the text and the size: as many rows as the screen has, and none is wider. */
static void frame_is_never_larger_than_the_screen(void)
{
	unsigned state = 1;
	char body[400];

	for (int round = 0; round < 3000; round++) {
		static const char bytes[] = "  \n\tabc\x1b[31mäß北\xcc\x81\xff\r";
		struct frame_style style = {.rows = 5 + round % 7, .columns = 1 + round % 40, .unicode = round % 3 > 0,
		                            .colour = round % 2 > 0};
		struct frame frame;
		char *drawn;
		int rows = 1;

		for (size_t i = 0; i < sizeof body - 1; i++) {
			state = state * 1103515245u + 12345u;
			body[i] = bytes[(state >> 16) % (sizeof bytes - 1)];
		}
		body[(state >> 8) % sizeof body] = '\0';
		body[sizeof body - 1] = '\0';
		frame = some_frame(body, state % 50);
		drawn = plain(&frame, &style);
		for (char *next, *line = drawn; line; line = next, rows += line != NULL) {
			next = strchr(line, '\n');
			if (next)
				*next++ = '\0';
			/* A character of two columns has no room on a screen of one; a key on one that is narrower than its word. */
			if (style.columns >= 8 && glyph_width(line) > style.columns)
				CU_FAIL("a line is too wide");
		}
		if (style.columns >= 8 && rows != style.rows)
			CU_FAIL("not as many rows as the screen has");
		free(drawn);
	}
}

static void expect_key(const char *bytes, int key, size_t used)
{
	size_t taken = 0;

	CU_ASSERT_EQUAL(key_read(bytes, strlen(bytes), &taken), key);
	CU_ASSERT_EQUAL(taken, used);
}

static void keys_are_letters(void)
{
	expect_key("h", 'h', 1);
	expect_key("Hx", 'h', 1); /* Caps Lock */
	expect_key("?", '?', 1);
	expect_key("\x03", KEY_INTERRUPT, 1);
	expect_key("\x1a", KEY_SUSPEND, 1);
	expect_key(" ", KEY_PAGE_DOWN, 1);
	expect_key("\r", KEY_BACK, 1);
	expect_key("\xc3\xa4", KEY_OTHER, 1);
}

static void keys_are_sequences(void)
{
	expect_key("\x1b[A", KEY_UP, 3);
	expect_key("\x1bOBq", KEY_DOWN, 3);
	expect_key("\x1b[5~\x1b[6~", KEY_PAGE_UP, 4);
	expect_key("\x1b[1~", KEY_HOME, 4);
	expect_key("\x1b[F", KEY_END, 3);
}

/* A sequence that nobody knows is taken as a whole: its letters are no keys. */
static void unknown_sequences_mean_nothing(void)
{
	expect_key("\x1b[1;5q", KEY_OTHER, 6);
	expect_key("\x1b[200~h", KEY_OTHER, 6);
	expect_key("\x1b[200", KEY_OTHER, 5);
	expect_key("\x1b[", KEY_OTHER, 2);
	expect_key("\x1bO", KEY_OTHER, 2);
	expect_key("\x1bq", KEY_OTHER, 2);
	expect_key("\x1b", KEY_BACK, 1);
}

static const struct suite_test tests[] = {
	{"what fits is not changed", fold_keeps_what_fits},
	{"long lines are broken at blanks, and keep their indentation", fold_breaks_at_blanks},
	{"and anywhere where there is no blank", fold_breaks_what_has_no_blank},
	{"columns are counted, not bytes", fold_counts_columns},
	{"of a text's escapes only colours are passed on", fold_passes_on_colours_alone},
	{"a plain terminal gets plain characters", fold_without_unicode},
	{"a frame is title, text, keys", frame_has_its_parts},
	{"a long text says what is above and below", frame_shows_where_it_stands},
	{"nobody can scroll away from the text", frame_keeps_its_top_within_the_text},
	{"keys go on in a second line, on a high screen", frame_lays_keys_like_words},
	{"a line is found by how it begins", frame_finds_marks},
	{"a frame is never larger than the screen", frame_is_never_larger_than_the_screen},
	{"letters and controls", keys_are_letters},
	{"what keys without a letter send", keys_are_sequences},
	{"unknown sequences mean nothing", unknown_sequences_mean_nothing},
};

SUITE_MAIN("frame", tests)
