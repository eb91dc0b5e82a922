/* progress_file.h - a student's notes on one lesson: how often it was checked, what came of it, which hints he had.
 *
 * A plain text file, a line a fact, that a person can read and mend; a grade never reads it. Lines are kept in
 * their order, and what is no fact (a comment, a line that is damaged) is kept as it is. */
#ifndef WINDSOCK_PROGRESS_FILE_H
#define WINDSOCK_PROGRESS_FILE_H

#include "text.h"

#include <stdbool.h>

#define PROGRESS_MAX (256 * 1024) /* bytes of a file */

enum progress_kind {
	PROGRESS_OTHER,   /* a comment, an empty line, or one that is not understood */
	PROGRESS_LESSON,  /* lesson NAME */
	PROGRESS_CHECKS,  /* checks N */
	PROGRESS_LAST,    /* last TIME: of the last check */
	PROGRESS_STOPPED, /* stopped TIME: the last check could run nothing; gone with the next that can */
	PROGRESS_POINTS,  /* points N of N: of the last check of all cases */
	PROGRESS_PASSED,  /* passed TIME: when all points were reached for the first time */
	PROGRESS_CASE,    /* case NAME N of N [DIAGNOSIS]: of its last run */
	PROGRESS_PICTURE, /* picture CASE right|wrong: the student's prediction */
	PROGRESS_HINT     /* hint LABEL: in the order in which they were given */
};

struct progress_line {
	enum progress_kind kind;
	char *text;     /* the line; owned */
	char name[80];  /* NAME, LABEL, TIME */
	int number, of; /* N of N; picture: 1 is right */
	char id[48];    /* the diagnosis, or "" */
};

struct progress {
	struct progress_line *lines; /* owned */
	size_t count, capacity;
};

/* SOURCE may hold anything and is read as far as it can be (of a line with a NUL, which no text has, what stands in
 * front of that): what is not understood is kept, and a sentence about
 * each such line is added to *complaints. Owned: progress_free(). */
void progress_parse(struct progress *progress, const char *file, const char *source, size_t length,
                    struct text *complaints);
void progress_print(const struct progress *progress, struct text *out);
/* The line of that kind, and of that NAME unless NULL. NULL: none. */
const struct progress_line *progress_find(const struct progress *progress, enum progress_kind kind, const char *name);
/* Says a fact: in the place of the one of its kind (and name, where there may be several of a kind), or below
 * the last of its kind. */
void progress_put(struct progress *progress, const struct progress_line *fact);
/* Says all FACTS; checks add up, the first time that all was passed stays, and "stopped" goes with a check that was
 * not. */
void progress_merge(struct progress *progress, const struct progress *facts);
void progress_free(struct progress *progress);

#endif
