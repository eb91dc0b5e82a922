/* format_exercism.c - Exercism's results.json, version 3.
 *
 * The whole is pass, fail, or error where no test ran. There is no word for a test that was skipped: it is left out.
 * A run that says nothing about the student gets no file: the runner's exit status says that it broke. */
#include "format_parts.h"

#include <string.h>

#define MESSAGE_MAX 65535
#define OUTPUT_MAX 500

static bool is_told(const struct result_case *one)
{
	return one->status != RESULT_SKIP;
}

static json_t *test_json(const struct result *result, const struct result_case *one, size_t records)
{
	json_t *test = json_object();
	struct text name = {0}, message = {0}, code = {0}, output = {0};

	format_line(&name, format_either(one->title, one->name));
	if (records > 1) {
		text_add(&name, " (");
		format_line(&name, result->lesson);
		text_add(&name, ")");
	}
	jsonout_put(test, "name", format_string(&name));
	jsonout_put(test, "status", json_string(result_status_name(one->status)));
	format_message(&message, result, one);
	if (one->status != RESULT_PASS) {
		text_add(&message, "\n\n");
		format_plain(&message, one->picture);
		jsonout_put(test, "message", format_string(&message));
	}
	text_free(&message);
	format_plain(&code, one->repeat);
	jsonout_put(test, "test_code", format_string(&code));
	format_plain(&output, one->output);
	format_cut(&output, OUTPUT_MAX, "\n(Cut here: 500 characters can be shown.)");
	if (output.length)
		jsonout_put(test, "output", format_string(&output));
	text_free(&output);
	return test;
}

/* Why no test ran; nothing where one did. */
static void say_error(const struct result *results, size_t count, size_t told, struct text *message)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].status == RESULT_ERROR)
			format_whole(message, &results[i]);
	for (size_t i = 0; i < count && !told; i++)
		for (size_t j = 0; j < results[i].case_count; j++) {
			text_add(message, message->length ? "\n" : "");
			format_message(message, &results[i], &results[i].cases[j]);
		}
	format_cut(message, MESSAGE_MAX, "\n(Cut here.)");
}

static json_t *tests_json(const struct result *results, size_t count, bool *passed)
{
	json_t *tests = json_array();

	*passed = true;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < results[i].case_count; j++)
			if (is_told(&results[i].cases[j])) {
				jsonout_append(tests, test_json(&results[i], &results[i].cases[j], count));
				*passed = *passed && results[i].cases[j].status == RESULT_PASS;
			}
	return tests;
}

static bool has_error(const struct result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].status == RESULT_ERROR)
			return true;
	return false;
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	json_t *root, *tests;
	struct text message = {0};
	bool passed;

	for (size_t i = 0; i < count; i++)
		if (format_is_undecided(&results[i]))
			return error_set(error, NULL, 0, 0,
			                 "the run of %.64s was inconclusive, for which Exercism has no word: "
			                 "run it again",
			                 results[i].lesson);
	root = json_object();
	tests = tests_json(results, count, &passed);
	jsonout_put(root, "version", json_integer(3));
	if (has_error(results, count) || !json_array_size(tests)) {
		jsonout_put(root, "status", json_string("error"));
		say_error(results, count, json_array_size(tests), &message);
		jsonout_put(root, "message", format_string(&message));
		json_decref(tests);
	} else {
		jsonout_put(root, "status", json_string(passed ? "pass" : "fail"));
		jsonout_put(root, "message", json_null());
		jsonout_put(root, "tests", tests);
	}
	format_dump(root, JSON_INDENT(1), out);
	text_add(out, "\n");
	return 0;
}

const struct format format_exercism = {
	.name = "exercism", .file = "results.json", .summary = "Exercism's test runner, version 3", .write = write,
};
