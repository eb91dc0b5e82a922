/* die.h - the voice for our own faults: exit status 2, never the student's.
 *
 * Library functions (src/, and lab, capture, run here) do not call this: they
 * return an error. Only commands and the process of a run end this way. */
#ifndef WINDSOCK_DIE_H
#define WINDSOCK_DIE_H

#include "../src/error.h"

#include <stdbool.h>

enum exit_status {
	EXIT_RIGHT = 0,   /* the program does what the lesson asks */
	EXIT_WRONG = 1,   /* it does not; the student's to mend */
	EXIT_BROKEN = 2,  /* windsock, the machine or the lesson is at fault */
	EXIT_SKIPPED = 77 /* this machine cannot run it: says what is missing */
};

extern bool note_verbose; /* -v */

/* "windsock: TEXT" on stderr, then exit(EXIT_BROKEN). */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die_error(const struct error *error);
/* With -v: "windsock: TEXT" on stderr. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
