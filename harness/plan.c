/* plan.c - what is still to be graded: what the store lacks, or has for something else than what is handed in now. */
#include "grade.h"

#include "../src/handed_in.h"
#include "beneath.h"
#include "cleanup.h"
#include "die.h"
#include "files.h"

#include <string.h>

#define PLAN_MOST (256u << 20)

static bool has_same_files(const struct result *result, const struct handed *handed)
{
	if (result->file_count != handed->count)
		return false;
	for (size_t i = 0; i < handed->count; i++)
		if (strcmp(result->files[i].name, handed->sources[i].wanted) != 0 ||
		    strcmp(result->files[i].sha256, handed->sources[i].sha256) != 0)
			return false;
	return true;
}

/* Whether the record is about what would be graded now, and says something about it. */
static bool is_valid(const struct grade *grade, const struct unit *unit, const struct handed *handed,
                     const struct result *result)
{
	_cleanup_free_ char *seed = grade_seed(grade, grade->submissions.list[unit->student].student,
	                                       grade->lessons.names[unit->lesson]);

	return result->status != RESULT_INCONCLUSIVE && result->status != RESULT_SKIP && !strcmp(result->seed, seed) &&
	       !strcmp(result->lesson_sha256, grade->fingerprints[unit->lesson]) && has_same_files(result, handed);
}

static bool is_done(const struct grade *grade, const struct handed_tree *tree, struct unit *unit, int64_t *took_us)
{
	const char *lesson = grade->lessons.names[unit->lesson];
	const char *student = grade->submissions.list[unit->student].student;
	ino_t number = store_number(&grade->store, lesson, student);
	struct result result = {0};
	struct handed handed;
	struct error error;
	bool done = false;

	switch (store_read(&grade->store, lesson, student, &result, &error)) {
	case STORE_MISSING:
		return false;
	case STORE_DAMAGED:
		fprintf(stderr, "windsock: %s; it is graded again\n", error_string(&error));
		unit->stale = number;
		return false;
	case STORE_FOUND:
		handed_choose(tree, &grade->lessons, unit->lesson, &handed);
		done = is_valid(grade, unit, &handed, &result);
		*took_us += done ? result.duration_us : 0;
		handed_free(&handed);
		result_free(&result);
		unit->stale = done ? 0 : number;
	}
	return done;
}

void plan_make(const struct grade *grade, struct plan *plan)
{
	int trouble;

	*plan = (struct plan){0};
	for (size_t student = 0; student < grade->submissions.count; student++) {
		struct handed_tree tree;

		if (grade->chunk && !chunk_has_student(grade->chunk, grade->submissions.list[student].student))
			continue;
		(void)beneath_trouble(); /* of what was read before */
		handed_tree_read(&tree, &grade->submissions.list[student], &grade->lessons);
		for (size_t i = 0; i < grade->chosen_count; i++) {
			struct unit unit = {.student = student, .lesson = grade->chosen[i]};

			if (grade->chunk && !chunk_has_unit(grade, &unit))
				continue;
			if (is_done(grade, &tree, &unit, &plan->done_us)) {
				plan->done++;
				continue;
			}
			mem_room(plan->units, plan->count, plan->capacity);
			plan->units[plan->count++] = unit;
		}
		handed_tree_free(&tree);
		trouble = beneath_trouble();
		if (trouble)
			die("the files of %s cannot be read: %s", grade->submissions.list[student].student, strerror(trouble));
	}
}

void plan_free(struct plan *plan)
{
	free(plan->units);
	*plan = (struct plan){0};
}

/* ---- as a file: "CHUNK LESSON STUDENT", the student as in a record's file name ---- */

static void add_unit(const struct grade *grade, const struct unit *unit, size_t chunk, struct text *out)
{
	text_printf(out, "%zu %s ", chunk, grade->lessons.names[unit->lesson]);
	handed_in_file_name(grade->submissions.list[unit->student].student, out);
	text_add(out, "\n");
}

long plan_write(const struct grade *grade, const struct plan *plan, const char *path, size_t size, struct error *error)
{
	_cleanup_text_ struct text text = {0};

	text_add(&text, "");
	for (size_t i = 0; i < plan->count; i++)
		add_unit(grade, &plan->units[i], i / size, &text);
	if (file_write(path, text.data, text.length, error))
		return -1;
	return (long)((plan->count + size - 1) / size);
}

static int by_unit(const void *a, const void *b)
{
	const struct chunk_unit *one = a, *other = b;
	int students = strcmp(one->student, other->student);

	return students ? students : strcmp(one->lesson, other->lesson);
}

/* "LESSON STUDENT", which ends in NUL. */
static void take_line(struct chunk *chunk, char *line)
{
	char *space = strchr(line, ' ');

	if (!space)
		return;
	*space = '\0';
	mem_room(chunk->units, chunk->count, chunk->capacity);
	chunk->units[chunk->count++] = (struct chunk_unit){.student = space + 1, .lesson = line};
}

int chunk_read(struct chunk *chunk, const char *path, unsigned long which, struct error *error)
{
	*chunk = (struct chunk){0};
	if (file_read(path, PLAN_MOST, &chunk->text, error))
		return -1;
	text_add(&chunk->text, "");
	for (char *line = chunk->text.data, *next; *line; line = next) {
		char *end = line + strcspn(line, "\n"), *rest;

		next = end + (*end != '\0');
		*end = '\0';
		if (strtoul(line, &rest, 10) == which && *rest == ' ')
			take_line(chunk, rest + 1);
	}
	if (!chunk->count) {
		chunk_free(chunk);
		return error_set(error, path, 0, 0, "has no chunk %lu; chunks count from 0, and `--plan` says how many there are",
		                 which);
	}
	qsort(chunk->units, chunk->count, sizeof *chunk->units, by_unit);
	return 0;
}

void chunk_free(struct chunk *chunk)
{
	free(chunk->units);
	text_free(&chunk->text);
	*chunk = (struct chunk){0};
}

static int by_student(const void *a, const void *b)
{
	return strcmp(((const struct chunk_unit *)a)->student, ((const struct chunk_unit *)b)->student);
}

static bool has(const struct chunk *chunk, const char *student, const char *lesson)
{
	_cleanup_text_ struct text name = {0};
	struct chunk_unit wanted;

	handed_in_file_name(student, &name);
	wanted = (struct chunk_unit){.student = (char *)(uintptr_t)text_string(&name), .lesson = (char *)(uintptr_t)lesson};
	return bsearch(&wanted, chunk->units, chunk->count, sizeof wanted, lesson ? by_unit : by_student) != NULL;
}

bool chunk_has_student(const struct chunk *chunk, const char *student)
{
	return has(chunk, student, NULL);
}

bool chunk_has_unit(const struct grade *grade, const struct unit *unit)
{
	return has(grade->chunk, grade->submissions.list[unit->student].student, grade->lessons.names[unit->lesson]);
}
