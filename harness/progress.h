/* progress.h - how far a student is: the notes in his workspaces (progress_file.h is their language).
 *
 * Each workspace keeps its own, WORKSPACE/.windsock/progress, so that they go where it goes. They are the student's
 * to mend, and no grade reads them. Writers take turns (flock(2) on .windsock), so that two checks at the same time
 * lose nothing, and a reader sees the old file or the new one. */
#ifndef WINDSOCK_PROGRESS_H
#define WINDSOCK_PROGRESS_H

#include "../src/progress_file.h"
#include "workspace.h"

/* What is noted in the workspace; nothing, where there is no file yet. A sentence about each line that is damaged is
 * added to *complaints. -1: *error: the file cannot be read at all. Owned: progress_free(). */
int progress_load(const struct workspace *workspace, struct progress *progress, struct text *complaints,
                  struct error *error);
/* Notes the FACTS, as progress_merge() does. -1: *error. */
int progress_record(const struct workspace *workspace, const char *lesson, const struct progress *facts,
                    struct text *complaints, struct error *error);
/* "2026-11-22 20:40", as the student's clock says. Static. */
const char *progress_now(void);

/* All lessons, a line each, with what is known of the workspaces in the current folder, or beside it where it is one
 * itself; and what to do next. As `windsock list` prints it. -1: *error. */
int progress_overview(struct text *out, struct error *error);

#endif
