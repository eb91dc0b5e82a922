/* author.h - the lesson that an author means, where its proof lies, and its files.
 *
 * A course is a folder with lessons/NAME/ (what students get) and tests/lessons/NAME/ (its proof: solution/, right/,
 * wrong/), as windsock's own. A folder that has one of them only is a course too. */
#ifndef WINDSOCK_AUTHOR_H
#define WINDSOCK_AUTHOR_H

#include "../src/lint.h"
#include "course.h"

/* Where a lesson lies. */
struct author_lesson {
	char *name;    /* of its folder; owned */
	char *folder;  /* absolute; owned */
	char *proof;   /* absolute, and need not be there; owned */
	char *shown, *shown_proof; /* the same for messages: from where we are, if they lie below; owned */
};

struct author_lessons {
	struct author_lesson *list; /* owned */
	size_t count, capacity;
};

/* Adds what WORD names: a lesson's folder, a folder of lessons, one with lessons/ in it; or else a lesson of the
 * course. PROOFS is the folder of all proofs; NULL: tests/lessons beside lessons. -1: *error. */
int author_find(struct author_lessons *lessons, const char *word, const char *proofs, struct error *error);
void author_lessons_free(struct author_lessons *lessons);

/* Makes the folder of LESSON the course's and loads it; DRAFTS: a trace that is not there yet is one that never comes
 * true. -1: *error. */
int author_load(const struct author_lesson *lesson, bool drafts, struct course_lesson *course, struct error *error);
/* The files of LESSON and of its proof that a person wrote. -1: *error. */
int author_read(const struct author_lesson *lesson, struct lint *lint, struct error *error);

/* Where programs are tried: a folder that goes with the process. -1: *error. */
struct author_work {
	char *folder; /* the student's files; owned */
	char *state;  /* what windsock keeps; owned */
};
int author_work_open(struct author_work *work, struct error *error);
void author_work_close(struct author_work *work);
/* Empties it, and puts there the lesson's files as students get them. -1: *error. */
int author_stage_skeleton(const struct author_work *work, const struct lint *lint, struct error *error);
/* And what the solution has instead. -1: *error. */
int author_stage_solution(const struct author_work *work, const struct lint *lint, struct error *error);
int author_stage(const struct author_work *work, const char *name, const struct text *text, struct error *error);

#endif
