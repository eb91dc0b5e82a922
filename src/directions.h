/* directions.h - the three directions of every flow, as a table: who opened it, who
 * spoke first and how much each said, who closed it. */
#ifndef WINDSOCK_DIRECTIONS_H
#define WINDSOCK_DIRECTIONS_H

#include "scene.h"

/* Appends the table of what a view saw, each line after INDENT spaces and at most WIDTH columns wide (from 60).
 * Flows of the same kind that follow one another are one line. Nothing when there are no flows, or more than MOST
 * lines. Returns the number of lines, without the heading. */
size_t directions_table(const struct scene *scene, size_t view, int indent, int width, size_t most, struct text *out);

#endif
