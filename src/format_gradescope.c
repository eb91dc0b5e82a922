/* format_gradescope.c - Gradescope's results.json.
 *
 * Its tests have a score, or none: then they count for nothing. Without any score the file would be refused, so one of
 * 0 stands at the top and the output says why. Formats are named for each text, for the defaults would read a
 * student's text as HTML. */
#include "format_parts.h"

static void put_score(json_t *test, const struct result_case *one)
{
	jsonout_put(test, "score", json_integer(one->points));
	jsonout_put(test, "max_score", json_integer(one->max_points));
	jsonout_put(test, "status", json_string(one->status == RESULT_PASS ? "passed" : "failed"));
}

static json_t *test_json(const struct result *result, const struct result_case *one, size_t records)
{
	json_t *test = json_object(), *extra = json_object();
	struct text name = {0}, output = {0}, diagnosis = {0};

	format_name(&name, result, one, records);
	if (*one->title) {
		text_add(&name, ": ");
		format_line(&name, one->title);
	}
	format_message(&output, result, one);
	text_add(&output, output.length ? "\n" : "");
	format_detail(&output, one, true);
	if (format_is_judged(one))
		put_score(test, one);
	jsonout_put(test, "name", format_string(&name));
	jsonout_put(test, "name_format", json_string("text"));
	jsonout_put(test, "output", format_string(&output));
	jsonout_put(test, "output_format", json_string("ansi"));
	jsonout_put(extra, "status", json_string(result_status_name(one->status)));
	format_line(&diagnosis, one->diagnosis);
	jsonout_put(extra, "diagnosis", format_string(&diagnosis));
	jsonout_put(test, "extra_data", extra);
	return test;
}

/* What does not compile is a test of its own, so that it stands in the list, not only above it. */
static json_t *build_json(const struct result *result, size_t records)
{
	json_t *test = json_object();
	struct text name = {0}, output = {0};

	if (records > 1) {
		format_line(&name, result->lesson);
		text_add(&name, " ");
	}
	text_add(&name, "Build");
	format_whole(&output, result);
	jsonout_put(test, "score", json_integer(0));
	jsonout_put(test, "max_score", json_integer(0));
	jsonout_put(test, "status", json_string("failed"));
	jsonout_put(test, "name", format_string(&name));
	jsonout_put(test, "name_format", json_string("text"));
	jsonout_put(test, "output", format_string(&output));
	jsonout_put(test, "output_format", json_string("text"));
	return test;
}

/* Returns how many have a score. */
static size_t append_tests(json_t *tests, const struct result *result, size_t records)
{
	size_t scored = 0;

	if (result->status == RESULT_ERROR) {
		jsonout_append(tests, build_json(result, records));
		scored++;
	}
	for (size_t i = 0; i < result->case_count; i++) {
		jsonout_append(tests, test_json(result, &result->cases[i], records));
		scored += format_is_judged(&result->cases[i]);
	}
	return scored;
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	json_t *root = json_object(), *tests = json_array();
	struct text output = {0};
	size_t scored = 0;
	int64_t duration = 0;

	(void)error; /* there is a file for everything */
	for (size_t i = 0; i < count; i++) {
		scored += append_tests(tests, &results[i], count);
		format_whole(&output, &results[i]);
		duration += results[i].duration_us / 1000; /* milliseconds: sums of anything do not run over */
	}
	if (!scored) {
		jsonout_put(root, "score", json_integer(0));
		text_add(&output, output.length ? "\n" : "");
		text_add(&output, "Nothing of it could be judged, so the score of 0 says nothing about your program. "
		                  "Please hand it in again, or tell your instructor.\n");
	}
	jsonout_put(root, "execution_time", json_integer(duration / 1000));
	jsonout_put(root, "output", format_string(&output));
	jsonout_put(root, "output_format", json_string("text"));
	jsonout_put(root, "test_output_format", json_string("ansi"));
	jsonout_put(root, "test_name_format", json_string("text"));
	jsonout_put(root, "visibility", json_string("visible"));
	jsonout_put(root, "stdout_visibility", json_string("hidden"));
	jsonout_put(root, "tests", tests);
	format_dump(root, JSON_INDENT(1), out);
	text_add(out, "\n");
	return 0;
}

const struct format format_gradescope = {
	.name = "gradescope", .file = "results.json", .summary = "Gradescope, pictures in colour", .write = write,
};
