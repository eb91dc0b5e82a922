/* fill.h - fills in a form: @NAME@ becomes a value; the lines between @EACH NAME@ and @END@ stand once for each element of
 * a list. What is no name of the caller's stays as it is. */
#ifndef WINDSOCK_FILL_H
#define WINDSOCK_FILL_H

#include "text.h"

/* How a value is written: it may hold what means something where it stands. */
enum fill_style {
	FILL_PLAIN,
	FILL_JSON, /* inside of a string of JSON, Python, YAML */
	FILL_HTML
};

struct fill_value {
	const char *name; /* "LESSON"; NULL ends a row */
	const char *value;
};

/* A list: rows of values that are known inside of its block, beside those of outside. */
struct fill_list {
	const char *name; /* "CASE"; NULL ends the lists */
	const struct fill_value *const *rows;
	size_t count;
};

void fill(const char *form, enum fill_style style, const struct fill_value *values, const struct fill_list *lists,
          struct text *out);

#endif
