/* test_draft.c - a first trace from several runs: what is demanded, what is loosened, and that it matches them all. */
#include "draft.h"
#include "seen.h"
#include "suite.h"

#include <string.h>

#define RUNS 3
#define ASSERT_HAS(text, part) CU_ASSERT_PTR_NOT_NULL(strstr(text, part))

static struct seen seen[RUNS];
static struct scene scenes[RUNS];
static struct trace old, made;
static struct text draft;
static struct step step = {.kind = STEP_PLAY, .host = 0};
static struct host host = {.name = "b"};
static struct lesson lesson = {.hosts = &host, .host_count = 1};
static struct lesson_case of_lesson = {.steps = &step, .step_count = 1};
static struct draft_input input;

static void run(const char *port, const char *word, const char *text)
{
	struct scene *scene = &scenes[input.run_count];
	struct seen *one = &seen[input.run_count++];

	seen_read(one, text);
	*scene = (struct scene){.lesson = &lesson, .lesson_case = &of_lesson, .hosts = one->hosts, .views = one->views,
	                        .view_count = one->view_count};
	params_set(&scene->evidence.params, "port", PARAM_PORT, port);
	params_set(&scene->evidence.params, "word", PARAM_TEXT, word);
	params_set(&scene->evidence.params, "b", PARAM_FIXED, "10.0.0.2");
}

static void begin(const char *before)
{
	struct error error;

	input = (struct draft_input){.runs = scenes, .old = &old};
	if (trace_parse(&old, "old.trace", before, strlen(before), &error))
		CU_FAIL_FATAL("the old trace is none");
}

/* The draft without its comments. */
static const char *body(void)
{
	static struct text plain;
	struct error error;

	text_free(&draft);
	draft_make(&input, &draft);
	text_free(&plain);
	if (trace_parse(&made, "made.trace", text_string(&draft), draft.length, &error)) {
		text_add(&plain, error_string(&error));
		made = (struct trace){0};
		return text_string(&plain);
	}
	trace_print(&made, &plain);
	return text_string(&plain);
}

static void end(void)
{
	for (size_t i = 0; i < input.run_count; i++) {
		seen_free(&seen[i]);
		params_free(&scenes[i].evidence.params);
	}
	trace_free(&old);
	trace_free(&made);
	text_free(&draft);
}

/* As body(), and all runs match it. */
static void expect(const char *text)
{
	ASSERT_STRING(body(), text);
	CU_ASSERT_EQUAL(draft_matches(&input, &made), input.run_count);
	end();
}

static void values_become_parameters(void)
{
	begin("udp b:* => a:{port}\n");
	run("7777", "ask me", "udp b:40001 => a:7777\n    -> \"ask me, ask me\"\n    <- \"from 40001 at 10.0.0.2\"\n");
	run("2345", "go", "udp b:40002 => a:2345\n    -> \"go, go\"\n    <- \"from 40002 at 10.0.0.2\"\n");
	expect("udp b:$b-port => a:{port}\n    -> \"{word}, {word}\"\n    <- \"from {b-port} at {b}\"\n");
}

static void a_number_is_part_of_a_longer_one(void)
{
	begin("udp b:* => a:{port}\n");
	run("77", "w", "udp b:40001 => a:77\n    -> \"7712 177 1.77 x77\"\n");
	run("88", "w", "udp b:40002 => a:88\n    -> \"7712 177 1.77 x77\"\n");
	expect("udp b:$b => a:{port}\n    -> \"7712 177 1.77 x77\"\n");
}

static void a_value_is_a_word(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "w", "tcp b:40001 => a:7777\n    -> \"/7777/x 10.0.0.2: 10.0.0.2. 10.0.0.22\"\n");
	run("2345", "w", "tcp b:40002 => a:2345\n    -> \"/2345/x 10.0.0.2: 10.0.0.2. 10.0.0.22\"\n");
	expect("tcp b:$b => a:{port}\n    -> \"/{port}/x {b}: {b}. 10.0.0.22\"\n");
}

static void a_port_that_is_always_the_same_is_a_number(void)
{
	begin("udp b:* => a:{port}\n");
	run("7777", "w", "udp b:53 => a:7777\n    -> \"x\"\nudp b:40000 => a:7777\n    -> \"y\"\n");
	run("2345", "w", "udp b:53 => a:2345\n    -> \"x\"\nudp b:40000 => a:2345\n    -> \"y\"\n");
	expect("udp b:53 => a:{port}\n    -> \"x\"\nudp b:$b => a:{port}\n    -> \"y\"\n");
}

static void ends_in_another_order(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n    -> fin\n    <- fin\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\n    <- fin\n    -> fin\n");
	expect("tcp b:$b => a:{port}\n    -> \"{word}\"\n    in any order\n        -> fin\n        <- fin\n");
}

static void words_that_differ_are_a_beginning(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n    <- \"hi at 12:01\"\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\n    <- \"yo at 12:02\"\n");
	expect("tcp b:$b => a:{port}\n    -> \"{word}\"\n    <- \"{word} at 12:0\" ...\n");
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    <- \"yes\"\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    <- \"no\"\n");
	expect("tcp b:$b => a:{port}\n    <- any\n");
}

static void what_is_said_over_and_over(void)
{
	begin("udp b:* => a:{port}\n");
	run("7777", "hi", "udp b:40001 => a:7777\n    -> \"hi\"\n    -> \"beat\"\n    -> \"beat\"\n    -> \"beat\"\n"
	    "    <- \"x\"\n");
	run("2345", "yo", "udp b:40002 => a:2345\n    -> \"yo\"\n    -> \"beat\"\n    -> \"beat\"\n    -> \"beat\"\n"
	    "    -> \"beat\"\n    <- \"x\"\n");
	expect("udp b:$b => a:{port}\n    -> \"{word}\"\n    repeat 3..\n        -> \"beat\"\n    <- \"x\"\n");
}

static void flows_that_are_alike(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777 repeat 3\n    -> \"hi\"\n    <- \"no\"\n"
	    "tcp b:41001 => a:7777\n    <- \"yes\"\n");
	run("2345", "yo", "tcp b:40002 => a:2345 repeat 5\n    -> \"yo\"\n    <- \"no\"\n"
	    "tcp b:41001 => a:2345\n    <- \"yes\"\n");
	ASSERT_STRING(body(), "tcp b:* => a:{port} repeat 3..\n    -> \"{word}\"\n    <- \"no\"\n"
	              "tcp b:$b4 => a:{port}\n    <- \"yes\"\n");
	CU_ASSERT_EQUAL(draft_matches(&input, &made), 2);
	end();
}

static void a_flow_that_not_every_run_has(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\ntcp c:40003 => a:99 refused\n");
	expect("tcp b:$b => a:{port}\n    -> \"{word}\"\ntcp c:$c => a:$a refused maybe\n");
}

static void pauses(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n    <- \"x\" after 80 ms\n    -> \"y\" after 157 ms\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\n    <- \"x\" after 70 ms\n    -> \"y\" after 161 ms\n");
	ASSERT_STRING(body(), "tcp b:$b => a:{port}\n    -> \"{word}\"\n    <- \"x\"\n    -> \"y\" after 150 ms\n");
	ASSERT_HAS(text_string(&draft), "<- \"x\"  # 70 to 80 ms behind what was before it\n");
	CU_ASSERT_EQUAL(draft_matches(&input, &made), 2);
	end();
}

static void an_order_of_flows_is_kept_and_not_invented(void)
{
	static const char *const flows = "udp b:40001 => a:7777\n    -> \"x\"\nudp c:40002 => a:7777\n    -> \"y\"\n";

	begin("udp b:* => a:{port}\nthen\nudp c:* => a:{port}\n");
	run("7777", "w", flows);
	expect("udp b:$b => a:{port}\n    -> \"x\"\nthen\nudp c:$c => a:{port}\n    -> \"y\"\n");
	begin("udp b:* => a:{port}\nnever tcp * => b:*\n");
	run("7777", "w", flows);
	ASSERT_STRING(body(), "udp b:$b => a:{port}\n    -> \"x\"\nudp c:$c => a:{port}\n    -> \"y\"\nnever tcp * => b:*\n");
	ASSERT_HAS(text_string(&draft), "\n# then\n");
	end();
}

static void another_interface(void)
{
	begin("udp b:* => a:{port}\n");
	run("7777", "hi", "udp b:40001 => a:7777\n    -> \"hi\"\nat b.eth0\n    udp b:40001 => a:7777\n        -> \"hi\"\n");
	run("2345", "yo", "udp b:40002 => a:2345\n    -> \"yo\"\nat b.eth0\n    udp b:40002 => a:2345\n        -> \"yo\"\n");
	expect("udp b:$b => a:{port}\n    -> \"{word}\"\nat b.eth0\n    udp b:$b => a:{port}\n        -> \"{word}\"\n");
}

static void runs_that_differ(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n    <- \"x\"\n    -> \"z\"\n    <- fin\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\n    <- \"x\"\n");
	ASSERT_STRING(body(), "tcp b:$b => a:{port}\n    -> \"{word}\"\n    <- \"x\"\n    repeat 0..\n        maybe\n"
	              "            -> any\n        maybe\n            <- any\n");
	ASSERT_HAS(text_string(&draft), "    # one run had here:\n    #     -> \"z\"\n    #     <- fin\n"
	           "    # one run had here nothing more\n");
	CU_ASSERT_EQUAL(draft_matches(&input, &made), 2);
	end();
}

static void what_nothing_can_say(void)
{
	begin("tcp b:* => a:{port}\n");
	run("7777", "hi", "tcp b:40001 => a:7777\n    -> \"hi\"\n    <- \"x\"\n");
	run("2345", "yo", "tcp b:40002 => a:2345\n    -> \"yo\"\n    <- reset\n");
	ASSERT_STRING(body(), "tcp b:$b => a:{port}\n    -> \"{word}\"\n    <- \"x\"\n");
	ASSERT_HAS(text_string(&draft), "    # one run had here:\n    #     <- reset\n    <- \"x\"\n");
	CU_ASSERT_EQUAL(draft_matches(&input, &made), 1);
	end();
}

static bool is_same(const char *one, const char *other, size_t *lines)
{
	struct trace a, b;
	struct error error;
	bool same = false;

	if (trace_parse(&a, "a", one, strlen(one), &error))
		return false;
	if (!trace_parse(&b, "b", other, strlen(other), &error)) {
		same = draft_same(&a, &b, lines);
		trace_free(&b);
	}
	trace_free(&a);
	return same;
}

static void names_of_variables_do_not_count(void)
{
	size_t lines;

	CU_ASSERT_TRUE(is_same("udp b:$b => a:1\n    <- \"{b}\"\n", "# x\nudp b:$mine => a:1\n    <- \"{mine}\"\n", &lines));
	CU_ASSERT_TRUE(is_same("udp b:$b => a:1\n", "udp b:* => a:1\n", &lines));
	CU_ASSERT_FALSE(is_same("udp b:$b => a:1\nudp b:$b => a:2\n", "udp b:$x => a:1\nudp b:$y => a:2\n", &lines));
	CU_ASSERT_EQUAL(lines, 4);
	CU_ASSERT_FALSE(is_same("udp b:1 => a:1\n    -> \"x\"\n", "udp b:1 => a:1\n    -> \"y\"\n    -> \"x\"\n", &lines));
	CU_ASSERT_EQUAL(lines, 1);
	CU_ASSERT_FALSE(is_same("udp b:1 => a:1\nudp b:2 => a:1\n", "udp b:2 => a:1\nudp b:1 => a:1\n", &lines));
	CU_ASSERT_EQUAL(lines, 0);
}

static const struct suite_test tests[] = {
	{"values become parameters, and ports that are said variables", values_become_parameters},
	{"a number in a longer one is not a value", a_number_is_part_of_a_longer_one},
	{"a value in a path, at the end of a sentence", a_value_is_a_word},
	{"a port that every run has is a number, unless the kernel chooses such", a_port_that_is_always_the_same_is_a_number},
	{"ends in another order: in any order", ends_in_another_order},
	{"words that differ: how they begin, or any", words_that_differ_are_a_beginning},
	{"items over and over: repeat", what_is_said_over_and_over},
	{"flows over and over: repeat", flows_that_are_alike},
	{"a flow that not every run has: maybe", a_flow_that_not_every_run_has},
	{"pauses: after, for who is played; else a comment", pauses},
	{"then stays where it was, and is not invented; never stays", an_order_of_flows_is_kept_and_not_invented},
	{"another interface", another_interface},
	{"runs that differ: what they begin with, and then anything", runs_that_differ},
	{"runs that nothing joins: the first, and the other in a comment", what_nothing_can_say},
	{"two traces that say the same", names_of_variables_do_not_count},
};

SUITE_MAIN("draft", tests)
