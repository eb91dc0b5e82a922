/* result_explain.c - see result_explain.h. */
#include "result_explain.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {"none", "where", "what", "why"};

int result_explain_level(const char *word)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(words[i], word))
			return (int)i;
	return -1;
}

/* From which level on a case's text is told. The others (name, title, reason) always are. */
static const struct {
	size_t offset;
	enum result_explain from;
} fields[] = {
	{offsetof(struct result_case, where), EXPLAIN_WHERE},
	{offsetof(struct result_case, source), EXPLAIN_WHERE},
	{offsetof(struct result_case, seen), EXPLAIN_WHAT},
	{offsetof(struct result_case, expected), EXPLAIN_WHAT},
	{offsetof(struct result_case, observed), EXPLAIN_WHAT},
	{offsetof(struct result_case, picture), EXPLAIN_WHAT},
	{offsetof(struct result_case, picture_ansi), EXPLAIN_WHAT},
	{offsetof(struct result_case, output), EXPLAIN_WHAT},
	{offsetof(struct result_case, repeat), EXPLAIN_WHAT},
	{offsetof(struct result_case, picture_svg), EXPLAIN_WHY}, /* it has all sentences in it */
	{offsetof(struct result_case, calls), EXPLAIN_WHY},
	{offsetof(struct result_case, diagnosis), EXPLAIN_WHY},
	{offsetof(struct result_case, means), EXPLAIN_WHY},
	{offsetof(struct result_case, next), EXPLAIN_WHY},
};

static void blank(char **string)
{
	free(*string);
	*string = mem_string("");
}

void result_explain_cap(struct result *result, enum result_explain level)
{
	for (size_t i = 0; i < result->case_count; i++)
		for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++)
			if (fields[j].from > level)
				blank((char **)((char *)&result->cases[i] + fields[j].offset));
	/* The sentence of the first wrong case. An error's message is what to mend. */
	if (level < EXPLAIN_WHAT && result->status != RESULT_ERROR)
		blank(&result->message);
	/* Who has it can run the grade again at home, and see everything. */
	if (level < EXPLAIN_WHAT)
		blank(&result->seed);
}
