/* formats.c - see formats.h: the table. */
#include "format_parts.h"

#include <string.h>

static const struct format *const formats[] = {
	&format_gradescope, &format_exercism, &format_github_classroom, &format_autolab, &format_prairielearn,
	&format_check50,    &format_junit,    &format_tap,              &format_csv,     &format_jsonl,
	&format_page,
};

const struct format *format_number(size_t number)
{
	return number < sizeof formats / sizeof *formats ? formats[number] : NULL;
}

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

void format_prepare(struct result *result)
{
	result_tidy(result);
	if (result->case_count)
		return;
	result->cases = mem_grow(result->cases, sizeof *result->cases);
	result->case_count = 1;
	result->cases[0] = (struct result_case){.name = mem_string("submission"), .title = mem_string("The submission"),
	                                        .status = result->status, .points = result->points,
	                                        .max_points = result->max_points, .attempts = 1,
	                                        .seen = mem_string(result->message),
	                                        .reason = mem_string(result->message)};
	result_tidy(result);
}
