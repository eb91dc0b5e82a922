/* attempt.h - a lesson's programs tried, in a process of their own: what came of it, and nothing printed. */
#ifndef WINDSOCK_ATTEMPT_H
#define WINDSOCK_ATTEMPT_H

#include "author.h"
#include "check.h"

#define ATTEMPT_CASES 100 /* as many as a lesson may have */

struct attempt {
	enum attempt_end {
		ATTEMPT_JUDGED,
		ATTEMPT_IMPOSSIBLE, /* this machine cannot run it: said */
		ATTEMPT_BROKEN      /* ours, the machine's or the lesson's fault: said */
	} end;
	enum result_status status;
	char id[48];       /* of the first case that is wrong, or of a file that cannot be read; or "" */
	bool warned;       /* the compiler had something to say */
	int repeated;      /* how often a case that said nothing was run again */
	bool pass[ATTEMPT_CASES]; /* by case */
	char said[2048];   /* why it ended so, in a sentence or more */
};

/* The files in WORK, with the values of SEED ("": the defaults), so often again if the machine was at fault. The
 * evidence stays in work->state/last. */
void attempt(const struct course_lesson *lesson, const struct author_work *work, const struct check_options *options,
             struct attempt *attempt);

#endif
