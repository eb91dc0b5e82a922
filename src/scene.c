/* scene.c - see scene.h. */
#include "scene.h"

#include "capture.h"
#include "sentinel.h"
#include "traffic.h"

#include <stdlib.h>
#include <string.h>

/* What TRACE looks at beyond messages is to be seen when the captures are read, too. A flow without a word of it is
 * compared as before. */
static void look_for(struct scene *scene, const struct trace *trace)
{
	scene->looks |= trace_views(trace);
	for (size_t i = 0; i < trace->entry_count; i++)
		scene->counts |= trace->entries[i].kind == ENTRY_UP || trace->entries[i].kind == ENTRY_DOWN;
}

void scene_open(struct scene *scene, const struct lesson *lesson, const struct lesson_case *lesson_case,
                const struct trace *trace, struct evidence *evidence)
{
	*scene = (struct scene){.lesson = lesson, .lesson_case = lesson_case, .trace = trace, .evidence = *evidence};
	*evidence = (struct evidence){0};
	hosts_of_lesson(&scene->hosts, lesson);
	scene->view_count = scene->evidence.capture_count;
	if (trace)
		look_for(scene, trace);
	scene->reducers = mem_alloc(scene->view_count * sizeof *scene->reducers);
	scene->views = mem_alloc(scene->view_count * sizeof *scene->views);
	for (size_t i = 0; i < scene->view_count; i++)
		scene->views[i] = (struct view){.host = scene->evidence.captures[i].host,
		                                .interface = scene->evidence.captures[i].interface};
}

static void count_packet(const struct scene *scene, size_t i, const struct packet *packet, struct traffic *traffic)
{
	uint32_t round;
	bool outward;

	if (!sentinel_read(packet, &round, &outward))
		traffic_packet(traffic, packet, hosts_match(&scene->hosts, scene->views[i].host, &packet->source));
	else if (outward)
		traffic_own(traffic, packet);
}

void scene_take_student(struct scene *scene, const char *source, size_t length)
{
	const struct lesson_case *lesson_case = scene->lesson_case;

	if (trace_parse(&scene->student, lesson_case->student_trace, source, length, &scene->student_error))
		scene->student.file = mem_string(lesson_case->student_trace); /* nothing in it, but it has a name */
	else
		(void)hosts_check_trace(scene->lesson, &scene->student, &scene->student_error); /* told by the verdict */
	look_for(scene, &scene->student);
	if (lesson_case->student_trace_kind != STUDENT_TRACE_PREDICT)
		scene->trace = &scene->student;
}

int scene_read(struct scene *scene, size_t i, FILE *stream, const char *file, struct error *error)
{
	struct capture *capture = capture_open(stream, file, error);
	struct traffic traffic = {0};
	struct packet packet;
	size_t number = 0;
	int got;

	if (!capture)
		return -1;
	reducer_free(scene->reducers[i]); /* of an earlier reading; else there is none */
	scene->reducers[i] = reducer_new_for(scene->looks);
	while ((got = capture_next(capture, &packet, error)) > 0) {
		uint32_t round;
		bool outward;

		if (scene->counts)
			count_packet(scene, i, &packet, &traffic);
		number++; /* of sentinels too: other readers of the capture count them */
		if (!sentinel_read(&packet, &round, &outward))
			reducer_packet(scene->reducers[i], &packet, number);
	}
	capture_close(capture);
	scene->views[i].counted = scene->counts;
	traffic_bytes(&traffic, scene->views[i].bytes);
	scene->views[i].flows = reducer_flows(scene->reducers[i], &scene->views[i].flow_count);
	return got;
}

void scene_close(struct scene *scene)
{
	for (size_t i = 0; i < scene->view_count; i++)
		reducer_free(scene->reducers[i]);
	free(scene->reducers);
	free(scene->views);
	hosts_free(&scene->hosts);
	trace_free(&scene->student);
	evidence_free(&scene->evidence);
	*scene = (struct scene){0};
}

const struct tunnel *scene_tunnel(const struct scene *scene, const struct view *view)
{
	const struct lesson *lesson = scene->lesson;

	for (size_t i = 0; lesson && i < lesson->tunnel_count; i++)
		if (!strcmp(lesson->tunnels[i].end.interface, view->interface) &&
		    !strcmp(lesson->hosts[lesson->tunnels[i].end.host].name, view->host))
			return &lesson->tunnels[i];
	return NULL;
}

const char *scene_name(const struct scene *scene, const struct address *address)
{
	static char printed[2][64];
	static int turn;
	const char *name = hosts_name(&scene->hosts, address);

	turn = !turn;
	return name ? name : address_print(address, printed[turn], sizeof printed[turn]);
}

const struct evidence_program *scene_student(const struct scene *scene, const char *host)
{
	for (size_t i = scene->evidence.program_count; i-- > 0;)
		if (scene->evidence.programs[i].student && !strcmp(scene->evidence.programs[i].host, host))
			return &scene->evidence.programs[i];
	return NULL;
}

const struct sock_entry *scene_sockets(const struct scene *scene, const char *host, size_t *count)
{
	for (size_t i = 0; i < scene->evidence.socket_count; i++)
		if (!strcmp(scene->evidence.sockets[i].host, host)) {
			*count = scene->evidence.sockets[i].count;
			return scene->evidence.sockets[i].entries;
		}
	*count = 0;
	return NULL;
}
