/* lint_words.c - what a student reads: README, hints, drawings, TODOs, and how wide the lines are. */
#include "lint_parts.h"

#include "glyph.h"
#include "hints_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define README "README.md"
#define HINTS "hints.md"
#define LONG_HEADING "## If it says " /* names diagnoses, as many as there are, in one line */

/* ---- widths ---- */

/* By the end of a file's name. A page of text is read in a terminal beside the program; code and traces are not. */
static const struct {
	const char *ending;
	int widest; /* columns */
} widths[] = {
	{".md", 80},
	{".c", 120},
	{".nft", 120},
	{".trace", 120},
};

static int widest_of(const char *name)
{
	for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
		if (lint_ends_in(name, widths[i].ending))
			return widths[i].widest;
	return 0;
}

static void check_lines(struct lint *lint, const struct lint_file *file)
{
	const char *rest = text_string(&file->text), *line;
	int widest = widest_of(file->name), returns = 0;
	size_t length;

	for (int number = 1; lint_line(&rest, &line, &length); number++) {
		char *copy = mem_bytes(line, length);
		int width = glyph_width(copy);

		if (widest && width > widest && strncmp(copy, LONG_HEADING, strlen(LONG_HEADING)) != 0)
			lint_say(lint, file->name, number, "%d columns: at most %d, so that it is read without scrolling", width, widest);
		if (length && copy[length - 1] == '\r')
			returns = returns ? returns : number;
		else if (length && (copy[length - 1] == ' ' || copy[length - 1] == '\t'))
			lint_say(lint, file->name, number, "ends in a blank: take it away");
		free(copy);
	}
	if (returns) /* of one such line there are mostly as many as the file has */
		lint_say(lint, file->name, returns, "ends in a carriage return (CRLF): save the file with line ends as Linux has "
		         "them, LF alone");
	if (file->text.length && file->text.data[file->text.length - 1] != '\n')
		lint_say(lint, file->name, 0, "its last line has no newline at its end");
}

/* ---- README ---- */

/* A drawing: between ``` and ```, or indented by four spaces, with an arrow or a box. */
static bool has_drawing(const char *text)
{
	static const char *const signs[] = {"--", "==", "->", "<-", "+-", "│", "─", "→"};
	bool fenced = false, drawn = false;
	const char *line;
	size_t length;

	while (!drawn && lint_line(&text, &line, &length)) {
		char *copy = mem_bytes(line, length);

		if (!strncmp(copy, "```", 3))
			fenced = !fenced;
		for (size_t i = 0; (fenced || !strncmp(copy, "    ", 4)) && i < sizeof signs / sizeof signs[0]; i++)
			drawn |= strstr(copy, signs[i]) != NULL;
		free(copy);
	}
	return drawn;
}

static void name_all(struct lint *lint, const char *readme)
{
	const struct lesson *lesson = lint->lesson;

	for (size_t i = 0; i < lint->shipped.count; i++) {
		const char *name = lint->shipped.files[i].name;

		if (lint_is_students(lesson, name) && !strstr(readme, name))
			lint_say(lint, README, 0, "does not name %s, which the student is to write in", name);
	}
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind == STUDENT_TRACE_PREDICT && !strstr(readme, lesson->cases[i].student_trace))
			lint_say(lint, README, 0, "does not name %s, in which the student is to predict", lesson->cases[i].student_trace);
	for (size_t i = 0; i < lesson->host_count; i++)
		if (lesson->hosts[i].kind == HOST_END && !lint_has_word(readme, lesson->hosts[i].name))
			lint_say(lint, README, 0, "does not name the host %s: show it in the drawing", lesson->hosts[i].name);
}

/* A word in capitals, as arguments are written: PORT, MY_PORT, TEXT... */
static bool is_argument(const char *word)
{
	return isupper((unsigned char)word[0]) && (isupper((unsigned char)word[1]) || isdigit((unsigned char)word[1]));
}

/* Whether behind PROGRAM, within three words, an argument is named: `server ADDRESS PORT`, `hub short ADDRESS`. */
static bool says_call(const char *readme, const char *program)
{
	size_t length = strlen(program);

	for (const char *found = readme; (found = strstr(found, program)); found += length) {
		const char *word = found + length;

		for (int i = 0; i < 3 && isspace((unsigned char)*word); i++) {
			word += strspn(word, " \n");
			if (is_argument(word))
				return true;
			word += strcspn(word, " \n`");
		}
	}
	return false;
}

static bool has_arguments(const struct lesson *lesson, size_t program)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		for (size_t step = 0; step < lesson->cases[i].step_count; step++)
			if (lesson->cases[i].steps[step].kind == STEP_RUN && lesson->cases[i].steps[step].program == program &&
			    lesson->cases[i].steps[step].argument_count)
				return true;
	return false;
}

static void check_calls(struct lint *lint, const char *readme)
{
	const struct lesson *lesson = lint->lesson;

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT && has_arguments(lesson, i) &&
		    !says_call(readme, lesson->programs[i].name))
			lint_say(lint, README, 0, "does not say how %s is called: `%s ADDRESS PORT`, the arguments in capitals",
			         lesson->programs[i].name, lesson->programs[i].name);
}

static void check_readme(struct lint *lint)
{
	const struct lint_file *file = lint_find(&lint->shipped, README);
	const char *readme = file ? text_string(&file->text) : "";

	if (!file) {
		lint_say(lint, README, 0, "is not there: it is all that a student knows of the lesson");
		return;
	}
	if (strncmp(readme, "# ", 2) != 0)
		lint_say(lint, README, 1, "does not begin with the lesson's title: \"# %s\"", lint->lesson->title);
	if (!has_drawing(readme))
		lint_say(lint, README, 0, "has no drawing: hosts and arrows, indented or between ``` and ```, say more than a page");
	if (!strstr(readme, "make check"))
		lint_say(lint, README, 0, "does not say `make check`, by which a student learns how he does");
	name_all(lint, readme);
	check_calls(lint, readme);
}

/* ---- hints ---- */

static void check_hint(struct lint *lint, const struct hint *hint)
{
	for (size_t i = 0; i < hint->id_count; i++)
		if (!lint_is_diagnosis(hint->ids[i]))
			lint_say(lint, HINTS, hint->line, LINT_NO_DIAGNOSIS, hint->ids[i]);
}

static void check_hints(struct lint *lint)
{
	const struct lint_file *file = lint_find(&lint->shipped, HINTS);
	struct hints hints;
	struct error error;

	if (!file) {
		lint_say(lint, HINTS, 0, "is not there: whoever is stuck has nowhere to look");
		return;
	}
	if (hints_parse(&hints, HINTS, text_string(&file->text), file->text.length, &error)) {
		lint_say(lint, HINTS, error.line, "%s", error.text);
		return;
	}
	for (size_t i = 0; i < hints.count; i++)
		check_hint(lint, &hints.hints[i]);
	if (!hints_steps(&hints))
		lint_say(lint, HINTS, 0, "has no hint for everybody: each stands below a heading of its own, \"## 1\"");
	hints_free(&hints);
}

/* ---- TODOs ---- */

struct todos {
	struct lint *lint;
	int last; /* the highest number so far */
};

/* The number of the TODO at FOUND; 0: it has none. */
static int number_of(const char *found)
{
	const char *digits = found + strlen("TODO(");
	char *end;
	long number;

	if (strncmp(found, "TODO(", strlen("TODO(")) != 0 || !isdigit((unsigned char)*digits))
		return 0;
	number = strtol(digits, &end, 10);
	return *end == ')' && number > 0 && number < 1000 ? (int)number : 0;
}

/* All TODOs of the student's files have the numbers from 1 on; a file begins behind another one's or before it. */
static bool has_todo(const struct lint *lint, int number)
{
	char todo[32];

	snprintf(todo, sizeof todo, "TODO(%d)", number);
	for (size_t i = 0; i < lint->shipped.count; i++)
		if (lint_is_students(lint->lesson, lint->shipped.files[i].name) &&
		    strstr(text_string(&lint->shipped.files[i].text), todo))
			return true;
	return false;
}

static void read_todos(struct todos *todos, const struct lint_file *file)
{
	const char *rest = text_string(&file->text), *line;
	size_t length;

	for (int number = 1; lint_line(&rest, &line, &length); number++) {
		char *copy = mem_bytes(line, length);

		for (const char *found = copy; (found = strstr(found, "TODO")); found++) {
			int todo = number_of(found);

			if (!todo)
				lint_say(todos->lint, file->name, number, "a TODO without its number: write TODO(%d)", todos->last + 1);
			else if (todo > todos->last)
				todos->last = todo;
		}
		free(copy);
	}
}

/* "TODO 3 to 5" in the README: none above the last. */
static void check_named_todos(const struct todos *todos)
{
	const struct lint_file *file = lint_find(&todos->lint->shipped, README);
	const char *readme = file ? text_string(&file->text) : "";

	for (const char *found = readme; (found = strstr(found, "TODO ")); found++) {
		long number = strtol(found + strlen("TODO "), NULL, 10);

		if (number > todos->last)
			lint_say(todos->lint, README, 0, "names TODO %ld, and the last one is TODO(%d)", number, todos->last);
	}
}

static void check_todos(struct lint *lint)
{
	struct todos todos = {.lint = lint};

	for (size_t i = 0; i < lint->shipped.count; i++)
		if (lint_is_students(lint->lesson, lint->shipped.files[i].name))
			read_todos(&todos, &lint->shipped.files[i]);
	for (int number = 1; number < todos.last; number++)
		if (!has_todo(lint, number))
			lint_say(lint, "lesson", 0, "there is a TODO(%d) and no TODO(%d): number them from 1 on, in the order in which they "
			         "are to be done", todos.last, number);
	if (!todos.last)
		lint_say(lint, "lesson", 0, "no file of the student's has a TODO(1): say there what is to be done");
	check_named_todos(&todos);
}

void lint_words(struct lint *lint)
{
	for (size_t i = 0; i < lint->shipped.count; i++)
		check_lines(lint, &lint->shipped.files[i]);
	check_readme(lint);
	check_hints(lint);
	check_todos(lint);
}
