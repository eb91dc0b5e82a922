/* class_table.c - see class_table.h. */
#include "class_table.h"

#include "formats.h"
#include "page_words.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 24 /* columns of a student's name on a terminal */
#define FAULTS_MOST 15 /* lines; the class page has all */

void class_table_open(struct class_table *table, const char *const *students, size_t student_count,
                      const char *const *lessons, size_t lesson_count)
{
	*table = (struct class_table){.students = students, .lessons = lessons, .student_count = student_count,
	                              .lesson_count = lesson_count};
	table->cells = mem_alloc((student_count * lesson_count + 1) * sizeof *table->cells);
}

void class_table_close(struct class_table *table)
{
	for (size_t i = 0; i < table->fault_count; i++) {
		free(table->faults[i].id);
		free(table->faults[i].has);
	}
	free(table->faults);
	free(table->cells);
	*table = (struct class_table){0};
}

/* ---- taking in ---- */

static struct class_fault *find_fault(struct class_table *table, const char *id)
{
	for (size_t i = 0; i < table->fault_count; i++)
		if (!strcmp(table->faults[i].id, id))
			return &table->faults[i];
	mem_room(table->faults, table->fault_count, table->fault_capacity);
	table->faults[table->fault_count] =
		(struct class_fault){.id = mem_string(id), .has = mem_alloc((table->student_count + 1) * sizeof(bool))};
	return &table->faults[table->fault_count++];
}

/* Once a student, however many lessons and cases have it. */
static void count_fault(struct class_table *table, size_t student, const char *id)
{
	struct class_fault *fault = find_fault(table, id);

	fault->count += !fault->has[student];
	fault->has[student] = true;
}

static void count_faults(struct class_table *table, size_t student, const struct result *result)
{
	if (result->status == RESULT_ERROR) {
		count_fault(table, student, *result->compiler ? "does-not-compile" : "not-gradable");
		return;
	}
	for (size_t i = 0; i < result->case_count; i++)
		if (*result->cases[i].diagnosis)
			count_fault(table, student, result->cases[i].diagnosis);
}

void class_table_add(struct class_table *table, size_t student, size_t lesson, const struct result *result)
{
	struct class_cell *cell = &table->cells[student * table->lesson_count + lesson];

	*cell = (struct class_cell){true, result->status, result->points, result->max_points};
	table->of_status[result->status]++;
	count_faults(table, student, result);
}

/* ---- as CSV ---- */

/* Whether there are points that can be counted; an error is 0 of them. */
static bool is_counted(const struct class_cell *cell)
{
	return cell->known && cell->status != RESULT_INCONCLUSIVE && cell->status != RESULT_SKIP;
}

static void add_csv_line(const struct class_table *table, size_t student, struct text *out)
{
	long points = 0, most = 0;

	format_csv_cell(out, table->students[student]);
	for (size_t i = 0; i < table->lesson_count; i++) {
		const struct class_cell *cell = &table->cells[student * table->lesson_count + i];

		if (!is_counted(cell)) {
			text_printf(out, ",%s", cell->known ? result_status_name(cell->status) : "");
			continue;
		}
		text_printf(out, ",%d", cell->points);
		points += cell->points;
		most += cell->max_points;
	}
	text_printf(out, ",%ld,%ld\r\n", points, most);
}

void class_table_csv(const struct class_table *table, struct text *out)
{
	text_add(out, "student");
	for (size_t i = 0; i < table->lesson_count; i++) {
		text_add(out, ",");
		format_csv_cell(out, table->lessons[i]);
	}
	text_add(out, ",points,of\r\n");
	for (size_t i = 0; i < table->student_count; i++)
		add_csv_line(table, i, out);
}

/* ---- for a terminal ---- */

/* At most WIDTH characters of it on one line; filled up with spaces where FILL. */
static void add_short(struct text *out, const char *string, size_t width, bool fill)
{
	size_t columns = 0, left = strlen(string), length;
	uint32_t code;

	for (; left && columns < width; columns++, string += length, left -= length) {
		length = utf8_at(string, left, &code);
		length = length ? length : 1;
		if (*string == '\n' || *string == '\t')
			text_add(out, " ");
		else if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			text_add(out, "?"); /* it could rewrite the screen */
		else
			text_add_bytes(out, string, length);
	}
	if (fill)
		text_printf(out, "%*s", (int)(width - columns), "");
}

static void add_mark(const struct class_cell *cell, struct text *out)
{
	static const char *const marks[] = {[RESULT_ERROR] = "err", [RESULT_SKIP] = "skip", [RESULT_INCONCLUSIVE] = "?"};
	const char *mark = cell->known ? marks[cell->status] : "-";

	if (cell->known && (cell->status == RESULT_PASS || cell->status == RESULT_FAIL))
		text_printf(out, " %5d", cell->points);
	else
		text_printf(out, " %5s", mark);
}

/* The lesson's number, or the beginning of its name. */
static void add_heads(const struct class_table *table, struct text *out)
{
	add_short(out, "", NAME_WIDTH, true);
	for (size_t i = 0; i < table->lesson_count; i++) {
		size_t digits = strspn(table->lessons[i], "0123456789");

		text_printf(out, " %5.*s", (int)(digits && digits < 5 ? digits : 5), table->lessons[i]);
	}
	text_add(out, "   sum    of\n");
}

static void add_line(const struct class_table *table, size_t student, struct text *out)
{
	long points = 0, most = 0;

	add_short(out, table->students[student], NAME_WIDTH, true);
	for (size_t i = 0; i < table->lesson_count; i++) {
		const struct class_cell *cell = &table->cells[student * table->lesson_count + i];

		add_mark(cell, out);
		points += is_counted(cell) ? cell->points : 0;
		most += is_counted(cell) ? cell->max_points : 0;
	}
	text_printf(out, " %5ld %5ld\n", points, most);
}

static int by_count(const void *a, const void *b)
{
	const struct class_fault *one = a, *other = b;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	return strcmp(one->id, other->id);
}

/* "  41  forgot htons()  [byte-order]" */
static void add_fault(const struct class_fault *fault, size_t room, struct text *out)
{
	const char *words = page_words_of(fault->id);

	text_printf(out, "  %4zu  ", fault->count);
	add_short(out, words ? words : fault->id, room, false);
	if (words)
		text_printf(out, "  [%s]", fault->id);
	text_add(out, "\n");
}

static void add_faults(const struct class_table *table, int width, struct text *out)
{
	struct class_fault *sorted = mem_alloc((table->fault_count + 1) * sizeof *sorted);

	if (table->fault_count) {
		memcpy(sorted, table->faults, table->fault_count * sizeof *sorted);
		qsort(sorted, table->fault_count, sizeof *sorted, by_count);
		text_add(out, "\nWhat went wrong, and with how many students:\n");
	}
	for (size_t i = 0; i < table->fault_count && i < FAULTS_MOST; i++)
		add_fault(&sorted[i], width > 40 ? (size_t)width - 10 : 30, out);
	if (table->fault_count > FAULTS_MOST)
		text_printf(out, "        and %zu more, which are rarer; the class page has all of them\n",
		            table->fault_count - FAULTS_MOST);
	free(sorted);
}

void class_table_print(const struct class_table *table, int width, struct text *out)
{
	add_heads(table, out);
	for (size_t i = 0; i < table->student_count; i++)
		add_line(table, i, out);
	add_faults(table, width, out);
}
