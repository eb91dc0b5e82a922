/* format_jsonl.c - JSON lines: each record as it is, on a line of its own. */
#include "format_parts.h"

static void add(struct format_run *run, const struct result *result, struct text *out)
{
	run->records++;
	result_print_line(result, out);
}

static void nothing(struct format_run *run, struct text *out)
{
	(void)run; /* a list of lines has no frame */
	(void)out;
}

const struct format format_jsonl = {
	.name = "jsonl", .file = "results.jsonl", .summary = "all records, a line each", .begin = nothing, .add = add,
	.end = nothing,
};
