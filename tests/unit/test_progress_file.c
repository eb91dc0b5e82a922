/* test_progress_file.c - the notes on how far a student is: read, mended by hand, damaged, written again. */
#include "suite.h"

#include "../../src/progress_file.h"

#include <stdio.h>
#include <string.h>

static const char whole[] =
	"# a comment\n"
	"lesson 06-tcp-server\n"
	"checks 7\n"
	"last 2026-11-22 20:40\n"
	"points 5 of 11\n"
	"passed 2026-11-20 09:00\n"
	"case one-client 5 of 5\n"
	"  case\ttwo-in-turn 0 of 5 [one-client-only]  \n"
	"\n"
	"picture one-client wrong\n"
	"hint 1\n"
	"hint one-client-only 2\n";

static void read_all(struct progress *progress, const char *source, struct text *complaints)
{
	text_free(complaints);
	progress_parse(progress, "p", source, strlen(source), complaints);
}

static void expect_print(const struct progress *progress, const char *expected)
{
	struct text out = {0};

	progress_print(progress, &out);
	ASSERT_STRING(text_string(&out), expected);
	text_free(&out);
}

static void reads_every_kind(void)
{
	struct progress progress;
	struct text complaints = {0};
	const struct progress_line *line;

	read_all(&progress, whole, &complaints);
	ASSERT_STRING(text_string(&complaints), "");
	CU_ASSERT_EQUAL(progress_find(&progress, PROGRESS_CHECKS, NULL)->number, 7);
	ASSERT_STRING(progress_find(&progress, PROGRESS_PASSED, NULL)->name, "2026-11-20 09:00");
	line = progress_find(&progress, PROGRESS_CASE, "two-in-turn");
	CU_ASSERT_PTR_NOT_NULL_FATAL(line);
	CU_ASSERT(line->number == 0 && line->of == 5);
	ASSERT_STRING(line->id, "one-client-only");
	CU_ASSERT_EQUAL(progress_find(&progress, PROGRESS_PICTURE, "one-client")->number, 0);
	CU_ASSERT_PTR_NOT_NULL(progress_find(&progress, PROGRESS_HINT, "one-client-only 2"));
	CU_ASSERT_PTR_NULL(progress_find(&progress, PROGRESS_HINT, "one-client-only"));
	expect_print(&progress, whole);
	progress_free(&progress);
	text_free(&complaints);
}

/* Each is told with its line, and kept. */
static const struct {
	const char *line, *says;
} damages[] = {
	{"checks x7", "p:2: \"checks x7\" is not understood, and is kept as it is. Write checks NUMBER;"},
	{"checks", "Write checks NUMBER;"},
	{"checks 7 8", "Write checks NUMBER;"},
	{"checks -1", "Write checks NUMBER;"},
	{"checks 99999999999999999999", "Write checks NUMBER;"},
	{"points 6 of 5", "Write points NUMBER of NUMBER;"},
	{"points 6 from 7", "Write points NUMBER of NUMBER;"},
	{"case one 1 of 2 [byte-order", "Write case NAME NUMBER of NUMBER [DIAGNOSIS];"},
	{"case one 1 of 2 byte-order", "Write case NAME"},
	{"case one", "Write case NAME"},
	{"picture one perhaps", "Write picture CASE right, or wrong;"},
	{"hint", "Write hint NUMBER, or hint DIAGNOSIS;"},
	{"done all", "Write a fact, or a comment that begins with #;"},
	{"lesson 02-x", "Write one such line only;"},
	{"hint \xff", "is not understood"},
};

static void keeps_what_is_damaged(void)
{
	for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
		struct progress progress;
		struct text complaints = {0}, source = {0};

		text_printf(&source, "lesson 01-x\n%s\nhint 3\n", damages[i].line);
		read_all(&progress, text_string(&source), &complaints);
		if (!strstr(text_string(&complaints), damages[i].says) || strncmp(text_string(&complaints), "p:2: ", 5) != 0)
			ASSERT_STRING(text_string(&complaints), damages[i].says);
		CU_ASSERT_PTR_NOT_NULL(progress_find(&progress, PROGRESS_HINT, "3"));
		ASSERT_STRING(progress_find(&progress, PROGRESS_LESSON, NULL)->name, "01-x");
		expect_print(&progress, text_string(&source));
		progress_free(&progress);
		text_free(&complaints);
		text_free(&source);
	}
}

static void note(struct progress *facts, enum progress_kind kind, const char *name, int number, int of, const char *id)
{
	struct progress_line fact = {.kind = kind, .number = number, .of = of};

	snprintf(fact.name, sizeof fact.name, "%s", name);
	snprintf(fact.id, sizeof fact.id, "%s", id);
	progress_put(facts, &fact);
}

static void says_facts_in_their_places(void)
{
	struct progress progress, facts = {0};
	struct text complaints = {0};

	read_all(&progress, "# mine\nchecks 2\n# between\npassed then\nchecks x\ncase b 0 of 1 [floods]\nhint 1\n# last",
	         &complaints);
	note(&facts, PROGRESS_CHECKS, "", 1, 0, "");
	note(&facts, PROGRESS_PASSED, "now", 0, 0, "");
	note(&facts, PROGRESS_LESSON, "01-x", 0, 0, "");
	note(&facts, PROGRESS_CASE, "a", 1, 1, "");
	note(&facts, PROGRESS_CASE, "b", 1, 1, "");
	note(&facts, PROGRESS_HINT, "2", 0, 0, "");
	note(&facts, PROGRESS_POINTS, "", 2, 2, "");
	progress_merge(&progress, &facts);
	expect_print(&progress, "# mine\nlesson 01-x\nchecks 3\npoints 2 of 2\n# between\npassed then\nchecks x\n"
	             "case b 1 of 1\ncase a 1 of 1\nhint 1\nhint 2\n# last\n");
	progress_free(&facts);
	progress_free(&progress);
	text_free(&complaints);
}

static void forgets_that_nothing_ran(void)
{
	struct progress progress, facts = {0};
	struct text complaints = {0};

	read_all(&progress, "checks 2\nstopped now\nhint 1\n", &complaints);
	note(&facts, PROGRESS_HINT, "2", 0, 0, "");
	progress_merge(&progress, &facts);
	CU_ASSERT_PTR_NOT_NULL(progress_find(&progress, PROGRESS_STOPPED, NULL)); /* a hint is no check */
	note(&facts, PROGRESS_CHECKS, "", 1, 0, "");
	progress_merge(&progress, &facts);
	expect_print(&progress, "checks 3\nhint 1\nhint 2\n");
	progress_free(&facts);
	progress_free(&progress);
	text_free(&complaints);
}

static void begins_with_nothing(void)
{
	struct progress progress = {0};

	note(&progress, PROGRESS_HINT, "1", 0, 0, "");
	note(&progress, PROGRESS_HINT, "1", 0, 0, "");
	note(&progress, PROGRESS_CHECKS, "", 1, 0, "");
	note(&progress, PROGRESS_PICTURE, "a", 1, 0, "");
	expect_print(&progress, "checks 1\npicture a right\nhint 1\n");
	progress_free(&progress);
}

static const struct suite_test tests[] = {
	{"every kind of line is read and printed as it was", reads_every_kind},
	{"a damaged line is told and kept", keeps_what_is_damaged},
	{"facts go where they belong, comments stay", says_facts_in_their_places},
	{"that nothing ran is forgotten when something does", forgets_that_nothing_ran},
	{"an empty file is one, too", begins_with_nothing},
};

SUITE_MAIN("progress file", tests)
