/* check.h - grades a lesson: builds the programs, runs its cases, side by side. */
#ifndef WINDSOCK_CHECK_H
#define WINDSOCK_CHECK_H

#include "../src/report.h"
#include "../src/result.h"
#include "../src/seal.h"
#include "course.h"
#include "die.h"
#include "sniffer.h"
#include "workspace.h"

#define CHECK_WITH_MAX 16

/* --with PART=COMMAND: what plays a host, or stands in for a program. */
struct check_with {
	char *part;         /* owned, with the words of command behind the first */
	char *command[33]; /* the program and its own arguments; NULL behind the last */
};

/* In a folder of evidence: what the student wrote for the case, as it was, with a seal behind it. */
#define CHECK_STUDENT_TRACE "student.trace"
extern const struct seal check_trace_seal;

struct check_options {
	const struct course_lesson *lesson;
	const struct workspace *workspace;
	const char *seed;         /* "" = the lesson's defaults */
	const char *only;         /* one case; NULL = all */
	struct check_with with[CHECK_WITH_MAX];
	size_t with_count;
	enum sniffer_engine capture;
	bool no_calls;            /* the student's socket calls are not taken down */
	struct report_options report;
	const char *given_folder; /* where the lesson's own programs are already, compiled; NULL: compile them */
	int retries;              /* check_record(): how often a case that says nothing is run again */
};

struct check_summary {
	int points, total;
	size_t right, wrong, inconclusive;
	size_t skipped; /* cases that this machine cannot run; their points are not in total */
	char first_id[48]; /* the diagnosis of the first wrong case, or "" */
};

/* Checks and prints the report on stdout. *summary says the rest. Our own and the
 * machine's faults end the process, after they were told: exit 2, or 77. */
enum exit_status check_lesson(const struct check_options *options, struct check_summary *summary);

/* A check in three parts, for a process of its own: all is made ready that needs no program of the student's, above
 * all the labs; it waits for a byte of WORD_FD; what is left to do is done, as by check_lesson(), and all is freed. */
struct check;
enum check_word {
	CHECK_GO,
	CHECK_GIVEN_UP, /* the end of the file: nobody wants it any more */
	CHECK_LOST      /* a lab died as it waited: another check must be made ready */
};
struct check *check_prepare(const struct check_options *options);
enum check_word check_await(struct check *check, int word_fd);
enum exit_status check_finish(struct check *check, struct check_summary *summary);

/* All that a person is told: first where nothing was begun yet, then the check, then the sum, which is kept. CHECK is
 * one of OPTIONS that was prepared and has got its word; NULL: it is made here. */
enum exit_status check_aloud(const struct check_options *options, struct check *check, struct check_summary *summary);

/* check_lesson() into a record instead: status, message, compiler, cases and sums of *result, which has none of them yet.
 * Prints nothing, but for what ends the process. */
void check_record(const struct check_options *options, struct result *result);

/* The verdict of a case from its evidence folder. -1: *error. Owned: scene_close(), verdict_free(). */
int check_read_verdict(const struct course_lesson *lesson, const char *folder, struct scene *scene,
                       struct verdict *verdict, struct error *error);
/* The same with PREDICTION in place of what the student had written for the case when it ran. */
int check_read_predicted(const struct course_lesson *lesson, const char *folder, const struct text *prediction,
                         struct scene *scene, struct verdict *verdict, struct error *error);

#endif
