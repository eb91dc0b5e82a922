/* check_print.c - windsock check's voice: the verdicts, as text for the student. */
#include "check_parts.h"

#include "cleanup.h"
#include "progress.h"

#include <string.h>

static void count_verdict(const struct verdict *verdict, const struct lesson_case *lesson_case,
                          struct check_summary *summary)
{
	summary->points += verdict->points;
	summary->total += lesson_case->points;
	switch (verdict->result) {
	case VERDICT_RIGHT:
		summary->right++;
		break;
	case VERDICT_WRONG:
		if (!summary->first_id[0])
			snprintf(summary->first_id, sizeof summary->first_id, "%s", verdict->finding.id);
		summary->wrong++;
		break;
	case VERDICT_INCONCLUSIVE:
		summary->inconclusive++;
		break;
	}
}

/* Once a check, and not for every case again. */
static void tell_calls_note(const char *text)
{
	static bool told;

	if (!told && *text) {
		(void)fflush(stdout); /* else it stands in the middle of a picture, where both go to one file */
		fprintf(stderr, "windsock: %s.\n", text);
	}
	told |= *text != '\0';
}

/* What the student's notes keep of it. */
static void take_fact(struct check *check, const struct lesson_case *lesson_case, const struct verdict *verdict)
{
	struct progress_line fact = {.kind = PROGRESS_CASE, .number = verdict->points, .of = lesson_case->points};

	if (verdict->result == VERDICT_INCONCLUSIVE)
		return; /* it says nothing about him */
	snprintf(fact.name, sizeof fact.name, "%s", lesson_case->name);
	if (verdict->result == VERDICT_WRONG)
		snprintf(fact.id, sizeof fact.id, "%s", verdict->finding.id);
	progress_put(&check->facts, &fact);
	if (!verdict->prediction.length)
		return;
	fact = (struct progress_line){.kind = PROGRESS_PICTURE, .number = verdict->foreseen};
	snprintf(fact.name, sizeof fact.name, "%s", lesson_case->name);
	progress_put(&check->facts, &fact);
}

static void judge_job(struct check *check, const struct job *job, struct check_summary *summary)
{
	_cleanup_text_ struct text report = {0};
	struct report_options options = check->options->report;
	struct scene scene;
	struct verdict verdict;
	struct error error;

	check_keep_trace(job);
	if (check_read_verdict(check->options->lesson, job->folder, &scene, &verdict, &error))
		die_error(&error);
	options.told = options.pictures || !summary->first_id[0] ? NULL : summary->first_id;
	report_case(&scene, &verdict, &options, &report);
	fputs(text_string(&report), stdout);
	if (job->picture_error.length)
		printf("    %s\n", text_string(&job->picture_error));
	tell_calls_note(scene.evidence.calls_note);
	note("%s: %s after %.1f ms", scene.lesson_case->name, run_end_word(scene.evidence.end),
	     scene.evidence.milliseconds);
	count_verdict(&verdict, scene.lesson_case, summary);
	take_fact(check, scene.lesson_case, &verdict);
	verdict_free(&verdict);
	scene_close(&scene);
}

/* A run that failed says nothing about the student: who is at fault, and the end. */
static void judge_failures(const struct check *check)
{
	for (size_t i = 0; i < check->job_count; i++) {
		const struct job *job = &check->jobs[i];

		if (job->result == RUN_FAILED || job->result == RUN_GIVEN_UP)
			die("the run of %s failed, which is not your program's fault: %s",
			    check->options->lesson->lesson.cases[job->index].name,
			    job->trouble.length ? text_string(&job->trouble) : "no reason was given");
	}
}

/* Whether every ruleset of the student's was one. A wrong one is told once: each case has it. */
static bool judge_rules(const struct check *check)
{
	for (size_t i = 0; i < check->job_count; i++)
		if (check->jobs[i].result == RUN_RULES_WRONG) {
			printf("%s\nThese rules cannot be loaded, so there is nothing to run yet.\n",
			       text_string(&check->jobs[i].trouble));
			return false;
		}
	return true;
}

/* A case that this machine cannot run is neither right nor wrong, and the others count without it. */
static void skip_jobs(const struct check *check, struct check_summary *summary)
{
	for (size_t i = 0; i < check->job_count; i++)
		summary->skipped += check->jobs[i].result == RUN_UNSUPPORTED;
	fflush(stdout);
	for (size_t i = 0; i < check->job_count; i++) {
		const struct job *job = &check->jobs[i];

		if (job->result != RUN_UNSUPPORTED)
			continue;
		if (summary->skipped == check->job_count)
			check_end_skipped(text_string(&job->trouble));
		fprintf(stderr, "windsock: %s is skipped: %s\n", check->options->lesson->lesson.cases[job->index].name,
		        text_string(&job->trouble));
	}
}

static enum exit_status judge_jobs( struct check *check, struct check_summary *summary)
{
	judge_failures(check);
	if (!judge_rules(check))
		return EXIT_WRONG;
	skip_jobs(check, summary);
	for (size_t i = 0; i < check->job_count; i++)
		if (check->jobs[i].result == RUN_RECORDED)
			judge_job(check, &check->jobs[i], summary);
	return summary->inconclusive ? EXIT_BROKEN : summary->wrong ? EXIT_WRONG : EXIT_RIGHT;
}

static void take_time(struct check *check, enum progress_kind kind)
{
	struct progress_line fact = {.kind = kind};

	snprintf(fact.name, sizeof fact.name, "%s", progress_now());
	progress_put(&check->facts, &fact);
}

/* A check of other programs than the student's (--with) is nothing to note. What cannot be noted is said, and changes
 * no verdict. */
static void note_progress(struct check *check, enum exit_status status, const struct check_summary *summary)
{
	const struct check_options *options = check->options;
	struct progress_line count = {.kind = PROGRESS_CHECKS, .number = 1};
	struct progress_line points = {.kind = PROGRESS_POINTS, .number = summary->points, .of = summary->total};
	_cleanup_text_ struct text complaints = {0};
	struct error error;

	if (options->with_count)
		return;
	progress_put(&check->facts, &count);
	take_time(check, PROGRESS_LAST);
	if (status == EXIT_WRONG && !summary->total) /* it does not compile, or a trace or rules of his cannot be read */
		take_time(check, PROGRESS_STOPPED);
	if (summary->total && !options->only && status != EXIT_BROKEN)
		progress_put(&check->facts, &points);
	if (summary->total && !options->only && status == EXIT_RIGHT)
		take_time(check, PROGRESS_PASSED);
	if (progress_record(options->workspace, options->lesson->lesson.name, &check->facts, &complaints, &error))
		text_printf(&complaints, "Your progress is not noted: %s\n", error_string(&error));
	fflush(stdout);
	fputs(text_string(&complaints), stderr);
}

static enum exit_status run_aloud(struct check *check, struct check_summary *summary)
{
	enum exit_status status = EXIT_WRONG;

	*summary = (struct check_summary){0};
	if (check_run(check))
		status = judge_jobs(check, summary);
	note_progress(check, status, summary);
	check_free(check);
	return status;
}

enum exit_status check_lesson(const struct check_options *options, struct check_summary *summary)
{
	struct check check = {.options = options};

	check_open(&check);
	return run_aloud(&check, summary);
}

enum exit_status check_finish(struct check *check, struct check_summary *summary)
{
	enum exit_status status = run_aloud(check, summary);

	free(check);
	return status;
}
