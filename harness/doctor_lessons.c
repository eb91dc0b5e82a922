/* doctor_lessons.c - which lessons this machine can run: each case's lab is built as a run builds it. See doctor.h. */
#include "doctor.h"

#include "files.h"
#include "lab.h"
#include "walls.h"

#include <stdlib.h>

struct look {
	const struct course_lesson *course;
	size_t which;
};

/* A command of the machine, as check.c looks it up. -1: *error. */
static int find_commands(const struct lesson *lesson, const struct lesson_case *lesson_case, struct error *error)
{
	for (size_t i = 0; i < lesson_case->step_count; i++) {
		const struct step *step = &lesson_case->steps[i];
		const struct program *program = &lesson->programs[step->program];
		char *path;

		if (step->kind != STEP_RUN || program->origin != PROGRAM_SYSTEM)
			continue;
		path = file_find_command(program->source);
		if (!path)
			return wall_say(WALL_COMMAND_MISSING, NULL, program->source, error);
		free(path);
	}
	return 0;
}

/* Whether the words of a case ask for STEP, one of those that some lessons can do without. */
static bool asks_for(const struct lesson *lesson, size_t which, enum doctor_step step)
{
	bool asks = false;

	for (size_t i = 0; i < lesson->filter_count; i++)
		asks |= step == DOCTOR_FILTERS && lesson_holds(lesson->filters[i].of_case, which);
	for (size_t i = 0; i < lesson->rules_count; i++) /* the student's, which may be of either kind */
		asks |= (step == DOCTOR_FILTERS || step == DOCTOR_NAT) && lesson_holds(lesson->rules[i].of_case, which);
	for (size_t i = 0; i < lesson->nat_count; i++)
		asks |= step == DOCTOR_NAT && lesson_holds(lesson->nats[i].of_case, which);
	for (size_t i = 0; i < lesson->forward_count; i++)
		asks |= step == DOCTOR_NAT && lesson_holds(lesson->forwards[i].of_case, which);
	for (size_t i = 0; i < lesson->memory_count; i++)
		asks |= step == DOCTOR_MEMORY && lesson_holds(lesson->memories[i].of_case, which);
	for (size_t i = 0; i < lesson->rate_count; i++)
		asks |= step == DOCTOR_RATE && lesson_holds(lesson->rates[i].of_case, which);
	return asks || (step == DOCTOR_TUNNEL && lesson->tunnel_count);
}

/* Bits of the steps that the case needs and that did not go well. */
static unsigned find_lacking(const struct lesson *lesson, size_t which,
                             const struct doctor_finding findings[DOCTOR_STEPS])
{
	unsigned lacks = 0;

	for (size_t step = 0; step < DOCTOR_STEPS; step++)
		if (findings[step].mark != DOCTOR_OK && asks_for(lesson, which, (enum doctor_step)step))
			lacks |= 1u << step;
	return lacks;
}

/* In a process of its own, whose end is the end of the lab. */
static void build(struct doctor_finding *finding, void *context)
{
	const struct look *look = context;
	const struct lesson *lesson = &look->course->lesson;
	struct params params;
	struct lab_order order = {lesson, look->which, &params, look->course->folder};
	struct lab lab;

	finding->mark = DOCTOR_NO;
	if (lab_enter(&finding->error))
		return;
	lesson_params(lesson, NULL, &params);
	switch (lab_build(&lab, &order, &finding->error)) {
	case LAB_BUILT:
	case LAB_RULES_WRONG: /* what he is to write; the kernel has what rules need (rules.c) */
		finding->mark = DOCTOR_OK;
		break;
	case LAB_UNSUPPORTED:
		break;
	case LAB_FAILED:
		finding->mark = DOCTOR_BROKEN;
	}
}

static void look_at(const struct course_lesson *course, size_t which, bool builds, struct doctor_finding *finding)
{
	struct look look = {course, which};

	*finding = (struct doctor_finding){.mark = DOCTOR_OK};
	if (find_commands(&course->lesson, &course->lesson.cases[which], &finding->error))
		finding->mark = DOCTOR_NO;
	else if (builds)
		doctor_fork(build, &look, finding);
}

int doctor_look(const char *name, const struct doctor_finding findings[DOCTOR_STEPS], bool closely,
                struct doctor_lesson *lesson, struct error *error)
{
	bool able = doctor_can_run(findings);

	*lesson = (struct doctor_lesson){0};
	if (course_load(name, &lesson->course, error))
		return -1;
	lesson->cases = mem_alloc(lesson->course.lesson.case_count * sizeof *lesson->cases);
	for (size_t i = 0; i < lesson->course.lesson.case_count; i++) {
		struct doctor_finding *finding = &lesson->cases[i];
		unsigned lacks = find_lacking(&lesson->course.lesson, i, findings);

		finding->mark = DOCTOR_NOT_TRIED;
		if (able)
			look_at(&lesson->course, i, closely || lacks, finding);
		lesson->runs += finding->mark == DOCTOR_OK;
		if (finding->mark != DOCTOR_OK)
			lesson->lacks |= lacks;
	}
	return 0;
}

void doctor_lesson_free(struct doctor_lesson *lesson)
{
	free(lesson->cases);
	course_free(&lesson->course);
}
