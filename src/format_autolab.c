/* format_autolab.c - what an autograder of Autolab prints.
 *
 * First text for the student, then, as the last two lines, the stages and the scores. The server edits both lines
 * before it reads them: each WORD followed by a colon gets quotation marks, also inside of strings. So no string there
 * has a colon: it is written \u003a, which is the same string in JSON. A run that says nothing about the student ends
 * without scores: then Autolab keeps those that he had. */
#include "format_parts.h"

#include <stdlib.h>
#include <string.h>

#define HINT_MAX 2000

/* ---- the two lines ---- */

/* JSON on one line, its strings without colons. */
static void add_json(struct text *out, json_t *value)
{
	struct text json = {0};
	bool inside = false;

	format_dump(value, JSON_COMPACT, &json);
	for (const char *at = json.data; *at; at++) {
		if (*at == '"')
			inside = !inside;
		if (inside && *at == ':')
			text_add(out, "\\u003a");
		else
			text_add_bytes(out, at, 1);
		if (inside && *at == '\\')
			text_add_bytes(out, ++at, 1); /* also \" */
	}
	text_add(out, "\n");
	text_free(&json);
}

static char *name_of(const struct result *result, const struct result_case *one, size_t records)
{
	struct text name = {0};

	format_name(&name, result, one, records);
	return name.data ? name.data : mem_string("");
}

static json_t *passed_json(bool passed, struct text *hint)
{
	json_t *check = json_object();

	jsonout_put(check, "passed", json_boolean(passed));
	format_cut(hint, HINT_MAX, " ...");
	if (!passed && hint->length)
		jsonout_put(check, "hint", json_string(text_string(hint)));
	text_free(hint);
	return check;
}

static bool is_scored(const struct result_case *one)
{
	return one->status != RESULT_SKIP;
}

static void add_stages(struct text *out, const struct result *results, size_t count)
{
	json_t *root = json_object(), *stages = json_array(), *build = json_object(), *wire = json_object();

	for (size_t i = 0; i < count; i++) {
		struct text hint = {0}, key = {0};

		format_line(&hint, results[i].message);
		format_line(&key, count > 1 ? results[i].lesson : "compile");
		jsonout_put(build, text_string(&key), passed_json(results[i].status != RESULT_ERROR, &hint));
		text_free(&key);
		for (size_t j = 0; j < results[i].case_count; j++) {
			const struct result_case *one = &results[i].cases[j];
			char *name = name_of(&results[i], one, count);

			format_line(&hint, one->status == RESULT_FAIL ? one->seen : one->reason);
			if (is_scored(one))
				jsonout_put(wire, name, passed_json(one->status == RESULT_PASS, &hint));
			text_free(&hint);
			free(name);
		}
	}
	jsonout_append(stages, json_string("Build"));
	jsonout_append(stages, json_string("Wire"));
	jsonout_put(root, "_presentation", json_string("semantic"));
	jsonout_put(root, "stages", stages);
	jsonout_put(root, "Build", build);
	jsonout_put(root, "Wire", wire);
	add_json(out, root);
}

static void add_scores(struct text *out, const struct result *results, size_t count)
{
	json_t *root = json_object(), *scores = json_object();

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < results[i].case_count; j++)
			if (is_scored(&results[i].cases[j])) {
				char *name = name_of(&results[i], &results[i].cases[j], count);

				jsonout_put(scores, name, json_integer(results[i].cases[j].points));
				free(name);
			}
	jsonout_put(root, "scores", scores);
	add_json(out, root);
}

/* ---- the text ---- */

/* What begins like one of the two lines below does not begin a line. */
static void add_text(struct text *out, struct text *words)
{
	char *line, *rest = words->data;

	while ((line = strsep(&rest, "\n")) != NULL) {
		text_add(out, *line == '{' ? " " : "");
		text_add(out, line);
		text_add(out, rest ? "\n" : "");
	}
	text_free(words);
}

static void add_case(struct text *out, const struct result *result, const struct result_case *one, size_t records)
{
	struct text words = {0}, rest = {0};

	format_name(&words, result, one, records);
	text_printf(&words, ": %s, %d of %d points\n", result_status_name(one->status), one->points, one->max_points);
	format_message(&rest, result, one);
	text_add(&rest, rest.length ? "\n" : "");
	format_detail(&rest, one, false);
	text_add(&words, text_string(&rest));
	text_add(&words, "\n");
	text_free(&rest);
	add_text(out, &words);
}

static int write(const struct result *results, size_t count, struct text *out, struct error *error)
{
	bool undecided = false;

	(void)error; /* there is a word for everything */
	for (size_t i = 0; i < count; i++) {
		struct text whole = {0};

		format_whole(&whole, &results[i]);
		text_add(&whole, whole.length ? "\n\n" : "");
		add_text(out, &whole);
		for (size_t j = 0; j < results[i].case_count; j++)
			add_case(out, &results[i], &results[i].cases[j], count);
		undecided = undecided || format_is_undecided(&results[i]);
	}
	if (undecided) {
		text_add(out, "No scores: not everything could be judged, and that is not your program's fault. "
		              "Your earlier scores stay; please hand it in again.\n");
		return 0;
	}
	add_stages(out, results, count);
	add_scores(out, results, count);
	return 0;
}

const struct format format_autolab = {
	.name = "autolab", .file = "standard output", .summary = "Autolab's autograder: text, stages, scores",
	.write = write,
};
