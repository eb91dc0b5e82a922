/* box.c - runs one hostile program, or compiles one, in the sandbox, and looks at what is left of us.
 *
 *     box [--without LAYER,...] [--seconds N] FOLDER PROGRAM
 *                                                    prints how it ended: exit N, signal N, memory, processes, output, time
 *     box [--without LAYER,...] --compile FOLDER SOURCE      prints compiles, fails, leaks or refused, and what was said
 *
 * FOLDER is the grader's: a solution, a reference, results. Behind each run the box proves that the grader is alive,
 * that its files are as they were, and that no process and no mount is left; else it prints damage.
 *
 * A layer that is left out is the control of an attack: without it the attack must go through. Only this
 * program can leave one out. What then stands in its place is a wider bound of the box's own: memory, processes and
 * disk of this machine are never without one. */
#include "../../harness/activity.h"
#include "../../harness/build.h"
#include "../../harness/cleanup.h"
#include "../../harness/clock.h"
#include "../../harness/files.h"
#include "../../harness/sandbox_parts.h"
#include "../lab/labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define PATIENCE_S 15 /* what ends by something else than the clock has the time for it, on a loaded machine too */
#define OUTPUT_MAX (1 << 20)
#define SECRET "SECRET-OF-THE-COURSE"

static int patience_s = PATIENCE_S;

static const struct {
	const char *name;
	enum sandbox_layer layer;
} layers[] = {
	{"root", LAYER_ROOT},           {"read-only", LAYER_READ_ONLY},   {"files", LAYER_FILES},
	{"filter", LAYER_FILTER},       {"limits", LAYER_LIMITS},         {"privileges", LAYER_PRIVILEGES},
	{"session", LAYER_SESSION},     {"keeper", LAYER_KEEPER},         {"descriptors", LAYER_DESCRIPTORS},
	{"environment", LAYER_ENVIRONMENT}, {"landlock", LAYER_LANDLOCK}, {"tripwire", LAYER_TRIPWIRE},
	{"user", LAYER_USER},           {"network", LAYER_NETWORK},       {"output", LAYER_OUTPUT},
};

static _Noreturn void fail(const char *what, const struct error *error)
{
	printf("broken: %s: %s\n", what, error ? error->text : strerror(errno));
	exit(99);
}

static void leave_out(char *names)
{
	for (char *state = NULL, *name = strtok_r(names, ",", &state); name; name = strtok_r(NULL, ",", &state)) {
		size_t i = 0;

		while (i < sizeof layers / sizeof *layers && strcmp(layers[i].name, name))
			i++;
		if (i == sizeof layers / sizeof *layers)
			fail(name, &(struct error){.text = "there is no such layer"});
		sandbox_without |= layers[i].layer;
	}
}

/* Instead of the layer that is left out: bounds all the same. */
static void bound_control(void)
{
	static const struct {
		int resource;
		rlim_t most;
	} bounds[] = {{RLIMIT_NPROC, 1000}, {RLIMIT_FSIZE, 16 << 20}, {RLIMIT_NOFILE, 1024}, {RLIMIT_CPU, 10}};

	for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
		if (setrlimit((__rlimit_resource_t)bounds[i].resource, &(struct rlimit){bounds[i].most, bounds[i].most}))
			fail("setrlimit", NULL);
}

/* ---- what must not be harmed ---- */

struct grader {
	const char *folder;
	pid_t pid;
	int questions; /* each byte comes back */
	int port, listener;
	struct text results, mounts;
};

static void read_mounts(struct text *mounts)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[1024];

	while (file && fgets(line, sizeof line, file))
		text_add(mounts, line);
}

static void read_results(const struct grader *grader, struct text *results)
{
	static const char *const names[] = {"results.json", "solution.c", "reference"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		_cleanup_free_ char *path = file_path(grader->folder, names[i], "");
		_cleanup_text_ struct text one = {0};
		struct error error;

		if (file_read(path, 1 << 24, &one, &error))
			text_add(results, error.text);
		else
			text_add_bytes(results, one.data, one.length);
	}
}

static _Noreturn void answer_questions(int questions)
{
	char byte;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* cannot fail for a signal that there is */
	while (read(questions, &byte, 1) == 1 && write(questions, &byte, 1) == 1)
		;
	_exit(1);
}

/* A signal may have been sent and not yet be taken: who answers had none. */
static bool is_alive(const struct grader *grader)
{
	struct pollfd answer = {.fd = grader->questions, .events = POLLIN};
	int status;
	char byte;

	if (send(grader->questions, "?", 1, MSG_NOSIGNAL) != 1)
		return false;
	while (poll(&answer, 1, 10) <= 0)
		if (waitpid(grader->pid, &status, WNOHANG | WUNTRACED))
			return false;
	return read(grader->questions, &byte, 1) == 1;
}

static void start_grader(struct grader *grader)
{
	int pair[2];
	struct sockaddr_in me = {.sin_family = AF_INET};
	socklen_t size = sizeof me;

	me.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	grader->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(grader->listener, (struct sockaddr *)&me, sizeof me) || listen(grader->listener, 5) ||
	    getsockname(grader->listener, (struct sockaddr *)&me, &size))
		fail("listen", NULL);
	grader->port = ntohs(me.sin_port);
	(void)setpgid(0, 0);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		fail("socketpair", NULL);
	grader->pid = fork();
	if (!grader->pid) {
		(void)close(pair[0]);
		answer_questions(pair[1]);
	}
	(void)close(pair[1]);
	grader->questions = pair[0];
	(void)signal(SIGTERM, SIG_IGN); /* the control of an attack on the process group reaches us too */
	read_results(grader, &grader->results);
	read_mounts(&grader->mounts);
}

/* "" or what was harmed. */
static const char *find_damage(const struct grader *grader)
{
	_cleanup_text_ struct text results = {0}, mounts = {0};
	char children[256];
	_cleanup_fclose_ FILE *file = fopen("/proc/thread-self/children", "re");

	read_results(grader, &results);
	read_mounts(&mounts);
	if (!is_alive(grader))
		return "the grader does not run any more";
	if (strcmp(text_string(&results), text_string(&grader->results)))
		return "the grader's files are not as they were";
	if (strcmp(text_string(&mounts), text_string(&grader->mounts)))
		return "a mount is left";
	if (file && fgets(children, sizeof children, file) && strtol(children, NULL, 10) != grader->pid)
		return "a process is left";
	return file && strchr(children, ' ') != strrchr(children, ' ') ? "another process is left" : "";
}

/* ---- a program ---- */

/* Of somebody else in the network namespace where the program will be. */
static void listen_without_name(const struct lab *lab)
{
	struct sockaddr_un me = {.sun_family = AF_UNIX, .sun_path = "\0windsock-hostile"};
	int s;

	if (lab_visit(lab, 0))
		fail("lab_visit", NULL);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s, (struct sockaddr *)&me, offsetof(struct sockaddr_un, sun_path) + 17) || listen(s, 5) || lab_leave(lab))
		fail("an abstract socket", NULL);
}

static void take_output(int *fd, size_t *bytes)
{
	char buffer[65536];
	ssize_t got;

	while (*fd >= 0 && *bytes <= OUTPUT_MAX && (got = read(*fd, buffer, sizeof buffer)) != -1) {
		if (!got) {
			(void)close(*fd);
			*fd = -1;
			return;
		}
		if (getenv("VERBOSE"))
			(void)!write(2, buffer, (size_t)got);
		*bytes += (size_t)got;
	}
}

static const char *find_excess(const struct sandbox *sandbox, size_t bytes, int64_t until)
{
	struct activity_watch eyes = {.keeper = sandbox->keeper};
	struct activity_look look;

	if (bytes > OUTPUT_MAX)
		return "output";
	if (clock_us() >= until)
		return "time";
	if (!sandbox_has(LAYER_TRIPWIRE))
		return NULL;
	activity_count(&eyes, SANDBOX_PROCESSES_MAX, &look);
	activity_close(&eyes);
	return look.processes >= SANDBOX_PROCESSES_MAX ? "processes" : look.memory > SANDBOX_MEMORY_MAX ? "memory" : NULL;
}

static void watch(struct sandbox *sandbox, char *outcome, size_t size)
{
	int64_t until = clock_us() + 1000000 * (int64_t)patience_s;
	size_t bytes = 0;
	int value;

	for (;;) {
		struct pollfd pollers[] = {{sandbox->output_fd[0], POLLIN, 0}, {sandbox->output_fd[1], POLLIN, 0},
		                           {sandbox->status_fd, POLLIN, 0}};
		enum sandbox_end end;
		const char *excess;

		(void)poll(pollers, 3, 20);
		end = sandbox_status(sandbox, &value);
		for (int i = 0; i < 2; i++)
			take_output(&sandbox->output_fd[i], &bytes);
		excess = end == SANDBOX_RUNNING || bytes > OUTPUT_MAX ? find_excess(sandbox, bytes, until) : NULL;
		if (excess)
			snprintf(outcome, size, "%s", excess);
		else if (end == SANDBOX_RUNNING)
			continue;
		else if (end == SANDBOX_EXITED || end == SANDBOX_SIGNALLED)
			snprintf(outcome, size, "%s %d", end == SANDBOX_EXITED ? "exit" : "signal", value);
		else
			snprintf(outcome, size, "broken: %s: %s", sandbox->trouble, strerror(value));
		return;
	}
}

static void run_program(struct grader *grader, const char *program, char *outcome, size_t size)
{
	char pid[16], port[16], folder[4096], path[4096];
	char *arguments[] = {path, folder, pid, port, NULL};
	struct sandbox_command command = {.arguments = arguments};
	struct labs_lesson labs;
	struct sandbox sandbox;
	struct lab lab;
	struct error error;

	snprintf(path, sizeof path, "%s", program);
	snprintf(folder, sizeof folder, "%s", grader->folder);
	snprintf(pid, sizeof pid, "%d", (int)grader->pid);
	snprintf(port, sizeof port, "%d", grader->port);
	labs_begin(&labs);
	(void)labs_host(&labs, "a", HOST_END);
	if (lab_enter(&error) || labs_order(&lab, &labs, &error) != LAB_BUILT)
		fail("a lab", &error);
	listen_without_name(&lab);
	if (sandbox_prepare(&sandbox, &lab, 0, &command, &error))
		fail("a sandbox", &error);
	(void)sandbox_go(&sandbox, false); /* it is gone: then it says why */
	watch(&sandbox, outcome, size);
	sandbox_kill(&sandbox);
	sandbox_reap(&sandbox);
	sandbox_close(&sandbox);
	lab_close(&lab);
}

/* ---- a source ---- */

static bool has_secret(const struct text *text)
{
	return text->length && memmem(text->data, text->length, SECRET, strlen(SECRET));
}

static void compile(struct grader *grader, const char *source, char *outcome, size_t size)
{
	struct build build = {0};
	struct error error = {0};
	char folder[] = "/tmp/windsock-hostile.XXXXXX", name[64];
	int got;

	if (!mkdtemp(folder))
		fail("mkdtemp", NULL);
	(void)grader;
	got = build_start(&build, source, folder, "program", &error) || build_finish(&build, &error);
	snprintf(outcome, size, "%s", got ? "refused" : build.failed ? "fails" : "compiles");
	if (has_secret(&build.messages) || has_secret(&build.result))
		snprintf(outcome, size, "leaks");
	if (sandbox_has(LAYER_OUTPUT) && build.messages.length > 80 << 10)
		snprintf(outcome, size, "broken: %zu bytes of messages", build.messages.length);
	fprintf(stderr, "%s\n", got ? error_string(&error) : text_string(&build.messages));
	build_free(&build);
	for (int i = 0; i < 2; i++) {
		snprintf(name, sizeof name, "%s/program%s", folder, i ? ".key" : "");
		(void)unlink(name); /* need not be there */
	}
	if (rmdir(folder))
		snprintf(outcome, size, "broken: files are left in %s", folder);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {{"without", required_argument, NULL, 'w'}, {"compile", no_argument, NULL, 'c'},
	                                      {"seconds", required_argument, NULL, 's'},
	                                      {NULL, 0, NULL, 0}};
	struct grader grader = {0};
	char outcome[256] = "";
	bool compiles = false;
	const char *damage;
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (option == 'w')
			leave_out(optarg);
		else if (option == 'c')
			compiles = true;
		else if (option == 's')
			patience_s = atoi(optarg); /* our own script's */
		else
			return 99;
	if (argc - optind != 2)
		fail("box [--without LAYER,...] [--compile] FOLDER FILE", &(struct error){.text = "are its arguments"});
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) || setenv("SECRET_TOKEN", SECRET, 1))
		fail("prctl", NULL);
	grader.folder = sandbox_shows = argv[optind];
	start_grader(&grader);
	bound_control();
	/* What a careless grader leaves open; not close-on-exec. */
	if (!sandbox_has(LAYER_DESCRIPTORS) || !compiles)
		(void)dup2(open(argv[optind], O_RDONLY), 30);
	if (compiles)
		compile(&grader, argv[optind + 1], outcome, sizeof outcome);
	else
		run_program(&grader, argv[optind + 1], outcome, sizeof outcome);
	damage = find_damage(&grader);
	if (*damage && (!sandbox_without || !strncmp(outcome, "signal", 6)))
		snprintf(outcome, sizeof outcome, "damage: %s", damage);
	(void)kill(grader.pid, SIGKILL);
	(void)waitpid(grader.pid, NULL, 0);
	text_free(&grader.results);
	text_free(&grader.mounts);
	puts(outcome);
	return 0;
}
