/* lint_lesson.c - the lesson file and its traces: names, ids, what nobody uses, values that are written out. */
#include "lint_parts.h"

#include "hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LESSON_FILE "lesson"
#define SHORTEST 4 /* bytes of a parameter's text that is looked for: "ok" may stand anywhere */

/* ---- names ---- */

int lint_line_of(const struct lint *lint, const char *word)
{
	const struct lint_file *file = lint_find(&lint->shipped, LESSON_FILE);
	const char *rest = file ? text_string(&file->text) : "", *line;
	size_t length;

	for (int number = 1; lint_line(&rest, &line, &length); number++)
		if (!strncmp(line, word, strlen(word)) && line[strlen(word)] == ' ')
			return number;
	return 0;
}

static void check_name(struct lint *lint)
{
	if (strcmp(lint->lesson->name, lint->folder_name) != 0)
		lint_say(lint, LESSON_FILE, lint_line_of(lint, "lesson"),
		         "the lesson is called %s, its folder %s: give both one name", lint->lesson->name, lint->folder_name);
}

static void check_skeleton_id(struct lint *lint)
{
	const char *id = lint->lesson->skeleton_fails;

	if (!*id)
		lint_say(lint, LESSON_FILE, 0, "`skeleton fails ID` is missing: run `windsock check` on the skeleton; the id is what "
		         "stands in [brackets] at the end");
	else if (!lint_is_diagnosis(id))
		lint_say(lint, LESSON_FILE, lint_line_of(lint, "skeleton"), LINT_NO_DIAGNOSIS, id);
}

/* `begin` is what a beginner reads first: it names the file and the first thing to do. */
static void check_begin(struct lint *lint)
{
	const struct lesson *lesson = lint->lesson;
	int line = lint_line_of(lint, "begin");

	if (!*lesson->begin) {
		lint_say(lint, LESSON_FILE, 0, "`begin` is missing: say where to begin, \"Open server.c at TODO(1): ...\"");
		return;
	}
	if (!strstr(lesson->begin, "TODO(1)")) {
		lint_say(lint, LESSON_FILE, line, "`begin` does not name TODO(1): say \"Open FILE at TODO(1): ...\"");
		return;
	}
	for (size_t i = 0; i < lint->shipped.count; i++) {
		const struct lint_file *file = &lint->shipped.files[i];

		if (lint_is_students(lesson, file->name) && strstr(text_string(&file->text), "TODO(1)") &&
		    !lint_has_word(lesson->begin, file->name))
			lint_say(lint, LESSON_FILE, line, "TODO(1) stands in %s, which `begin` does not name", file->name);
	}
}

/* ---- what nobody uses ---- */

static bool is_source(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin != PROGRAM_SYSTEM && !strcmp(lesson->programs[i].source, name))
			return true;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (!strcmp(lesson->rules[i].source, name))
			return true;
	for (size_t i = 0; i < lesson->case_count; i++)
		if (!strcmp(lesson->cases[i].trace, name) || !strcmp(lesson->cases[i].student_trace, name))
			return true;
	return false;
}

static void check_files_used(struct lint *lint)
{
	for (size_t i = 0; i < lint->shipped.count; i++) {
		const char *name = lint->shipped.files[i].name;

		if ((lint_ends_in(name, ".c") || lint_ends_in(name, ".trace") || lint_ends_in(name, ".nft")) &&
		    !is_source(lint->lesson, name))
			lint_say(lint, name, 0, "the lesson file does not name it: name it there, or take it away");
	}
	for (size_t i = 0; i < lint->lesson->program_count; i++) {
		const struct program *program = &lint->lesson->programs[i];

		if (program->origin != PROGRAM_SYSTEM && !lint_find(&lint->shipped, program->source))
			lint_say(lint, LESSON_FILE, program->line, "%s is not there: write it, or take this line away", program->source);
	}
}

static bool is_run(const struct lesson *lesson, size_t program)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		for (size_t step = 0; step < lesson->cases[i].step_count; step++)
			if (lesson->cases[i].steps[step].kind == STEP_RUN && lesson->cases[i].steps[step].program == program)
				return true;
	return false;
}

static void check_programs_run(struct lint *lint)
{
	for (size_t i = 0; i < lint->lesson->program_count; i++)
		if (!is_run(lint->lesson, i))
			lint_say(lint, LESSON_FILE, lint->lesson->programs[i].line, "no case runs %s: `run HOST %s ...`, or take it away",
			         lint->lesson->programs[i].name, lint->lesson->programs[i].name);
}

/* Whether {NAME} stands in the lesson file or in one of its traces. */
static bool is_used(const struct lint *lint, const char *name)
{
	bool used = false;
	char braced[64];

	snprintf(braced, sizeof braced, "{%s}", name);
	for (size_t i = 0; i < lint->shipped.count && !used; i++) {
		const struct lint_file *file = &lint->shipped.files[i];

		used = (!strcmp(file->name, LESSON_FILE) || lint_ends_in(file->name, ".trace")) &&
		       strstr(text_string(&file->text), braced);
	}
	return used;
}

/* A parameter of kind `length` uses those that it measures. */
static bool is_measured(const struct lint *lint, const char *name)
{
	const struct params *params = &lint->lesson->params;

	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind == PARAM_LENGTH && lint_has_word(params->params[i].of, name))
			return true;
	return false;
}

static int line_of_param(const struct lint *lint, const char *name)
{
	char words[64];

	snprintf(words, sizeof words, "param %s", name);
	return lint_line_of(lint, words);
}

static void check_params_used(struct lint *lint)
{
	const struct params *params = &lint->lesson->params;

	for (size_t i = 0; i < params->count; i++)
		if (!is_used(lint, params->params[i].name) && !is_measured(lint, params->params[i].name))
			lint_say(lint, LESSON_FILE, line_of_param(lint, params->params[i].name),
			         "nothing uses {%s}: a program's argument, a trace or a typed line should", params->params[i].name);
}

/* ---- values that are written out where a parameter is due ---- */

/* The parameter that is drawn and whose default is that port, or NULL. */
static const struct param *param_of_port(const struct params *params, uint16_t port)
{
	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind == PARAM_PORT && strtoul(params->params[i].value, NULL, 10) == port)
			return &params->params[i];
	return NULL;
}

static const struct param *param_in(const struct params *params, const char *bytes)
{
	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind == PARAM_TEXT && strlen(params->params[i].value) >= SHORTEST &&
		    strstr(bytes, params->params[i].value))
			return &params->params[i];
	return NULL;
}

static void check_endpoint(struct lint *lint, const char *file, int line, const struct endpoint *endpoint)
{
	const struct param *param = endpoint->kind == PORT_NUMBER ?
	                            param_of_port(&lint->lesson->params, endpoint->number) : NULL;

	if (param)
		lint_say(lint, file, line, "%u is what {%s} is without a seed: write {%s}, or nobody's graded run matches",
		         endpoint->number, param->name, param->name);
}

static void check_items(struct lint *lint, const char *file, const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t part = 0; part < items[i].pattern.part_count; part++) {
			const struct pattern_part *bytes = &items[i].pattern.parts[part];
			const struct param *param = bytes->is_name ? NULL : param_in(&lint->lesson->params, bytes->bytes);

			if (param)
				lint_say(lint, file, items[i].line, "\"%s\" is what {%s} is without a seed: write {%s}, or nobody's "
				         "graded run matches", param->value, param->name, param->name);
		}
		check_items(lint, file, items[i].items, items[i].item_count);
	}
}

static void check_trace_values(struct lint *lint, size_t which)
{
	const struct trace *trace = &lint->traces[which];
	const char *file = lint->lesson->cases[which].trace;

	for (size_t i = 0; i < which; i++)
		if (!strcmp(lint->lesson->cases[i].trace, file))
			return; /* of several cases: read once */
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->kind != ENTRY_FLOW && entry->kind != ENTRY_NEVER)
			continue;
		check_endpoint(lint, file, entry->line, &entry->flow.opener);
		check_endpoint(lint, file, entry->line, &entry->flow.target);
		check_items(lint, file, entry->flow.items, entry->flow.item_count);
	}
}

static void check_argument(struct lint *lint, const struct step *step, const char *argument)
{
	const struct params *params = &lint->lesson->params;

	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind != PARAM_FIXED && params->params[i].kind != PARAM_LENGTH &&
		    !strcmp(params->params[i].value, argument))
			lint_say(lint, LESSON_FILE, step->line, "\"%s\" is what {%s} is without a seed: write {%s}", argument,
			         params->params[i].name, params->params[i].name);
}

static void check_values(struct lint *lint)
{
	const struct lesson *lesson = lint->lesson;

	for (size_t i = 0; i < lesson->case_count; i++) {
		check_trace_values(lint, i);
		for (size_t step = 0; step < lesson->cases[i].step_count; step++)
			for (size_t a = 0; a < lesson->cases[i].steps[step].argument_count; a++)
				check_argument(lint, &lesson->cases[i].steps[step], lesson->cases[i].steps[step].arguments[a]);
	}
}

/* ---- traces that the student writes ---- */

static void check_student_trace(struct lint *lint, const struct lesson_case *lesson_case)
{
	const struct lint_file *file = lint_find(&lint->shipped, lesson_case->student_trace);
	struct trace trace;
	struct error error;

	if (!file) {
		lint_say(lint, LESSON_FILE, lesson_case->line, "%s is not there: write its skeleton", lesson_case->student_trace);
		return;
	}
	if (trace_parse(&trace, file->name, text_string(&file->text), file->text.length, &error)) {
		lint_say(lint, file->name, error.line, "%s", error.text);
		return;
	}
	/* A guess to be mended may leave a name open: nobody:* => git:{port} */
	if (lesson_case->student_trace_kind != STUDENT_TRACE_PREDICT && hosts_check_trace(lint->lesson, &trace, &error))
		lint_say(lint, file->name, error.line, "%s", error.text);
	trace_free(&trace);
}

static void check_student_traces(struct lint *lint)
{
	for (size_t i = 0; i < lint->lesson->case_count; i++)
		if (lint->lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			check_student_trace(lint, &lint->lesson->cases[i]);
}

void lint_lesson(struct lint *lint)
{
	check_student_traces(lint);
	check_name(lint);
	check_skeleton_id(lint);
	check_begin(lint);
	check_files_used(lint);
	check_programs_run(lint);
	check_params_used(lint);
	check_values(lint);
}
