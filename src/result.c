/* result.c - see result.h: what is done with a record in memory. Its JSON is result_json.c. */
#include "result_parts.h"

#include "utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[] = {"pass", "fail", "error", "skip", "inconclusive"};

static_assert(sizeof status_names / sizeof *status_names == RESULT_INCONCLUSIVE + 1, "a name for each status");

const char *result_status_name(enum result_status status)
{
	return status_names[status];
}

/* ---- every string of it ---- */

typedef void string_visit(char **string);

static void visit_fields(const struct result_table *table, void *structure, string_visit *visit)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->fields[i].kind == KIND_STRING)
			visit(result_string(structure, &table->fields[i]));
}

static void visit_all(struct result *result, string_visit *visit)
{
	visit_fields(&result_root, result, visit);
	for (size_t i = 0; i < result->remark_count; i++)
		visit(&result->remarks[i]);
	for (size_t i = 0; i < result->file_count; i++)
		visit_fields(&result_file_table, &result->files[i], visit);
	for (size_t i = 0; i < result->case_count; i++)
		visit_fields(&result_case_table, &result->cases[i], visit);
}

static void tidy(char **string)
{
	struct text valid = {0};

	if (!*string) {
		*string = mem_string("");
	} else if (!utf8_is_valid(*string, strlen(*string))) {
		utf8_add(&valid, *string, strlen(*string));
		free(*string);
		*string = valid.data;
	}
}

void result_tidy(struct result *result)
{
	result->version = RESULT_VERSION;
	visit_all(result, tidy);
}

static void release(char **string)
{
	free(*string);
}

void result_free(struct result *result)
{
	visit_all(result, release);
	free(result->remarks);
	free(result->files);
	free(result->cases);
	*result = (struct result){0};
}

/* ---- the sum ---- */

static const struct result_case *first_of(const struct result *result, enum result_status status)
{
	for (size_t i = 0; i < result->case_count; i++)
		if (result->cases[i].status == status)
			return &result->cases[i];
	return NULL;
}

static enum result_status status_of(const struct result *result)
{
	static const enum result_status by_weight[] = {RESULT_ERROR, RESULT_INCONCLUSIVE, RESULT_FAIL, RESULT_PASS,
	                                               RESULT_SKIP};

	for (size_t i = 0; i < sizeof by_weight / sizeof *by_weight; i++)
		if (first_of(result, by_weight[i]))
			return by_weight[i];
	return RESULT_PASS;
}

/* What a case says in one sentence. */
static const char *sentence(const struct result_case *of)
{
	const char *told = of->status == RESULT_FAIL ? of->seen : of->reason;

	if (!told || !*told)
		told = of->seen && *of->seen ? of->seen : of->reason;
	return told ? told : "";
}

void result_sum(struct result *result)
{
	bool told = result->status == RESULT_ERROR && result->message && *result->message;
	const struct result_case *wrong;

	if (!result->case_count)
		return;
	result->points = result->max_points = 0;
	for (size_t i = 0; i < result->case_count; i++) {
		const struct result_case *one = &result->cases[i];

		if (one->status != RESULT_SKIP) {
			result->points += one->points;
			result->max_points += one->max_points;
		}
	}
	if (told)
		return;
	result->status = status_of(result);
	wrong = result->status == RESULT_PASS ? NULL : first_of(result, result->status);
	free(result->message);
	result->message = mem_string(wrong ? sentence(wrong) : "");
}
