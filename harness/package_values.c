/* package_values.c - see package.h: what the forms of a package are filled with. */
#include "package.h"

#include "../src/fill.h"
#include "../src/sha256.h"
#include "../src/student_trace.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

#define NAMES 5 /* of a row, with the NULL that ends it */

struct row {
	struct fill_value values[NAMES];
	char *owned[NAMES];
};

struct rows {
	struct row *rows; /* owned */
	const struct fill_value **pointers; /* to their values; owned */
	size_t count, capacity;
};

struct package_values {
	struct text lessons, files, files_list, title, uuid;
	struct fill_value words[10];
	struct rows of_files, of_cases;
	struct fill_list lists[3];
};

static void add_row(struct rows *rows, const char *const *names, char *const *values)
{
	struct row *row;

	mem_room(rows->rows, rows->count, rows->capacity);
	row = &rows->rows[rows->count++];
	*row = (struct row){0};
	for (size_t i = 0; names[i]; i++) {
		row->owned[i] = values[i];
		row->values[i] = (struct fill_value){names[i], values[i]};
	}
}

/* ---- what is handed in ---- */

static void add_file(struct package_values *values, const char *name)
{
	static const char *const names[] = {"FILE", NULL};
	struct rows *rows = &values->of_files;

	for (size_t i = 0; i < rows->count; i++)
		if (!strcmp(rows->rows[i].owned[0], name))
			return;
	text_printf(&values->files, "%s%s", values->files.length ? ", " : "", name);
	text_printf(&values->files_list, "%s%s", values->files_list.length ? "," : "", name);
	add_row(rows, names, (char *[]){mem_string(name)});
}

static void add_files(struct package_values *values, const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT)
			add_file(values, lesson->programs[i].source);
	for (size_t i = 0; i < lesson->rules_count; i++)
		add_file(values, lesson->rules[i].source);
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE && student_trace_judged(&lesson->cases[i]))
			add_file(values, lesson->cases[i].student_trace);
}

/* ---- cases ---- */

/* A name for a function: "case_one_question". */
static char *identifier(const char *name)
{
	struct text text = {0};

	text_printf(&text, "case_%s", name);
	for (char *byte = text.data; *byte; byte++)
		if (!isalnum((unsigned char)*byte))
			*byte = '_';
	return text.data;
}

static void add_cases(struct package_values *values, const struct lesson *lesson, bool alone)
{
	static const char *const names[] = {"CASE", "CASE_ID", "CASE_TITLE", "PROBLEM", NULL};

	for (size_t i = 0; i < lesson->case_count; i++) {
		const struct lesson_case *one = &lesson->cases[i];
		struct text problem = {0};

		text_printf(&problem, "%s%s%s, %d point%s", alone ? "" : lesson->name, alone ? "" : " ", one->name, one->points,
		            one->points == 1 ? "" : "s");
		add_row(&values->of_cases, names, (char *[]){mem_string(one->name), identifier(one->name),
		                                             mem_string(one->title), problem.data});
	}
}

/* ---- the whole ---- */

/* The same for the same course and lessons (RFC 9562, version 8: the bits are ours). */
static void add_uuid(const struct package_request *request, struct package_values *values)
{
	_cleanup_text_ struct text name = {0};
	char hex[SHA256_HEX];

	text_printf(&name, "windsock %s %s", request->course, text_string(&values->lessons));
	sha256_hex_of(text_string(&name), name.length, hex);
	hex[12] = '8';
	hex[16] = 'a';
	text_printf(&values->uuid, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static struct fill_list close_list(const char *name, struct rows *rows)
{
	rows->pointers = mem_alloc((rows->count + 1) * sizeof *rows->pointers);
	for (size_t i = 0; i < rows->count; i++)
		rows->pointers[i] = rows->rows[i].values;
	return (struct fill_list){name, rows->pointers, rows->count};
}

struct package_values *package_values(const struct package_request *request, const struct course_lesson *lessons,
                                      size_t count)
{
	struct package_values *values = mem_alloc(sizeof *values);
	size_t word = 0;

	for (size_t i = 0; i < count; i++) {
		text_printf(&values->lessons, "%s%s", i ? "," : "", lessons[i].lesson.name);
		text_printf(&values->title, "%s%s", i ? ", " : "", lessons[i].lesson.title);
		add_files(values, &lessons[i].lesson);
		add_cases(values, &lessons[i].lesson, count == 1);
	}
	add_uuid(request, values);
	values->words[word++] = (struct fill_value){"LESSONS", text_string(&values->lessons)};
	values->words[word++] = (struct fill_value){"LESSON", text_string(&values->lessons)};
	values->words[word++] = (struct fill_value){"TITLE", text_string(&values->title)};
	values->words[word++] = (struct fill_value){"FILES", text_string(&values->files)};
	values->words[word++] = (struct fill_value){"FILES_LIST", text_string(&values->files_list)};
	values->words[word++] = (struct fill_value){"UUID", text_string(&values->uuid)};
	values->words[word++] = (struct fill_value){"COURSE", request->course};
	values->words[word++] = (struct fill_value){"VERSION", PACKAGE_VERSION};
	values->lists[0] = close_list("FILE", &values->of_files);
	values->lists[1] = close_list("CASE", &values->of_cases);
	return values;
}

static void free_rows(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		for (size_t j = 0; j < NAMES; j++)
			free(rows->rows[i].owned[j]);
	free(rows->rows);
	free(rows->pointers);
}

void package_values_free(struct package_values *values)
{
	text_free(&values->lessons);
	text_free(&values->files);
	text_free(&values->files_list);
	text_free(&values->title);
	text_free(&values->uuid);
	free_rows(&values->of_files);
	free_rows(&values->of_cases);
	free(values);
}

const struct fill_value *package_words(const struct package_values *values)
{
	return values->words;
}

const struct fill_list *package_lists(const struct package_values *values)
{
	return values->lists;
}
