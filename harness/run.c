/* run.c - see run.h for the theory of operation. */
#include "run_state.h"

#include "../src/capture_compare.h"
#include "../src/match.h"
#include "cleanup.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

/* The pause between two looks at what cannot be waited for (the socket table, what
 * a process is doing): a fifth of the time that nothing has changed, so that
 * neither the delay nor the looks weigh more than that. */
#define PAUSE_LEAST_US 100
#define PAUSE_MOST_US 5000
#define PAUSE_SHARE 5
#define RESTLESS_US 20000 /* a program that has not rested for so long is not waited for */
#define IDLE_US 1500000   /* without a packet, a word or an end of anybody */
#define READY_US 10000000 /* for a capture to be ready: a loaded machine's worst */
#define DRAIN_US 5000000  /* for a sentinel to come through */

/* ---- before the programs ---- */

static int start_sniffers(struct run *run, enum sniffer_engine engine, struct error *error)
{
	const struct lesson_case *lesson_case = run->request->lesson_case;

	for (size_t i = 0; i < lesson_case->watch_count; i++) {
		const struct watch *watch = &lesson_case->watches[i];
		const struct sniffer_order order = {.lab = &run->lab, .host = watch->host, .interface = watch->interface,
		                                    .engine = engine, .views = trace_views(run->request->trace)};

		if (sniffer_start(&run->captures[run->sniffer_count], &order, error))
			return -1;
		run->sniffer_count++;
	}
	return 0;
}

static int start_captures(struct run *run, struct error *error)
{
	const struct lesson_case *lesson_case = run->request->lesson_case;
	size_t count = lesson_case->watch_count;
	bool both = run->request->capture == SNIFFER_BOTH;

	run->captures = mem_alloc(2 * count * sizeof *run->captures);
	run->drains = mem_alloc(count * sizeof *run->drains);
	if (start_sniffers(run, both ? SNIFFER_TCPDUMP : run->request->capture, error) ||
	    (both && start_sniffers(run, SNIFFER_PACKET_SOCKET, error)))
		return -1;
	for (size_t i = 0; i < count; i++) {
		const struct watch *watch = &lesson_case->watches[i];

		if (drain_open(&run->drains[i], &run->lab, watch->host, watch->interface, error))
			return -1;
		run->capture_count++;
	}
	return 0;
}

void run_poll(struct run *run, int fd)
{
	if (fd < 0)
		return;
	mem_room(run->pollers, run->poller_count, run->poller_capacity);
	run->pollers[run->poller_count++] = (struct pollfd){.fd = fd, .events = POLLIN};
}

static void poll_captures(struct run *run)
{
	run->poller_count = 0;
	for (size_t i = 0; i < run->sniffer_count; i++) {
		run_poll(run, run->captures[i].packets_fd);
		run_poll(run, run->captures[i].messages_fd);
	}
}

/* Takes in what every sniffer has to say. *moved: something came. */
static int read_captures(struct run *run, bool *moved, struct error *error)
{
	for (size_t i = 0; i < run->sniffer_count; i++) {
		uint64_t before = run->captures[i].bytes;

		if (sniffer_read(&run->captures[i], error))
			return -1;
		*moved |= run->captures[i].bytes != before;
	}
	return 0;
}

typedef bool capture_test(const struct run *run, const struct sniffer *sniffer);

static bool is_ready(const struct run *run, const struct sniffer *sniffer)
{
	(void)run;
	return sniffer->ready;
}

static bool is_drained(const struct run *run, const struct sniffer *sniffer)
{
	(void)run;
	return sniffer_is_drained(sniffer);
}

static bool has_counted(const struct run *run, const struct sniffer *sniffer)
{
	(void)run;
	return sniffer->dropped >= 0;
}

/* Waits until TEST holds for every capture. 1; 0 = not within LIMIT_US; -1 = *error. */
static int await_captures(struct run *run, capture_test *test, int64_t limit_us, struct error *error)
{
	int64_t until = clock_us() + limit_us;
	bool moved = false;

	for (;;) {
		int64_t left;
		bool all = true;

		if (read_captures(run, &moved, error))
			return -1;
		for (size_t i = 0; i < run->sniffer_count; i++)
			all &= test(run, &run->captures[i]);
		if (all)
			return 1;
		left = until - clock_us(); /* once: a second look may find less than nothing, which poll() takes for ever */
		if (left <= 0)
			return 0;
		poll_captures(run);
		if (poll(run->pollers, run->poller_count, (int)(left / 1000) + 1) < 0 && errno != EINTR)
			return error_set(error, NULL, 0, 0, "cannot wait for the programs (poll): %s", strerror(errno));
	}
}

static enum run_result build_lab(struct run *run, struct error *error)
{
	const struct run_request *request = run->request;
	struct lab_order order = {request->lesson, (size_t)(request->lesson_case - request->lesson->cases),
	                          request->params, request->working_folder};

	switch (lab_build(&run->lab, &order, error)) {
	case LAB_BUILT: return RUN_RECORDED;
	case LAB_FAILED: return RUN_FAILED;
	case LAB_UNSUPPORTED: return RUN_UNSUPPORTED;
	case LAB_RULES_WRONG: return RUN_RULES_WRONG;
	}
	return RUN_FAILED;
}

/* 1; 0 = not in time, also for a machine as slow as this one; -1 = *error. */
static int await_ready(struct run *run, struct error *error)
{
	int ready = await_captures(run, is_ready, READY_US, error);

	if (ready)
		return ready;
	run_ask_pace(run);
	return await_captures(run, is_ready, READY_US * (run->clocks.pace - 1), error);
}

/* The lab, the sandboxes, and every sniffer listening. */
static enum run_result make_ready(struct run *run, struct error *error)
{
	enum run_result built;
	int ready;

	if (lab_enter(error))
		return RUN_UNSUPPORTED;
	built = build_lab(run, error);
	if (built != RUN_RECORDED)
		return built;
	if (start_captures(run, error))
		return RUN_FAILED;
	/* While the captures take their time (they wait for the kernel), not for ours. */
	if (cast_prepare(run, error))
		return RUN_FAILED;
	ready = await_ready(run, error);
	if (!ready)
		error_set(error, NULL, 0, 0, "%s did not begin to listen. It said: %s",
		          run->sniffer_count ? run->captures[0].name : "tcpdump", run->sniffer_count ? text_string(&run->captures[0].messages) : "nothing");
	return ready > 0 ? RUN_RECORDED : RUN_FAILED;
}

static enum run_result prepare(struct run *run, struct error *error)
{
	int stamps = sniffer_hold_stamps(run->request->capture); /* they come while the lab is built */
	enum run_result result = make_ready(run, error);

	if (stamps >= 0)
		(void)close(stamps); /* nothing was read from it */
	return result;
}

/* The word of who started the run; false: it has given up. */
static bool read_word(const struct run *run)
{
	char byte;
	ssize_t got;

	do
		got = read(run->request->go_fd, &byte, 1);
	while (got < 0 && errno == EINTR);
	return got == 1;
}

/* A lab may wait for long: whether all that was made ready in it is still there. */
static int look_after(struct run *run, struct error *error)
{
	bool ignored = false;

	if (read_captures(run, &ignored, error))
		return -1;
	return cast_look_after(run, error);
}

/* Waits for the word to go. *going: it came, and was not given up. 0, or -1 with *error: what was ready is lost. */
static int await_word(struct run *run, bool *going, struct error *error)
{
	for (;;) {
		poll_captures(run);
		cast_poll_ready(run);
		run_poll(run, run->request->go_fd);
		if (poll(run->pollers, run->poller_count, -1) < 0 && errno != EINTR)
			return error_set(error, NULL, 0, 0, "cannot wait for the programs (poll): %s", strerror(errno));
		if (run->pollers[run->poller_count - 1].revents) {
			*going = read_word(run);
			return 0;
		}
		if (look_after(run, error))
			return -1;
	}
}

/* Every program of this case is dead; are those of the others that run beside it? Until
 * then one of them might lay hands on what is written. */
static bool await_others(const struct run *run)
{
	return write(run->request->done_fd, "d", 1) == 1 && read_word(run);
}

/* ---- while they run ---- */

/* Whether what was captured so far is the whole trace. */
static bool is_complete(const struct run *run)
{
	struct view *views = mem_alloc(run->capture_count * sizeof *views);
	struct match_input input = {run->request->trace, &run->hosts, run->request->params, views, run->capture_count};
	struct match match;
	struct error ignored;
	bool complete = false;

	for (size_t i = 0; i < run->capture_count; i++) {
		const struct watch *watch = &run->request->lesson_case->watches[i];

		views[i].host = run->request->lesson->hosts[watch->host].name;
		views[i].interface = watch->interface;
		views[i].flows = reducer_flows(run->captures[i].reducer, &views[i].flow_count);
	}
	if (!match_trace(&input, &match, &ignored)) {
		complete = match.complete;
		match_free(&match);
	}
	free(views);
	return complete;
}

static size_t packets_seen(const struct run *run)
{
	size_t packets = 0;

	for (size_t i = 0; i < run->capture_count; i++)
		packets += run->captures[i].packets;
	return packets;
}

/* Sends sentinels until one round has passed with no packet between. Returns 1
 * (quiet), 0 (something moved, or the wire swallowed it), -1 *error. */
static int prove_quiet(struct run *run, struct error *error)
{
	size_t before = packets_seen(run);
	int drained;

	run->round++;
	for (size_t i = 0; i < run->sniffer_count; i++)
		sniffer_await(&run->captures[i], run->round);
	for (size_t i = 0; i < run->capture_count; i++)
		if (drain_send(&run->drains[i], run->round))
			return error_set(error, NULL, 0, 0, "cannot send the packet that ends a capture: "
			                 "%s", strerror(errno));
	drained = await_captures(run, is_drained, DRAIN_US, error);
	if (drained < 0)
		return -1;
	if (!drained)
		snprintf(run->trouble, sizeof run->trouble,
		         "the capture did not show windsock's own last packet within %d s", DRAIN_US / 1000000);
	return drained && packets_seen(run) == before;
}

/* Waits for something to come from programs, players or captures. */
static int pause_run(struct run *run, int64_t pause_us, struct error *error)
{
	struct timespec timeout = {.tv_sec = pause_us / 1000000, .tv_nsec = pause_us % 1000000 * 1000};

	poll_captures(run);
	cast_poll(run);
	player_poll(run->player, &run->pollers, &run->poller_count, &run->poller_capacity);
	if (ppoll(run->pollers, run->poller_count, &timeout, NULL) < 0 && errno != EINTR)
		return error_set(error, NULL, 0, 0, "cannot wait for the programs (ppoll): %s", strerror(errno));
	return 0;
}

/* Whether the run is over in this state of its programs, and how. -1: *error. */
static int is_over(struct run *run, enum cast_state state, struct error *error)
{
	bool steps_left = run->next_step < run->request->lesson_case->step_count;
	bool complete;
	int quiet;

	if (state == CAST_MOVING || (steps_left && !cast_is_stuck(run, state)))
		return 0;
	complete = is_complete(run);
	if (state == CAST_DOZING && (!complete || player_wait(run->player) >= 0))
		return 0;
	quiet = prove_quiet(run, error);
	if (quiet <= 0)
		return quiet;
	/* What the last packets woke is up by now. */
	if (cast_read(run) || player_step(run->player, true, true) || cast_look(run, error) != state)
		return 0;
	run->end = complete ? RUN_COMPLETE : RUN_SETTLED;
	return 1;
}

/* Players speak while the programs are at rest; to one that never rests (a busy
 * loop) they speak after a while all the same. */
static bool may_speak(struct run *run, enum cast_state state)
{
	return state != CAST_MOVING || run_is_restless(run, RESTLESS_US, RUN_COMPUTED_US);
}

/* Programs that only sleep, and a wire on which nothing has come for long: the
 * trace will not be completed any more. */
static bool is_idle(struct run *run, enum cast_state state)
{
	const struct lesson_case *lesson_case = run->request->lesson_case;
	const struct step *next = run->next_step < lesson_case->step_count ? &lesson_case->steps[run->next_step] : NULL;

	/* Who is to be started next is started in the end (cast.c has patience of its own). */
	if (next && (next->kind == STEP_RUN || next->kind == STEP_PLAY))
		return false;
	if (state == CAST_MOVING && !run_is_restless(run, IDLE_US, RUN_IDLE_COMPUTED_US))
		return false;
	return player_wait(run->player) < 0 && run_elapsed_us(run, &run->clocks.moved) > IDLE_US;
}

/* One turn: take in, do what can be done. 1 the end, 0 go on, -1 *error; *moved. */
static int turn(struct run *run, bool *moved, struct error *error)
{
	enum cast_state state;
	int done;

	*moved = cast_read(run);
	if (read_captures(run, moved, error))
		return -1;
	*moved |= player_step(run->player, false, false);
	if (cast_excess(run, &run->end))
		return 1;
	if (run_is_over_limit(run)) {
		run->end = RUN_LIMIT;
		return 1;
	}
	done = cast_step(run, CAST_MOVING, error);
	if (done || *moved) {
		*moved = true;
		return done < 0 ? -1 : 0;
	}
	state = cast_look(run, error);
	/* The players first: a step such as `type` comes when they have nothing to say. */
	*moved = may_speak(run, state) && player_step(run->player, true, !cast_is_deaf(run));
	done = *moved ? 0 : cast_step(run, state, error);
	*moved |= done > 0;
	if (done || *moved)
		return done < 0 ? -1 : 0;
	if (is_idle(run, state)) {
		run->end = RUN_LIMIT;
		return 1;
	}
	return is_over(run, state, error);
}

static int64_t pause_length(const struct run *run)
{
	int64_t pause = (clock_us() - run->clocks.moved.us) / PAUSE_SHARE;

	return pause < PAUSE_LEAST_US ? PAUSE_LEAST_US : pause > PAUSE_MOST_US ? PAUSE_MOST_US : pause;
}

static int perform(struct run *run, struct error *error)
{
	int over;

	run_start_clocks(run);
	for (;;) {
		bool moved;

		run_note_turn(run);
		over = turn(run, &moved, error);
		if (!run->trouble[0])
			snprintf(run->trouble, sizeof run->trouble, "%s", player_trouble(run->player));
		if (over || run->trouble[0])
			return over < 0 ? -1 : 0;
		if (moved) {
			run->dozing_us = 0;
			run->clocks.moved = run_mark(run);
		} else if (pause_run(run, pause_length(run), error)) {
			return -1;
		}
	}
}

/* ---- after them ---- */

/* Holds the second captures against the first ones. Not where programs talk on: then each ends where it ends. */
static void compare_captures(struct run *run)
{
	if (run->end != RUN_COMPLETE && run->end != RUN_SETTLED)
		return;
	for (size_t i = run->capture_count; i < run->sniffer_count; i++) {
		const struct sniffer *pair[2] = {&run->captures[i - run->capture_count], &run->captures[i]};
		struct capture_difference difference;

		if (capture_compare(&pair[0]->kept, &pair[1]->kept, &difference))
			snprintf(run->trouble, sizeof run->trouble, "a capture is no pcap, so it cannot be compared");
		else if (!capture_same(&difference))
			snprintf(run->trouble, sizeof run->trouble,
			         RUN_CAPTURES_DIFFER ": of %zu packets of %s and %zu of %s, %zu and %zu are not in the other",
			         difference.packets[0], pair[0]->name, difference.packets[1], pair[1]->name, difference.only[0],
			         difference.only[1]);
	}
}

/* Everything on the wire is in the captures; what the kernel dropped is known. */
static int drain(struct run *run, struct error *error)
{
	int counted;

	/* Ended by a limit: programs still talk, so this proves no quiet, only that
	 * what came before it was not lost. */
	if (run->end != RUN_COMPLETE && run->end != RUN_SETTLED && prove_quiet(run, error) < 0)
		return -1;
	for (size_t i = 0; i < run->sniffer_count; i++)
		sniffer_ask(&run->captures[i]);
	counted = await_captures(run, has_counted, DRAIN_US, error);
	if (!counted)
		snprintf(run->trouble, sizeof run->trouble, "%s did not tell how many packets it lost", run->captures[0].name);
	compare_captures(run);
	run_judge_clocks(run);
	return counted < 0 ? -1 : 0;
}

static void end_captures(struct run *run)
{
	for (size_t i = 0; i < run->sniffer_count; i++)
		sniffer_kill(&run->captures[i]);
}

/* Not before 1, and far from where it would begin again. On a machine that has just begun it may be a poor one. */
static uint32_t first_round(void)
{
	uint32_t number = (uint32_t)clock_us();

	(void)!getrandom(&number, sizeof number, GRND_NONBLOCK);
	return number / 2 + 1;
}

enum run_result run_case(const struct run_request *request, struct error *error)
{
	struct run run = {.request = request, .round = first_round()};
	struct text record = {0};
	enum run_result result;
	bool going = false;

	/* Dies with windsock; the lab dies with us. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
		error_set(error, NULL, 0, 0, "cannot bind the run to windsock (prctl): %s", strerror(errno));
		return RUN_FAILED;
	}
	hosts_of_lesson(&run.hosts, request->lesson);
	run.sockets = mem_alloc(request->lesson->host_count * sizeof *run.sockets);
	run.actors = mem_alloc((request->lesson_case->step_count + 1) * sizeof *run.actors);
	result = prepare(&run, error);
	if (result == RUN_RECORDED && await_word(&run, &going, error))
		result = RUN_FAILED;
	else if (result == RUN_RECORDED && !going)
		result = RUN_GIVEN_UP;
	if (result == RUN_RECORDED) {
		run.player = player_new(&run.lab, request->trace, request->params, &run.hosts);
		if (perform(&run, error) || run.wall.machine || drain(&run, error) || record_take(&run, &record, error))
			result = RUN_FAILED;
		if (run.wall.machine)
			*error = run.wall;
	}
	end_captures(&run);
	if (result == RUN_FAILED && error->machine)
		result = RUN_UNSUPPORTED;
	if (result != RUN_RECORDED)
		cast_end(&run);
	else if (!await_others(&run))
		result = RUN_GIVEN_UP;
	else if (record_write(&run, &record, error))
		result = RUN_FAILED;
	/* The process ends now; memory, descriptors and namespaces go with it. */
	return result;
}
