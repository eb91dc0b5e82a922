/* class_table.h - a class in one table: students by lessons, points, and what went wrong how often.
 *
 * Records are added one by one, in any order, and not kept: what is held of one is some bytes. */
#ifndef WINDSOCK_CLASS_TABLE_H
#define WINDSOCK_CLASS_TABLE_H

#include "result.h"

struct class_cell {
	bool known; /* a record was added */
	enum result_status status;
	int points, max_points;
};

/* A diagnosis, and how many students have it. */
struct class_fault {
	char *id;       /* "byte-order"; owned */
	bool *has;      /* one a student; owned */
	size_t count;
};

struct class_table {
	const char *const *students, *const *lessons; /* borrowed */
	size_t student_count, lesson_count;
	struct class_cell *cells; /* owned; a student's stand together */
	struct class_fault *faults; /* owned */
	size_t fault_count, fault_capacity;
	size_t of_status[RESULT_INCONCLUSIVE + 1]; /* submissions */
};

void class_table_open(struct class_table *table, const char *const *students, size_t student_count,
                      const char *const *lessons, size_t lesson_count);
void class_table_add(struct class_table *table, size_t student, size_t lesson, const struct result *result);
/* A gradebook: a line a student, a column a lesson, the sum. What could not be judged has no number. */
void class_table_csv(const struct class_table *table, struct text *out);
/* The same for a terminal, and below it what went wrong in words, the most frequent first: so many lines, and no more. */
void class_table_print(const struct class_table *table, int width, struct text *out);
void class_table_close(struct class_table *table);

#endif
