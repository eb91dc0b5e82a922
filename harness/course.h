/* course.h - the lessons that are installed, and one of them loaded. */
#ifndef WINDSOCK_COURSE_H
#define WINDSOCK_COURSE_H

#include "../src/lesson.h"
#include "../src/trace.h"

/* A lesson with its traces. */
struct course_lesson {
	char *folder;         /* absolute; owned */
	struct lesson lesson;
	struct trace *traces; /* one a case; owned */
};

/* The folder of all lessons: $WINDSOCK_LESSONS, or beside the program, or where they
 * are installed. NULL with *error. Static. */
const char *course_folder(struct error *error);
/* Whether those are installed: not of a tree that the program was built in, nor chosen by $WINDSOCK_LESSONS. */
bool course_is_installed(void);
/* What is installed with the program beside the lessons (the demo's programs): absolute, static. */
const char *course_support_folder(void);
/* The names of all lessons, sorted; each and the list owned by the caller. -1: *error. */
int course_list(char ***names, size_t *count, struct error *error);
/* The full name for NAME: itself, "01", "1", or what follows the number ("push"). Owned by the
 * caller; NULL: *error with what there is. */
char *course_resolve(const char *name, struct error *error);
/* -1: *error: the lesson file or a trace has a fault, with file and line. */
int course_load(const char *name, struct course_lesson *lesson, struct error *error);
/* The same for who is still writing: a case's trace may not be there yet; one that never comes true stands for it. */
int course_load_drafts(const char *name, struct course_lesson *lesson, struct error *error);
void course_free(struct course_lesson *lesson);

#endif
