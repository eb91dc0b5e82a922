/* result_json.c - a record as JSON and back. The order of its keys is fixed, numbers are whole, text is
 * UTF-8: the same record gives the same bytes. */
#include "result_parts.h"

#include "jsonout.h"
#include "seal.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 10000 /* cases, files, remarks: far above any lesson's, and what points can be added up over */

/* ---- writing ---- */

/* NULL is empty; what is no UTF-8 is shown as U+FFFD. */
static json_t *string_json(const char *string)
{
	struct text valid = {0};
	json_t *json;

	if (!string || utf8_is_valid(string, strlen(string)))
		return json_string(string ? string : "");
	utf8_add(&valid, string, strlen(string));
	json = json_string(text_string(&valid));
	text_free(&valid);
	return json;
}

static json_t *field_json(const void *structure, const struct result_field *field)
{
	const void *at = (const char *)structure + field->offset;

	switch (field->kind) {
	case KIND_STRING: return string_json(*result_string(structure, field));
	case KIND_STATUS: return json_string(result_status_name(*(const enum result_status *)at));
	case KIND_INT: return json_integer(*(const int *)at);
	case KIND_LONG: return json_integer(*(const int64_t *)at);
	}
	abort();
}

static json_t *fields_json(const struct result_table *table, const void *structure, bool varying)
{
	json_t *object = jsonout_checked(json_object());

	for (size_t i = 0; i < table->count; i++)
		if (varying || !table->fields[i].varies)
			jsonout_put(object, table->fields[i].key, field_json(structure, &table->fields[i]));
	return object;
}

static json_t *result_json(const struct result *result, bool varying)
{
	json_t *root = fields_json(&result_root, result, varying);
	json_t *remarks = jsonout_checked(json_array()), *files = jsonout_checked(json_array()), *cases = jsonout_checked(json_array());

	for (size_t i = 0; i < result->remark_count; i++)
		jsonout_append(remarks, string_json(result->remarks[i]));
	for (size_t i = 0; i < result->file_count; i++)
		jsonout_append(files, fields_json(&result_file_table, &result->files[i], varying));
	for (size_t i = 0; i < result->case_count; i++)
		jsonout_append(cases, fields_json(&result_case_table, &result->cases[i], varying));
	jsonout_put(root, "windsock_result", json_integer(RESULT_VERSION));
	jsonout_put(root, "remarks", remarks);
	jsonout_put(root, "files", files);
	jsonout_put(root, "cases", cases);
	return root;
}

static char *dump(const struct result *result, bool varying, size_t flags)
{
	json_t *root = result_json(result, varying);
	char *string = json_dumps(root, flags);

	json_decref(root);
	if (!string)
		abort(); /* out of memory: all text is valid UTF-8 */
	return string;
}

void result_print(const struct result *result, struct text *out)
{
	char *string = dump(result, true, JSON_INDENT(1));

	seal_json(string, out);
	free(string);
}

void result_print_line(const struct result *result, struct text *out)
{
	char *string = dump(result, true, JSON_COMPACT);

	text_add(out, string);
	text_add(out, "\n");
	free(string);
}

bool result_same(const struct result *one, const struct result *other)
{
	char *first = dump(one, false, JSON_COMPACT), *second = dump(other, false, JSON_COMPACT);
	bool same = !strcmp(first, second);

	free(first);
	free(second);
	return same;
}

/* ---- reading ---- */

struct reader {
	const char *file;
	struct error *error;
	bool failed;
	const char *list; /* "cases", "files" or NULL: where we are */
	size_t number;    /* in the list, from 1 */
};

/* The first thing that is wrong is told. */
__attribute__((format(printf, 3, 4)))
static void complain(struct reader *reader, const char *key, const char *format, ...)
{
	struct text wanted = {0}, place = {0};
	va_list arguments;
	char words[256];

	if (reader->failed)
		return;
	reader->failed = true;
	va_start(arguments, format);
	(void)vsnprintf(words, sizeof words, format, arguments); /* cut: still a sentence's half */
	va_end(arguments);
	if (reader->list)
		text_printf(&place, " of number %zu in \"%s\"", reader->number, reader->list);
	text_add(&wanted, words);
	error_set(reader->error, reader->file, 0, 0,
	          "\"%s\"%s %s: this is not a record of `windsock grade`; grade this submission again", key,
	          text_string(&place), text_string(&wanted));
	text_free(&wanted);
	text_free(&place);
}

static int64_t get_number(struct reader *reader, const json_t *value, const struct result_field *field)
{
	int64_t number = (int64_t)json_integer_value(value);

	if (!json_is_integer(value))
		complain(reader, field->key, "should be a whole number");
	else if (number < field->least || number > field->most)
		complain(reader, field->key, "is %lld; it should be from %lld to %lld", (long long)number,
		         (long long)field->least, (long long)field->most);
	else
		return number;
	return field->least;
}

static char *get_string(struct reader *reader, const json_t *value, const char *key)
{
	if (!json_is_string(value))
		complain(reader, key, "should be a string");
	return mem_string(json_is_string(value) ? json_string_value(value) : "");
}

static enum result_status get_status(struct reader *reader, const json_t *value, const char *key)
{
	const char *word = json_string_value(value);

	for (int status = RESULT_PASS; word && status <= RESULT_INCONCLUSIVE; status++)
		if (!strcmp(word, result_status_name((enum result_status)status)))
			return (enum result_status)status;
	complain(reader, key, "is \"%.32s\"; it should be pass, fail, error, skip or inconclusive", word ? word : "");
	return RESULT_INCONCLUSIVE;
}

static void read_field(struct reader *reader, const json_t *value, const struct result_field *field, void *structure)
{
	void *at = (char *)structure + field->offset;

	switch (field->kind) {
	case KIND_STRING: *(char **)at = get_string(reader, value, field->key); break;
	case KIND_STATUS: *(enum result_status *)at = get_status(reader, value, field->key); break;
	case KIND_INT: *(int *)at = (int)get_number(reader, value, field); break;
	case KIND_LONG: *(int64_t *)at = get_number(reader, value, field); break;
	}
}

/* Keys that we do not know belong to a later windsock: they are left out. */
static void read_fields(struct reader *reader, const json_t *object, const struct result_table *table, void *structure)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct result_field *field = &table->fields[i];
		const json_t *value = json_object_get(object, field->key);

		if (value)
			read_field(reader, value, field, structure);
		else if (field->needed)
			complain(reader, field->key, "is missing");
		if (!value && field->kind == KIND_STRING)
			*result_string(structure, field) = mem_string("");
	}
}

/* Zeroed room for the elements of the list KEY. */
static void *get_list(struct reader *reader, const json_t *root, const char *key, size_t size, const json_t **list,
                      size_t *count)
{
	*list = json_object_get(root, key);
	*count = json_array_size(*list);
	if (*list && !json_is_array(*list))
		complain(reader, key, "should be a list");
	if (*count > LIST_MAX) {
		complain(reader, key, "has more than %d elements", LIST_MAX);
		*count = 0;
	}
	return mem_alloc(*count * size);
}

static void read_remarks(struct reader *reader, const json_t *root, struct result *result)
{
	const json_t *list;

	result->remarks = get_list(reader, root, "remarks", sizeof *result->remarks, &list, &result->remark_count);
	for (size_t i = 0; i < result->remark_count; i++)
		result->remarks[i] = get_string(reader, json_array_get(list, i), "remarks");
}

static void read_files(struct reader *reader, const json_t *root, struct result *result)
{
	const json_t *list;

	result->files = get_list(reader, root, "files", sizeof *result->files, &list, &result->file_count);
	reader->list = "files";
	for (reader->number = 1; reader->number <= result->file_count; reader->number++)
		read_fields(reader, json_array_get(list, reader->number - 1), &result_file_table,
		            &result->files[reader->number - 1]);
	reader->list = NULL;
}

static void read_cases(struct reader *reader, const json_t *root, struct result *result)
{
	const json_t *list;

	result->cases = get_list(reader, root, "cases", sizeof *result->cases, &list, &result->case_count);
	if (!list)
		complain(reader, "cases", "is missing");
	reader->list = "cases";
	for (reader->number = 1; reader->number <= result->case_count; reader->number++) {
		struct result_case *one = &result->cases[reader->number - 1];

		read_fields(reader, json_array_get(list, reader->number - 1), &result_case_table, one);
		if (one->points > one->max_points)
			complain(reader, "points", "is above \"max_points\"");
	}
	reader->list = NULL;
}

static void read_root(struct reader *reader, const json_t *root, struct result *result)
{
	read_fields(reader, root, &result_root, result);
	if (result->points > result->max_points)
		complain(reader, "points", "is above \"max_points\"");
	read_remarks(reader, root, result);
	read_files(reader, root, result);
	read_cases(reader, root, result);
}

static void test_seal(struct reader *reader, const json_t *root, const char *source, size_t length)
{
	if (reader->failed || seal_json_is_whole(root, source, length))
		return;
	reader->failed = true;
	error_set(reader->error, reader->file, 0, 0, "was changed or damaged since it was written; grade this submission again, or "
	          "take its last key, \"sha256\", out of it, with the comma before, where you meant to change it");
}

int result_parse(struct result *result, const char *file, const char *source, size_t length, struct error *error)
{
	struct reader reader = {.file = file, .error = error};
	json_error_t json_error;
	json_t *root = json_loadb(source, length, JSON_REJECT_DUPLICATES, &json_error);

	*result = (struct result){0};
	if (!root)
		return error_set(error, file, json_error.line > 0 ? json_error.line : 0,
		                 json_error.column > 0 ? json_error.column : 0,
		                 "%s: the record is damaged; grade this submission again", json_error.text);
	read_root(&reader, root, result);
	test_seal(&reader, root, source, length);
	json_decref(root);
	if (!reader.failed)
		return 0;
	result_free(result);
	return -1;
}
