/* format_github_classroom.c - the step output `result` of GitHub Classroom's autograding.
 *
 * A line for $GITHUB_OUTPUT: base64 of JSON. Every test has a numeric score, for the reporter adds them up and one
 * without makes the sum NaN. The reporter gets it in an environment variable, of which Linux takes at most 128 KiB
 * (MAX_ARG_STRLEN, execve(2)). It prints messages: what the runner would take for a workflow command is taken apart. */
#include "format_parts.h"

#include <string.h>

#define JSON_MAX 90000 /* as base64 120,000 bytes */
#define NAME_MAX_UNITS 200
#define CUT " ..."

/* "::" begins a command, and so does the older "##[". */
static void add_harmless(struct text *out, const char *string)
{
	for (; *string; string++) {
		text_add_bytes(out, string, 1);
		if ((string[0] == ':' && string[1] == ':') || (string[0] == '#' && string[1] == '#'))
			text_add(out, " ");
	}
}

static json_t *harmless(struct text *text, size_t longest)
{
	struct text out = {0};

	add_harmless(&out, text_string(text));
	text_free(text);
	format_cut(&out, longest, CUT);
	return format_string(&out);
}

static const char *status_word(enum result_status status)
{
	switch (status) {
	case RESULT_PASS: return "pass";
	case RESULT_FAIL: return "fail";
	case RESULT_ERROR:
	case RESULT_SKIP:
	case RESULT_INCONCLUSIVE: return "error";
	}
	return "error";
}

static json_t *test_json(const struct result *result, const struct result_case *one, size_t records, size_t longest)
{
	json_t *test = json_object();
	struct text name = {0}, message = {0}, code = {0}, time = {0};

	format_name(&name, result, one, records);
	jsonout_put(test, "name", harmless(&name, longest < NAME_MAX_UNITS ? longest : NAME_MAX_UNITS));
	jsonout_put(test, "status", json_string(status_word(one->status)));
	jsonout_put(test, "score", json_integer(one->points));
	format_message(&message, result, one);
	jsonout_put(test, "message", one->status == RESULT_PASS ? json_null() : harmless(&message, longest));
	if (one->status == RESULT_PASS)
		text_free(&message);
	format_line(&code, one->repeat);
	jsonout_put(test, "test_code", harmless(&code, longest));
	jsonout_put(test, "filename", json_string(""));
	jsonout_put(test, "line_no", json_integer(0));
	text_printf(&time, "%.2fs", (double)one->duration_us / 1e6);
	jsonout_put(test, "execution_time", format_string(&time));
	return test;
}

static bool has_status(const struct result *result, enum result_status status)
{
	for (size_t i = 0; i < result->case_count; i++)
		if (result->cases[i].status == status)
			return true;
	return result->status == status;
}

/* The first of error, fail, pass that a case has; nothing that could be checked is an error. */
static const char *whole_status(const struct result *results, size_t count, size_t told)
{
	static const enum result_status order[] = {RESULT_ERROR, RESULT_INCONCLUSIVE, RESULT_FAIL};

	for (size_t o = 0; o < sizeof order / sizeof *order; o++)
		for (size_t i = 0; i < count; i++)
			if (has_status(&results[i], order[o]))
				return status_word(order[o]);
	return told ? "pass" : "error";
}

/* So many cases that one test stands for all of them: the sum of scores is still right. */
static json_t *sum_json(const struct result *results, size_t count, const char *status)
{
	json_t *test = json_object();
	int64_t score = 0;

	for (size_t i = 0; i < count; i++)
		score += results[i].points;
	jsonout_put(test, "name", json_string("all cases"));
	jsonout_put(test, "status", json_string(status));
	jsonout_put(test, "score", json_integer(score));
	jsonout_put(test, "message", json_string("There are too many to be shown here one by one."));
	return test;
}

static json_t *build(const struct result *results, size_t count, size_t longest)
{
	json_t *root = json_object(), *tests = json_array();
	int64_t max_score = 0;
	size_t told = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < results[i].case_count; j++) {
			const struct result_case *one = &results[i].cases[j];

			if (one->status == RESULT_SKIP)
				continue;
			max_score += one->max_points;
			told++;
			if (longest)
				jsonout_append(tests, test_json(&results[i], one, count, longest));
		}
	if (!longest)
		jsonout_append(tests, sum_json(results, count, whole_status(results, count, told)));
	jsonout_put(root, "version", json_integer(1));
	jsonout_put(root, "status", json_string(whole_status(results, count, told)));
	jsonout_put(root, "max_score", json_integer(max_score));
	jsonout_put(root, "tests", tests);
	return root;
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	struct text json = {0};

	(void)error; /* there is a word for everything */
	format_fit(build, results, count, JSON_MAX, &json);
	text_add(out, "result=");
	format_base64(out, json.data, json.length);
	text_add(out, "\n");
	text_free(&json);
	return 0;
}

const struct format format_github_classroom = {
	.name = "github-classroom", .file = "$GITHUB_OUTPUT", .write = write,
	.summary = "a step's output for GitHub Classroom's reporter",
};
