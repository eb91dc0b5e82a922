/* grade_end.c - what is made of the store when a grade is over. Every record is read once, and let go of. */
#include "grade.h"

#include "../src/class_table.h"
#include "class_page.h"
#include "cleanup.h"
#include "files.h"
#include "terminal.h"

#include <stdio.h>
#include <string.h>

static int write_for_student(const struct grade *grade, struct result *result, struct error *error)
{
	_cleanup_free_ char *path = store_record_path(&grade->store, "for-students", result->lesson, result->student);
	_cleanup_text_ struct text text = {0};

	if (path_make_folder(path, error))
		return -1;
	result_explain_cap(result, grade->options->level);
	result_print(result, &text);
	return file_write(path, text.data, text.length, error);
}

static int take_record(const struct grade *grade, size_t student, size_t which, struct class_table *table,
                       struct class_page *page, struct grade_count *count, struct error *error)
{
	struct result result = {0};
	int failed;

	switch (store_read(&grade->store, grade->lessons.names[grade->chosen[which]],
	                   grade->submissions.list[student].student, &result, error)) {
	case STORE_DAMAGED: /* since the plan was made, or by us: one record less, and no reason to leave the others out */
		fprintf(stderr, "windsock: %s\n", error_string(error));
		count->missing++;
		return 0;
	case STORE_MISSING:
		count->missing++;
		return 0;
	case STORE_FOUND:
		break;
	}
	class_table_add(table, student, which, &result);
	count->disputed += store_disputes(&grade->store, result.lesson, result.student) > 0;
	failed = class_page_add(page, &result, error);
	if (!failed && grade->options->explain)
		failed = write_for_student(grade, &result, error);
	result_free(&result);
	return failed;
}

static int take_all(const struct grade *grade, struct class_table *table, struct class_page *page,
                    struct grade_count *count, struct error *error)
{
	for (size_t student = 0; student < grade->submissions.count; student++)
		for (size_t which = 0; which < grade->chosen_count; which++)
			if (take_record(grade, student, which, table, page, count, error))
				return -1;
	return 0;
}

static int write_tables(const struct grade *grade, const struct class_table *table, struct error *error)
{
	_cleanup_free_ char *path = store_path(&grade->store, "results.csv");
	_cleanup_text_ struct text csv = {0}, text = {0};

	class_table_csv(table, &csv);
	if (file_write(path, csv.data, csv.length, error))
		return -1;
	class_table_print(table, terminal_style(false).width, &text);
	fputs(text_string(&text), stdout);
	return 0;
}

static void take_counts(const struct class_table *table, struct grade_count *count)
{
	count->passed = table->of_status[RESULT_PASS];
	count->failed = table->of_status[RESULT_FAIL];
	count->refused = table->of_status[RESULT_ERROR];
	count->skipped = table->of_status[RESULT_SKIP];
	count->inconclusive = table->of_status[RESULT_INCONCLUSIVE];
	count->graded = count->passed + count->failed + count->refused;
}

/* The page is begun before the records are read, and is there when all of them could be. */
static int write_all(const struct grade *grade, struct class_table *table, struct grade_count *count,
                     struct error *error)
{
	_cleanup_free_ char *path = store_path(&grade->store, "class.html");
	struct class_page page;
	int result = class_page_open(&page, path, error) || take_all(grade, table, &page, count, error) ||
	             class_page_close(&page, error) || write_tables(grade, table, error) ? -1 : 0;

	class_page_drop(&page);
	return result;
}

int grade_end(const struct grade *grade, struct grade_count *count, struct error *error)
{
	const char **students = mem_alloc(grade->submissions.count * sizeof *students);
	const char **lessons = mem_alloc(grade->chosen_count * sizeof *lessons);
	struct class_table table;
	int result;

	*count = (struct grade_count){0};
	for (size_t i = 0; i < grade->submissions.count; i++)
		students[i] = grade->submissions.list[i].student;
	for (size_t i = 0; i < grade->chosen_count; i++)
		lessons[i] = grade->lessons.names[grade->chosen[i]];
	class_table_open(&table, students, grade->submissions.count, lessons, grade->chosen_count);
	result = write_all(grade, &table, count, error);
	take_counts(&table, count);
	class_table_close(&table);
	free(students);
	free(lessons);
	return result;
}
