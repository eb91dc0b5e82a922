/* assign.h - the cheapest way to give each row a column of its own. */
#ifndef WINDSOCK_ASSIGN_H
#define WINDSOCK_ASSIGN_H

#include <stddef.h>

/* COST is SIZE x SIZE, row by row. column[row] gets the row's column. Kuhn and
 * Munkres' Hungarian method with potentials, SIZE cubed. */
void assign_least(const unsigned *cost, size_t size, size_t *column);

#endif
