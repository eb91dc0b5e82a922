/* lint_parts.h - what the parts of lint share. Private to lint*.c. */
#ifndef WINDSOCK_LINT_PARTS_H
#define WINDSOCK_LINT_PARTS_H

#include "lint.h"

/* One more complaint. LINE is 0 for a file as a whole. */
void lint_say(struct lint *lint, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void lint_say_of_proof(struct lint *lint, const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The next line of what is left at *REST, without its newline; false: no line is left. */
bool lint_line(const char **rest, const char **line, size_t *length);
/* For an id that no diagnosis has. */
#define LINT_NO_DIAGNOSIS "there is no diagnosis \"%s\": `windsock help diagnoses` lists them"

bool lint_ends_in(const char *name, const char *ending);
/* Whether WORD stands in TEXT with no letter, digit, - or _ on either side. */
bool lint_has_word(const char *text, const char *word);

/* lint_lesson.c: names, ids, what is used by nobody, values that are written out */
void lint_lesson(struct lint *lint);
/* lint_words.c: README, hints, drawings, TODOs, widths */
void lint_words(struct lint *lint);
/* lint_proof.c: first lines, and what of the solution is given away */
void lint_proof(struct lint *lint);

#endif
