/* submissions.h - a class: who handed in what, whichever platform it was downloaded from. */
#ifndef WINDSOCK_SUBMISSIONS_H
#define WINDSOCK_SUBMISSIONS_H

#include "../src/error.h"

#include <stdbool.h>
#include <stddef.h>

/* So many remarks about one student are kept: a record's reader has a limit of its own, and nobody reads more. */
#define SUBMISSION_REMARKS_MOST 100

/* A folder or a file of a student's. */
struct submission_part {
	char *root; /* an absolute folder that files are opened below; owned */
	char *path; /* below it; "." is the folder itself; owned */
	char *name; /* of a file: what its student called it; NULL: as it is called; owned */
};

struct submission {
	char *student; /* owned */
	struct submission_part *parts; /* owned */
	size_t part_count, part_capacity;
	bool incomplete; /* an archive of his, or a file in it, could not be unpacked: a remark says which */
	char **remarks; /* owned */
	size_t remark_count, remark_capacity;
	size_t more_remarks; /* how many more there were than SUBMISSION_REMARKS_MOST */
};

struct submissions {
	const char *layout; /* "a folder a student", for the report; static */
	struct submission *list; /* by student; owned */
	size_t count, capacity;
	char **remarks; /* about the whole: "notes.txt belongs to nobody"; owned */
	size_t remark_count, remark_capacity;
};

/* Whose archives are to be unpacked. */
struct submissions_choice {
	bool (*has)(const void *context, const char *student);
	const void *context;
};

/* Looks at PATH: a folder, or a zip or tar of one. MAP: a file that says who is who, or NULL. RESULTS: the folder that the
 * results are kept in, which is no student's where it lies in PATH. Archives are unpacked into folders below SCRATCH, an
 * absolute path; those of students whom CHOICE (NULL: everybody) does not have stay closed.
 * -1: *error, and nothing is left to be freed. */
int submissions_find(struct submissions *submissions, const char *path, const char *map, const char *results,
                     const char *scratch, const struct submissions_choice *choice, struct error *error);
void submissions_free(struct submissions *submissions);

/* Adds a remark, printf-like; lines that are no UTF-8 are made so. Beyond SUBMISSION_REMARKS_MOST it is counted only. */
void submission_remark(struct submission *submission, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
