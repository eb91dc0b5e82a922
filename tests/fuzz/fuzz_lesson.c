/* fuzz_lesson.c - any bytes as a lesson: parsed or refused with a sentence; what is parsed keeps its promises
 * (a lesson has no printer): indices are in range, names are found, every template can be filled in, with and
 * without a seed. */
#include "../../src/lesson.h"
#include "../../src/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool holds)
{
	if (!holds)
		abort();
}

static void check_template(const struct params *params, const char *template)
{
	struct text text = {0};
	struct error error;

	insist(template && !params_expand(params, template, &text, &error));
	text_free(&text);
}

static void check_step(const struct lesson *lesson, const struct step *step, const struct params *params)
{
	insist(step->host < lesson->host_count && lesson->hosts[step->host].kind != HOST_SWITCH);
	if (step->kind == STEP_RUN)
		insist(step->program < lesson->program_count);
	if (step->kind == STEP_TYPE)
		check_template(params, step->text);
	for (size_t i = 0; i < step->argument_count; i++)
		check_template(params, step->arguments[i]);
}

static void check_case(const struct lesson *lesson, const struct lesson_case *checked, const struct params *params)
{
	insist(checked->title[0] && checked->trace[0] && checked->watch_count && checked->step_count);
	insist(checked->points >= 1 && checked->limit_ms >= 1 && lesson_case(lesson, checked->name) >= 0);
	for (size_t i = 0; i < checked->watch_count; i++)
		insist(lesson_interface(lesson, checked->watches[i].host, checked->watches[i].interface, NULL) != NULL);
	for (size_t i = 0; i < checked->step_count; i++)
		check_step(lesson, &checked->steps[i], params);
}

static void check_links(const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link_end *checked = &lesson->links[i].end[end];

			insist(checked->host < lesson->host_count);
			insist(!checked->address == (lesson->hosts[checked->host].kind == HOST_SWITCH));
			insist(!checked->address || lesson_owner(lesson, checked->address) == (int)checked->host);
		}
}

static void check_lesson(const struct lesson *lesson, const char *seed)
{
	struct params params;

	lesson_params(lesson, seed, &params);
	for (size_t i = 0; i < params.count; i++) {
		insist(params_find(&params, params.params[i].name) == &params.params[i]);
		insist(params.params[i].kind != PARAM_PORT || params_port(&params, params.params[i].name) > 0);
	}
	for (size_t i = 0; i < lesson->case_count; i++)
		check_case(lesson, &lesson->cases[i], &params);
	params_free(&params);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lesson lesson;
	struct error error = {0};

	if (lesson_parse(&lesson, "fuzz", (const char *)data, size, &error)) {
		insist(error.text[0] && error.line >= 0 && error.column >= 0 && !lesson.cases && !lesson.file);
		return 0;
	}
	insist(lesson.case_count && lesson.title[0] && lesson.idea[0]);
	check_links(&lesson);
	check_lesson(&lesson, NULL);
	check_lesson(&lesson, "seed");
	lesson_free(&lesson);
	return 0;
}
