/* verdict.h - what a run says about the programs, and the sentence about it. */
#ifndef WINDSOCK_VERDICT_H
#define WINDSOCK_VERDICT_H

#include "diagnose.h"
#include "match.h"
#include "scene.h"

enum verdict_result {
	VERDICT_RIGHT,
	VERDICT_WRONG,
	VERDICT_INCONCLUSIVE /* the run says nothing about the student: see trouble */
};

struct verdict {
	enum verdict_result result;
	int points;             /* of the case's */
	struct match match;
	struct finding finding; /* VERDICT_WRONG */
	char trouble[768];      /* VERDICT_INCONCLUSIVE */
	struct text prediction; /* one line about the student's prediction, or empty; owned */
	bool foreseen;          /* he made one that can be read, and it is right */
};

/* -1: the trace and the case do not fit together: *error. A trace of the student's that does not is his mistake, and
 * becomes scene->student_error. */
int verdict_make(struct scene *scene, struct verdict *verdict, struct error *error);
void verdict_free(struct verdict *verdict);

#endif
