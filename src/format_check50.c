/* format_check50.c - the JSON of check50. What was not checked is null, and names the check that it depends on. */
#include "format_parts.h"

#include <string.h>

#define BUILD "compiles"

static json_t *cause_json(const char *rationale, const struct result_case *one)
{
	json_t *cause = json_object();
	struct text told = {0}, help = {0}, expected = {0}, actual = {0};

	format_plain(&told, rationale);
	jsonout_put(cause, "rationale", format_string(&told));
	if (!one)
		return cause;
	format_plain(&help, one->next);
	format_plain(&expected, one->expected);
	format_plain(&actual, one->observed);
	jsonout_put(cause, "help", help.length ? format_string(&help) : json_null());
	if (expected.length || actual.length) {
		jsonout_put(cause, "expected", format_string(&expected));
		jsonout_put(cause, "actual", format_string(&actual));
	}
	return cause;
}

/* PASSED: NULL is "was not checked". */
static json_t *check_json(const char *name, const char *description, json_t *passed)
{
	json_t *check = json_object();
	struct text plain_name = {0}, plain_description = {0};

	format_line(&plain_name, name);
	format_line(&plain_description, description);
	jsonout_put(check, "name", format_string(&plain_name));
	jsonout_put(check, "description", format_string(&plain_description));
	jsonout_put(check, "passed", passed);
	return check;
}

static json_t *lines_json(const char *string)
{
	json_t *lines = json_array();
	struct text plain = {0};
	char *line, *rest;

	format_plain(&plain, string);
	for (rest = plain.data; (line = strsep(&rest, "\n")) != NULL;)
		if (*line || rest)
			jsonout_append(lines, json_string(line));
	text_free(&plain);
	return lines;
}

static json_t *case_json(const struct result *result, const struct result_case *one, size_t records)
{
	struct text name = {0}, message = {0};
	bool decided = one->status == RESULT_PASS || one->status == RESULT_FAIL;
	json_t *check;

	format_name(&name, result, one, records);
	check = check_json(text_string(&name), format_either(one->title, one->name),
	                   decided ? json_boolean(one->status == RESULT_PASS) : json_null());
	jsonout_put(check, "log", lines_json(one->picture));
	if (one->status == RESULT_FAIL && *one->seen)
		format_plain(&message, one->seen); /* what to do is its help */
	else
		format_message(&message, result, one);
	jsonout_put(check, "cause", one->status == RESULT_PASS ? json_null() : cause_json(text_string(&message), one));
	jsonout_put(check, "data", json_object());
	jsonout_put(check, "dependency", one->status == RESULT_ERROR ? json_string(BUILD) : json_null());
	text_free(&name);
	text_free(&message);
	return check;
}

static json_t *build_json(const struct result *result)
{
	bool passed = result->status != RESULT_ERROR;
	json_t *check = check_json(BUILD, "The submission compiles.", json_boolean(passed));

	jsonout_put(check, "log", lines_json(result->compiler));
	jsonout_put(check, "cause", passed ? json_null() : cause_json(result->message, NULL));
	jsonout_put(check, "data", json_object());
	jsonout_put(check, "dependency", json_null());
	return check;
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	json_t *root = json_object(), *list = json_array();
	struct text slug = {0}, version = {0};

	(void)error; /* there is a word for everything */
	for (size_t i = 0; i < count; i++) {
		jsonout_append(list, build_json(&results[i]));
		for (size_t j = 0; j < results[i].case_count; j++)
			jsonout_append(list, case_json(&results[i], &results[i].cases[j], count));
	}
	format_line(&slug, count ? results[0].lesson : "");
	format_line(&version, count ? results[0].windsock : "");
	jsonout_put(root, "slug", format_string(&slug));
	jsonout_put(root, "version", format_string(&version));
	jsonout_put(root, "results", list);
	format_dump(root, JSON_INDENT(1), out);
	text_add(out, "\n");
	return 0;
}

const struct format format_check50 = {
	.name = "check50", .file = "results.json", .summary = "the JSON of check50 (CS50)", .write = write,
};
