/* cast.c - the steps of a case: who is started when, and who can still move. */
#include "run_state.h"

#include "../src/match.h"
#include "cleanup.h"
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

/* A line is typed to a program that only dozes (a poll loop) after this long without
 * a move; one that waits for good gets it at once. The line waits in the pipe anyway. */
#define DOZE_US 30000
/* The same where some program never rests (a busy loop), and nothing has come of it for so long. */
#define RESTLESS_US 300000
/* One that sleeps (before it begins, or between two looks at sockets that do not block) sees nothing of what comes
 * meanwhile. So long after the step before nothing is held back for it any more. */
#define SLEEP_US 1200000
/* How long a program may take to own its port: one that sleeps in between, and one that
 * is at work (on a loaded machine, or in a loop). */
#define PATIENCE_US 1200000
#define PATIENCE_AT_WORK_US 3000000

#define START_MS 10000 /* from our word to the program's first instruction: a loaded machine's worst */
#define COUNT_US 50000 /* a program that is never at rest is counted so often, its processes and its memory */

static void read_output(struct actor *actor, int *fd)
{
	char buffer[16384];
	ssize_t got;

	while (*fd >= 0 && (got = read(*fd, buffer, sizeof buffer)) != -1) {
		if (!got) {
			(void)close(*fd);
			*fd = -1;
			return;
		}
		actor->output_bytes += (size_t)got;
		if (actor->output_bytes > OUTPUT_MAX)
			return;
		text_add_bytes(&actor->output, buffer, (size_t)got);
		if (actor->output.length > 2 * OUTPUT_KEPT) {
			size_t excess = actor->output.length - OUTPUT_KEPT;

			memmove(actor->output.data, actor->output.data + excess, OUTPUT_KEPT);
			actor->output.length = OUTPUT_KEPT;
		}
	}
}

bool cast_read(struct run *run)
{
	bool moved = false;

	for (size_t i = 0; i < run->actor_count; i++) {
		struct actor *actor = &run->actors[i];
		size_t before = actor->output_bytes;

		for (int stream = 0; stream < 2; stream++)
			read_output(actor, &actor->sandbox.output_fd[stream]);
		moved |= actor->output_bytes != before;
		if (actor->end == SANDBOX_RUNNING) {
			actor->end = sandbox_status(&actor->sandbox, &actor->value);
			moved |= actor->end != SANDBOX_RUNNING;
			if (actor->end == SANDBOX_FULL)
				actor->memory = UINT64_MAX; /* nobody knows how much: see cast_excess() */
			if (actor->end == SANDBOX_BROKEN && !run->trouble[0]) {
				sandbox_wall(&actor->sandbox, actor->program->name, actor->value, &run->wall);
				snprintf(run->trouble, sizeof run->trouble, "%s", run->wall.text);
			}
		}
	}
	return moved;
}

void cast_poll(struct run *run)
{
	for (size_t i = 0; i < run->actor_count; i++) {
		for (int stream = 0; stream < 2; stream++)
			run_poll(run, run->actors[i].sandbox.output_fd[stream]);
		if (run->actors[i].end == SANDBOX_RUNNING)
			run_poll(run, run->actors[i].sandbox.status_fd);
	}
}

/* ---- who can still move ---- */

/* Whether the wire will speak again with no program moving. */
static bool has_pending_timer(struct run *run, bool *pending, struct error *error)
{
	*pending = false;
	for (size_t host = 0; host < run->lab.host_count && !*pending; host++) {
		int got;

		if (run->request->lesson->hosts[host].kind == HOST_SWITCH)
			continue; /* nobody there has a socket */
		got = sockets_pending(run->lab.diag[host], error);
		if (got < 0)
			return false;
		*pending = got > 0;
	}
	return *pending || !lab_is_sending(&run->lab, pending, error);
}

static void note_look(struct actor *actor, const struct activity_look *look)
{
	if (look->processes > actor->processes)
		actor->processes = look->processes;
	if (look->memory > actor->memory)
		actor->memory = look->memory;
	actor->stalled = look->stalled;
	actor->waited_us += (int64_t)(look->waited_ns / 1000);
}

int64_t cast_take_waits(struct run *run)
{
	int64_t most = 0;

	for (size_t i = 0; i < run->actor_count; i++) {
		if (run->actors[i].end == SANDBOX_RUNNING && run->actors[i].waited_us > most)
			most = run->actors[i].waited_us;
		run->actors[i].waited_us = 0;
	}
	return most;
}

bool cast_is_stalled(const struct run *run)
{
	for (size_t i = 0; i < run->actor_count; i++)
		if (run->actors[i].end == SANDBOX_RUNNING && run->actors[i].stalled)
			return true;
	return false;
}

/* Also while there is no time to ask whether they rest. */
static void count_programs(struct run *run)
{
	int64_t now = clock_us();
	struct activity_look look;

	if (now - run->counted_us < COUNT_US)
		return;
	run->counted_us = now;
	for (size_t i = 0; i < run->actor_count; i++)
		if (run->actors[i].end == SANDBOX_RUNNING) {
			activity_count(&run->actors[i].watch, SANDBOX_PROCESSES_MAX, &look);
			note_look(&run->actors[i], &look);
		}
}

static enum activity look_at(struct run *run, struct actor *actor)
{
	activity_look(&actor->watch, SANDBOX_PROCESSES_MAX, calls_stopped(run->calls, actor->target), &actor->look);
	note_look(actor, &actor->look);
	if (actor->look.starved_ns / 1000 > (uint64_t)run->clocks.starved_us)
		run->clocks.starved_us = (int64_t)(actor->look.starved_ns / 1000);
	if (!actor->look.processes)
		return ACTIVITY_RUNNING; /* without a process: it is being started, or just ending */
	return actor->look.activity;
}

/* Looks at all of them, and then at all of them again: unchanged counts of context switches prove that nobody moved
 * in between, so that for a moment all were at rest. One after the other would not do: who was found at rest may have
 * been woken by the next one before that one was looked at. */
static enum activity look_at_all(struct run *run)
{
	enum activity most = ACTIVITY_PARKED;

	for (int turn = 0; turn < 2; turn++)
		for (size_t i = 0; i < run->actor_count && most != ACTIVITY_RUNNING; i++) {
			struct actor *actor = &run->actors[i];
			enum activity activity;

			if (actor->end != SANDBOX_RUNNING)
				continue;
			if (!turn)
				activity = look_at(run, actor);
			else
				activity = activity_has_moved(&actor->watch, SANDBOX_PROCESSES_MAX, &actor->look) ?
				           ACTIVITY_RUNNING : actor->look.activity;
			if (activity > most)
				most = activity;
		}
	return most;
}

enum cast_state cast_look(struct run *run, struct error *error)
{
	enum activity most = look_at_all(run);
	bool pending;

	if (most == ACTIVITY_RUNNING) {
		run->dozing_us = 0;
		return CAST_MOVING;
	}
	if (!has_pending_timer(run, &pending, error)) {
		snprintf(run->trouble, sizeof run->trouble, "%s", error->text);
		return CAST_MOVING;
	}
	if (most == ACTIVITY_PARKED && !pending && player_wait(run->player) < 0)
		return CAST_SETTLED;
	if (!run->dozing_us)
		run->dozing_us = clock_us();
	return CAST_DOZING;
}

static bool breaks(enum run_end limit, bool broken, enum run_end *end)
{
	if (broken)
		*end = limit; /* and left alone otherwise: it says how the run ended */
	return broken;
}

bool cast_excess(struct run *run, enum run_end *end)
{
	count_programs(run);
	for (size_t i = 0; i < run->actor_count; i++)
		if (breaks(RUN_OUTPUT, run->actors[i].output_bytes > OUTPUT_MAX, end) ||
		    breaks(RUN_PROCESSES, run->actors[i].processes >= SANDBOX_PROCESSES_MAX, end) ||
		    breaks(RUN_MEMORY, run->actors[i].memory > SANDBOX_MEMORY_MAX, end))
			return true;
	for (size_t i = 0; i < run->capture_count; i++)
		if (breaks(RUN_FLOOD, run->captures[i].packets > PACKETS_MAX || run->captures[i].bytes > CAPTURE_MAX, end))
			return true;
	return false;
}

/* ---- readiness ---- */

/* Whether NAME, a target's in the trace, is HOST: by its name, or by an address of its own. */
static bool is_host(const struct lesson *lesson, size_t host, const char *name)
{
	struct in_addr address;

	if (!strcmp(lesson->hosts[host].name, name))
		return true;
	return inet_pton(AF_INET, name, &address) == 1 && lesson_owner(lesson, ntohl(address.s_addr)) == (int)host;
}

/* Whether the flow's ends are called by their own names where it is seen: at the first watch, or at an interface of
 * one of the two. Elsewhere a router may have changed them. */
static bool is_plain(const struct trace *trace, const struct entry *entry)
{
	const char *host = entry->vantage < 0 ? NULL : trace->vantages[entry->vantage].host;

	return !host || !strcmp(host, entry->flow.opener.host) || !strcmp(host, entry->flow.target.host);
}

/* Whether HOST owns every port at which the trace will call it. -1: *error. */
static int host_is_ready(const struct run *run, size_t host, struct error *error)
{
	const struct trace *trace = run->request->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		const struct expected_flow *flow = &entry->flow;
		uint16_t port;
		int ready;

		if (entry->kind != ENTRY_FLOW || !is_plain(trace, entry) || flow->outcome != OUTCOME_OPEN ||
		    !is_host(run->request->lesson, host, flow->target.host))
			continue;
		port = match_port(&flow->target, run->request->params, NULL, 0);
		if (!port)
			continue;
		ready = sockets_ready(run->lab.diag[host], flow->transport, port, error);
		if (ready <= 0)
			return ready;
	}
	return 1;
}

/* Whether who is not ready will never be. Who is at work has as much of a processor's time: others may have it. */
static bool is_too_late(struct run *run, enum cast_state state)
{
	if (state != CAST_MOVING)
		return state == CAST_SETTLED || run_is_late(run, &run->clocks.step, PATIENCE_US);
	return run_is_late(run, &run->clocks.step, PATIENCE_AT_WORK_US) &&
	       run_had_time(run, run_elapsed_us(run, &run->clocks.step), &run->clocks.step, PATIENCE_AT_WORK_US,
	                    PATIENCE_AT_WORK_US / 3);
}

/* Whether all that were started so far are ready, or will never be. */
static int cast_is_ready(struct run *run, enum cast_state state, struct error *error)
{
	if (is_too_late(run, state))
		return 1;
	for (size_t i = 0; i < run->actor_count; i++) {
		int ready;

		if (run->actors[i].end != SANDBOX_RUNNING)
			continue;
		ready = host_is_ready(run, run->actors[i].step->host, error);
		if (ready <= 0)
			return ready;
	}
	return 1;
}

/* ---- steps ---- */

static bool is_typed_to(const struct lesson_case *lesson_case, size_t step)
{
	for (size_t i = step; i < lesson_case->step_count; i++)
		if (lesson_case->steps[i].kind == STEP_TYPE && lesson_case->steps[i].host == lesson_case->steps[step].host)
			return true;
	return false;
}

/* The tracer takes hold of the students' programs while tcpdump starts. */
static void hold_students(struct run *run)
{
	size_t step_count = run->request->lesson_case->step_count, count = 0;
	struct calls_target *targets = mem_alloc((step_count + 1) * sizeof *targets);

	for (size_t i = 0; i < step_count; i++)
		if (run->request->programs[i].command && run->request->programs[i].student) {
			targets[count] = (struct calls_target){run->sandboxes[i].keeper, run->sandboxes[i].ready_fd};
			run->targets[i] = count++;
		}
	run->calls = count ? calls_start(targets, count) : NULL;
	free(targets);
}

int cast_prepare(struct run *run, struct error *error)
{
	const struct lesson_case *lesson_case = run->request->lesson_case;

	run->sandboxes = mem_alloc(lesson_case->step_count * sizeof *run->sandboxes);
	run->targets = mem_alloc(lesson_case->step_count * sizeof *run->targets);
	for (size_t i = 0; i < lesson_case->step_count; i++)
		run->targets[i] = SIZE_MAX;
	for (size_t i = 0; i < lesson_case->step_count; i++) {
		struct sandbox_command command = {.arguments = run->request->programs[i].command,
		                                  .own_words = run->request->programs[i].own_words,
		                                  .folder = run->request->working_folder,
		                                  .has_input = is_typed_to(lesson_case, i)};

		if (command.arguments &&
		    sandbox_prepare(&run->sandboxes[i], &run->lab, lesson_case->steps[i].host, &command, error))
			return -1;
	}
	if (run->request->calls)
		hold_students(run);
	return 0;
}

void cast_poll_ready(struct run *run)
{
	for (size_t i = 0; i < run->request->lesson_case->step_count; i++)
		if (run->sandboxes[i].keeper_fd > 0)
			run_poll(run, run->sandboxes[i].keeper_fd);
}

/* Nobody waits at its door any more: why, it has said itself, or nobody knows. */
static int tell_lost(struct sandbox *sandbox, const char *program, struct error *error)
{
	int value;

	if (sandbox_status(sandbox, &value) == SANDBOX_BROKEN && value != EPIPE)
		return sandbox_wall(sandbox, program, value, error);
	return error_set(error, NULL, 0, 0, "the sandbox of %s was ready, and ended before its program was started", program);
}

int cast_look_after(struct run *run, struct error *error)
{
	for (size_t i = 0; i < run->request->lesson_case->step_count; i++) {
		struct pollfd keeper = {.fd = run->sandboxes[i].keeper_fd, .events = POLLIN};

		if (keeper.fd > 0 && poll(&keeper, 1, 0) > 0)
			return tell_lost(&run->sandboxes[i], run->request->programs[i].name, error);
	}
	return 0;
}

/* Until then its process is ours, and whatever it takes is not the program's own time. */
static int await_start(const struct actor *actor, struct error *error)
{
	int started = sandbox_await_start(&actor->sandbox, START_MS);

	if (started < 0)
		return error_set(error, NULL, 0, 0, "cannot wait for the start of %s: %s", actor->program->name, strerror(errno));
	if (!started)
		return error_set(error, NULL, 0, 0, "%s was told to start, and within %d s it has not", actor->program->name,
		                 START_MS / 1000);
	return 0;
}

static int run_program(struct run *run, const struct step *step, struct error *error)
{
	struct actor *actor = &run->actors[run->actor_count++];

	*actor = (struct actor){.step = step, .program = &run->request->programs[run->next_step],
	                        .sandbox = run->sandboxes[run->next_step], .target = run->targets[run->next_step]};
	actor->watch.keeper = actor->sandbox.keeper;
	run->sandboxes[run->next_step] = (struct sandbox){0}; /* the actor's now */
	if (sandbox_go(&actor->sandbox, run->calls && calls_hold(run->calls, actor->target)))
		return errno == EPIPE ? tell_lost(&actor->sandbox, actor->program->name, error) :
		       error_set(error, NULL, 0, 0, "cannot start %s: %s", actor->program->name, strerror(errno));
	return await_start(actor, error) ? -1 : 1;
}

static struct actor *last_actor(struct run *run, size_t host)
{
	for (size_t i = run->actor_count; i-- > 0;)
		if (run->actors[i].step->host == host)
			return &run->actors[i];
	return NULL;
}

static int type_text(struct run *run, const struct step *step, struct error *error)
{
	struct actor *actor = last_actor(run, step->host);
	_cleanup_text_ struct text text = {0};

	if (!actor)
		return error_set(error, run->request->lesson->file, step->line, 0,
		                 "nothing runs on %s to type to: put a `run` before it",
		                 run->request->lesson->hosts[step->host].name);
	if (params_expand(run->request->params, step->text, &text, error))
		return -1;
	/* A program that has ended reads no more; SIGPIPE is ignored in this process. Nor is one waited for that has filled
	 * the pipe itself. */
	if (actor->end == SANDBOX_RUNNING)
		(void)!write(actor->sandbox.input_fd, text_string(&text), text.length);
	return 1;
}

/* An end of file behind the last line that is typed to HOST. */
static void close_input(struct run *run, size_t host)
{
	struct actor *actor = last_actor(run, host);

	for (size_t i = run->next_step + 1; i < run->request->lesson_case->step_count; i++)
		if (run->request->lesson_case->steps[i].kind == STEP_TYPE &&
		    run->request->lesson_case->steps[i].host == host)
			return;
	if (actor && actor->sandbox.input_fd >= 0) {
		(void)close(actor->sandbox.input_fd);
		actor->sandbox.input_fd = -1;
	}
}

bool cast_is_deaf(struct run *run)
{
	bool deaf = false;

	if (run_elapsed_us(run, &run->clocks.step) > SLEEP_US)
		return false;
	for (size_t i = 0; i < run->actor_count; i++) {
		struct actor *actor = &run->actors[i];

		if (actor->end != SANDBOX_RUNNING || actor->look.activity != ACTIVITY_ASLEEP)
			continue;
		if (actor->slept_us < run->clocks.moved.us) {
			actor->slept_us = clock_us();
			actor->slept_switches = actor->look.switches;
		}
		/* Of several that sleep each has had its turn, about. */
		deaf |= actor->look.switches - actor->slept_switches < actor->look.processes;
	}
	return deaf;
}

static bool may_type(struct run *run, enum cast_state state)
{
	if (state == CAST_SETTLED)
		return true;
	if (player_wait(run->player) >= 0)
		return false;
	if (state == CAST_MOVING)
		return run_is_restless(run, RESTLESS_US, RUN_COMPUTED_US);
	if (cast_is_deaf(run))
		return false;
	return run->dozing_us && clock_us() - run->dozing_us > DOZE_US;
}

/* How many `then` stand before the first flow that HOST opens; SIZE_MAX: it opens none. */
static size_t first_phase(const struct trace *trace, const char *host)
{
	size_t phase = 0;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		phase += entry->kind == ENTRY_THEN;
		if (entry->kind == ENTRY_FLOW && entry->vantage < 0 && !strcmp(entry->flow.opener.host, host))
			return phase;
	}
	return SIZE_MAX;
}

/* A played host whose turn comes after that of a program: the player keeps the order
 * among its own hosts only. Whether such a program may still speak. */
static bool must_wait(const struct run *run, size_t host, enum cast_state state)
{
	const struct lesson *lesson = run->request->lesson;
	size_t mine = first_phase(run->request->trace, lesson->hosts[host].name);

	for (size_t i = 0; state != CAST_SETTLED && mine != SIZE_MAX && i < run->actor_count; i++)
		if (run->actors[i].end == SANDBOX_RUNNING &&
		    first_phase(run->request->trace, lesson->hosts[run->actors[i].step->host].name) < mine)
			return true;
	return false;
}

static int do_step(struct run *run, enum cast_state state, struct error *error)
{
	const struct step *step = &run->request->lesson_case->steps[run->next_step];
	const struct actor *actor;
	int ready;

	switch (step->kind) {
	case STEP_RUN:
	case STEP_PLAY:
		ready = cast_is_ready(run, state, error);
		if (ready <= 0)
			return ready;
		if (run->request->programs[run->next_step].command) /* a played host too, by --with */
			return run_program(run, step, error);
		if (must_wait(run, step->host, state))
			return 0;
		return player_start(run->player, step->host, error) ? -1 : 1;
	case STEP_WAIT:
		actor = last_actor(run, step->host);
		return !actor || actor->end != SANDBOX_RUNNING;
	case STEP_ADDRESS:
		if (!may_type(run, state))
			return 0;
		return lab_add_address(&run->lab, step, error) ? -1 : 1;
	case STEP_TYPE:
		if (!may_type(run, state))
			return 0;
		/* What was typed may end the program: look at its sockets before. */
		if (record_look(run, error) || type_text(run, step, error) < 0)
			return -1;
		close_input(run, step->host);
		return 1;
	}
	return 0;
}

int cast_step(struct run *run, enum cast_state state, struct error *error)
{
	int done;

	if (run->next_step >= run->request->lesson_case->step_count)
		return 0;
	done = do_step(run, state, error);
	if (done > 0) {
		run->next_step++;
		run->clocks.step = run_mark(run);
	}
	return done;
}

bool cast_is_stuck(const struct run *run, enum cast_state state)
{
	return state == CAST_SETTLED && run->next_step < run->request->lesson_case->step_count &&
	       run->request->lesson_case->steps[run->next_step].kind == STEP_WAIT;
}

/* Those that were never let go. */
static void each_unused(struct run *run, void (*end)(struct sandbox *sandbox))
{
	for (size_t i = 0; run->sandboxes && i < run->request->lesson_case->step_count; i++)
		if (run->sandboxes[i].keeper_fd > 0)
			end(&run->sandboxes[i]);
}

static void kill_unused(struct sandbox *sandbox)
{
	sandbox_kill(sandbox);
}

/* A program whose tracer dies is killed: that is not its fault. */
static void end_calls(struct run *run)
{
	if (run->calls && calls_finish(run->calls) && !run->trouble[0])
		snprintf(run->trouble, sizeof run->trouble, "the process that takes down the socket calls was lost, and the "
		         "programs with it. --no-calls does without it");
}

void cast_end(struct run *run)
{
	each_unused(run, kill_unused);
	for (size_t i = 0; i < run->actor_count; i++)
		sandbox_kill(&run->actors[i].sandbox);
	/* A process that is held is gone only when its tracer knows: it ends before anybody is waited for. */
	end_calls(run);
	each_unused(run, sandbox_reap);
	each_unused(run, sandbox_close);
	for (size_t i = 0; i < run->actor_count; i++) {
		activity_close(&run->actors[i].watch);
		sandbox_reap(&run->actors[i].sandbox);
		for (int stream = 0; stream < 2; stream++)
			read_output(&run->actors[i], &run->actors[i].sandbox.output_fd[stream]);
		sandbox_close(&run->actors[i].sandbox);
	}
}
