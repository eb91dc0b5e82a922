/* format_tap.c - the Test Anything Protocol, version 14.
 *
 * A test point a case, its YAML block for what is not right. The plan stands at the end, as records come one by one.
 * What was inconclusive is skipped, never "not ok", and behind the plan `Bail out!` says how many there were: so a
 * harness calls the run broken, not the student's program wrong. */
#include "format_parts.h"

#include "utf8.h"

#include <string.h>

#define VALUE_MAX 16384 /* of one text: some readers give up above twice as many */

/* Descriptions: "#" begins a directive, "\" an escape. */
static void add_description(struct text *out, const char *string)
{
	struct text plain = {0};

	format_line(&plain, string);
	for (const char *at = text_string(&plain); *at; at++) {
		if (*at == '#' || *at == '\\')
			text_add(out, "\\");
		text_add_bytes(out, at, 1);
	}
	text_free(&plain);
}

/* A double-quoted YAML scalar on one line: no control, and nothing that some reader takes for a line's end. In a list,
 * Perl's TAP::Parser takes what has a colon and a space for a key, quoted or not: there the colon is escaped. */
static void add_scalar(struct text *out, const char *string, size_t length, bool listed)
{
	text_add(out, "\"");
	for (size_t at = 0; at < length;) {
		uint32_t code = 0;
		size_t step = utf8_at(string + at, length - at, &code);

		if (code == '"' || code == '\\')
			text_printf(out, "\\%c", (char)code);
		else if (code == '\n' || code == '\t')
			text_add(out, code == '\n' ? "\\n" : "\\t");
		else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (listed && code == ':'))
			text_printf(out, "\\x%02x", (unsigned)code);
		else
			text_add_bytes(out, string + at, step);
		at += step ? step : 1;
	}
	text_add(out, "\"");
}

static void add_key(struct text *out, const char *key, const char *value)
{
	struct text plain = {0};

	if (!*value)
		return;
	format_plain(&plain, value);
	format_cut(&plain, VALUE_MAX, "\n(Cut here.)");
	text_printf(out, "  %s: ", key);
	add_scalar(out, text_string(&plain), plain.length, false);
	text_add(out, "\n");
	text_free(&plain);
}

/* A list of lines: a picture stays one for who reads the file. */
static void add_lines(struct text *out, const char *key, const char *value)
{
	struct text plain = {0};
	char *line, *rest;

	if (!*value)
		return;
	format_plain(&plain, value);
	format_cut(&plain, VALUE_MAX, "\n(Cut here.)");
	text_printf(out, "  %s:\n", key);
	for (rest = plain.data; (line = strsep(&rest, "\n")) != NULL;)
		if (*line || rest) {
			text_add(out, "    - ");
			add_scalar(out, line, strlen(line), true);
			text_add(out, "\n");
		}
	text_free(&plain);
}

static void add_yaml(struct text *out, const struct result *result, const struct result_case *one)
{
	struct text message = {0};

	format_message(&message, result, one);
	text_add(out, "  ---\n");
	add_key(out, "message", text_string(&message));
	add_key(out, "severity", result_status_name(one->status));
	add_key(out, "diagnosis", one->diagnosis);
	add_key(out, "found", one->observed);
	add_key(out, "wanted", one->expected);
	add_key(out, "at", one->where);
	add_key(out, "source", one->source);
	add_lines(out, "picture", one->picture);
	add_key(out, "output", one->output);
	if (one->status == RESULT_ERROR)
		add_key(out, "compiler", result->compiler);
	add_key(out, "repeat", one->repeat);
	text_add(out, "  ...\n");
	text_free(&message);
}

/* "# SKIP": in one line, without a word that would end it. */
static void add_skip(struct text *out, const char *why, const char *reason)
{
	text_printf(out, " # SKIP %s", why);
	add_description(out, reason);
}

static void add_point(struct format_run *run, const struct result *result, const struct result_case *one,
                      struct text *out)
{
	bool wrong = one->status == RESULT_FAIL || one->status == RESULT_ERROR;

	text_printf(out, "%s %zu - ", wrong ? "not ok" : "ok", ++run->tests);
	add_description(out, result->student);
	text_add(out, " / ");
	add_description(out, result->lesson);
	text_add(out, " / ");
	add_description(out, one->name);
	if (one->status == RESULT_SKIP)
		add_skip(out, "", format_either(one->reason, "this machine cannot run it"));
	if (one->status == RESULT_INCONCLUSIVE) {
		add_skip(out, "inconclusive: ", one->reason);
		run->undecided++;
	}
	text_add(out, "\n");
	if (wrong)
		add_yaml(out, result, one);
}

static void add(struct format_run *run, const struct result *result, struct text *out)
{
	run->records++;
	for (size_t i = 0; i < result->case_count; i++)
		add_point(run, result, &result->cases[i], out);
}

static void begin(struct format_run *run, struct text *out)
{
	(void)run; /* nothing was written yet */
	text_add(out, "TAP version 14\n");
}

static void end(struct format_run *run, struct text *out)
{
	if (run->tests)
		text_printf(out, "1..%zu\n", run->tests);
	else
		text_add(out, "1..0 # SKIP no records\n");
	if (run->undecided)
		text_printf(out, "Bail out! %zu of %zu cases were inconclusive: the machine's fault; grade them again\n",
		            run->undecided, run->tests);
}

const struct format format_tap = {
	.name = "tap", .file = "results.tap", .summary = "Test Anything Protocol, version 14", .begin = begin, .add = add,
	.end = end,
};
