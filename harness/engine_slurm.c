/* engine_slurm.c - Slurm: the chunks are a job array (sbatch(1), squeue(1), sinfo(1), scontrol(1); tried with 22.05).
 *
 * Tasks are requeued when their node is lost, and append to their log, so that the first attempt's is kept. */
#include "engine.h"

#include "cleanup.h"
#include "clock.h"
#include "files.h"

#include <poll.h>
#include <string.h>

#define CALL_MS 60000      /* sbatch and squeue wait about 10 s for a controller that does not answer */
#define ASK_US 60000000    /* for nodes to answer: those that are busy are used unasked */
#define GRACE_US 10000000  /* a shared file system shows what another machine wrote only so soon (nfs(5), acdirmin) */
#define LOOK_MS 500
#define CPUS 2             /* a chunk's processors: labs are judged by the time that things take, too */
#define MINUTES 30         /* ten times what a chunk is cut for (chunks.c) */

/* ---- asking Slurm ---- */

/* The last line says what came of it; those before it tell of what was tried. */
static void fail(const struct argv *argv, struct text *words, struct error *error)
{
	const char *last;

	text_add(words, "");
	while (words->length && words->data[words->length - 1] == '\n')
		words->data[--words->length] = '\0';
	last = strrchr(words->data, '\n') ? strrchr(words->data, '\n') + 1 : words->data;
	error_set(error, NULL, 0, 0, "%s says: %s", argv->words[0], last);
}

/* 0, or -1: *error, also where it says no. */
static int call(const struct argv *argv, struct text *out, struct error *error)
{
	_cleanup_text_ struct text words = {0};
	int status = argv_run(argv, CALL_MS, out, &words, error);

	if (status > 0)
		fail(argv, &words, error);
	return status ? -1 : 0;
}

/* The next of a line's fields, which "|" parts; NULL: there is none. */
static char *next_field(char **line)
{
	return strsep(line, "|");
}

static char *next_line(char **text)
{
	char *line;

	while ((line = strsep(text, "\n")))
		if (*line)
			return line;
	return NULL;
}

/* ---- the site ---- */

static unsigned long cpus(const struct engine_run *run)
{
	return run->settings->cpus ? run->settings->cpus : CPUS;
}

/* Of sinfo's %t, without what stands behind it; "*": it does not answer. */
static bool is_up(const char *state)
{
	static const char *const good[] = {"idle", "mix", "alloc", "comp", "resv", "plnd"};
	size_t length = strcspn(state, "*~#!%$@^-+");

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (length == strlen(good[i]) && !strncmp(state, good[i], length))
			return state[length] != '*';
	return false;
}

/* "n1|class*|idle|4": the partition with the star is the one that jobs come to. */
static size_t take_node(struct engine_run *run, char *line)
{
	const char *name = next_field(&line), *partition = next_field(&line), *state = next_field(&line),
	           *processors = next_field(&line);

	if (!processors || (!run->settings->partition && !strchr(partition, '*')) || !is_up(state))
		return 0;
	if (!strpbrk(state, "~#%@^")) /* one that is switched off is not switched on to be asked */
		(void)engine_add_node(run, name);
	return strtoul(processors, NULL, 10) / cpus(run);
}

static int list_nodes(struct engine_run *run, size_t *slots, struct error *error)
{
	_cleanup_text_ struct text out = {0};
	struct argv argv = {0};
	int result;

	argv_add(&argv, "sinfo");
	argv_add(&argv, "--noheader");
	argv_add(&argv, "--Node");
	argv_add(&argv, "--format=%N|%P|%t|%c");
	if (run->settings->partition)
		argv_printf(&argv, "--partition=%s", run->settings->partition);
	result = call(&argv, &out, error);
	argv_free(&argv);
	text_add(&out, "");
	*slots = 0;
	for (char *rest = out.data, *line; !result && (line = next_line(&rest));)
		*slots += take_node(run, line);
	if (!result && !*slots)
		return error_set(error, NULL, 0, 0, "no node of Slurm's %s%s is up with %lu processors. `sinfo` shows them; "
		                 "--partition names another partition, --cpus asks for fewer", run->settings->partition ?
		                 "partition " : "default partition", run->settings->partition ? run->settings->partition : "",
		                 cpus(run));
	if (run->settings->at_once && *slots > run->settings->at_once)
		*slots = run->settings->at_once;
	return result;
}

/* "MaxArraySize            = 1001": indices are below it. */
static int ask_most(size_t *most, struct error *error)
{
	_cleanup_text_ struct text out = {0};
	struct argv argv = {0};
	const char *at;
	int result;

	argv_add_split(&argv, "scontrol show config");
	result = call(&argv, &out, error);
	argv_free(&argv);
	at = strstr(text_string(&out), "MaxArraySize");
	*most = at && strchr(at, '=') ? strtoul(strchr(at, '=') + 1, NULL, 10) : 0;
	if (!result && !*most)
		return error_set(error, NULL, 0, 0, "Slurm's MaxArraySize is 0 here: job arrays are switched off, and windsock "
		                 "needs them. Ask the cluster's operators");
	return result;
}

static int survey(struct engine_run *run, size_t *slots, size_t *most, struct error *error)
{
	return list_nodes(run, slots, error) || ask_most(most, error) ? -1 : 0;
}

/* ---- submitting ---- */

/* What probes and chunks share. */
static void begin_batch(const struct engine_run *run, const char *name_ending, struct argv *argv)
{
	const struct engine_settings *settings = run->settings;

	argv_add(argv, "sbatch");
	argv_add(argv, "--parsable");
	argv_printf(argv, "--job-name=%s%s", run->name, name_ending);
	argv_add(argv, "--ntasks=1");
	if (settings->partition)
		argv_printf(argv, "--partition=%s", settings->partition);
	if (settings->account)
		argv_printf(argv, "--account=%s", settings->account);
}

/* Slurm replaces what begins with % in a log's name. */
static void add_log(const struct engine_run *run, const char *name, struct argv *argv)
{
	_cleanup_text_ struct text path = {0};

	text_add(&path, "--output=");
	for (const char *at = run->folder; *at; at++) {
		text_add_bytes(&path, at, 1);
		if (*at == '%')
			text_add(&path, "%");
	}
	text_printf(&path, "/log/%s", name);
	argv_add(argv, text_string(&path));
}

static void end_batch(const struct engine_run *run, const char *script, struct argv *argv)
{
	_cleanup_free_ char *path = engine_path(run, script);

	argv_printf(argv, "--chdir=%s", run->out);
	for (size_t i = 0; i < run->settings->arguments.count; i++)
		argv_add(argv, run->settings->arguments.words[i]);
	argv_add(argv, path);
}

static void probe_command(const struct engine_run *run, const struct engine_node *node, struct argv *argv)
{
	_cleanup_free_ char *answer = engine_answer_path(run, node);

	begin_batch(run, "-ask", argv);
	argv_printf(argv, "--nodelist=%s", node->name);
	argv_add(argv, "--time=5");
	argv_add(argv, "--open-mode=append");
	add_log(run, "ask", argv);
	end_batch(run, "probe.sh", argv);
	argv_add(argv, answer);
}

static void add_excluded(const struct engine_run *run, struct argv *argv)
{
	_cleanup_text_ struct text list = {0};

	for (size_t i = 0; i < run->node_count; i++)
		if (run->nodes[i].why_not)
			text_printf(&list, "%s%s", list.length ? "," : "", run->nodes[i].name);
	if (list.length)
		argv_printf(argv, "--exclude=%s", text_string(&list));
}

static void command(const struct engine_run *run, struct argv *argv)
{
	const struct engine_settings *settings = run->settings;

	begin_batch(run, "", argv);
	if (settings->at_once)
		argv_printf(argv, "--array=0-%zu%%%lu", run->chunks - 1, settings->at_once);
	else
		argv_printf(argv, "--array=0-%zu", run->chunks - 1);
	argv_printf(argv, "--cpus-per-task=%lu", cpus(run));
	argv_printf(argv, "--time=%lu", settings->minutes ? settings->minutes : MINUTES);
	if (settings->memory)
		argv_printf(argv, "--mem=%s", settings->memory);
	add_excluded(run, argv);
	argv_add(argv, "--requeue");
	argv_add(argv, "--open-mode=append");
	add_log(run, "%a", argv);
	end_batch(run, "chunk.sh", argv);
}

/* "12", or "12;cluster". Owned; NULL: *error. */
static char *batch(const struct argv *argv, struct error *error)
{
	_cleanup_text_ struct text out = {0};

	if (call(argv, &out, error))
		return NULL;
	text_add(&out, "");
	out.data[strcspn(out.data, ";\n")] = '\0';
	return mem_string(out.data);
}

static int submit(struct engine_run *run, struct error *error)
{
	struct argv argv = {0};

	command(run, &argv);
	run->job = batch(&argv, error);
	argv_free(&argv);
	return run->job ? 0 : -1;
}

/* ---- the queue ---- */

#define DELAYED_MOST 100

struct queue {
	size_t running, waiting, delayed_count;
	unsigned long delayed[DELAYED_MOST]; /* array indices of those that wait for a time */
	char *job;    /* of the name that was looked for; owned */
	char *reason; /* why the first one waits; owned */
};

static void queue_free(struct queue *queue)
{
	free(queue->job);
	free(queue->reason);
}

/* "12|7|windsock-1a2b3c4d-1|RUNNING|None" */
static void take_task(char *line, const char *name, struct queue *queue)
{
	const char *job = next_field(&line), *index = next_field(&line), *its_name = next_field(&line),
	           *state = next_field(&line), *reason = next_field(&line);

	if (!reason || strcmp(its_name, name) != 0)
		return;
	if (!queue->job)
		queue->job = mem_string(job);
	if (strcmp(state, "PENDING") != 0) {
		queue->running++;
		return;
	}
	queue->waiting++;
	if (!strcmp(reason, "BeginTime") && queue->delayed_count < DELAYED_MOST)
		queue->delayed[queue->delayed_count++] = strtoul(index, NULL, 10);
	if (!queue->reason)
		queue->reason = mem_string(reason);
}

/* By the name, which no other job of this user has. -1: no answer. */
static int ask_queue(const char *name, struct queue *queue)
{
	_cleanup_text_ struct text out = {0};
	struct argv argv = {0};
	struct error ignored;
	int result;

	*queue = (struct queue){0};
	argv_add(&argv, "squeue");
	argv_add(&argv, "--noheader");
	argv_add(&argv, "--array");
	argv_printf(&argv, "--user=%lu", (unsigned long)geteuid());
	argv_printf(&argv, "--name=%s", name);
	argv_add(&argv, "--format=%F|%K|%j|%T|%r");
	result = call(&argv, &out, &ignored);
	argv_free(&argv);
	text_add(&out, "");
	for (char *rest = out.data, *line; !result && (line = next_line(&rest));)
		take_task(line, name, queue);
	return result;
}

/* A task whose node was lost begins again after two minutes, in which the node may clean up. Ours need not wait: they
 * begin in a folder of their own. */
static void hurry(const struct engine_run *run, const struct queue *queue)
{
	for (size_t i = 0; i < queue->delayed_count; i++) {
		_cleanup_text_ struct text out = {0};
		struct argv argv = {0};
		struct error ignored;

		argv_add(&argv, "scontrol");
		argv_add(&argv, "update");
		argv_printf(&argv, "JobId=%s_%lu", run->job, queue->delayed[i]);
		argv_add(&argv, "StartTime=now");
		(void)call(&argv, &out, &ignored); /* then it waits */
		argv_free(&argv);
	}
}

static enum engine_state state(const struct engine_run *run, struct text *words)
{
	enum engine_state found = ENGINE_SILENT;
	struct queue queue;

	if (!ask_queue(run->name, &queue)) {
		found = queue.running + queue.waiting ? ENGINE_WORKS : ENGINE_GONE;
		text_printf(words, "%zu chunk%s run%s, %zu wait%s", queue.running, queue.running == 1 ? "" : "s",
		            queue.running == 1 ? "s" : "", queue.waiting, queue.waiting == 1 ? "s" : "");
		if (!queue.running && queue.reason)
			text_printf(words, " (%s)", queue.reason);
		hurry(run, &queue);
	}
	queue_free(&queue);
	return found;
}

static enum engine_state find(struct engine_run *run)
{
	enum engine_state found = ENGINE_SILENT;
	struct queue queue;

	if (!ask_queue(run->name, &queue)) {
		found = queue.job ? ENGINE_WORKS : ENGINE_GONE;
		run->job = queue.job;
		queue.job = NULL;
	}
	queue_free(&queue);
	return found;
}

static void cancel_named(const char *option, const char *value)
{
	_cleanup_text_ struct text out = {0};
	struct argv argv = {0};
	struct error ignored;

	argv_add(&argv, "scancel");
	argv_printf(&argv, "%s%s", option, value);
	(void)call(&argv, &out, &ignored); /* what goes on does no harm */
	argv_free(&argv);
}

static void cancel(const struct engine_run *run)
{
	cancel_named("", run->job);
}

static void cancel_words(const struct engine_run *run, struct text *words)
{
	text_printf(words, "scancel %s", run->job);
}

/* ---- asking nodes ---- */

/* Its job has ended, but what it should have written is not there. */
static void give_up_silent(struct engine_run *run)
{
	for (size_t i = 0; i < run->node_count; i++)
		if (!run->nodes[i].answered) {
			struct text why = {0};

			text_printf(&why, "its answer is not in %s/engine/nodes: does it see that folder?", run->out);
			run->nodes[i].why_not = why.data;
		}
}

static void await_answers(struct engine_run *run)
{
	_cleanup_free_ char *name = file_path("", run->name, "-ask");
	int64_t until = clock_us() + ASK_US, gone = 0;

	while (clock_us() < until) {
		struct queue queue;

		engine_read_answers(run, false);
		if (!engine_count_silent(run))
			return;
		if (gone && clock_us() > gone + GRACE_US) {
			give_up_silent(run);
			return;
		}
		if (!gone && !ask_queue(name + 1, &queue)) {
			gone = queue.running + queue.waiting ? 0 : clock_us();
			queue_free(&queue);
		}
		(void)poll(NULL, 0, LOOK_MS);
	}
	cancel_named("--name=", name + 1);
}

static int ask_nodes(struct engine_run *run, struct error *error)
{
	for (size_t i = 0; i < run->node_count; i++) {
		_cleanup_free_ char *job = NULL;
		struct argv argv = {0};

		if (run->nodes[i].answered)
			continue;
		probe_command(run, &run->nodes[i], &argv);
		job = batch(&argv, error);
		argv_free(&argv);
		if (!job)
			return -1;
	}
	await_answers(run);
	return 0;
}

const struct engine engine_slurm = {
	.name = "slurm", .survey = survey, .ask_nodes = ask_nodes, .probe_command = probe_command, .command = command,
	.submit = submit, .find = find, .state = state, .cancel = cancel, .cancel_words = cancel_words,
};
