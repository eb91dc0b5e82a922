/* merge.h - puts what several sockets share back into one order.
 *
 * Each source is in order; which of two sources' pieces was first is told by their times alone. They are read in rounds,
 * one source after the other, while more arrives: so a piece that is read in one round may be older than one of the round
 * before, and is never older than one of the round before that. */
#ifndef WINDSOCK_MERGE_H
#define WINDSOCK_MERGE_H

#include "text.h"

#include <stdbool.h>

#define MERGE_SOURCES_MAX 16

struct merge_piece {
	int64_t time_ns;
	size_t at, size; /* in held */
};

/* {0} is one without pieces. Owned: merge_free(). */
struct merge {
	struct text held;
	struct merge_piece *pieces;
	size_t count, capacity;
	size_t settled;                       /* as many of them are of earlier rounds */
	int64_t newest_ns[MERGE_SOURCES_MAX]; /* of those that are held */
};

/* The next piece of SOURCE: HEAD and BYTES, copied. Should its time be before that of the one before it (the clock was
 * set), its place is behind that all the same. */
void merge_add(struct merge *merge, size_t source, int64_t time_ns, const void *head, size_t head_size,
               const void *bytes, size_t size);
/* The end of a round: appends to OUT, in order, what nothing can come before any more. QUIET: the round had no piece; then
 * that is all. */
void merge_round(struct merge *merge, bool quiet, struct text *out);
void merge_free(struct merge *merge);

#endif
