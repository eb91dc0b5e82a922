/* grade.h - a whole class.
 *
 * Theory of operation
 *
 * A unit is one student's submission of one lesson. The plan is what the result store (store.h) lacks; it is worked off
 * unit by unit, each by a process of its own, which checks a copy of the student's files by the code of `windsock check`,
 * keeps another one in DIR/handed-in and publishes the record; then the store is read once more, and from it alone the tables
 * are made. So a grader that is killed at any moment loses the units that it had in hand and nothing else, and other
 * machines may work off parts of the plan (--plan, --chunk, --reconcile; by itself: --on). A chunk works in a folder of
 * its own machine and shares nothing but the records, so that two attempts at one chunk do not disturb each other.
 *
 *     DIR/results/LESSON/STUDENT.json       the records: the only truth
 *     DIR/results.csv                       the gradebook made of them
 *     DIR/class.html                        the class page made of them
 *     DIR/for-students/LESSON/STUDENT.json  the same records with as much as --explain tells
 *     DIR/handed-in/STUDENT/LESSON/         the files that were graded, under the lesson's names
 *     DIR/old/                              records of what was handed in before
 *     DIR/built/                            what was compiled before (build_cache.h)
 *     DIR/disputes/LESSON/STUDENT.N.json    a second record of the same that says something else
 *     DIR/engine/                           of grading on several machines (engine.h)
 *     DIR/key                               what the seeds are drawn with, unless --key names another file
 *     DIR/lock, DIR/work/                   of a grade that is running
 *
 * Mustn't: count the machine's fault as the student's. A unit that cannot be judged is done again, --retries times, and
 * then reported apart; the next grade takes it up again. */
#ifndef WINDSOCK_GRADE_H
#define WINDSOCK_GRADE_H

#include "../src/result_explain.h"
#include "course.h"
#include "handed.h"
#include "scratch.h"
#include "sniffer.h"
#include "store.h"
#include "submissions.h"

struct grade_options {
	const char *submissions, *out, *course, *key_file, *map, *lessons;
	bool explain;                /* copies for the students are made */
	enum result_explain level;
	int retries;
	enum sniffer_engine capture;
	size_t jobs;
	bool shared;                 /* others work off the same plan */
	const char *chunk;           /* only what this file's chunk number WHICH names; or NULL */
	unsigned long which;
	const char *node;            /* what this machine is called in records; NULL: its own name */
};

/* What one chunk of a plan names. */
struct chunk_unit {
	char *student, *lesson; /* in the chunk's text; the student as in a record's file name */
};

struct chunk {
	struct text text;         /* owned */
	struct chunk_unit *units; /* by student; owned */
	size_t count, capacity;
};

struct grade {
	const struct grade_options *options;
	struct store store;
	struct submissions submissions;
	struct handed_lessons lessons;
	struct course_lesson *loaded; /* one a name; only the chosen ones are; owned */
	size_t *chosen;               /* indices of the graded ones, in order; owned */
	size_t chosen_count;
	char **fingerprints;          /* of a lesson's files; one a name; owned */
	struct text key;              /* owned */
	char *work;                   /* DIR/work/NODE-PROCESS; of a chunk a folder of this machine's own; owned */
	struct scratch scratch;       /* that folder */
	char *built;                  /* DIR/built, or NULL; owned */
	struct scratch memory;        /* what units need for a moment; without it they take WORK */
	struct chunk *chunk;          /* owned; NULL: everything */
	char *compiler, *kernel, *machine, *node; /* owned */
};

struct unit {
	size_t student, lesson; /* lesson: index into lessons.names */
	ino_t stale;            /* there is a record, of something else, or without a verdict: its file's number; or 0 */
};

struct plan {
	struct unit *units; /* owned */
	size_t count, capacity;
	size_t done;        /* units whose record is there */
	int64_t done_us;    /* that they took */
};

/* ---- grade.c ---- */

/* Opens the store, looks at the class, loads the lessons. Ends the process when it cannot. */
void grade_open(struct grade *grade, const struct grade_options *options);
void grade_close(struct grade *grade);
/* The seed of a student's lesson: a keyed hash, so that nobody can guess it and everybody has his own. Owned. */
char *grade_seed(const struct grade *grade, const char *student, const char *lesson);
/* The record's fields that do not depend on a run. */
void grade_begin_record(const struct grade *grade, const struct unit *unit, const struct handed_tree *tree,
                        const struct handed *handed, struct result *result);

/* ---- plan.c ---- */

void plan_make(const struct grade *grade, struct plan *plan);
void plan_free(struct plan *plan);
/* The units into the file PATH, cut into chunks of SIZE. Returns how many chunks. -1: *error. */
long plan_write(const struct grade *grade, const struct plan *plan, const char *path, size_t size, struct error *error);
/* Chunk number WHICH of such a file. -1: *error. */
int chunk_read(struct chunk *chunk, const char *path, unsigned long which, struct error *error);
void chunk_free(struct chunk *chunk);
bool chunk_has_student(const struct chunk *chunk, const char *student);
bool chunk_has_unit(const struct grade *grade, const struct unit *unit);

/* ---- grade_unit.c ---- */

enum unit_status {
	UNIT_DONE = 0,
	UNIT_TROUBLE = 2, /* the machine's fault, in words on standard error: try again */
	UNIT_FULL = 3     /* the disk is full: no use in going on */
};

/* Grades one, in a process of its own. */
enum unit_status grade_unit(const struct grade *grade, const struct unit *unit);
/* Publishes that it could not be judged, and WHY. */
enum unit_status grade_give_up(const struct grade *grade, const struct unit *unit, const char *why);

/* ---- grade_pool.c ---- */

/* Works off the plan, so many units at a time. -1: *error: stopped half-way. */
int grade_run(const struct grade *grade, const struct plan *plan, struct error *error);

/* ---- grade_on.c ---- */

struct engine_settings;

/* Works off the plan on several machines. 1: it was worked off; 0: who waited has left, or only commands were asked for;
 * -1: *error. */
int grade_on(struct grade *grade, struct plan *plan, const struct engine_settings *settings, struct error *error);

/* ---- grade_end.c ---- */

struct grade_count {
	size_t graded;                  /* who has a verdict: these three */
	size_t passed, failed, refused; /* refused: does not compile, or a file is missing */
	size_t missing, inconclusive, skipped, disputed;
};

/* Reads the store and writes what is made of it; the table on standard output. -1: *error. */
int grade_end(const struct grade *grade, struct grade_count *count, struct error *error);

#endif
