/* result.h - one submission of one lesson, graded: the record from which everything is reported.
 *
 * The JSON of a record is the only truth of a class: what a platform's file, the class page or a
 * table shows is derived from it (format_*.c). It holds everything that repeats the run. Its text is
 * canonical: the same record gives the same bytes. docs/results.md describes it key by key.
 *
 * Text that came from a student (what he called his files, what his program printed or sent, what the
 * compiler said of it) is bytes that anybody may have chosen: it is valid UTF-8 here and nothing else
 * is promised of it. Every writer escapes. */
#ifndef WINDSOCK_RESULT_H
#define WINDSOCK_RESULT_H

#include "error.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESULT_VERSION 1

enum result_status {
	RESULT_PASS,
	RESULT_FAIL,        /* the student's program is wrong */
	RESULT_ERROR,       /* it cannot be judged, and that is the student's: does not compile, a file is missing */
	RESULT_SKIP,        /* this machine lacks what the case needs */
	RESULT_INCONCLUSIVE /* the machine's fault, again and again: never a fail */
};

struct result_case {
	char *name, *title;
	enum result_status status;
	int points, max_points;
	int64_t duration_us;  /* wall clock of the run */
	int attempts;         /* runs that it took, the inconclusive ones before it included */
	char *diagnosis;      /* id, or empty */
	char *seen, *means, *next; /* the finding's three sentences, or empty */
	char *reason;         /* RESULT_SKIP, RESULT_INCONCLUSIVE: in one sentence */
	char *expected, *observed; /* the first divergence, in the trace's notation, or empty */
	char *where;          /* "traces/one-question.trace:3", or empty */
	char *source;         /* "server.c:31", the call that caused it, or empty */
	char *picture;        /* the ladder as plain text (Unicode, 80 columns) */
	char *picture_ansi;   /* the same with colours */
	char *picture_svg;    /* the same as SVG, or empty */
	char *calls;          /* the socket calls, a line each, or empty */
	char *output;         /* what the program printed, its last 4 KiB */
	char *repeat;         /* the command that repeats the run */
};

struct result_file {
	char *name;           /* as the lesson calls it */
	char *sha256;         /* 64 hexadecimal digits; empty: not handed in */
	char *remark;         /* "had CRLF line ends", "was called Server.c", or empty */
};

struct result {
	int version;
	char *course, *lesson, *student; /* student: the name that the layout gives */
	char *seed;           /* drawn from course, student and lesson */
	enum result_status status; /* of all cases together: the first of ERROR, INCONCLUSIVE, FAIL, PASS that one has; SKIP
	                              where every case was skipped */
	int points, max_points;    /* sums over what was not skipped */
	char *message;        /* RESULT_ERROR: what to mend; else the sentence of the first case that is wrong */
	char *compiler;       /* what the compiler said, at most 16 KiB, or empty */
	char **remarks;       /* about the submission as a whole: "2 files that the lesson does not know were left out" */
	size_t remark_count;
	struct result_file *files;
	size_t file_count;
	struct result_case *cases;
	size_t case_count;
	/* What repeats it. */
	char *windsock;       /* version */
	char *lesson_sha256;  /* of all files of the lesson */
	char *compiler_version, *kernel, *machine;
	char *node;           /* where it ran */
	int64_t started;      /* seconds since 1970, UTC */
	int64_t duration_us;
};

/* Strings that are NULL become empty; bytes that are no UTF-8 become U+FFFD. After it (and after result_parse()) the
 * record in memory is what its JSON says, and writers may count on it; who fills a record calls it at the end. */
void result_tidy(struct result *result);
/* The canonical JSON with a seal (seal.h), with a newline at its end. NULL strings and bytes that are no UTF-8 as in
 * result_tidy(). */
void result_print(const struct result *result, struct text *out);
/* The same in one line, without the seal. */
void result_print_line(const struct result *result, struct text *out);
/* Reads what result_print() wrote, or anything: -1: *error says where FILE is not a record, or that it was changed, with
 * the remedy. */
int result_parse(struct result *result, const char *file, const char *source, size_t length, struct error *error);
/* The same but for times, durations, attempts, node, kernel, machine, and for what holds times and numbers that the
 * kernel chose (sentences, pictures, calls, what the program printed): what a second undisturbed run must give again. */
bool result_same(const struct result *one, const struct result *other);
void result_free(struct result *result);

/* "pass", "fail", "error", "skip", "inconclusive" */
const char *result_status_name(enum result_status status);
/* Adds up points, status and message from the cases. An ERROR that was set before with its message stays (what does
 * not compile has each of its cases as ERROR with 0 points, so that the maximum is right). Without cases: nothing. */
void result_sum(struct result *result);

#endif
