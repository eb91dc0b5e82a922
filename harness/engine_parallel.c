/* engine_parallel.c - GNU parallel over ssh: a room of machines, a line each in a file (parallel(1); tried with 20221122).
 *
 * parallel is started in a session of its own, so that it goes on when who waits leaves. Of its ways to take a run up
 * again none is used: --resume with --results takes what was under way for done. */
#include "engine.h"

#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define HOSTS_MOST (1u << 20)
#define ASK_MS 120000
/* A host that is cut off is noticed within 15 s; without, only TCP's own limit of minutes is. Nobody is asked for a
 * password (ssh_config(5)). */
#define SSH "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3"

static const char *ssh(const struct engine_run *run)
{
	return run->settings->ssh ? run->settings->ssh : SSH;
}

/* ---- hosts ---- */

/* "HOST", "2/HOST" (two chunks at a time), ":" (this machine). */
static int take_host(struct engine_run *run, const char *path, int number, char *line, struct error *error)
{
	const char *slash = strchr(line, '/');
	unsigned long slots = slash ? strtoul(line, NULL, 10) : 1;
	const char *name = slash ? slash + 1 : line;

	if (!*name || *name == '-' || strpbrk(name, " \t/,'\"$`\\;|&<>()*?") || !slots || slots > 1000)
		return error_set(error, path, number, 0, "\"%s\" is no host: write one a line as ssh takes it (ada@lab1), with "
		                 "2/ before it for two chunks at a time, or : for this machine", line);
	engine_add_node(run, name)->slots = (unsigned)slots;
	return 0;
}

static int read_hosts(struct engine_run *run, struct error *error)
{
	const char *path = run->settings->hosts;
	_cleanup_text_ struct text text = {0};
	char *rest, *line;

	if (!path)
		return error_set(error, NULL, 0, 0, "--hosts is missing: a file with a line for each machine that ssh reaches "
		                 "without a password");
	if (file_read(path, HOSTS_MOST, &text, error))
		return -1;
	text_add(&text, "");
	rest = text.data;
	for (int number = 1; (line = strsep(&rest, "\n")); number++) {
		line += strspn(line, " \t");
		line[strcspn(line, " \t\r#")] = '\0';
		if (*line && take_host(run, path, number, line, error))
			return -1;
	}
	return run->node_count ? 0 : error_set(error, path, 0, 0, "names no host");
}

static int survey(struct engine_run *run, size_t *slots, size_t *most, struct error *error)
{
	if (read_hosts(run, error))
		return -1;
	*slots = *most = 0;
	for (size_t i = 0; i < run->node_count; i++)
		*slots += run->nodes[i].slots;
	return 0;
}

/* Those that can run labs, as parallel wants them. */
static int write_hosts(const struct engine_run *run, struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, "hosts");
	_cleanup_text_ struct text text = {0};

	text_add(&text, "");
	for (size_t i = 0; i < run->node_count; i++)
		if (!run->nodes[i].why_not)
			text_printf(&text, "%u/%s\n", run->nodes[i].slots, run->nodes[i].name);
	return file_write(path, text.data, text.length, error);
}

/* ---- asking nodes ---- */

/* The first word after the options is ssh's command line, each word for the shell of the other side. */
static void probe_command(const struct engine_run *run, const struct engine_node *node, struct argv *argv)
{
	_cleanup_free_ char *script = engine_path(run, "probe.sh"), *answer = engine_answer_path(run, node);
	_cleanup_text_ struct text remote = {0};

	if (!strcmp(node->name, ":")) {
		argv_add(argv, "sh");
		argv_add(argv, script);
		argv_add(argv, answer);
		return;
	}
	text_add(&remote, "sh ");
	argv_quote(script, &remote);
	text_add(&remote, " ");
	argv_quote(answer, &remote);
	argv_add_split(argv, ssh(run));
	argv_add(argv, node->name);
	argv_add(argv, text_string(&remote));
}

/* What ssh said of a host that did not answer, or that it sees another DIR. */
static void explain(const struct engine_run *run, struct engine_node *node, const char *words)
{
	struct text why = {0};

	while (*words == '\n')
		words++;
	if (*words)
		text_printf(&why, "%.*s", (int)strcspn(words, "\r\n"), words);
	else
		text_printf(&why, "its answer is not in %s/engine/nodes: does it see that folder?", run->out);
	node->why_not = why.data;
}

/* One process a node, all at the same time: what it says comes back through a file of the run's folder. */
static pid_t start_asking(const struct engine_run *run, size_t which, const char *log)
{
	pid_t pid = fork();

	if (!pid) {
		_cleanup_text_ struct text out = {0}, words = {0};
		struct argv argv = {0};
		struct error error;
		int status;

		probe_command(run, &run->nodes[which], &argv);
		status = argv_run(&argv, ASK_MS, &out, &words, &error);
		if (status < 0)
			text_add(&words, error.text);
		(void)file_write(log, text_string(&words), words.length, &error); /* then it is not explained */
		_exit(status != 0);
	}
	return pid;
}

static int ask_nodes(struct engine_run *run, struct error *error)
{
	pid_t *pids = mem_alloc((run->node_count + 1) * sizeof *pids);

	(void)error; /* each node's trouble is its own */
	for (size_t i = 0; i < run->node_count; i++) {
		_cleanup_text_ struct text log = {0};

		text_printf(&log, "%s/log/ask-%zu", run->folder, i);
		pids[i] = run->nodes[i].answered ? 0 : start_asking(run, i, text_string(&log));
	}
	for (size_t i = 0; i < run->node_count; i++)
		while (pids[i] > 0 && waitpid(pids[i], NULL, 0) < 0 && errno == EINTR)
			;
	free(pids);
	engine_read_answers(run, false);
	for (size_t i = 0; i < run->node_count; i++) {
		_cleanup_text_ struct text log = {0}, words = {0};
		struct error ignored;

		text_printf(&log, "%s/log/ask-%zu", run->folder, i);
		if (run->nodes[i].answered)
			continue;
		(void)file_read(text_string(&log), 4096, &words, &ignored); /* then it is not explained */
		explain(run, &run->nodes[i], text_string(&words));
	}
	return 0;
}

/* ---- parallel ---- */

static void command(const struct engine_run *run, struct argv *argv)
{
	_cleanup_free_ char *hosts = engine_path(run, "hosts"), *chunks = engine_path(run, "chunks"),
	                    *script = engine_path(run, "chunk.sh");

	argv_add(argv, "parallel");
	argv_printf(argv, "--sshloginfile=%s", hosts);
	argv_printf(argv, "--ssh=%s", ssh(run));
	argv_add(argv, "--jobs=100%"); /* of the number before each host's slash */
	argv_add(argv, "--retries=3"); /* on another host each time */
	argv_add(argv, "--sshdelay=0.1"); /* sshd's MaxStartups drops bursts */
	if (run->settings->minutes)
		argv_printf(argv, "--timeout=%lu", run->settings->minutes * 60);
	for (size_t i = 0; i < run->settings->arguments.count; i++)
		argv_add(argv, run->settings->arguments.words[i]);
	argv_add(argv, "--quote");
	argv_add(argv, "sh");
	argv_add(argv, script);
	argv_add(argv, "{}");
	argv_add(argv, "::::");
	argv_add(argv, chunks);
}

static int write_chunks(const struct engine_run *run, struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, "chunks");
	_cleanup_text_ struct text text = {0};

	for (size_t i = 0; i < run->chunks; i++)
		text_printf(&text, "%zu\n", i);
	return file_write(path, text_string(&text), text.length, error);
}

/* When the process was started, in ticks since the machine was (proc(5), stat's field 22), so that a number that was
 * given again is known; 0: there is none, or it is over. */
static unsigned long long start_of(long pid)
{
	_cleanup_text_ struct text path = {0}, text = {0};
	unsigned long long start = 0;
	struct error ignored;
	const char *at;
	char state = 0;

	text_printf(&path, "/proc/%ld/stat", pid);
	if (file_read(text_string(&path), 4096, &text, &ignored))
		return 0;
	at = strrchr(text_string(&text), ')'); /* the name before it may hold anything */
	if (!at || sscanf(at + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &state,
	                  &start) != 2)
		return 0;
	return state == 'Z' ? 0 : start;
}

static void name_job(struct engine_run *run, long pid)
{
	struct utsname name;
	struct text job = {0};

	text_printf(&job, "%ld %llu %s", pid, start_of(pid), uname(&name) ? "" : name.nodename);
	run->job = job.data;
}

/* The one between us and parallel ends at once, so that nobody has to wait for parallel. */
static _Noreturn void become_parent(const char *program, const struct argv *argv, const char *log, int report)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	pid_t pid;

	if (nothing < 0 || out < 0 || setsid() < 0)
		_exit(126);
	pid = fork();
	if (!pid) {
		if (dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
			_exit(126);
		execv(program, argv->words);
		_exit(127);
	}
	_exit(pid < 0 || write(report, &pid, sizeof pid) != (ssize_t)sizeof pid ? 126 : 0);
}

static int start(const char *program, const struct argv *argv, const char *log, pid_t *pid)
{
	int report[2];
	pid_t parent;
	ssize_t got;

	if (pipe2(report, O_CLOEXEC))
		return -1;
	parent = fork();
	if (!parent)
		become_parent(program, argv, log, report[1]);
	(void)close(report[1]);
	got = parent < 0 ? -1 : read(report[0], pid, sizeof *pid);
	(void)close(report[0]); /* only read from */
	while (parent > 0 && waitpid(parent, NULL, 0) < 0 && errno == EINTR)
		;
	return got == (ssize_t)sizeof *pid ? 0 : -1;
}

static int submit(struct engine_run *run, struct error *error)
{
	_cleanup_free_ char *program = file_find_program("parallel"), *log = engine_path(run, "log/parallel");
	struct argv argv = {0};
	pid_t pid = 0;
	int result;

	if (!program)
		return error_set(error, NULL, 0, 0, "the command parallel is not installed: sudo apt-get install parallel");
	if (write_hosts(run, error) || write_chunks(run, error))
		return -1;
	command(run, &argv);
	result = start(program, &argv, log, &pid);
	argv_free(&argv);
	if (result)
		return error_set(error, NULL, 0, 0, "parallel cannot be started: %s", strerror(errno));
	name_job(run, pid);
	return 0;
}

/* ---- is it there? ---- */

static long job_process(const struct engine_run *run)
{
	unsigned long long began;
	char node[65] = "";
	long pid;
	struct utsname name;

	if (sscanf(run->job, "%ld %llu %64s", &pid, &began, node) < 2 || uname(&name))
		return 0;
	if (strcmp(node, name.nodename) != 0)
		return -1;
	return began && start_of(pid) == began ? pid : 0;
}

static enum engine_state state(const struct engine_run *run, struct text *words)
{
	long pid = job_process(run);

	if (pid > 0)
		text_printf(words, "parallel is process %ld", pid);
	else if (pid < 0)
		text_printf(words, "parallel was started on another machine (%s): give the command there", run->job);
	return pid > 0 ? ENGINE_WORKS : pid < 0 ? ENGINE_SILENT : ENGINE_GONE;
}

/* Whoever was killed between starting it and noting it: its chunks end by themselves, and publish once. */
static enum engine_state find(struct engine_run *run)
{
	(void)run;
	return ENGINE_GONE;
}

static void cancel(const struct engine_run *run)
{
	long pid = job_process(run);

	for (int i = 0; pid > 0 && i < 2; i++) /* once: no new chunks; twice: those that run are ended (parallel(1)) */
		(void)kill((pid_t)pid, SIGTERM);
}

static void cancel_words(const struct engine_run *run, struct text *words)
{
	long pid = job_process(run);

	text_printf(words, "kill -TERM %ld, twice", pid > 0 ? pid : 0L);
}

const struct engine engine_parallel = {
	.name = "parallel", .asks_always = true, .survey = survey, .ask_nodes = ask_nodes, .probe_command = probe_command, .command = command,
	.submit = submit, .find = find, .state = state, .cancel = cancel, .cancel_words = cancel_words,
};
