/* format_csv.c - a class as comma-separated values (RFC 4180), a line a record.
 *
 * What a spreadsheet would take for a formula is defused: a cell that begins with = + - @ (also behind spaces, or in
 * their wide forms) gets an apostrophe before it. Numbers of ours are never negative, so they stay numbers. */
#include "format_parts.h"

#include <string.h>
#include <time.h>

#define CELL_MAX 32000 /* Excel's cells hold 32,767 characters */

static bool is_formula(const char *cell)
{
	static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"}; /* = + - @ */

	cell += strspn(cell, " ");
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (!strncmp(cell, wide[i], 3))
			return true;
	return *cell && strchr("=+-@", *cell);
}

/* In one line: newlines in cells are allowed, but not everything reads them. Quoted where RFC 4180 asks for it, and
 * where a reader could separate at something else. */
void format_csv_cell(struct text *out, const char *string)
{
	struct text cell = {0};
	const char *at;
	bool quoted;

	format_line(&cell, string);
	format_cut(&cell, CELL_MAX, " ...");
	at = text_string(&cell);
	quoted = *at && (at[strcspn(at, "\",;'\r\n")] || *at == ' ' || at[cell.length - 1] == ' ' || is_formula(at));
	text_add(out, quoted ? "\"" : "");
	text_add(out, is_formula(at) ? "'" : "");
	for (; *at; at++)
		text_add_bytes(out, *at == '"' ? "\"\"" : at, *at == '"' ? 2 : 1);
	text_add(out, quoted ? "\"" : "");
	text_free(&cell);
}

/* An error is of the submission as a whole. */
static const struct result_case *first_wrong(const struct result *result)
{
	if (result->status == RESULT_ERROR)
		return NULL;
	for (size_t i = 0; i < result->case_count; i++)
		if (result->cases[i].status == result->status && result->status != RESULT_PASS)
			return &result->cases[i];
	return NULL;
}

static void add_started(struct text *out, int64_t started)
{
	time_t seconds = (time_t)started;
	struct tm utc;
	char stamp[32] = "";

	if (started && gmtime_r(&seconds, &utc) && strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc))
		text_add(out, stamp);
}

static void add_remarks(struct text *out, const struct result *result)
{
	struct text remarks = {0};

	for (size_t i = 0; i < result->remark_count; i++) {
		text_add(&remarks, remarks.length ? "; " : "");
		text_add(&remarks, result->remarks[i]);
	}
	for (size_t i = 0; i < result->file_count; i++)
		if (*result->files[i].remark) {
			text_add(&remarks, remarks.length ? "; " : "");
			text_add(&remarks, result->files[i].name);
			text_add(&remarks, " ");
			text_add(&remarks, result->files[i].remark);
		}
	format_csv_cell(out, text_string(&remarks));
	text_free(&remarks);
}

static void add(struct format_run *run, const struct result *result, struct text *out)
{
	const struct result_case *wrong = first_wrong(result);

	run->records++;
	format_csv_cell(out, result->student);
	text_add(out, ",");
	format_csv_cell(out, result->lesson);
	text_printf(out, ",%s,%d,%d,", result_status_name(result->status), result->points, result->max_points);
	format_csv_cell(out, wrong ? wrong->name : "");
	text_add(out, ",");
	format_csv_cell(out, wrong ? wrong->diagnosis : "");
	text_add(out, ",");
	format_csv_cell(out, result->message);
	text_add(out, ",");
	add_remarks(out, result);
	text_add(out, ",");
	add_started(out, result->started);
	text_printf(out, ",%lld.%03lld\r\n", (long long)(result->duration_us / 1000000),
	            (long long)(result->duration_us / 1000 % 1000));
}

static void begin(struct format_run *run, struct text *out)
{
	(void)run; /* nothing was written yet */
	text_add(out, "student,lesson,status,points,max_points,case,diagnosis,message,remarks,started,seconds\r\n");
}

static void end(struct format_run *run, struct text *out)
{
	(void)run; /* a list ends with its last line */
	(void)out;
}

const struct format format_csv = {
	.name = "csv", .file = "results.csv", .summary = "a line a submission, for a spreadsheet", .begin = begin,
	.add = add, .end = end,
};
