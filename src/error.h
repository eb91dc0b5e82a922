/* error.h - what went wrong, where, and what to do about it.
 *
 * Every function of src/ that can fail takes a struct error, fills it once and
 * returns -1. Nothing in src/ prints or exits. The one exception is memory:
 * running out of it ends the process (see text.h). */
#ifndef WINDSOCK_ERROR_H
#define WINDSOCK_ERROR_H

struct error {
	char file[256]; /* the file at fault, or "" */
	int line;       /* from 1; 0 = the file as a whole */
	int column;     /* from 1, in bytes; 0 = the line as a whole */
	char text[768]; /* one sentence or two: the thing, the word, the remedy */
	int machine;    /* whether the machine lacks or forbids something, and will tomorrow (harness/walls.h) */
};

/* Fills *error and returns -1, so that callers write `return error_set(...)`.
 * file may be NULL. */
int error_set(struct error *error, const char *file, int line, int column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* "FILE:LINE:COLUMN: TEXT" without the parts that are unknown.
 * Valid until the next call. */
const char *error_string(const struct error *error);

#endif
