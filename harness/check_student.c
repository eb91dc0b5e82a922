/* check_student.c - traces and rules that the student wrote beside his programs. */
#include "check_parts.h"

#include "../src/student_trace.h"
#include "cleanup.h"
#include "files.h"
#include "student_file.h"

#include <string.h>

/* Whether it can be read at all; whether it names hosts and interfaces that are there is the verdict's to say. */
static int check_trace(const struct lesson_case *lesson_case, const struct text *source, struct error *error)
{
	struct trace trace;

	if (trace_parse(&trace, lesson_case->student_trace, text_string(source), source->length, error))
		return -1;
	trace_free(&trace);
	return 0;
}

/* A prediction that is as it came, or, worked on in the lesson's own folder, with a TODO in it. */
static bool is_untouched(const struct check *check, const char *name, const struct text *mine)
{
	const char *folder = check->options->lesson->folder;
	_cleanup_free_ char *path = file_path(folder, name, "");
	_cleanup_text_ struct text skeleton = {0};
	struct error ignored;

	if (!strcmp(folder, check->options->workspace->folder))
		return strstr(text_string(mine), "TODO") != NULL;
	return !file_read(path, STUDENT_TRACE_MAX, &skeleton, &ignored) &&
	       !strcmp(text_string(&skeleton), text_string(mine));
}

static void read_prediction(const struct check *check, struct job *job)
{
	const char *name = check->options->lesson->lesson.cases[job->index].student_trace;
	struct error error;

	if (student_file_read(check->options->workspace->folder, name, STUDENT_TRACE_MAX, &job->student, &error)) {
		text_printf(&job->picture_error, "Your picture cannot be read: %s", error_string(&error));
		text_free(&job->student);
	} else if (is_untouched(check, name, &job->student)) {
		text_free(&job->student);
	}
}

static bool read_trace(const struct check *check, struct job *job)
{
	const struct lesson_case *lesson_case = &check->options->lesson->lesson.cases[job->index];
	struct error error;

	if (!student_file_read(check->options->workspace->folder, lesson_case->student_trace, STUDENT_TRACE_MAX,
	                       &job->student, &error) &&
	    !check_trace(lesson_case, &job->student, &error))
		return true;
	check_tell(check, "%s\n%s cannot be read, so nothing is run yet: mend that first. [trace-not-readable]\n",
	       error_string(&error), lesson_case->student_trace);
	return false;
}

/* Whether an earlier job has the same trace, which was told of. */
static bool was_told(const struct check *check, const struct job *job)
{
	const struct lesson_case *cases = check->options->lesson->lesson.cases;

	for (const struct job *other = check->jobs; other < job; other++)
		if (student_trace_judged(&cases[other->index]) &&
		    !strcmp(cases[other->index].student_trace, cases[job->index].student_trace))
			return true;
	return false;
}

bool check_read_traces(struct check *check)
{
	bool good = true;

	for (size_t i = 0; i < check->job_count; i++) {
		struct job *job = &check->jobs[i];

		switch (check->options->lesson->lesson.cases[job->index].student_trace_kind) {
		case STUDENT_TRACE_NONE:
			break;
		case STUDENT_TRACE_PREDICT:
			read_prediction(check, job);
			break;
		case STUDENT_TRACE_ACCEPTS:
		case STUDENT_TRACE_REJECTS:
			if (good || !was_told(check, job))
				good = read_trace(check, job) && good;
			break;
		}
	}
	return good;
}

/* Whether some case that is run loads them. */
static bool is_loaded(const struct check *check, const struct rules *rules)
{
	for (size_t i = 0; i < check->job_count; i++)
		if (lesson_holds(rules->of_case, check->jobs[i].index))
			return true;
	return false;
}

bool check_read_rules(const struct check *check)
{
	const struct lesson *lesson = &check->options->lesson->lesson;

	for (size_t i = 0; i < lesson->rules_count; i++) {
		_cleanup_text_ struct text rules = {0};
		struct error error;

		if (!is_loaded(check, &lesson->rules[i]) ||
		    !student_rules_read(check->options->workspace->folder, lesson->rules[i].source, &rules, &error))
			continue;
		check_tell(check, "%s\nThese rules cannot be loaded, so there is nothing to run yet.\n", error_string(&error));
		return false;
	}
	return true;
}

const struct seal check_trace_seal = {"\n# SHA-256 of all above: ", "\n"};

void check_keep_trace(const struct job *job)
{
	_cleanup_free_ char *path = file_path(job->folder, CHECK_STUDENT_TRACE, "");
	_cleanup_text_ struct text kept = {0};
	struct error error;

	if (!job->student.data)
		return;
	text_add_bytes(&kept, job->student.data, job->student.length);
	seal_put(&check_trace_seal, &kept);
	if (file_write(path, kept.data, kept.length, &error))
		die_error(&error);
}
