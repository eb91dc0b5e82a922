/* hints.h - the lesson's hints, one at a time; which were given is kept in the workspace's notes (progress.h). */
#ifndef WINDSOCK_HINTS_H
#define WINDSOCK_HINTS_H

#include "../src/hints_file.h"
#include "course.h"
#include "workspace.h"

enum hints_wish {
	HINTS_NEXT,  /* one that was not given yet; it is noted as given */
	HINTS_AGAIN, /* the one that was given last */
	HINTS_ALL    /* the whole file; nothing is noted */
};

/* The lesson's hints.md. -1: *error, with its line. Owned: hints_free(). */
int hints_load(const struct course_lesson *lesson, struct hints *hints, struct error *error);
/* What the student is told, ready to print. The next hint is one about what the last check said, as long as there
 * is one that was not given; then the next step of the ladder. -1: *error. */
int hints_tell(const struct course_lesson *lesson, const struct workspace *workspace, enum hints_wish wish,
               struct text *out, struct error *error);

#endif
