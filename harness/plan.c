/* plan.c - what is still to be graded: what the store lacks, or has for something else than what is handed in now. */
#include "grade.h"

#include "../src/handed_in.h"
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

static bool is_done(const struct grade *grade, const struct handed_tree *tree, struct unit *unit)
{
	struct result result = {0};
	struct handed handed;
	struct error error;
	bool done = false;

	switch (store_read(&grade->store, grade->lessons.names[unit->lesson],
	                   grade->submissions.list[unit->student].student, &result, &error)) {
	case STORE_MISSING:
		return false;
	case STORE_DAMAGED:
		fprintf(stderr, "windsock: %s; it is graded again\n", error_string(&error));
		unit->stale = true;
		return false;
	case STORE_FOUND:
		handed_choose(tree, &grade->lessons, unit->lesson, &handed);
		done = is_valid(grade, unit, &handed, &result);
		handed_free(&handed);
		result_free(&result);
		unit->stale = !done;
	}
	return done;
}

void plan_make(const struct grade *grade, struct plan *plan)
{
	*plan = (struct plan){0};
	for (size_t student = 0; student < grade->submissions.count; student++) {
		struct handed_tree tree;

		handed_tree_read(&tree, &grade->submissions.list[student], &grade->lessons);
		for (size_t i = 0; i < grade->chosen_count; i++) {
			struct unit unit = {.student = student, .lesson = grade->chosen[i]};

			if (is_done(grade, &tree, &unit)) {
				plan->done++;
				continue;
			}
			mem_room(plan->units, plan->count, plan->capacity);
			plan->units[plan->count++] = unit;
		}
		handed_tree_free(&tree);
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

long plan_write(const struct grade *grade, const struct plan *plan, size_t size, struct error *error)
{
	_cleanup_free_ char *path = store_path(&grade->store, "plan");
	_cleanup_text_ struct text text = {0};

	text_add(&text, "");
	for (size_t i = 0; i < plan->count; i++)
		add_unit(grade, &plan->units[i], i / size, &text);
	if (file_write(path, text.data, text.length, error))
		return -1;
	return (long)((plan->count + size - 1) / size);
}

/* Whether a unit's line, which begins with a newline, is in the plan. */
static bool is_in(const struct grade *grade, const struct unit *unit, unsigned long which, const char *lines)
{
	_cleanup_text_ struct text line = {0};

	text_add(&line, "\n");
	add_unit(grade, unit, (size_t)which, &line);
	return strstr(lines, text_string(&line)) != NULL;
}

/* The lines of one chunk only, so that what is looked through is short. */
static void take_chunk(const char *lines, unsigned long which, struct text *out)
{
	text_add(out, "\n");
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		if (strtoul(lines, NULL, 10) == which) {
			text_add_bytes(out, lines, length);
			text_add(out, "\n");
		}
		lines += length + (lines[length] == '\n');
	}
}

int plan_keep_chunk(const struct grade *grade, struct plan *plan, unsigned long which, struct error *error)
{
	_cleanup_free_ char *path = store_path(&grade->store, "plan");
	_cleanup_text_ struct text text = {0}, chunk = {0};
	size_t kept = 0;

	if (file_read(path, PLAN_MOST, &text, error))
		return -1;
	take_chunk(text_string(&text), which, &chunk);
	if (chunk.length == 1)
		return error_set(error, path, 0, 0, "has no chunk %lu; chunks count from 0, and `--plan` says how many there are",
		                 which);
	for (size_t i = 0; i < plan->count; i++)
		if (is_in(grade, &plan->units[i], which, text_string(&chunk)))
			plan->units[kept++] = plan->units[i];
	plan->count = kept;
	return 0;
}
