/* lint_runs.h - a lesson put to the proof: what lint says of it, line by line. */
#ifndef WINDSOCK_LINT_RUNS_H
#define WINDSOCK_LINT_RUNS_H

#include "attempt.h"

/* How it is told, and how it went. */
struct lint_tale {
	bool tap;       /* in the Test Anything Protocol */
	bool unicode;
	int width;      /* columns of the terminal */
	int number;     /* of lines so far, over all lessons */
	int failures;   /* of them */
};

struct lint_options {
	int rounds;       /* of the solution; the first has the defaults, each other one values of its own */
	int sample;       /* every so manyth of the right and wrong ones only */
	bool text_only;   /* nothing is run */
	bool engines;     /* the skeleton under tcpdump, the solution under a packet socket too: both must see the same */
	const char *only; /* one file of the proof, "wrong/no-bind.c"; NULL: all */
};

/* A line that is as it should be, or is not: then WHERE (may be NULL) begins it, and WHY says what and what to do. */
void lint_tell(struct lint_tale *tale, bool good, const char *what, const char *where, const char *why);

struct prover {
	const struct author_lesson *lesson;
	const struct course_lesson *course;
	const struct lint *lint; /* with its files */
	const struct author_work *work;
	const struct lint_options *options;
	struct lint_tale *tale;
	struct attempt skeleton; /* lint_begin()'s */
	struct text impossible;  /* what this machine lacks; owned */
};

/* Tries the skeleton and tells nothing yet. False: this machine cannot run the lesson: prover->impossible. */
bool lint_begin(struct prover *prover);
/* All else, line by line. False as above. */
bool lint_run(struct prover *prover);

#endif
