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
	if (step->kind == STEP_ADDRESS)
		insist(lesson_owner(lesson, step->address) == (int)step->host);
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

static void check_of_case(const struct lesson *lesson, size_t host, const char *interface, int of_case)
{
	insist(host < lesson->host_count && lesson->hosts[host].kind != HOST_SWITCH);
	insist(!interface || lesson_interface(lesson, host, interface, NULL) != NULL);
	insist(of_case >= LESSON_EVERY_CASE && of_case < (int)lesson->case_count);
}

static void check_number(const struct lab_number *number, const struct params *params)
{
	insist((!number->number && !number->param[0]) || lesson_number(number, params));
}

static void check_way(const struct lesson *lesson, const struct params *params)
{
	for (size_t i = 0; i < lesson->nat_count; i++) {
		check_of_case(lesson, lesson->nats[i].host, lesson->nats[i].interface, lesson->nats[i].of_case);
		check_number(&lesson->nats[i].ports, params);
	}
	for (size_t i = 0; i < lesson->filter_count; i++) {
		const struct filter *filter = &lesson->filters[i];

		check_of_case(lesson, filter->host, filter->interface, filter->of_case);
		check_number(&filter->port, params);
		insist(filter->action != FILTER_REFUSE_RESET || filter->transport == FILTER_TCP);
		insist(filter->transport != FILTER_ANY || !lesson_number(&filter->port, params));
	}
	for (size_t i = 0; i < lesson->forward_count; i++) {
		const struct forward *forward = &lesson->forwards[i];

		check_of_case(lesson, forward->host, forward->interface, forward->of_case);
		insist(forward->to && lesson_number(&forward->port, params) && lesson_number(&forward->to_port, params));
	}
	for (size_t i = 0; i < lesson->memory_count; i++) {
		check_of_case(lesson, lesson->memories[i].host, NULL, lesson->memories[i].of_case);
		insist(lesson->memories[i].seconds >= 1 && lesson->memories[i].seconds <= 3600);
	}
	for (size_t i = 0; i < lesson->rate_count; i++)
		check_of_case(lesson, lesson->rates[i].host, lesson->rates[i].interface, lesson->rates[i].of_case);
	for (size_t i = 0; i < lesson->rules_count; i++)
		check_of_case(lesson, lesson->rules[i].host, NULL, lesson->rules[i].of_case);
}

static void check_tunnels(const struct lesson *lesson, const struct params *params)
{
	for (size_t i = 0; i < lesson->tunnel_count; i++) {
		const struct link_end *end = &lesson->tunnels[i].end;

		check_of_case(lesson, end->host, end->interface, LESSON_EVERY_CASE);
		insist(lesson_owner(lesson, end->address) == (int)end->host);
		insist(atoi(params_find(params, end->interface)->value) == lesson_descriptor(lesson, i));
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
	check_way(lesson, &params);
	check_tunnels(lesson, &params);
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
