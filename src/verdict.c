/* verdict.c - see verdict.h. A packet that the capture may have lost makes a run
 * inconclusive; a program is never blamed for what nobody saw. */
#include "verdict.h"

#include "student_trace.h"

#include <stdio.h>
#include <string.h>

/* So late the hosts that windsock plays make a pause too short, or an answer too late, which a program got right. */
#define LATE_MS 30

/* Why the evidence is not to be trusted; false: it is. */
static bool find_trouble(const struct scene *scene, char *trouble, size_t size)
{
	const struct evidence *evidence = &scene->evidence;

	if (evidence->trouble[0]) {
		snprintf(trouble, size, "%s", evidence->trouble);
		return true;
	}
	for (size_t i = 0; i < evidence->program_count; i++)
		if (evidence->programs[i].end == PROGRAM_NOT_STARTED) {
			snprintf(trouble, size, "%s could not be started on %s: %s", evidence->programs[i].name,
			         evidence->programs[i].host, strerror(evidence->programs[i].value));
			return true;
		}
	for (size_t i = 0; i < evidence->capture_count; i++) {
		const struct evidence_capture *capture = &evidence->captures[i];

		if (capture->dropped > 0)
			snprintf(trouble, size, "the kernel dropped %ld packets before they were captured on %s.%s",
			         capture->dropped, capture->host, capture->interface);
		else if (capture->dropped < 0)
			snprintf(trouble, size, "the capture on %s.%s did not tell how many packets it lost",
			         capture->host, capture->interface);
		else if (!capture->drained)
			snprintf(trouble, size, "the end of the capture on %s.%s is missing", capture->host,
			         capture->interface);
		else
			continue;
		return true;
	}
	return false;
}

/* In a tunnel a packet is what the student's program wrote: one that was cut says nothing against the capture. */
static bool is_incomplete(const struct scene *scene)
{
	for (size_t view = 0; view < scene->view_count; view++)
		for (size_t i = 0; !scene_tunnel(scene, &scene->views[view]) && i < scene->views[view].flow_count; i++)
			if (scene->views[view].flows[i]->incomplete)
				return true;
	return false;
}

/* A program without end is the student's fault whatever the capture lost by it. */
static bool is_excess(const struct scene *scene)
{
	switch (scene->evidence.end) {
	case RUN_FLOOD:
	case RUN_OUTPUT:
	case RUN_PROCESSES:
	case RUN_MEMORY:
		return true;
	case RUN_COMPLETE:
	case RUN_SETTLED:
	case RUN_LIMIT:
		break;
	}
	return false;
}

/* -1: nothing can be matched. A student's trace then matches nothing. */
static int match_scene(struct scene *scene, bool judged, struct match *match, struct error *error)
{
	*match = (struct match){.first = SIZE_MAX, .first_step = SIZE_MAX};
	if (!judged)
		return student_trace_match(scene, scene->trace, match, error);
	if (!scene->student.file)
		return error_set(error, scene->lesson_case->student_trace, 0, 0, "is not part of this run; run `windsock "
		                 "check` again");
	if (!scene->student_error.text[0])
		(void)student_trace_match(scene, &scene->student, match, &scene->student_error); /* told by the verdict */
	return 0;
}

static bool is_right(const struct scene *scene, const struct match *match)
{
	if (scene->student_error.text[0] && student_trace_judged(scene->lesson_case))
		return false;
	return match->complete == (!scene->lesson_case ||
	                           scene->lesson_case->student_trace_kind != STUDENT_TRACE_REJECTS);
}

/* All came as it should, but for when. */
static bool differs_only_in_time(const struct match *match)
{
	bool late = false;

	if (match->complete || match->where)
		return false;
	for (size_t i = 0; i < match->pairing_count; i++) {
		const struct pairing *pairing = &match->pairings[i];

		if (pairing->out_of_order || (pairing->cost && (!pairing->entry || !pairing->flow)) ||
		    pairing->header & ~(unsigned)(HEADER_TOO_SOON | HEADER_TOO_LATE))
			return false;
		late |= pairing->header & (HEADER_TOO_SOON | HEADER_TOO_LATE);
		for (size_t j = 0; j < pairing->step_count; j++) {
			if (pairing->steps[j].status != STEP_MATCHED && pairing->steps[j].status != STEP_UNTIMELY)
				return false;
			late |= pairing->steps[j].status == STEP_UNTIMELY;
		}
	}
	return late; /* nothing is compared where a trace cannot be read */
}

static void judge(const struct scene *scene, struct verdict *verdict)
{
	bool judged = student_trace_judged(scene->lesson_case);
	bool excess = !judged && is_excess(scene), right = is_right(scene, &verdict->match);

	if (!excess && find_trouble(scene, verdict->trouble, sizeof verdict->trouble)) {
		verdict->result = VERDICT_INCONCLUSIVE;
	} else if (!excess && !verdict->match.complete && is_incomplete(scene)) {
		verdict->result = VERDICT_INCONCLUSIVE;
		snprintf(verdict->trouble, sizeof verdict->trouble, "the capture lacks bytes that were on the wire");
	} else if (!excess && scene->evidence.late_milliseconds >= LATE_MS && differs_only_in_time(&verdict->match)) {
		verdict->result = VERDICT_INCONCLUSIVE;
		snprintf(verdict->trouble, sizeof verdict->trouble, "only the times are not as expected, and windsock itself waited "
		         "for a processor for %.0f ms: this machine has too much else to do", scene->evidence.late_milliseconds);
	} else if (right && !excess) {
		verdict->result = VERDICT_RIGHT;
		verdict->points = scene->lesson_case->points;
	} else {
		diagnose(scene, &verdict->match, &verdict->finding);
	}
}

static void compare_prediction(const struct scene *scene, struct verdict *verdict)
{
	if (verdict->result == VERDICT_INCONCLUSIVE || !scene->student.file || student_trace_judged(scene->lesson_case))
		return;
	if (scene->student_error.text[0])
		text_printf(&verdict->prediction, "Your picture cannot be read: %s", error_string(&scene->student_error));
	else
		verdict->foreseen = student_trace_predict(scene, &scene->student, verdict->result == VERDICT_RIGHT, &verdict->prediction);
}

int verdict_make(struct scene *scene, struct verdict *verdict, struct error *error)
{
	*verdict = (struct verdict){.result = VERDICT_WRONG};
	if (match_scene(scene, student_trace_judged(scene->lesson_case), &verdict->match, error))
		return -1;
	judge(scene, verdict);
	compare_prediction(scene, verdict);
	return 0;
}

void verdict_free(struct verdict *verdict)
{
	match_free(&verdict->match);
	finding_free(&verdict->finding);
	text_free(&verdict->prediction);
	*verdict = (struct verdict){0};
}
