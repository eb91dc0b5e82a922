/* result_parts.h - the record's keys as tables: what prints, reads, compares and frees it goes through them.
 * Only result*.c include this. */
#ifndef WINDSOCK_RESULT_PARTS_H
#define WINDSOCK_RESULT_PARTS_H

#include "result.h"

enum result_kind { KIND_STRING, KIND_STATUS, KIND_INT, KIND_LONG };

struct result_field {
	const char *key;
	enum result_kind kind;
	size_t offset;    /* in its struct */
	bool needed;      /* without it this is no record; what else is missing is empty, or 0 */
	bool varies;      /* from one undisturbed run to the next */
	int64_t least, most; /* of a number */
};

struct result_table {
	const struct result_field *fields;
	size_t count;
};

extern const struct result_table result_root, result_file_table, result_case_table;

static inline char **result_string(const void *structure, const struct result_field *field)
{
	return (char **)((char *)(uintptr_t)structure + field->offset);
}

#endif
