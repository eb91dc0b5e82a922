/* check_parts.h - what the parts of a check share. Include only from check*.c. */
#ifndef WINDSOCK_CHECK_PARTS_H
#define WINDSOCK_CHECK_PARTS_H

#include "../src/progress_file.h"
#include "build.h"
#include "check.h"
#include "run.h"

#include <sys/types.h>

/* One case being run. */
struct job {
	size_t index; /* of the case */
	pid_t pid;
	int go_fd;    /* a byte starts the programs, another lets the evidence be written; closing it ends the run */
	int done_fd;  /* a byte comes when the programs are dead, or the end of file */
	int error_fd; /* the run's error text */
	char *folder; /* of its evidence */
	struct run_program *programs;
	enum run_result result;
	struct text trouble;
	struct text student;       /* the student's trace for the case: goes into its folder */
	struct text picture_error; /* why his prediction cannot be read, or empty */
};

struct check {
	const struct check_options *options;
	struct params params;
	struct build *builds;   /* one a program of the lesson */
	bool *needed;           /* which of them this check runs */
	struct job *jobs;
	size_t job_count;
	bool started;           /* the runs make their labs, or wait in them */
	char *build_folder;
	int turn_fd;            /* while it is open no other check is at work here; -1 */
	struct progress facts;  /* for the student's notes */
	struct result *record;  /* what is told goes there; NULL: to standard output */
};

/* check.c. Who runs what; before anything else. */
void check_open(struct check *check);
/* Runs everything; false: there was nothing to run, which was told. */
bool check_run(struct check *check);
void check_free(struct check *check);

/* check_student.c: what the student wrote beside his programs. False: it cannot be read, which was told. */
bool check_read_traces(struct check *check);
bool check_read_rules(const struct check *check);
/* Into the evidence, from which the verdict is made: now, as no program is alive. */
void check_keep_trace(const struct job *job);

/* check_tell.c: to the student; and what the compiler said. */
void check_tell(const struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
void check_tell_compiler(const struct check *check, const char *text);
/* Nothing of the lesson can be run on this machine, and WHY: exit 77. */
_Noreturn void check_end_skipped(const char *why);

#endif
