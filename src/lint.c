/* lint.c - see lint.h: the files, the complaints, and what the parts share. */
#include "lint_parts.h"

#include "diagnose.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void lint_add_file(struct lint_files *files, const char *name, struct text *text)
{
	mem_room(files->files, files->count, files->capacity);
	files->files[files->count++] = (struct lint_file){mem_string(name), *text};
	*text = (struct text){0};
}

const struct lint_file *lint_find(const struct lint_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->files[i].name, name))
			return &files->files[i];
	return NULL;
}

static void say(struct lint *lint, bool of_proof, const char *file, int line, const char *format, va_list arguments)
{
	struct complaint *complaint;

	mem_room(lint->complaints, lint->count, lint->capacity);
	complaint = &lint->complaints[lint->count++];
	*complaint = (struct complaint){.of_proof = of_proof, .line = line};
	snprintf(complaint->file, sizeof complaint->file, "%s", file);
	if (vasprintf(&complaint->text, format, arguments) < 0)
		abort(); /* out of memory, as in text.c */
}

void lint_say(struct lint *lint, const char *file, int line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(lint, false, file, line, format, arguments);
	va_end(arguments);
}

void lint_say_of_proof(struct lint *lint, const char *file, int line, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(lint, true, file, line, format, arguments);
	va_end(arguments);
}

bool lint_line(const char **rest, const char **line, size_t *length)
{
	if (!**rest)
		return false;
	*line = *rest;
	*length = strcspn(*rest, "\n");
	*rest += *length + ((*rest)[*length] == '\n');
	return true;
}

bool lint_ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length > tail && !strcmp(name + length - tail, ending);
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

bool lint_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *found = text; (found = strstr(found, word)); found += length)
		if ((found == text || !is_of_word(found[-1])) && !is_of_word(found[length]))
			return true;
	return false;
}

bool lint_is_diagnosis(const char *name)
{
	for (size_t i = 0; i < diagnose_count(); i++)
		if (!strcmp(diagnose_id(i), name))
			return true;
	return false;
}

bool lint_is_students(const struct lesson *lesson, const char *source)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT && !strcmp(lesson->programs[i].source, source))
			return true;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (!strcmp(lesson->rules[i].source, source))
			return true;
	for (size_t i = 0; i < lesson->case_count; i++)
		if ((lesson->cases[i].student_trace_kind == STUDENT_TRACE_ACCEPTS ||
		     lesson->cases[i].student_trace_kind == STUDENT_TRACE_REJECTS) &&
		    !strcmp(lesson->cases[i].student_trace, source))
			return true;
	return false;
}

void lint_read(struct lint *lint)
{
	lint_lesson(lint);
	lint_words(lint);
	lint_proof(lint);
}

static void free_files(struct lint_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->files[i].name);
		text_free(&files->files[i].text);
	}
	free(files->files);
}

void lint_free(struct lint *lint)
{
	free_files(&lint->shipped);
	free_files(&lint->proof);
	for (size_t i = 0; i < lint->count; i++)
		free(lint->complaints[i].text);
	free(lint->complaints);
	*lint = (struct lint){0};
}
