/* hints_file.h - a lesson's hints: Markdown that a person can read, cut into steps.
 *
 * `## 1`, `## 2`, ... are the steps of the ladder, the weakest first. A step for who got a diagnosis is
 * headed `## If it says [nothing-bound]`; it may name several, and several steps may name the same.
 * docs/lesson-format.md describes it. */
#ifndef WINDSOCK_HINTS_FILE_H
#define WINDSOCK_HINTS_FILE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define HINTS_MAX (64 * 1024)  /* bytes of a file */
#define HINTS_MOST 200         /* steps */
#define HINTS_IDS_MOST 8       /* diagnoses of one step */
#define HINTS_ID_LENGTH 48

struct hint {
	int line;           /* of its heading */
	int number;         /* of a step of the ladder, from 1; 0: it is for diagnoses */
	char ids[HINTS_IDS_MOST][HINTS_ID_LENGTH];
	size_t id_count;
	char label[72];     /* "2", "nothing-bound", and "nothing-bound 2" for the second that begins with that id */
	char *text;         /* without the heading, ends in a newline; owned */
};

struct hints {
	struct hint *hints; /* in the order of the file; owned */
	size_t count;
};

/* SOURCE may hold anything. -1: *error, with the line. Owned: hints_free(). */
int hints_parse(struct hints *hints, const char *file, const char *source, size_t length, struct error *error);
bool hint_is_about(const struct hint *hint, const char *id);
/* How many steps the ladder has. */
int hints_steps(const struct hints *hints);
void hints_free(struct hints *hints);

#endif
