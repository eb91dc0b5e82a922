/* test_report.c - a verdict as text: heading, picture, sentence, what was expected where. */
#include "recorded.h"
#include "report.h"
#include "seen.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct seen seen;
static struct trace expected;
static struct scene scene;
static struct verdict verdict;
static struct text out;
static struct report_options options;

static struct host hosts[] = {{.name = "a"}, {.name = "b"}};
static const struct lesson lesson = {.hosts = hosts, .host_count = 2};
static struct lesson_case judged_case = {.name = "one-question", .title = "One question, one answer", .points = 4};

static void open_scene(const char *wanted, const char *was)
{
	struct error error;

	options = (struct report_options){.style = {80, false, false}};
	judged_case.points = 4;
	seen_read(&seen, was);
	if (trace_parse(&expected, "traces/one.trace", wanted, strlen(wanted), &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
	scene = (struct scene){.lesson = &lesson, .lesson_case = &judged_case, .trace = &expected, .hosts = seen.hosts,
	                       .views = seen.views, .view_count = seen.view_count};
	scene.evidence.end = RUN_SETTLED;
	if (verdict_make(&scene, &verdict, &error))
		abort();
	/* The wording of diagnoses is not this test's business. */
	if (verdict.result == VERDICT_WRONG) {
		finding_free(&verdict.finding);
		verdict.finding.id = "no-answer";
		text_add(&verdict.finding.seen, "a never answers.");
		text_add(&verdict.finding.means, "recv() has its bytes; nothing is sent back.");
		text_add(&verdict.finding.next, "Send the answer.");
	}
}

static void close_scene(void)
{
	verdict_free(&verdict);
	trace_free(&expected);
	seen_free(&seen);
	text_free(&out);
}

static const char *report(void)
{
	text_free(&out);
	report_case(&scene, &verdict, &options, &out);
	return text_string(&out);
}

#define ASKED "udp b:* => a:7777\n -> \"from B\"\n"

/* Below what is right: the three directions. */
#define GLANCE                                                              \
	"    flow               opened by  first word  bytes      closed by\n" \
	"    udp b:5 => a:7777  b          b           6 -> <- 0  -\n"

static void right(void)
{
	open_scene(ASKED, "udp b:5 => a:7777\n -> \"from B\"\n");
	ASSERT_STRING(report(), "ok   One question, one answer  (one-question, 4 of 4 points)\n" GLANCE);
	options.style.unicode = true;
	ASSERT_STRING(report(), "✓ One question, one answer  (one-question, 4 of 4 points)\n" GLANCE);
	options.style.colour = true;
	ASSERT_STRING(report(), "\033[32m✓\033[0m One question, one answer  (one-question, 4 of 4 points)\n" GLANCE);
	close_scene();
}

static void right_with_a_picture(void)
{
	open_scene(ASKED, "udp b:5 => a:7777\n -> \"from B\"\n");
	options.pictures = true;
	ASSERT_STRING(report(), "ok   One question, one answer  (one-question, 4 of 4 points)\n\n"
	                        "      ms   a                                                                  b\n"
	                        "      0.0  |<:7777---------------------- \"from B\" --------------------------:5|\n\n"
	                        GLANCE "\n");
	close_scene();
}

static void wrong(void)
{
	open_scene("# A question.\n" ASKED " <- \"thanks\" within 20 ms\n", "udp b:5 => a:7777\n -> \"from B\"\n");
	ASSERT_STRING(report(), "no   One question, one answer  (one-question, 0 of 4 points)\n\n"
	                        "      ms   a                                                                  b\n"
	                        "      0.0  |<:7777---------------------- \"from B\" --------------------------:5|\n"
	                        " X         |:7777................... \"thanks\", missing ....................:5>|\n\n"
	                        "    a never answers.\n"
	                        "    recv() has its bytes; nothing is sent back.\n"
	                        "    Next: Send the answer. [no-answer]\n"
	                        "    expected, traces/one.trace:4:  udp b:* => a:7777\n"
	                        "        <- \"thanks\" within 20 ms\n\n");
	close_scene();
}

static void told_before(void)
{
	open_scene(ASKED, "");
	options.told = "no-answer";
	ASSERT_STRING(report(), "no   One question, one answer  (one-question, 0 of 4 points)\n"
	                        "    The same as above [no-answer]; `windsock show one-question` draws it.\n\n");
	options.told = "another";
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "a never answers."));
	close_scene();
}

static void inconclusive(void)
{
	open_scene(ASKED, "");
	verdict.result = VERDICT_INCONCLUSIVE;
	snprintf(verdict.trouble, sizeof verdict.trouble, "the kernel dropped 3 packets");
	ASSERT_STRING(report(), "??   One question, one answer  (one-question, 0 of 4 points)\n\n"
	                        "    This run says nothing about your program:\n"
	                        "    the kernel dropped 3 packets\n\n");
	close_scene();
}

static void one_point(void)
{
	open_scene(ASKED, "");
	judged_case.points = 1;
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "(one-question, 0 of 1 point)\n"));
	close_scene();
}

static void check_expected(const char *wanted, const char *was, const char *text)
{
	open_scene(wanted, was);
	text_free(&out);
	report_expected(&scene, &verdict.match, &out);
	ASSERT_STRING(text_string(&out), text);
	close_scene();
}

static void what_was_expected(void)
{
	/* Nothing when all is right; the flow's line when that is what is wrong; the item's when it is an item. */
	check_expected(ASKED, "udp b:5 => a:7777\n -> \"from B\"\n", "");
	check_expected(ASKED, "udp b:5 => a:8888\n -> \"from B\"\n",
	               "    expected, traces/one.trace:1:  udp b:* => a:7777\n");
	check_expected(ASKED, "udp b:5 => a:7777\n -> \"B\"\n",
	               "    expected, traces/one.trace:2:  udp b:* => a:7777\n        -> \"from B\"\n");
	check_expected("tcp b:* => a:7777 repeat 2.. after 50 ms\n", "",
	               "    expected, traces/one.trace:1:  tcp b:* => a:7777 repeat 2.. after 50 ms\n");
}

static void what_was_not_expected(void)
{
	check_expected(ASKED "never tcp * => b:*\n", "udp b:5 => a:7777\n -> \"from B\"\ntcp a:5 => b:80\n",
	               "    expected, traces/one.trace:3:  never tcp * => b:*\n");
	/* Where no line of the trace speaks of it, none is named. */
	check_expected(ASKED, "udp b:5 => a:7777\n -> \"from B\"\ntcp a:5 => b:80\n", "");
	/* More was said than the flow has. */
	check_expected(ASKED, "udp b:5 => a:7777\n -> \"from B\"\n -> \"more\"\n",
	               "    expected, traces/one.trace:1:  udp b:* => a:7777\n");
}

static void where(void)
{
	check_expected("udp b:$p => a:7777\nwhere $p = 6\n", "udp b:5 => a:7777\n",
	               "    expected, traces/one.trace:2:  where $p = 6\n");
}

/* All vantage points make one picture; a packet that two of them saw is one arrow. */
static void one_picture_of_all_views(void)
{
	static const char wanted[] = "udp b:* => a:7777\n -> \"one\"\nat b.wan\n udp b:* => a:7777\n  -> \"one\"\n";

	open_scene(wanted, "udp b:5 => a:7777\n -> \"one\"\nat b.wan\n udp b:5 => a:7777\n  -> \"one\"\n");
	options.pictures = true;
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "    seen on a.eth0 and b.wan:\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "\"one\""));
	CU_ASSERT_PTR_NULL(strstr(strstr(report(), "\"one\"") + 1, "\"one\""));
	close_scene();
	/* What they did not see alike is two. */
	open_scene(wanted, "udp b:5 => a:7777\n -> \"one\"\nat b.wan\n udp b:5 => a:7777\n  -> \"two\"\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "\"one\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "\"two\", not as expected"));
	close_scene();
}

static void nothing_on_the_wire(void)
{
	open_scene("tcp b:* => a:1 maybe\n", "");
	options.pictures = true;
	CU_ASSERT_PTR_NOT_NULL(strstr(report(), "\n      (not a single packet on a.eth0)\n"));
	close_scene();
}

static void flows(void)
{
	open_scene("tcp b:* => a:1 repeat 2..\n -> \"q\"\n", "tcp b:5 => a:1 repeat 2\n -> \"q\"\n <- \"aaa\"\n <- fin\n"
	           "tcp b:9 => a:2 refused\nudp a:7 => b:8\n");
	report_flows(&scene, 80, &out);
	ASSERT_STRING(text_string(&out),
	              "    flow                    opened by   first word  bytes      closed by\n"
	              "    2 times tcp b:* => a:1  b           b           2 -> <- 6  a\n"
	              "    tcp b:9 => a:2          b, refused  nobody      0 -> <- 0  -\n"
	              "    udp a:7 => b:8          a           nobody      0 -> <- 0  -\n");
	text_free(&out);
	report_flows(&scene, 60, &out);
	ASSERT_STRING(text_string(&out),
	              "    flow\n"
	              "      opened by   first word  bytes      closed by\n"
	              "    2 times tcp b:* => a:1\n"
	              "      b           b           2 -> <- 6  a\n"
	              "    tcp b:9 => a:2\n"
	              "      b, refused  nobody      0 -> <- 0  -\n"
	              "    udp a:7 => b:8\n"
	              "      a           nobody      0 -> <- 0  -\n");
	close_scene();
}

static void a_trace_to_paste(void)
{
	open_scene(ASKED, "udp b:5 => a:7777\n -> \"from B\"\nat b.wan\n udp b:6 => a:7777\n  -> \"x\"\n");
	report_trace(&scene, &out);
	ASSERT_STRING(text_string(&out), "udp b:5 => a:7777\n    -> \"from B\"\n"
	                                 "at b.wan\n    udp b:6 => a:7777\n        -> \"x\"\n");
	close_scene();
}

static void output(void)
{
	struct evidence_program programs[] = {
		{.host = "a", .name = "server", .output = "line\n\ta tab\n\n\x1b[2Jcleared\r\x7f, no end"},
		{.host = "b", .name = "client", .output = ""},
		{.host = "b", .name = "other"},
	};

	open_scene(ASKED, "udp b:5 => a:7777\n -> \"from B\"\n");
	scene.evidence.programs = programs;
	scene.evidence.program_count = 3;
	CU_ASSERT_PTR_NULL(strstr(report(), "printed"));
	options.output = true;
	ASSERT_STRING(report(), "ok   One question, one answer  (one-question, 4 of 4 points)\n" GLANCE
	                        "    server on a printed:\n"
	                        "      | line\n"
	                        "      | \ta tab\n"
	                        "      | \n"
	                        "      | \\x1b[2Jcleared\\x0d\\x7f, no end\n");
	scene.evidence.programs = NULL;
	scene.evidence.program_count = 0;
	close_scene();
}

/* ---- lines ---- */

static void check_wrap(const char *paragraph, int indent, int width, const char *lines)
{
	report_wrap(&out, paragraph, indent, width);
	ASSERT_STRING(text_string(&out), lines);
	text_free(&out);
}

static void wrapped(void)
{
	check_wrap("one two three", 0, 80, "one two three\n");
	check_wrap("one two three", 4, 80, "    one two three\n");
	check_wrap("one two three", 2, 9, "  one two\n  three\n");
	check_wrap("one two three", 2, 8, "  one\n  two\n  three\n");
	check_wrap("one\ntwo  \n", 2, 80, "  one two\n");
	check_wrap("  one", 2, 80, "  one\n");
	check_wrap("", 4, 80, "\n");
}

/* What is quoted keeps its spaces. */
static void quoted_spaces(void)
{
	check_wrap("b sent \"a  b\", not \"a b\".", 4, 80, "    b sent \"a  b\", not \"a b\".\n");
	check_wrap("b sent \"a  b\", not \"a b\".", 0, 12, "b sent \"a\nb\", not \"a\nb\".\n");
}

static void long_words(void)
{
	check_wrap("see abcdefghijklm now", 2, 8, "  see\n  abcdef\n  ghijkl\n  m now\n");
	check_wrap("abcdef", 2, 8, "  abcdef\n");
	check_wrap("ab", 4, 2, "    a\n    b\n");
	/* Not in the middle of a character. */
	check_wrap("\xc3\xbc\xc3\xbc\xc3\xbc", 0, 3, "\xc3\xbc\n\xc3\xbc\n\xc3\xbc\n");
}

static size_t columns(const char *line, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)line[i] & 0xc0) != 0x80;
	return count;
}

/* But for what is quoted from the trace, which stands on its line as it is there. */
static void check_width(const char *text, int width, const char *run)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (!strncmp(text, "    expected, ", 14))
			return;
		if (columns(text, length) > (size_t)width)
			printf("# %s at %d: %.*s\n", run, width, (int)length, text);
		CU_ASSERT(columns(text, length) <= (size_t)width);
		text += length + (text[length] == '\n');
	}
}

static void recorded_reports(void)
{
	static const int widths[] = {60, 80, 120};

	for (size_t i = 0; i < recorded_count; i++) {
		struct recording recording;
		struct verdict judged;
		struct error error;

		recorded_open(&recording, &recorded_runs[i]);
		CU_ASSERT_EQUAL_FATAL(verdict_make(&recording.scene, &judged, &error), 0);
		for (size_t j = 0; j < 6; j++) {
			struct report_options wide = {.style = {widths[j / 2], j & 1, false}, .pictures = true};

			text_free(&out);
			report_case(&recording.scene, &judged, &wide, &out);
			/* The heading is one line, whatever the title. */
			check_width(strchr(text_string(&out), '\n') + 1, widths[j / 2], recorded_runs[i].run);
			CU_ASSERT_EQUAL(strstr(text_string(&out), "    Next: ") != NULL, recorded_runs[i].id != NULL);
			if (recorded_runs[i].id)
				CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), recorded_runs[i].id));
		}
		text_free(&out);
		verdict_free(&judged);
		recorded_close(&recording);
	}
}

static const struct suite_test tests[] = {
	{"what is right is one line", right},
	{"and its picture on demand", right_with_a_picture},
	{"what is wrong: heading, picture, sentence, expected line", wrong},
	{"a diagnosis that was told is not told again", told_before},
	{"what says nothing of the program says why", inconclusive},
	{"one point is one point", one_point},
	{"the expected line is named by file and line", what_was_expected},
	{"what was not expected names a line only where one forbids it", what_was_not_expected},
	{"a relation that does not hold", where},
	{"all vantage points make one picture", one_picture_of_all_views},
	{"nothing seen is said in words", nothing_on_the_wire},
	{"flows as a table", flows},
	{"what was seen as a trace", a_trace_to_paste},
	{"what programs printed cannot rewrite the screen", output},
	{"paragraphs are wrapped", wrapped},
	{"quoted spaces stay", quoted_spaces},
	{"a word longer than a line is cut", long_words},
	{"reports of recorded runs fit the screen", recorded_reports},
};

SUITE_MAIN("report", tests)
