/* recorded.h - the runs kept in tests/captures, as scenes. */
#ifndef WINDSOCK_RECORDED_H
#define WINDSOCK_RECORDED_H

#include "scene.h"
#include "verdict.h"

struct recorded {
	const char *lesson, *run; /* tests/captures/LESSON/RUN; RUN is PROGRAM.CASE */
	const char *id;           /* the diagnosis; NULL: the program is right */
};

extern const struct recorded recorded_runs[];
extern const size_t recorded_count;

struct recording {
	struct lesson lesson;
	struct trace trace;
	struct scene scene;
};

/* Abort with a reason on stderr when a file is missing or damaged. */
void recorded_open(struct recording *recording, const struct recorded *recorded);
void recorded_open_named(struct recording *recording, const char *lesson, const char *run);
/* The verdict on it, which there must be; verdict_free(). */
void recorded_judge(struct recording *recording, struct verdict *verdict);
void recorded_close(struct recording *recording);
/* The run.json of a recorded run. Owned by the caller. */
char *recorded_json(const struct recorded *recorded, size_t *length);

#endif
