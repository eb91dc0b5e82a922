/* test_prediction.c - runs made up from a trace, and what is said of a prediction that is not so. */
#include "suite.h"

#include "../../src/imagine.h"
#include "../../src/prediction.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char lesson_source[] =
	"lesson 01-x\ntitle \"T\"\nidea \"I\"\nswitch lan\nhost a\nhost b\nhost c\n"
	"link a.eth0 10.0.0.1/24 -- lan\nlink b.eth0 10.0.0.2/24 -- lan\nlink c.eth0 10.0.0.3/24 -- lan\n"
	"program server student server.c\nparam port 7777 port\nparam question \"from B\" text\n"
	"case one 4 points\n title \"C\"\n trace traces/one.trace\n watch a.eth0\n watch b.eth0\n run a server {port}\n";

/* A lesson with one case, and a trace of it that somebody expects. */
struct setting {
	struct lesson lesson;
	struct params params;
	struct trace expected, trace;
};

static void read_trace(struct trace *trace, const char *file, const char *source)
{
	struct error error;

	if (trace_parse(trace, file, source, strlen(source), &error)) {
		ASSERT_STRING(error_string(&error), source);
		CU_FAIL_FATAL("a trace of the test itself");
	}
}

static void set(struct setting *setting, const char *expected, const char *written)
{
	struct error error;

	*setting = (struct setting){0};
	CU_ASSERT_FATAL(!lesson_parse(&setting->lesson, "l", lesson_source, sizeof lesson_source - 1, &error));
	lesson_params(&setting->lesson, NULL, &setting->params);
	read_trace(&setting->expected, "expected", expected);
	read_trace(&setting->trace, "mine.trace", written);
}

static void unset(struct setting *setting)
{
	trace_free(&setting->expected);
	trace_free(&setting->trace);
	params_free(&setting->params);
	lesson_free(&setting->lesson);
}

static int compare(const struct setting *setting, struct imagine_choice *nearest)
{
	struct error error;

	*nearest = (struct imagine_choice){0};
	return imagine_match(&setting->lesson, &setting->lesson.cases[0], &setting->expected, &setting->params,
	                     &setting->trace, nearest, &error);
}

/* ---- whether a picture is right ---- */

#define TALK "tcp b:* => a:{port}\n    -> \"{question}\"\n    <- \"thanks\"\n"
#define ENDS "    -> fin\n    <- fin\n"

static const struct {
	const char *expected, *written;
	int right;
} pictures[] = {
	{TALK ENDS, TALK ENDS, 1},
	{TALK ENDS, TALK, 1},
	{TALK, TALK ENDS, 1}, /* who ends first is nobody's business */
	{TALK, TALK "    <- fin\n    -> fin\n", 1},
	{TALK ENDS, TALK "    <- fin\n    -> fin\n", 0},
	{TALK ENDS, "tcp b:* => a:7777\n    -> \"from B\"\n    <- any\n", 1},
	{TALK ENDS, "tcp a:{port} => b:*\n    -> \"from B\"\n    <- any\n", 0},
	{TALK ENDS, "tcp b:5555 => a:7777\n    -> \"from B\"\n    <- any\n", 0},
	{TALK ENDS, "tcp b:* => a:7777\n    <- \"from B\"\n    -> any\n", 0},
	{TALK ENDS, "tcp b:* => a:7777\n    -> 6 bytes\n    <- 7 bytes\n", 0},
	{TALK ENDS, "udp b:* => a:7777\n    -> 6 bytes\n", 0},
	{TALK ENDS, "tcp b:* => a:7777 refused\n", 0},
	{"tcp b:* => a:7777 refused\ntcp c:* => a:80 unanswered\n", "tcp c:* => a:80 unanswered\ntcp b:* => a:* refused\n", 1},
	{"tcp b:* => a:7777 refused\n", "tcp b:* => a:7777 unanswered\n", 0},
	/* What the trace leaves open. */
	{"udp b:* => a:9\n    repeat 2..20\n        -> any\n    <- \"x\"\n",
	 "udp b:* => a:9\n    repeat 5\n        -> any\n    <- \"x\"\n", 1},
	{"udp b:* => a:9\n    repeat 2..20\n        -> any\n    <- \"x\"\n",
	 "udp b:* => a:9\n    repeat 3..6\n        -> any\n    <- \"x\"\n", 1},
	{"udp b:* => a:9\n    repeat 2..20\n        -> any\n", "udp b:* => a:9\n    -> any\n", 0},
	{"udp b:* => a:9\n    -> any\n", "udp b:* => a:9\n    -> \"some words\"\n", 1},
	{"udp b:* => a:9\n    -> \"a\"\n    maybe\n        <- \"b\"\n", "udp b:* => a:9\n    -> \"a\"\n    <- \"b\"\n", 1},
	{"udp b:* => a:9\n    in any order\n        -> \"a\"\n        <- \"b\"\n",
	 "udp b:* => a:9\n    <- \"b\"\n    -> \"a\"\n", 0}, /* who opens a UDP flow speaks first */
	{"tcp b:* => a:9\n    in any order\n        -> \"a\"\n        <- \"b\"\n",
	 "tcp b:* => a:9\n    <- \"b\"\n    -> \"a\"\n", 1},
	{"tcp b:* => a:9 repeat 3..\n    -> \"a\"\n", "tcp b:* => a:9 repeat 4\n    -> \"a\"\n", 1},
	{"tcp b:* => a:9\n    -> \"a\"\n    -> \"b\"\n", "tcp b:* => a:9\n    -> \"ab\"\n", 1},
	{"tcp b:* => a:9 -> 9000.. bytes\n", "tcp b:* => a:9\n    -> any\n", 1},
	{"tcp b:* => a:9 -> 9000.. bytes\n", "tcp b:* => a:9\n    <- any\n", 0},
	/* Places, ports, times and amounts. */
	{TALK "at b.eth0\n    tcp b:$p => a:80\nwhere $p != 5\n", TALK "at b.eth0\n    tcp b:* => a:80\n", 1},
	{TALK "at b.eth0\n    tcp b:* => a:80\n", TALK "at b.eth0\n    tcp a:* => b:80\n", 0},
	{TALK "at a.eth0\n    tcp c:* => a:80\n", "tcp c:* => a:80\n" TALK, 1},
	{TALK "up 100..200 bytes\ndown 0..50 bytes\n", TALK "up 0..1000 bytes\n", 1},
	{TALK "up 100..200 bytes\ndown 0..50 bytes\n", TALK "up 0..50 bytes\ndown 100..200 bytes\n", 0},
	{"tcp b:* => a:9\n    -> 9 bytes in at least 300 ms\n", "tcp b:* => a:9\n    -> 9 bytes in at most 100 ms\n", 0},
	{"tcp b:* => a:9\n    -> 99999999 bytes\n", "tcp b:* => a:9\n    -> 99999999 bytes\n", 1},
};

static void tells_right_from_wrong(void)
{
	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
		struct imagine_choice nearest;
		struct setting setting;
		int right;

		set(&setting, pictures[i].expected, pictures[i].written);
		right = compare(&setting, &nearest);
		if (right != pictures[i].right)
			ASSERT_STRING(pictures[i].written, right ? "a picture that is wrong" : "a picture that is right");
		unset(&setting);
	}
}

static void refuses_what_is_not_there(void)
{
	struct imagine_choice nearest;
	struct setting setting;

	set(&setting, TALK, "at c.eth9\n    tcp b:* => a:9\n");
	CU_ASSERT_EQUAL(compare(&setting, &nearest), -1);
	unset(&setting);
	set(&setting, TALK, "tcp b:* => a:9 segments\n    -> any\n");
	CU_ASSERT(imagine_can(&setting.expected));
	CU_ASSERT(!imagine_can(&setting.trace));
	unset(&setting);
}

/* ---- what is said ---- */

static const struct {
	const char *expected, *written, *says[3];
} sayings[] = {
	{TALK, "# mine\ntcp a:{port} => b:*\n    -> any\n",
	 {"       2 | tcp a:{port} => b:*\n         |              ^^\n", "By this line a opens. It is the other side"}},
	{TALK, "tcp b:* => a:{port}\n    <- \"from B\"\n    -> \"thanks\"\n",
	 {"       2 |     <- \"from B\"\n         |     ^^\n", "It is said, but by the other side"}},
	{TALK, "tcp b:* => c:{port}\n    -> any\n", {"         |            ^\n", "By this line c is who is called."}},
	{TALK, "tcp b:9 => a:{port}\n    -> any\n", {"         |     ^^^\n", "Not this port: b has another one"}},
	{TALK, "udp b:* => a:{port}\n    -> any\n", {"         | ^^^\n", "It is TCP that is spoken here."}},
	{TALK, "tcp b:* => a:{port} refused\n", {"By this line this call is refused. It goes otherwise."}},
	{TALK, "tcp b:* => a:{port}\n    -> any\n",
	 {"       2 |     -> any\n         |     ^^\n", "Behind this line a says something that your picture has no line for"}},
	{TALK ENDS, TALK "    <- fin\n    -> fin\n", {"(fin)"}},
	{TALK, TALK "tcp c:* => a:80\n", {"       4 | tcp c:* => a:80\n", "Nothing like this flow"}},
	{TALK "tcp c:* => a:80\n", TALK, {"One more flow is to be seen"}},
	{TALK, TALK "never tcp b:* => *:*\n", {NULL}},
	{TALK "up 100..200 bytes\n", TALK "up 0..50 bytes\n", {"         | ^^\n", "`up` is what goes out"}},
	{"udp b:* => a:9\n    -> any\n    <- unreachable\n", "udp b:* => a:9\n    -> any\n",
	 {"word that nobody is there"}},
	{"udp b:* => a:9\n    -> any\n", "udp b:* => a:9\n    -> any\n    <- \"x\"\n",
	 {"       3 |     <- \"x\"\n", "By this line a says this. At this place that does not happen."}},
};

static void explain(const struct setting *setting, const struct imagine_choice *nearest, bool shown, struct text *out)
{
	const struct lesson *lesson = &setting->lesson;
	struct imagined run;
	struct match match;
	struct error error;
	struct prediction prediction = {.lesson = lesson, .trace = &setting->trace, .source = NULL, .match = &match,
	                                .hosts = &run.hosts, .shown = shown};
	struct match_input input = {&setting->trace, &run.hosts, &setting->params, NULL, 0};

	imagine(lesson, &lesson->cases[0], &setting->expected, &setting->params, nearest, &run);
	input.views = run.views;
	input.view_count = run.view_count;
	CU_ASSERT_FATAL(!match_trace(&input, &match, &error));
	prediction.source = text_string(out);
	{
		struct text said = {0};

		prediction_explain(&prediction, &setting->params, 80, &said);
		text_free(out);
		*out = said;
	}
	match_free(&match);
	imagined_free(&run);
}

static void points_at_the_line(void)
{
	for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++) {
		struct imagine_choice nearest;
		struct setting setting;
		struct text said = {0};

		set(&setting, sayings[i].expected, sayings[i].written);
		if (!compare(&setting, &nearest)) {
			text_add(&said, sayings[i].written);
			explain(&setting, &nearest, false, &said);
			for (size_t j = 0; j < 3 && sayings[i].says[j]; j++)
				if (!strstr(text_string(&said), sayings[i].says[j]))
					ASSERT_STRING(text_string(&said), sayings[i].says[j]);
		} else {
			CU_ASSERT(!sayings[i].says[0]);
		}
		text_free(&said);
		unset(&setting);
	}
}

static void says_what_was_seen_in_his_own_run(void)
{
	static const char written[] = "tcp b:* => a:{port}\n    -> \"other words\"\n    <- any\n";
	struct imagine_choice nearest;
	struct setting setting;
	struct text said = {0};

	set(&setting, TALK, written);
	CU_ASSERT_EQUAL(compare(&setting, &nearest), 0);
	text_add(&said, written);
	explain(&setting, &nearest, false, &said);
	CU_ASSERT_PTR_NULL(strstr(text_string(&said), "from B"));
	text_free(&said);
	text_add(&said, written);
	explain(&setting, &nearest, true, &said);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&said), "There b said \"from B\"."));
	text_free(&said);
	unset(&setting);
}

static void explains_the_words_in_use(void)
{
	struct text words = {0};

	prediction_words("# `refused`: or at\ntcp a:* => b:9\n    -> any\n    repeat 3\n        <- \"{x}\"\n", 80, &words);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&words), "    refused "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&words), "    a => b "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&words), "    repeat 3..6 "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&words), "    {port} "));
	CU_ASSERT_PTR_NULL(strstr(text_string(&words), "fin"));
	CU_ASSERT_PTR_NULL(strstr(text_string(&words), "unanswered"));
	CU_ASSERT_PTR_NULL(strstr(text_string(&words), "at home"));
	text_free(&words);
}

/* ---- every lesson ---- */

static const char *lessons_folder(void)
{
	static char path[512];
	const char *given = getenv("WINDSOCK_LESSONS"), *srcdir = getenv("srcdir");

	snprintf(path, sizeof path, "%s%s", given ? given : srcdir ? srcdir : ".", given ? "" : "/lessons");
	return path;
}

static bool read_file(const char *path, struct text *out)
{
	FILE *stream = fopen(path, "re");
	char buffer[4096];
	size_t got;

	if (!stream)
		return false;
	while ((got = fread(buffer, 1, sizeof buffer, stream)) > 0)
		text_add_bytes(out, buffer, got);
	(void)fclose(stream); /* only read from */
	return true;
}

/* A run that is made up of what the lesson expects is what the lesson expects. */
static void imagine_case(const char *folder, const struct lesson *lesson, const struct lesson_case *lesson_case)
{
	struct imagine_choice nearest = {0};
	struct text path = {0}, source = {0};
	struct params params;
	struct trace trace;
	struct error error = {.text = ""};

	text_printf(&path, "%s/%s", folder, lesson_case->trace);
	lesson_params(lesson, NULL, &params);
	if (!read_file(text_string(&path), &source) ||
	    trace_parse(&trace, text_string(&path), text_string(&source), source.length, &error)) {
		ASSERT_STRING(text_string(&path), "a trace that can be read");
	} else {
		if (imagine_can(&trace) &&
		    imagine_match(lesson, lesson_case, &trace, &params, &trace, &nearest, &error) != 1)
			ASSERT_STRING(text_string(&path), error.text[0] ? error.text : "a trace that finds its own run right");
		trace_free(&trace);
	}
	params_free(&params);
	text_free(&path);
	text_free(&source);
}

static void imagines_every_lesson(void)
{
	DIR *lessons = opendir(lessons_folder());
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(lessons);
	for (struct dirent *entry; (entry = readdir(lessons));) {
		struct text path = {0}, source = {0};
		struct lesson lesson;
		struct error error;

		text_printf(&path, "%s/%s/lesson", lessons_folder(), entry->d_name);
		if (read_file(text_string(&path), &source)) {
			CU_ASSERT_FATAL(!lesson_parse(&lesson, entry->d_name, text_string(&source), source.length, &error));
			path.data[path.length - strlen("/lesson")] = '\0';
			for (size_t i = 0; i < lesson.case_count; i++)
				if (lesson.cases[i].student_trace_kind != STUDENT_TRACE_ACCEPTS &&
				    lesson.cases[i].student_trace_kind != STUDENT_TRACE_REJECTS)
					imagine_case(path.data, &lesson, &lesson.cases[i]);
			lesson_free(&lesson);
			count++;
		}
		text_free(&path);
		text_free(&source);
	}
	(void)closedir(lessons); /* only read from */
	CU_ASSERT(count >= 27);
}

static const struct suite_test tests[] = {
	{"a picture is right if some run that the trace allows is like it", tells_right_from_wrong},
	{"what is not there, and what needs packets, is not compared", refuses_what_is_not_there},
	{"the line that is not so is shown, with an arrow and why", points_at_the_line},
	{"of his own run the student is told what was seen, of the lesson's not", says_what_was_seen_in_his_own_run},
	{"the words that a file uses are explained", explains_the_words_in_use},
	{"every case of every lesson can be made up", imagines_every_lesson},
};

SUITE_MAIN("prediction", tests)
