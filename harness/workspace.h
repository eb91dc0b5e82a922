/* workspace.h - where a student works, and what windsock keeps there.
 *
 * A workspace is a folder with the student's sources; windsock keeps to .windsock/
 * in it: build/ (compiled programs), last/CASE/ (the evidence of the last run),
 * lesson (which lesson it is), progress (see progress.h). */
#ifndef WINDSOCK_WORKSPACE_H
#define WINDSOCK_WORKSPACE_H

#include "course.h"

struct workspace {
	char *folder; /* absolute; owned */
	char *state;  /* folder/.windsock; owned */
};

/* The lesson's name: LESSON if given, else what the current folder is a workspace (or the
 * folder) of. Owned by the caller; NULL: *error. */
char *workspace_lesson(const char *lesson, const char *folder, struct error *error);
/* The folder to work in: FOLDER if given; else the current one if it is the lesson's workspace
 * (or a folder without a mark that has its name); else LESSON/ below it, or beside it where it is another lesson's
 * workspace; else the lesson's own folder. Absolute; owned by the caller; NULL: errno. */
char *workspace_folder(const struct course_lesson *lesson, const char *folder);
/* Opens that, with its .windsock, or with STATE in place of it. An installed lesson's own folder is nobody's to work in,
 * unless STATE is given. -1: *error. */
int workspace_open(struct workspace *workspace, const struct course_lesson *lesson, const char *folder,
                   const char *state, struct error *error);
/* A path below .windsock, its folder made; a symbolic link is no folder there. Owned by the caller; NULL: *error. */
char *workspace_path(const struct workspace *workspace, const char *part, const char *name, struct error *error);
void workspace_close(struct workspace *workspace);

#endif
