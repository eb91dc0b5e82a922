/* formats.h - records as what platforms read.
 *
 * Each format is exact by its platform's own description (docs/platforms/). Text of students is hostile: what could
 * steer a terminal, a log, a spreadsheet or a page is shown, not passed on. Two shapes: a document about one student
 * (his records of one or more lessons, all in memory), and a list of a class, which is written record by record. */
#ifndef WINDSOCK_FORMATS_H
#define WINDSOCK_FORMATS_H

#include "result.h"

/* What a list needs to know of what it wrote so far. Starts as {0}. */
struct format_run {
	size_t records, tests, undecided;
	void *own; /* the format's; begun by begin(), freed by end() */
};

struct format {
	const char *name;    /* after --format */
	const char *file;    /* as the platform calls it */
	const char *summary; /* one line */
	/* A document about one student. -1: *error says why the platform should get none, and what to do. */
	int (*write)(const struct result *results, size_t count, struct text *out, struct error *error);
	/* Or a list, in pieces that may leave the process one by one. */
	void (*begin)(struct format_run *run, struct text *out);
	void (*add)(struct format_run *run, const struct result *result, struct text *out);
	void (*end)(struct format_run *run, struct text *out);
};

/* NULL behind the last. */
const struct format *format_number(size_t number);
const struct format *format_find(const char *name);
/* Makes a record as writers want it: result_tidy(), and one without cases gets one, "submission", that says what its
 * message says. Before each write() and add(). */
void format_prepare(struct result *result);

/* One cell of a CSV file: quoted where it must be, and no formula. */
void format_csv_cell(struct text *out, const char *string);

#endif
