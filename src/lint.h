/* lint.h - what a lesson's files promise, as far as reading them can tell.
 *
 * The lesson file and its traces parse before this is asked. What only a run can tell (that the skeleton fails as
 * announced, that the solution passes) is harness/lint_runs.c's. */
#ifndef WINDSOCK_LINT_H
#define WINDSOCK_LINT_H

#include "lesson.h"
#include "text.h"
#include "trace.h"

/* One file, as the author sees it below the lesson's folder or the folder of its proof. */
struct lint_file {
	char *name;       /* "README.md", "traces/one.trace"; of a proof: "solution/server.c"; owned */
	struct text text; /* owned */
};

struct lint_files {
	struct lint_file *files; /* owned */
	size_t count, capacity;
};

struct complaint {
	bool of_proof;  /* the file is one of the proof's, else of the lesson's */
	char file[128]; /* its name as above */
	int line;       /* from 1; 0: the file as a whole */
	char *text;     /* what is wrong, and what to do; owned */
};

struct lint {
	const struct lesson *lesson;
	const char *folder_name;    /* of the lesson's folder, without what is above it */
	const struct trace *traces; /* one a case */
	struct lint_files shipped;  /* what students get; owned */
	struct lint_files proof;    /* solution/, right/, wrong/; owned */
	struct complaint *complaints; /* owned */
	size_t count, capacity;
};

/* Adds a file; TEXT becomes its own. */
void lint_add_file(struct lint_files *files, const char *name, struct text *text);
const struct lint_file *lint_find(const struct lint_files *files, const char *name); /* NULL: there is none */
/* Reads all that is there; what is wrong is in lint->complaints afterwards. */
void lint_read(struct lint *lint);
void lint_free(struct lint *lint);

/* The line of the lesson file that begins with WORD; 0: none. */
int lint_line_of(const struct lint *lint, const char *word);

/* What a right or wrong program says of itself in its first line: which file of the student's it stands for, and
 * what it is found out by. */
struct lint_label {
	char source[64]; /* "server.c" */
	char id[48];     /* "nothing-bound"; "" of a right one */
};

/* KIND is "right" or "wrong". False: the first line does not say it. */
bool lint_read_label(const struct text *text, const char *kind, struct lint_label *label);
/* Whether NAME is one of a diagnosis. */
bool lint_is_diagnosis(const char *name);
/* Whether the student writes or changes SOURCE, and it counts (a prediction does not). */
bool lint_is_students(const struct lesson *lesson, const char *source);

#endif
