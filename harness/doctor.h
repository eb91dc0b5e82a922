/* doctor.h - what this machine can do for a student, tried for real.
 *
 * Theory of operation
 *
 * The doctor takes a run apart into steps, in the order in which a run needs them, and tries each by the very code of
 * a run: lab_enter(), lab_build(), sniffer_start(), sandbox_prepare(), build_start(). A step has a process of its own,
 * so that one that is killed or hangs costs a line and not the rest, and ends with all that it made. A step that needs
 * one that failed is not tried.
 *
 * Then every case of every lesson is looked at: its commands are looked up as `check` looks them up, and where a word
 * of its lesson (nat, filter, rate and so on) asks for a step that failed, its lab is built as a run would build it.
 * So a case that the doctor lists as running is not skipped by `check`, and the reason is the same words.
 *
 * Mustn't: leave anything behind, or know a wall that walls.h does not know. */
#ifndef WINDSOCK_DOCTOR_H
#define WINDSOCK_DOCTOR_H

#include "../src/error.h"
#include "course.h"

#include <stdbool.h>

enum doctor_mark {
	DOCTOR_OK,
	DOCTOR_NO,        /* a wall: *error */
	DOCTOR_WITHOUT,   /* something is missing that every lesson can do without: *error */
	DOCTOR_NOT_TRIED, /* it needs a step that failed */
	DOCTOR_BROKEN     /* no wall explains it, so it may be our own fault: *error */
};

enum doctor_step {
	DOCTOR_USER, DOCTOR_RIGHTS, DOCTOR_NETWORK, DOCTOR_TCPDUMP, DOCTOR_PACKET_SOCKET, DOCTOR_PROCESSES, DOCTOR_FILES,
	DOCTOR_COMPILER, DOCTOR_PROGRAM, DOCTOR_FILTERS, DOCTOR_NAT, DOCTOR_MEMORY, DOCTOR_RATE, DOCTOR_TUNNEL,
	DOCTOR_CALLS, DOCTOR_LANDLOCK,
	DOCTOR_STEPS
};

struct doctor_finding {
	enum doctor_mark mark;
	char detail[128]; /* what is worth knowing though all is well, or "" */
	struct error error;
};

/* Tries it, in a process of its own. Runs in FOLDER, where it makes and removes a folder of its own. */
typedef enum doctor_mark doctor_probe(struct doctor_finding *finding);

struct doctor_test {
	const char *name;    /* for the student: "a cable" */
	const char *means;   /* what he has of it */
	const char *without; /* what he misses where it is not there; NULL: no lesson runs without */
	unsigned needs;      /* bits of the steps that must have gone well */
	doctor_probe *probe;
};

extern const struct doctor_test doctor_tests[DOCTOR_STEPS];

/* Tries step number WHICH; FINDINGS has those before it. */
void doctor_try(enum doctor_step which, struct doctor_finding findings[DOCTOR_STEPS]);
/* Whether the steps that every lesson needs went well. */
bool doctor_can_run(const struct doctor_finding findings[DOCTOR_STEPS]);
/* The first wall: a step that is DOCTOR_NO or DOCTOR_BROKEN, or DOCTOR_STEPS. */
enum doctor_step doctor_first_wall(const struct doctor_finding findings[DOCTOR_STEPS]);

/* Runs BODY in a forked child with a time limit; *finding gets what it found. Also how its end is told when it could
 * not tell itself. */
typedef void doctor_body(struct doctor_finding *finding, void *context);
void doctor_fork(doctor_body *body, void *context, struct doctor_finding *finding);

/* ---- doctor_lessons.c ---- */

struct doctor_lesson {
	struct course_lesson course; /* owned */
	struct doctor_finding *cases; /* one a case; owned */
	unsigned lacks;              /* bits of the steps that failed and that its words ask for */
	size_t runs;                 /* cases that this machine can run */
};

/* Looks at NAME's cases. CLOSELY: the lab of each is built, whatever the steps have shown. -1: *error: no such
 * lesson. */
int doctor_look(const char *name, const struct doctor_finding findings[DOCTOR_STEPS], bool closely,
                struct doctor_lesson *lesson, struct error *error);
void doctor_lesson_free(struct doctor_lesson *lesson);

#endif
