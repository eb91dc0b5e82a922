/* draft_same.c - whether two traces say the same but for the names of their variables. See draft.h. */
#include "draft.h"

#include "lexer.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MOST 200

/* The variables of a trace's text, in the order in which they stand. */
struct variables {
	char names[NAMES_MOST][TRACE_NAME];
	size_t uses[NAMES_MOST];
	size_t count;
};

static size_t name_length(const char *at)
{
	size_t length = 0;

	while (lexer_is_name(at, length + 1) && length < TRACE_NAME - 1)
		length++;
	return length;
}

static size_t number_of(struct variables *variables, const char *name, size_t length, bool add)
{
	size_t i = 0;

	while (i < variables->count && (strncmp(variables->names[i], name, length) != 0 || variables->names[i][length]))
		i++;
	if (i < variables->count || !add || i == NAMES_MOST)
		return i;
	memcpy(variables->names[i], name, length); /* name_length() has seen to it that it fits */
	return variables->count++;
}

static void read_variables(struct variables *variables, const char *text)
{
	for (const char *at = text; *at; at++) {
		size_t length = *at == '$' || *at == '{' ? name_length(at + 1) : 0;
		size_t number = length ? number_of(variables, at + 1, length, *at == '$') : NAMES_MOST;

		if (number < variables->count)
			variables->uses[number]++;
	}
}

/* $first becomes $1; one that stands nowhere else becomes *. */
static char *rename_all(const struct trace *trace)
{
	struct variables *variables = mem_alloc(sizeof *variables);
	struct text text = {0}, out = {0};

	trace_print(trace, &text);
	read_variables(variables, text_string(&text));
	for (const char *at = text_string(&text); *at; at++) {
		size_t length = *at == '$' || *at == '{' ? name_length(at + 1) : 0;
		size_t number = length ? number_of(variables, at + 1, length, false) : NAMES_MOST;

		if (number >= variables->count) {
			text_add_bytes(&out, at, 1);
			continue;
		}
		if (variables->uses[number] > 1)
			text_printf(&out, "%c%zu", *at, number + 1);
		else
			text_add(&out, "*");
		at += length;
	}
	text_free(&text);
	free(variables);
	return out.data ? out.data : mem_string("");
}

/* How many lines of ONE are not in OTHER, each of whose lines stands for one. */
static size_t count_others(const char *one, const char *other)
{
	char *left = mem_string(other);
	size_t count = 0;

	for (const char *at = one; *at; at += strcspn(at, "\n") + 1) {
		size_t length = strcspn(at, "\n");
		bool found = false;

		for (char *line = left; *line && !found; line += strcspn(line, "\n") + 1) {
			found = strcspn(line, "\n") == length && !strncmp(line, at, length);
			if (found)
				memset(line, 1, length); /* no trace has such bytes */
		}
		count += !found;
	}
	free(left);
	return count;
}

bool draft_same(const struct trace *one, const struct trace *other, size_t *lines)
{
	char *a = rename_all(one), *b = rename_all(other);
	bool same = !strcmp(a, b);

	if (lines)
		*lines = count_others(a, b) + count_others(b, a);
	free(a);
	free(b);
	return same;
}
