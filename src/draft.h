/* draft.h - a first expected trace, from several runs of a program that is right.
 *
 * What the runs have in common is demanded, with values put back as parameters and the kernel's ports as variables;
 * what differed is loosened as little as makes all of them match, or said in a comment. The result is a beginning:
 * it demands all that was seen, and its author takes out what a right program need not do. */
#ifndef WINDSOCK_DRAFT_H
#define WINDSOCK_DRAFT_H

#include "scene.h"

#define DRAFT_RUNS 16 /* at most */

struct draft_input {
	const struct scene *runs; /* of one case, each with other values; views in the same order */
	size_t run_count;
	const struct trace *old;  /* what the case expects so far; its `then`s and stricter views are kept */
};

/* Appends it as a file. */
void draft_make(const struct draft_input *input, struct text *out);
/* How many of the runs TRACE matches. */
size_t draft_matches(const struct draft_input *input, const struct trace *trace);
/* Whether both say the same but for the names of variables; LINES (may be NULL): how many lines of one are not the
 * other's. */
bool draft_same(const struct trace *one, const struct trace *other, size_t *lines);

#endif
