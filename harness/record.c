/* record.c - what a run leaves in its folder. */
#include "run_state.h"

#include "cleanup.h"
#include "files.h"
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static void record_program(const struct run *run, const struct actor *actor, struct evidence_program *program)
{
	static const enum program_end ends[] = {PROGRAM_RUNNING, PROGRAM_EXITED, PROGRAM_SIGNALLED,
	                                        PROGRAM_NOT_STARTED, PROGRAM_SIGNALLED, PROGRAM_NOT_STARTED};
	size_t count = 0;

	snprintf(program->host, sizeof program->host, "%s", run->request->lesson->hosts[actor->step->host].name);
	snprintf(program->name, sizeof program->name, "%s", actor->program->name);
	program->student = actor->program->student;
	program->end = ends[actor->end];
	program->value = actor->value;
	while (actor->program->command[count])
		count++;
	program->arguments = mem_alloc((count + 1) * sizeof *program->arguments);
	for (size_t i = 0; i < count; i++)
		program->arguments[i] = mem_string(i ? actor->program->command[i] : actor->program->name);
	program->argument_count = count;
	program->output = mem_bytes(text_string(&actor->output), actor->output.length);
	program->output_bytes = actor->output_bytes;
	program->processes = actor->processes;
}

/* Only a program can leave a socket that is bound and nothing else. */
static bool has_program(const struct run *run, size_t host)
{
	for (size_t i = 0; i < run->actor_count; i++)
		if (run->actors[i].step->host == host)
			return true;
	return false;
}

int record_look(struct run *run, struct error *error)
{
	for (size_t host = 0; host < run->lab.host_count; host++) {
		struct evidence_sockets *sockets = &run->sockets[host];
		_cleanup_free_ struct sock_entry *entries = NULL;
		size_t count;

		if (run->request->lesson->hosts[host].kind == HOST_SWITCH)
			continue;
		if (sockets_read(run->lab.diag[host], has_program(run, host), &entries, &count, error))
			return -1;
		sockets->entries = mem_grow(sockets->entries, (sockets->count + count) * sizeof *entries);
		if (count)
			memcpy(sockets->entries + sockets->count, entries, count * sizeof *entries);
		sockets->count += count;
	}
	return 0;
}

/* What the looks have shown becomes the evidence's. */
static void record_sockets(struct run *run, struct evidence *evidence)
{
	evidence->sockets = mem_alloc(run->lab.host_count * sizeof *evidence->sockets);
	for (size_t host = 0; host < run->lab.host_count; host++) {
		struct evidence_sockets *sockets = &evidence->sockets[evidence->socket_count];

		if (run->request->lesson->hosts[host].kind == HOST_SWITCH)
			continue;
		*sockets = run->sockets[host];
		run->sockets[host] = (struct evidence_sockets){0};
		snprintf(sockets->host, sizeof sockets->host, "%s", run->request->lesson->hosts[host].name);
		evidence->socket_count++;
	}
}

static void name_capture(const struct run *run, size_t i, char *name, size_t size)
{
	const struct watch *watch = &run->request->lesson_case->watches[i];

	snprintf(name, size, "%.31s.%.15s.pcap", run->request->lesson->hosts[watch->host].name, watch->interface);
}

static void record_captures(const struct run *run, struct evidence *evidence)
{
	evidence->captures = mem_alloc(run->capture_count * sizeof *evidence->captures);
	evidence->capture_count = run->capture_count;
	for (size_t i = 0; i < run->capture_count; i++) {
		const struct watch *watch = &run->request->lesson_case->watches[i];
		struct evidence_capture *capture = &evidence->captures[i];
		const struct sniffer *sniffer = &run->captures[i];

		snprintf(capture->host, sizeof capture->host, "%s", run->request->lesson->hosts[watch->host].name);
		snprintf(capture->interface, sizeof capture->interface, "%s", watch->interface);
		name_capture(run, i, capture->file, sizeof capture->file);
		capture->dropped = sniffer->dropped;
		capture->drained = sniffer_is_drained(sniffer);
		sha256_hex_of(text_string(&sniffer->kept), sniffer->kept.length, capture->sha256);
	}
}

static int write_file(const struct run *run, const char *name, const struct text *bytes, struct error *error)
{
	_cleanup_text_ struct text path = {0};

	text_printf(&path, "%s/%s", run->request->evidence_folder, name);
	return file_write(text_string(&path), text_string(bytes), bytes->length, error);
}

int record_write(const struct run *run, const struct text *record, struct error *error)
{
	for (size_t i = 0; i < run->capture_count; i++) {
		char name[64];

		name_capture(run, i, name, sizeof name);
		if (write_file(run, name, &run->captures[i].kept, error))
			return -1;
	}
	return write_file(run, "run.json", record, error);
}

/* The calls, and who of the evidence's programs made them. The tracer reads what students' programs hold: nothing that it
 * wrote is trusted further than that. */
static void record_calls(const struct run *run, struct evidence *evidence)
{
	const struct call *calls;
	size_t count;

	if (!run->calls)
		return;
	snprintf(evidence->calls_note, sizeof evidence->calls_note, "%s", calls_note(run->calls));
	evidence->calls_known = !evidence->calls_note[0];
	calls = calls_list(run->calls, &count);
	evidence->calls = mem_alloc((count + 1) * sizeof *calls);
	for (size_t i = 0; i < count; i++)
		for (size_t actor = 0; actor < run->actor_count; actor++)
			if (run->actors[actor].target == calls[i].program && call_is_sound(&calls[i])) {
				struct call *call = &evidence->calls[evidence->call_count++];

				*call = calls[i];
				call->program = (unsigned)actor;
				snprintf(call->host, sizeof call->host, "%s",
				         run->request->lesson->hosts[run->actors[actor].step->host].name);
			}
}

int record_take(struct run *run, struct text *record, struct error *error)
{
	struct evidence evidence = {.end = run->end};
	int result = -1;

	snprintf(evidence.lesson, sizeof evidence.lesson, "%s", run->request->lesson->name);
	snprintf(evidence.case_name, sizeof evidence.case_name, "%s", run->request->lesson_case->name);
	snprintf(evidence.seed, sizeof evidence.seed, "%s", run->request->seed);
	evidence.milliseconds = (double)(clock_us() - run->started_us) / 1000;
	evidence.late_milliseconds = (double)run->clocks.late_us / 1000;
	params_copy(run->request->params, &evidence.params);
	record_captures(run, &evidence);
	/* The sockets as they stand before anything is ended; the programs' ends after. */
	if (!record_look(run, error)) {
		record_sockets(run, &evidence);
		cast_end(run);
		record_calls(run, &evidence);
		snprintf(evidence.trouble, sizeof evidence.trouble, "%s", run->trouble);
		evidence.programs = mem_alloc(run->actor_count * sizeof *evidence.programs);
		evidence.program_count = run->actor_count;
		for (size_t i = 0; i < run->actor_count; i++)
			record_program(run, &run->actors[i], &evidence.programs[i]);
		evidence_print(&evidence, record);
		result = 0;
	}
	evidence_free(&evidence);
	return result;
}
