/* package.h - what is uploaded to a platform so that it grades with windsock.
 *
 * A package is made of forms (harness/package/PLATFORM/), filled in for the lessons, and of windsock itself: its program,
 * its unpacker and the lessons, as a tar. The same command makes the same bytes.
 * Mustn't: hold anything that a student should not see. Of a lesson's folder it takes no file that students write. */
#ifndef WINDSOCK_PACKAGE_H
#define WINDSOCK_PACKAGE_H

#include "../src/bundle.h"
#include "course.h"

struct package_platform {
	const char *name, *summary;
	const char *zip; /* all but the README goes into this zip; NULL: they stay files */
	const char *tar; /* where windsock itself goes; NULL: nowhere */
};

/* The WHICHth, or NULL. */
const struct package_platform *package_platform(size_t which);

struct package_request {
	const struct package_platform *platform;
	const struct course_lesson *lessons;
	size_t lesson_count;
	const char *course;  /* letters, digits and . _ - only */
	const char *source;  /* what windsock is installed from there: a source archive, a .deb; NULL: this program */
	const char *folder;  /* that the files are put into */
};

/* Makes all of it. The files' names go to *made, a line each. -1: *error. */
int package_make(const struct package_request *request, struct text *made, struct error *error);

/* ---- package_values.c: what the forms are filled with ---- */

struct fill_value;
struct fill_list;
struct package_values; /* of one lesson, or of all */

struct package_values *package_values(const struct package_request *request, const struct course_lesson *lessons,
                                      size_t count);
void package_values_free(struct package_values *values);
const struct fill_value *package_words(const struct package_values *values);
const struct fill_list *package_lists(const struct package_values *values);

/* ---- package_files.c, made by make: the forms ---- */

struct package_form {
	const char *path; /* "gradescope/setup.sh"; a folder LESSON is made once for each lesson */
	const char *form;
};
extern const struct package_form package_forms[]; /* the last has no path */

#endif
