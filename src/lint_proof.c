/* lint_proof.c - a lesson's proof: what right and wrong programs say of themselves, and whether the lesson gives its
 * solution away. */
#include "lint_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST 24 /* bytes of a line that says something: "return -1;" does not */

/* ---- labels ---- */

/* One word of PART's letters, behind blanks, into WORD. */
static const char *take_word(const char *at, const char *letters, char *word, size_t size)
{
	size_t length;

	at += strspn(at, " ");
	length = strspn(at, letters);
	if (!length || length >= size)
		return NULL;
	memcpy(word, at, length);
	word[length] = '\0';
	return at + length;
}

bool lint_read_label(const struct text *text, const char *kind, struct lint_label *label)
{
	static const char names[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const char *at = text_string(text);

	*label = (struct lint_label){0};
	at += strspn(at, "/#*");
	at += strspn(at, " ");
	if (at == text_string(text) || strncmp(at, kind, strlen(kind)) != 0 || at[strlen(kind)] != ':')
		return false;
	at = take_word(at + strlen(kind) + 1, names, label->source, sizeof label->source);
	if (!at)
		return false;
	if (strncmp(at, " -> ", strlen(" -> ")) != 0)
		return !strcmp(kind, "right");
	return take_word(at + strlen(" -> "), names, label->id, sizeof label->id) != NULL;
}

static void check_label(struct lint *lint, const struct lint_file *file, const char *kind)
{
	struct lint_label label;
	bool wrong = !strcmp(kind, "wrong");

	if (!lint_read_label(&file->text, kind, &label))
		lint_say_of_proof(lint, file->name, 1, "the first line does not say what it is: \"/* %s: FILE.c%s\" (in rules and "
		                  "traces with # before it)", kind, wrong ? " -> ID" : "");
	else if (!lint_is_students(lint->lesson, label.source))
		lint_say_of_proof(lint, file->name, 1, "%s is no file that the student writes", label.source);
	else if (wrong && !lint_is_diagnosis(label.id))
		lint_say_of_proof(lint, file->name, 1, LINT_NO_DIAGNOSIS, label.id);
}

static void check_labels(struct lint *lint)
{
	size_t right = 0, wrong = 0;

	for (size_t i = 0; i < lint->proof.count; i++) {
		const struct lint_file *file = &lint->proof.files[i];

		if (!strncmp(file->name, "right/", 6)) {
			check_label(lint, file, "right");
			right++;
		} else if (!strncmp(file->name, "wrong/", 6)) {
			check_label(lint, file, "wrong");
			wrong++;
		}
	}
	if (!wrong)
		lint_say_of_proof(lint, "wrong", 0, "has no program: write what beginners do wrong, and what they are to be told");
	if (!right)
		lint_say_of_proof(lint, "right", 0, "has no program: write one that is right in another way than yours, or the trace "
		                  "may demand your way");
}

static void check_solution(struct lint *lint)
{
	bool any = false;

	for (size_t i = 0; i < lint->proof.count; i++) {
		const char *name = lint->proof.files[i].name;

		if (strncmp(name, "solution/", strlen("solution/")) != 0)
			continue;
		any = true;
		if (!lint_is_students(lint->lesson, name + strlen("solution/")))
			lint_say_of_proof(lint, name, 0, "is no file that the student writes: name it in the lesson, or take it away");
	}
	if (!any)
		lint_say_of_proof(lint, "solution", 0, "is not there: a lesson that nobody has solved may have no solution");
}

/* ---- what is given away ---- */

/* The line without indentation and without blanks at its end. Owned by the caller. */
static char *squeeze(const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return mem_bytes(line, length);
}

static bool says_something(const char *line)
{
	size_t length = strlen(line);

	return length >= SHORTEST && strchr(line, '(') && (line[length - 1] == ';' || line[length - 1] == '{');
}

/* Where the line of the solution stands, in what is written for reading. */
static void look_for(struct lint *lint, const char *line)
{
	for (size_t i = 0; i < lint->shipped.count; i++) {
		const struct lint_file *file = &lint->shipped.files[i];
		const char *found = strstr(text_string(&file->text), line);
		int number = 1;

		if (!found || !lint_ends_in(file->name, ".md"))
			continue;
		for (const char *at = text_string(&file->text); at < found; at++)
			number += *at == '\n';
		lint_say(lint, file->name, number, "is a line of the solution, \"%s\": say in words what it does", line);
	}
}

static void check_given_away(struct lint *lint, const struct lint_file *solution)
{
	const struct lint_file *skeleton = lint_find(&lint->shipped, solution->name + strlen("solution/"));
	const char *rest = text_string(&solution->text), *line;
	size_t length;

	while (lint_line(&rest, &line, &length)) {
		char *squeezed = squeeze(line, length);

		if (says_something(squeezed) && !(skeleton && strstr(text_string(&skeleton->text), squeezed)))
			look_for(lint, squeezed);
		free(squeezed);
	}
}

void lint_proof(struct lint *lint)
{
	if (!lint->proof.count) {
		lint_say_of_proof(lint, "", 0, "has no program: a lesson is proved by a solution, by right and by wrong programs, in "
		                  "solution/, right/ and wrong/. `windsock new` makes one that has them");
		return;
	}
	check_solution(lint);
	check_labels(lint);
	for (size_t i = 0; i < lint->proof.count; i++)
		if (!strncmp(lint->proof.files[i].name, "solution/", strlen("solution/")) &&
		    lint_ends_in(lint->proof.files[i].name, ".c"))
			check_given_away(lint, &lint->proof.files[i]);
}
