/* result_fields.c - the tables of result_parts.h. Their order is the order of the keys in the JSON. */
#include "result_parts.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define POINTS_MAX 100000           /* 10,000 cases of them can be added up in an int */
#define LAST_SECOND 253402300799    /* of the year 9999: each date has four digits for its year */

#define NEEDED true
#define VARIES true

#define STRING(structure, name, needed, varies) \
	{#name, KIND_STRING, offsetof(struct structure, name), needed, varies, 0, 0}
#define STATUS(structure) {"status", KIND_STATUS, offsetof(struct structure, status), NEEDED, false, 0, 0}
#define INT(structure, name, needed, varies, most) \
	{#name, KIND_INT, offsetof(struct structure, name), needed, varies, 0, most}
#define LONG(structure, name, most) {#name, KIND_LONG, offsetof(struct structure, name), false, VARIES, 0, most}

static const struct result_field root[] = {
	{"windsock_result", KIND_INT, offsetof(struct result, version), NEEDED, false, RESULT_VERSION, RESULT_VERSION},
	STRING(result, course, false, false),
	STRING(result, lesson, NEEDED, false),
	STRING(result, student, NEEDED, false),
	STRING(result, seed, false, false),
	STATUS(result),
	INT(result, points, NEEDED, false, INT32_MAX),
	INT(result, max_points, NEEDED, false, INT32_MAX),
	STRING(result, message, false, VARIES),
	STRING(result, compiler, false, false),
	STRING(result, windsock, false, false),
	STRING(result, lesson_sha256, false, false),
	STRING(result, compiler_version, false, false),
	STRING(result, kernel, false, VARIES),
	STRING(result, machine, false, VARIES),
	STRING(result, node, false, VARIES),
	LONG(result, started, LAST_SECOND),
	LONG(result, duration_us, INT64_MAX),
};

static const struct result_field file[] = {
	STRING(result_file, name, NEEDED, false),
	STRING(result_file, sha256, false, false),
	STRING(result_file, remark, false, false),
};

/* Sentences, pictures, calls and what a program prints hold ports and process ids that the kernel chose, and times. */
static const struct result_field one_case[] = {
	STRING(result_case, name, NEEDED, false),
	STRING(result_case, title, false, false),
	STATUS(result_case),
	INT(result_case, points, NEEDED, false, POINTS_MAX),
	INT(result_case, max_points, NEEDED, false, POINTS_MAX),
	LONG(result_case, duration_us, INT64_MAX),
	INT(result_case, attempts, false, VARIES, INT32_MAX),
	STRING(result_case, diagnosis, false, false),
	STRING(result_case, seen, false, VARIES),
	STRING(result_case, means, false, VARIES),
	STRING(result_case, next, false, VARIES),
	STRING(result_case, reason, false, false),
	STRING(result_case, expected, false, false),
	STRING(result_case, observed, false, VARIES),
	STRING(result_case, where, false, false),
	STRING(result_case, source, false, false),
	STRING(result_case, repeat, false, false),
	STRING(result_case, output, false, VARIES),
	STRING(result_case, calls, false, VARIES),
	STRING(result_case, picture, false, VARIES),
	STRING(result_case, picture_ansi, false, VARIES),
	STRING(result_case, picture_svg, false, VARIES),
};

const struct result_table result_root = {root, COUNT(root)};
const struct result_table result_file_table = {file, COUNT(file)};
const struct result_table result_case_table = {one_case, COUNT(one_case)};
