/* grade_on.c - a class graded on several machines (theory of operation: engine.h): plan, ask the nodes, submit, wait.
 *
 * Whoever waits only looks. How far it is he reads from the records; the engine is asked whether chunks still run. */
#include "grade.h"

#include "../src/chunks.h"
#include "cleanup.h"
#include "clock.h"
#include "die.h"
#include "engine.h"
#include "files.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define TELL_US 15000000  /* between two lines of progress in a log */
#define LOOK_LEAST_MS 500 /* between two looks at the queue; longer where looking takes longer */
#define LOOK_MOST_MS 10000
#define COUNT_US 200000   /* of each look may be spent on counting records */
#define GUESS_S 3.0       /* what a submission takes one processor, until one was graded */

struct waiting {
	struct grade *grade;
	const struct plan *plan;
	struct engine_run *run;
	bool *done; /* one a unit of the plan */
	size_t done_count, next;
	int64_t began_us, told_us;
	size_t done_first;
	bool terminal;
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* ---- progress ---- */

static bool is_recorded(const struct waiting *waiting, const struct unit *unit)
{
	const struct grade *grade = waiting->grade;
	ino_t number = store_number(&grade->store, grade->lessons.names[unit->lesson],
	                            grade->submissions.list[unit->student].student);

	return number && number != unit->stale;
}

/* Goes on where the last look stopped: a shared file system needs its time for each. */
static void count_records(struct waiting *waiting)
{
	int64_t until = clock_us() + COUNT_US;

	for (size_t looked = 0; looked < waiting->plan->count && clock_us() < until; looked++) {
		size_t which = waiting->next++ % waiting->plan->count;

		if (waiting->done[which] || !is_recorded(waiting, &waiting->plan->units[which]))
			continue;
		waiting->done[which] = true;
		waiting->done_count++;
	}
}

static void add_rest(const struct waiting *waiting, struct text *out)
{
	double seconds = (double)(clock_us() - waiting->began_us) / 1e6;
	double rate = (double)(waiting->done_count - waiting->done_first) / (seconds > 0 ? seconds : 1);
	double left = rate > 0 ? (double)(waiting->plan->count - waiting->done_count) / rate : 0;

	if (rate > 0)
		text_printf(out, ", %.1f a second", rate);
	if (left >= 90)
		text_printf(out, ", %.0f min left", left / 60 + 0.5);
	else if (left > 0)
		text_printf(out, ", %.0f s left", left + 1);
}

static void tell(struct waiting *waiting, const char *words, bool last)
{
	_cleanup_text_ struct text rest = {0};

	if (!waiting->terminal && !last && clock_us() - waiting->told_us < TELL_US)
		return;
	add_rest(waiting, &rest);
	fprintf(stderr, "%swindsock: %zu of %zu graded%s; %s%s", waiting->terminal ? "\r\033[K" : "", waiting->done_count,
	        waiting->plan->count, text_string(&rest), words, waiting->terminal && !last ? "" : "\n");
	fflush(stderr);
	waiting->told_us = clock_us();
}

/* ---- waiting ---- */

static void tell_how_back(const struct waiting *waiting)
{
	_cleanup_text_ struct text words = {0};

	waiting->run->settings->engine->cancel_words(waiting->run, &words);
	fprintf(stderr, "%swindsock: left; the chunks go on. The same command waits for them again, and makes the tables. To "
	        "end them: %s\n", waiting->terminal ? "\n" : "", text_string(&words));
}

/* What is under way when everything is recorded is a second attempt, or one that waits in vain. */
static bool is_complete(const struct waiting *waiting)
{
	return waiting->done_count == waiting->plan->count;
}

/* True: no chunk is left. False: interrupted. */
static bool wait_for_end(struct waiting *waiting)
{
	const struct engine *engine = waiting->run->settings->engine;

	for (;;) {
		_cleanup_text_ struct text words = {0};
		int64_t began = clock_us(), pause;
		enum engine_state state = engine->state(waiting->run, &words);

		count_records(waiting);
		if (state == ENGINE_SILENT && !words.length)
			text_printf(&words, "%s does not answer; what runs goes on", engine->name);
		if (state != ENGINE_GONE && is_complete(waiting)) {
			engine->cancel(waiting->run);
			state = ENGINE_GONE;
		}
		tell(waiting, state == ENGINE_GONE ? "no chunk is left" : text_string(&words), state == ENGINE_GONE);
		if (state == ENGINE_GONE)
			return true;
		pause = 2 * (clock_us() - began) / 1000;
		pause = pause < LOOK_LEAST_MS ? LOOK_LEAST_MS : pause > LOOK_MOST_MS ? LOOK_MOST_MS : pause;
		if (!interrupted)
			(void)poll(NULL, 0, (int)pause); /* a signal ends it */
		if (interrupted)
			return false;
	}
}

static bool await_run(struct grade *grade, const struct plan *plan, struct engine_run *run)
{
	struct waiting waiting = {.grade = grade, .plan = plan, .run = run, .began_us = clock_us(),
	                          .told_us = clock_us(), .terminal = isatty(2) == 1};
	struct sigaction action = {.sa_handler = note_interrupt}, old;
	bool ended;

	waiting.done = mem_alloc((plan->count + 1) * sizeof *waiting.done);
	count_records(&waiting);
	waiting.done_first = waiting.done_count;
	(void)sigaction(SIGINT, &action, &old); /* cannot fail for these arguments */
	ended = wait_for_end(&waiting);
	(void)sigaction(SIGINT, &old, NULL);
	if (!ended)
		tell_how_back(&waiting);
	free(waiting.done);
	return ended;
}

/* ---- the command of a chunk ---- */

/* The job has another working folder, and maybe another machine. */
static void add_path(struct argv *argv, const char *option, const char *path)
{
	char real[PATH_MAX];

	if (!path)
		return;
	if (!realpath(path, real))
		die("%s: %s", path, strerror(errno));
	if (option)
		argv_add(argv, option);
	argv_add(argv, real);
}

static void list_lessons(const struct grade *grade, struct argv *lessons)
{
	for (size_t i = 0; i < grade->chosen_count; i++)
		argv_add(lessons, grade->lessons.names[grade->chosen[i]]);
}

static void add_lessons(const struct argv *lessons, struct argv *argv)
{
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; i < lessons->count; i++)
		text_printf(&names, "%s%s", i ? "," : "", lessons->words[i]);
	argv_add(argv, "--lessons");
	argv_add(argv, text_string(&names));
}

static void make_command(const struct grade *grade, const struct engine_settings *settings,
                         const struct argv *lessons, struct argv *argv)
{
	const struct grade_options *options = grade->options;

	if (settings->windsock)
		argv_add(argv, settings->windsock);
	else
		add_path(argv, NULL, "/proc/self/exe");
	argv_add(argv, "grade");
	add_path(argv, NULL, options->submissions);
	add_lessons(lessons, argv);
	argv_add(argv, "--out");
	argv_add(argv, grade->store.folder);
	argv_add(argv, "--course");
	argv_add(argv, options->course);
	add_path(argv, "--key", options->key_file);
	add_path(argv, "--map", options->map);
	argv_add(argv, "--capture");
	argv_add(argv, sniffer_engine_name(options->capture));
	argv_add(argv, "--retries");
	argv_printf(argv, "%d", options->retries);
	if (settings->cpus) {
		argv_add(argv, "--jobs");
		argv_printf(argv, "%lu", settings->cpus);
	}
}

/* ---- submitting ---- */

/* Of the records that there are, each lesson's mean; where there is none a guess. */
static double seconds_each(const struct plan *plan)
{
	return plan->done && plan->done_us ? (double)plan->done_us / 1e6 / (double)plan->done : GUESS_S;
}

static void tell_nodes(const struct engine_run *run)
{
	size_t silent = 0;

	for (size_t i = 0; i < run->node_count; i++) {
		if (run->nodes[i].why_not)
			fprintf(stderr, "windsock: %s is left out: %s\n", run->nodes[i].name, run->nodes[i].why_not);
		silent += !run->nodes[i].why_not && !run->nodes[i].answered;
	}
	if (silent)
		fprintf(stderr, "windsock: %zu node%s been too busy to answer; each chunk there asks again\n", silent,
		        silent == 1 ? " has" : "s have");
}

static bool has_node(const struct engine_run *run)
{
	for (size_t i = 0; i < run->node_count; i++)
		if (!run->nodes[i].why_not)
			return true;
	return !run->node_count; /* all are switched off; the engine switches them on */
}

static int ask_nodes(struct engine_run *run, struct error *error)
{
	engine_read_answers(run, true);
	if (run->settings->dry)
		return 0;
	if (engine_count_silent(run)) {
		fprintf(stderr, "windsock: asking %zu node%s whether labs can be run there...\n", engine_count_silent(run),
		        engine_count_silent(run) == 1 ? "" : "s");
		if (run->settings->engine->ask_nodes(run, error))
			return -1;
		engine_read_answers(run, false);
	}
	tell_nodes(run);
	return has_node(run) ? 0 : error_set(error, NULL, 0, 0, "no node can run labs. `windsock doctor` on one of them says "
	                                     "what it lacks");
}

static void print_commands(const struct engine_run *run)
{
	_cleanup_text_ struct text out = {0};
	struct argv argv = {0};

	for (size_t i = 0; i < run->node_count; i++)
		if (!run->nodes[i].answered) {
			struct argv probe = {0};

			run->settings->engine->probe_command(run, &run->nodes[i], &probe);
			argv_print(&probe, &out);
			text_add(&out, "\n");
			argv_free(&probe);
		}
	run->settings->engine->command(run, &argv);
	argv_print(&argv, &out);
	argv_free(&argv);
	printf("%s\n", text_string(&out));
	fprintf(stderr, "windsock: nothing was started. %zu submission%s in %zu chunk%s; the plan and the scripts that these "
	        "commands name are in %s\n", run->units, run->units == 1 ? "" : "s", run->chunks, run->chunks == 1 ? "" : "s",
	        run->folder);
}

static int cut(const struct grade *grade, const struct plan *plan, struct engine_run *run, size_t slots, size_t most,
               struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, "plan");
	unsigned long cpus = run->settings->cpus ? run->settings->cpus : 2;
	const struct chunks_question question = {plan->count, seconds_each(plan) / (double)cpus, slots, most};
	size_t size = run->settings->chunk ? run->settings->chunk : chunks_size(&question);
	long chunks;

	if (most && run->settings->chunk && (plan->count + size - 1) / size > most)
		return error_set(error, NULL, 0, 0, "--chunk-size %zu makes %zu chunks, and this site takes %zu at once: at least "
		                 "%zu in a chunk", size, (plan->count + size - 1) / size, most, (plan->count + most - 1) / most);
	chunks = plan_write(grade, plan, path, size, error);
	if (chunks < 0)
		return -1;
	run->units = plan->count;
	run->chunks = (size_t)chunks;
	return 0;
}

static int prepare(const struct grade *grade, const struct plan *plan, struct engine_run *run, struct error *error)
{
	size_t slots, most;
	struct argv command = {0}, lessons = {0};
	int result;

	if (run->settings->engine->survey(run, &slots, &most, error))
		return -1;
	list_lessons(grade, &lessons);
	make_command(grade, run->settings, &lessons, &command);
	result = engine_write(run, &command, &lessons, error) || cut(grade, plan, run, slots, most, error) || ask_nodes(run, error);
	argv_free(&command);
	argv_free(&lessons);
	return result ? -1 : 0;
}

static int submit(struct engine_run *run, struct error *error)
{
	if (engine_note(run, "submitting", run->name, error) || run->settings->engine->submit(run, error) ||
	    engine_note(run, "job", run->job, error))
		return -1;
	fprintf(stderr, "windsock: %zu submission%s in %zu chunk%s; %s's job is %s. Ctrl-C leaves, and the chunks go on.\n",
	        run->units, run->units == 1 ? "" : "s", run->chunks, run->chunks == 1 ? "" : "s",
	        run->settings->engine->name, run->job);
	return 0;
}

/* ---- the whole ---- */

/* The last words about a run of which something is missing. */
static void tell_missing(const struct grade *grade, const struct plan *plan, const struct engine_run *run)
{
	_cleanup_free_ char *log = engine_path(run, "log");
	size_t missing = 0;

	for (size_t i = 0; i < plan->count; i++)
		missing += !store_number(&grade->store, grade->lessons.names[plan->units[i].lesson],
		                         grade->submissions.list[plan->units[i].student].student);
	if (missing)
		fprintf(stderr, "windsock: no chunk is left, and %zu submission%s not graded: the job was cancelled, or chunks "
		        "had trouble. What they said is in %s. The same command grades what is missing.\n", missing,
		        missing == 1 ? " is" : "s are", log);
}

/* 1: it has ended; 0: it was left; -1: *error. */
static int see_to_its_end(struct grade *grade, const struct plan *plan, struct engine_run *run, struct error *error)
{
	if (!await_run(grade, plan, run))
		return 0;
	store_sweep(&grade->store); /* which also has a shared file system show what others wrote */
	tell_missing(grade, plan, run);
	return engine_note(run, "ended", run->job, error) ? -1 : 1;
}

/* A run that somebody waited for before. *GONE: it had ended meanwhile, so that there may be something to be done. */
static int take_up(struct grade *grade, const struct plan *plan, struct engine_run *run, bool *gone, struct error *error)
{
	_cleanup_text_ struct text words = {0};
	enum engine_state state = run->job ? run->settings->engine->state(run, &words) : run->settings->engine->find(run);

	*gone = state == ENGINE_GONE;
	if (*gone)
		return engine_note(run, "ended", run->job ? run->job : "never", error) ? -1 : 1;
	if (!run->job || (state == ENGINE_SILENT && words.length))
		return error_set(error, run->folder, 0, 0, "chunks of it may be at work: %s. Try again then", words.length ?
		                 text_string(&words) : "the engine does not answer");
	if (engine_note(run, "job", run->job, error))
		return -1;
	fprintf(stderr, "windsock: taken up again: %s's job %s.\n", run->settings->engine->name, run->job);
	return see_to_its_end(grade, plan, run, error);
}

static int run_new(struct grade *grade, struct plan *plan, struct engine_run *run, struct error *error)
{
	store_sweep(&grade->store);
	if (!plan->count)
		return 1;
	if (prepare(grade, plan, run, error))
		return -1;
	if (run->settings->dry) {
		print_commands(run);
		return 0;
	}
	return submit(run, error) ? -1 : see_to_its_end(grade, plan, run, error);
}

static int work(struct grade *grade, struct plan *plan, const struct engine_settings *settings, struct error *error)
{
	struct engine_run run;
	bool gone = true;
	int result = engine_open(&run, settings, grade->store.folder, error);

	if (result > 0) {
		result = take_up(grade, plan, &run, &gone, error);
		if (result == 1 && gone) {
			engine_close(&run);
			result = engine_open(&run, settings, grade->store.folder, error) < 0 ? -1 : 1;
		}
	} else if (!result) {
		result = 1;
	}
	if (result == 1 && gone)
		result = run_new(grade, plan, &run, error);
	engine_close(&run);
	return result;
}

int grade_on(struct grade *grade, struct plan *plan, const struct engine_settings *settings, struct error *error)
{
	_cleanup_free_ char *folder = store_path(&grade->store, "engine"), *path = store_path(&grade->store, "engine/lock");
	int result, fd;

	if (folder_make(folder, error))
		return -1;
	fd = store_lock(path, true, error);
	if (fd < 0)
		return -1;
	result = work(grade, plan, settings, error);
	(void)close(fd); /* which lets the lock go */
	return result;
}
