/* help_parts.h - between help.c, help_diagnosis.c and the pages that `make` builds in. */
#ifndef WINDSOCK_HELP_PARTS_H
#define WINDSOCK_HELP_PARTS_H

#include "help.h"

struct help_page {
	const char *name; /* of its file, without the ending */
	const char *text;
};

/* help_files.c, made by make from docs/ */
extern const struct help_page help_pages[];
extern const size_t help_page_count;

const char *help_page(const char *name); /* its text; "" if there is none */

/* A row of a table in PAGE whose first cell holds NAME (`marks` and case do not count; several names stand between
 * commas). Returns the number of cells, 0 if there is no such row. *heading is the heading above it. */
size_t help_row(const char *page, const char *name, struct markdown_part *cells, size_t most,
                struct markdown_part *heading);

/* help_diagnosis.c: the row of a diagnosis in more words. */
bool help_print_diagnosis(const char *id, const struct markdown_style *style, struct text *out);

#endif
