/* assign.c - see assign.h. Rows are added one by one; each time the shortest
 * augmenting path is found with reduced costs (Jonker and Volgenant's form). */
#include "assign.h"

#include "text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct assignment {
	const unsigned *cost;
	size_t size;
	long *row_potential, *column_potential; /* index 0 is a stand-in */
	size_t *row_of, *way;                   /* of a column; row_of[0] is the row being placed */
	long *least;
	bool *visited;
};

static long reduced(const struct assignment *a, size_t row, size_t column)
{
	return (long)a->cost[(row - 1) * a->size + column - 1] - a->row_potential[row] - a->column_potential[column];
}

/* The column with the least slack outside the tree, after looking from ROW. */
static size_t nearest(struct assignment *a, size_t row, size_t from, long *delta)
{
	size_t next = 0;

	*delta = LONG_MAX;
	for (size_t column = 1; column <= a->size; column++) {
		if (a->visited[column])
			continue;
		long slack = reduced(a, row, column);

		if (slack < a->least[column]) {
			a->least[column] = slack;
			a->way[column] = from;
		}
		if (a->least[column] < *delta) {
			*delta = a->least[column];
			next = column;
		}
	}
	return next;
}

static void place_row(struct assignment *a, size_t row)
{
	size_t column = 0;

	a->row_of[0] = row;
	for (size_t i = 0; i <= a->size; i++) {
		a->least[i] = LONG_MAX;
		a->visited[i] = false;
	}
	do {
		long delta;
		size_t next;

		a->visited[column] = true;
		next = nearest(a, a->row_of[column], column, &delta);
		for (size_t i = 0; i <= a->size; i++)
			if (a->visited[i]) {
				a->row_potential[a->row_of[i]] += delta;
				a->column_potential[i] -= delta;
			} else if (a->least[i] != LONG_MAX) {
				a->least[i] -= delta;
			}
		column = next;
	} while (a->row_of[column]);
	for (; column; column = a->way[column])
		a->row_of[column] = a->row_of[a->way[column]];
}

void assign_least(const unsigned *cost, size_t size, size_t *column)
{
	struct assignment a = {.cost = cost, .size = size};

	a.row_potential = mem_alloc((size + 1) * sizeof *a.row_potential);
	a.column_potential = mem_alloc((size + 1) * sizeof *a.column_potential);
	a.row_of = mem_alloc((size + 1) * sizeof *a.row_of);
	a.way = mem_alloc((size + 1) * sizeof *a.way);
	a.least = mem_alloc((size + 1) * sizeof *a.least);
	a.visited = mem_alloc((size + 1) * sizeof *a.visited);
	for (size_t row = 1; row <= size; row++)
		place_row(&a, row);
	for (size_t i = 1; i <= size; i++)
		column[a.row_of[i] - 1] = i - 1;
	free(a.row_potential);
	free(a.column_potential);
	free(a.row_of);
	free(a.way);
	free(a.least);
	free(a.visited);
}
