/* verdict.c - see verdict.h. A packet that the capture may have lost makes a run
 * inconclusive; a program is never blamed for what nobody saw. */
#include "verdict.h"

#include <stdio.h>
#include <string.h>

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
			snprintf(trouble, size, "the kernel dropped %ld packets before tcpdump saw them on %s.%s",
			         capture->dropped, capture->host, capture->interface);
		else if (capture->dropped < 0)
			snprintf(trouble, size, "tcpdump on %s.%s did not tell how many packets it lost",
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

static bool is_incomplete(const struct scene *scene)
{
	for (size_t view = 0; view < scene->view_count; view++)
		for (size_t i = 0; i < scene->views[view].flow_count; i++)
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
		return true;
	case RUN_COMPLETE:
	case RUN_SETTLED:
	case RUN_LIMIT:
		break;
	}
	return false;
}

int verdict_make(const struct scene *scene, struct verdict *verdict, struct error *error)
{
	struct match_input input = {scene->trace, &scene->hosts, &scene->evidence.params, scene->views,
	                            scene->view_count};
	bool excess = is_excess(scene);

	*verdict = (struct verdict){.result = VERDICT_WRONG};
	if (match_trace(&input, &verdict->match, error))
		return -1;
	if (!excess && find_trouble(scene, verdict->trouble, sizeof verdict->trouble)) {
		verdict->result = VERDICT_INCONCLUSIVE;
		return 0;
	}
	if (verdict->match.complete && !excess) {
		verdict->result = VERDICT_RIGHT;
		verdict->points = scene->lesson_case->points;
		return 0;
	}
	if (!excess && is_incomplete(scene)) {
		verdict->result = VERDICT_INCONCLUSIVE;
		snprintf(verdict->trouble, sizeof verdict->trouble, "the capture lacks bytes that were on the wire");
		return 0;
	}
	diagnose(scene, &verdict->match, &verdict->finding);
	return 0;
}

void verdict_free(struct verdict *verdict)
{
	match_free(&verdict->match);
	finding_free(&verdict->finding);
	*verdict = (struct verdict){0};
}
