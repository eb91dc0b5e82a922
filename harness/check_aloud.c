/* check_aloud.c - a check as a person gets it: a word for beginners before it, the sum behind it. */
#include "check.h"

#include "../src/student_trace.h"
#include "cleanup.h"
#include "files.h"
#include "student_file.h"

#include <string.h>

/* Whether a file of the student's is still as it came: equal to the lesson's, or, worked on in the lesson's own
 * folder, with its first TODO in place. */
static bool is_as_it_came(const struct course_lesson *lesson, const struct workspace *workspace, const char *name)
{
	_cleanup_text_ struct text mine = {0}, skeleton = {0};
	_cleanup_free_ char *skeleton_path = file_path(lesson->folder, name, "");
	struct error ignored;

	if (student_file_read(workspace->folder, name, 1 << 20, &mine, &ignored) ||
	    file_read(skeleton_path, 1 << 20, &skeleton, &ignored))
		return false;
	if (!strcmp(lesson->folder, workspace->folder))
		return strstr(text_string(&mine), "TODO(1)") != NULL;
	return !strcmp(text_string(&mine), text_string(&skeleton));
}

/* Whether nothing that counts has been changed; a prediction does not. */
static bool is_unedited(const struct course_lesson *course, const struct workspace *workspace)
{
	const struct lesson *lesson = &course->lesson;

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT &&
		    !is_as_it_came(course, workspace, lesson->programs[i].source))
			return false;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (!is_as_it_came(course, workspace, lesson->rules[i].source))
			return false;
	for (size_t i = 0; i < lesson->case_count; i++)
		if (student_trace_judged(&lesson->cases[i]) &&
		    !is_as_it_came(course, workspace, lesson->cases[i].student_trace))
			return false;
	return true;
}

/* A beginner takes the first failure for a broken installation: say before it that it is not. */
static void print_beginning(const struct check_options *options)
{
	if (options->only && lesson_case(&options->lesson->lesson, options->only) < 0)
		return; /* which is refused, and nothing is run */
	if (!options->with_count && is_unedited(options->lesson, options->workspace))
		printf("This is still the lesson's unfinished program: it is meant to fail, and nothing is broken.\n"
		       "Begin: %s\n\n", options->lesson->lesson.begin);
}

static void print_summary(const struct check_options *options, const struct check_summary *summary)
{
	printf("%s: %d of %d points.\n", options->lesson->lesson.name, summary->points, summary->total);
	if (summary->inconclusive)
		printf("%zu case%s could not be judged; that is not your fault. Run it again; if it stays so, tell your "
		       "instructor.\n", summary->inconclusive, summary->inconclusive == 1 ? "" : "s");
	if (summary->skipped)
		printf("%zu case%s skipped, and the points do not count: see above what this machine lacks.\n",
		       summary->skipped, summary->skipped == 1 ? " was" : "s were");
	if (summary->first_id[0])
		printf("`windsock help %s` says more of that; `windsock hint` gives a hint.\n", summary->first_id);
	if (options->seed[0])
		printf("The values were drawn with --seed %s; the same word draws the same again.\n", options->seed);
}

enum exit_status check_aloud(const struct check_options *options, struct check *check, struct check_summary *summary)
{
	enum exit_status status;

	print_beginning(options);
	status = check ? check_finish(check, summary) : check_lesson(options, summary);
	if (summary->total)
		print_summary(options, summary);
	return status;
}
