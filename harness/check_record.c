/* check_record.c - a check as a record, for a grade: everything that is known of each case, and nothing printed. */
#include "check_parts.h"

#include "../src/utf8.h"
#include "cleanup.h"

#include <string.h>

#define OUTPUT_MOST (4 << 10)  /* bytes: result.h */
#define CALLS_MOST (64 << 10)
#define OBSERVED_MOST (16 << 10)
#define PICTURE_WIDTH 80

static void set_text(char **slot, struct text *text)
{
	mem_set(slot, text_string(text));
	text_free(text);
}

/* The first MOST bytes of it, and that there was more. */
static void shorten(struct text *text, size_t most)
{
	if (text->length <= most)
		return;
	text->length = utf8_cut(text->data, most);
	text->data[text->length] = '\0';
	text_add(text, "\n(cut short here)\n");
}

static void take_pictures(const struct scene *scene, const struct verdict *verdict, struct result_case *out)
{
	struct report_options options = {.style = {.width = PICTURE_WIDTH, .unicode = true}, .bare = true};
	struct text text = {0};

	report_ladder(scene, verdict, &options, &text);
	set_text(&out->picture, &text);
	options.style.colour = true;
	report_ladder(scene, verdict, &options, &text);
	set_text(&out->picture_ansi, &text);
	report_svg(scene, verdict, &options, &text);
	set_text(&out->picture_svg, &text);
}

static void take_calls(const struct evidence *evidence, struct result_case *out)
{
	struct text calls = {0};

	for (size_t i = 0; i < evidence->call_count && calls.length <= CALLS_MOST; i++) {
		call_print_line(&evidence->calls[i], &calls);
		text_add(&calls, "\n");
	}
	shorten(&calls, CALLS_MOST);
	set_text(&out->calls, &calls);
}

/* Of the student's programs, the end of what each printed. */
static void take_output(const struct evidence *evidence, struct result_case *out)
{
	struct text output = {0};

	for (size_t i = 0; i < evidence->program_count; i++) {
		const struct evidence_program *program = &evidence->programs[i];
		size_t length = program->output ? strlen(program->output) : 0;

		if (!program->student || !length)
			continue;
		if (output.length)
			text_printf(&output, "%s--- %s on %s\n", output.data[output.length - 1] == '\n' ? "" : "\n",
			            program->name, program->host);
		text_add(&output, program->output + (length > OUTPUT_MOST ? length - OUTPUT_MOST : 0));
	}
	if (output.length > OUTPUT_MOST)
		memmove(output.data, output.data + output.length - OUTPUT_MOST, OUTPUT_MOST + 1);
	set_text(&out->output, &output);
}

static void take_finding(const struct scene *scene, const struct verdict *verdict, struct result_case *out)
{
	const struct finding *finding = &verdict->finding;
	struct text expected = {0}, observed = {0}, where = {0}, source = {0};

	mem_set(&out->diagnosis, finding->id);
	mem_set(&out->seen, text_string(&finding->seen));
	mem_set(&out->means, text_string(&finding->means));
	mem_set(&out->next, text_string(&finding->next));
	report_divergence(scene, &verdict->match, &expected, &observed, &where);
	shorten(&observed, OBSERVED_MOST);
	if (finding->file[0])
		text_printf(&source, "%s:%d", finding->file, finding->line);
	set_text(&out->expected, &expected);
	set_text(&out->observed, &observed);
	set_text(&out->where, &where);
	set_text(&out->source, &source);
}

static void take_verdict(const struct scene *scene, const struct verdict *verdict, struct result_case *out)
{
	out->points = verdict->points;
	out->duration_us = (int64_t)(scene->evidence.milliseconds * 1000);
	switch (verdict->result) {
	case VERDICT_RIGHT:
		out->status = RESULT_PASS;
		break;
	case VERDICT_WRONG:
		out->status = RESULT_FAIL;
		take_finding(scene, verdict, out);
		break;
	case VERDICT_INCONCLUSIVE:
		out->status = RESULT_INCONCLUSIVE;
		mem_set(&out->reason, verdict->trouble);
		break;
	}
	take_pictures(scene, verdict, out);
	take_calls(&scene->evidence, out);
	take_output(&scene->evidence, out);
}

static void judge(const struct check *check, const struct job *job, struct result_case *out)
{
	struct scene scene;
	struct verdict verdict;
	struct error error;

	check_keep_trace(job);
	if (check_read_verdict(check->options->lesson, job->folder, &scene, &verdict, &error)) {
		out->status = RESULT_INCONCLUSIVE;
		mem_set(&out->reason, error_string(&error));
		return;
	}
	take_verdict(&scene, &verdict, out);
	verdict_free(&verdict);
	scene_close(&scene);
}

static void take_job(const struct check *check, const struct job *job, struct result_case *out)
{
	mem_set(&out->reason, "");
	switch (job->result) {
	case RUN_RECORDED:
		judge(check, job, out);
		break;
	case RUN_UNSUPPORTED:
		out->status = RESULT_SKIP;
		mem_set(&out->reason, text_string(&job->trouble));
		break;
	case RUN_RULES_WRONG:
		out->status = RESULT_ERROR;
		if (!check->record->message || !*check->record->message)
			check_tell(check, "%s\nThese rules cannot be loaded, so there is nothing to run yet.\n",
			           text_string(&job->trouble));
		break;
	case RUN_GIVEN_UP:
	case RUN_FAILED:
		out->status = RESULT_INCONCLUSIVE;
		mem_set(&out->reason, job->trouble.length ? text_string(&job->trouble) : "the run failed without a reason");
		break;
	}
}

/* One round: every case, or one. False: there was nothing to run. */
static bool run_round(const struct check_options *options, struct result *result)
{
	struct check check = {.options = options, .record = result};
	bool run;

	check_open(&check);
	run = check_run(&check);
	for (size_t i = 0; i < check.job_count; i++) {
		struct result_case *out = &result->cases[check.jobs[i].index];

		out->attempts++;
		if (run)
			take_job(&check, &check.jobs[i], out);
		else
			out->status = RESULT_ERROR;
	}
	check_free(&check);
	return run;
}

static void begin_cases(const struct lesson *lesson, struct result *result)
{
	result->case_count = lesson->case_count;
	result->cases = mem_alloc(lesson->case_count * sizeof *result->cases);
	for (size_t i = 0; i < lesson->case_count; i++) {
		struct result_case *out = &result->cases[i];

		out->name = mem_string(lesson->cases[i].name);
		out->title = mem_string(lesson->cases[i].title);
		out->max_points = lesson->cases[i].points;
	}
}

/* Not where two captures of one wire differ: another try would hide what they were compared for. What this machine
 * cannot run is tried once more: it may only have been full at that moment, and the record stays. */
static bool is_worth_repeating(const struct result_case *one)
{
	if (one->status == RESULT_SKIP)
		return one->attempts < 2;
	return one->status == RESULT_INCONCLUSIVE && !(one->reason && strstr(one->reason, RUN_CAPTURES_DIFFER));
}

void check_record(const struct check_options *options, struct result *result)
{
	struct check_options again = *options;

	begin_cases(&options->lesson->lesson, result);
	if (run_round(options, result))
		for (size_t i = 0; i < result->case_count; i++)
			for (int left = options->retries; left && is_worth_repeating(&result->cases[i]); left--) {
				again.only = result->cases[i].name;
				(void)run_round(&again, result); /* the case says what came of it */
			}
	result_sum(result);
}
