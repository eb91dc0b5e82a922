/* doctor_steps.c - see doctor_steps.h. Each step is what a run does, for a lesson of the doctor's own. */
#include "doctor_steps.h"

#include "build.h"
#include "calls.h"
#include "cleanup.h"
#include "clock.h"
#include "doctor_folder.h"
#include "drain.h"
#include "files.h"
#include "sandbox.h"
#include "sniffer.h"
#include "walls.h"

#include <errno.h>
#include <linux/landlock.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READY_MS 10000 /* as run.c waits for tcpdump: a loaded machine's worst */
#define ENDS_MS 10000  /* for a program that ends at once */
#define SCOPES_SINCE 6 /* of Landlock: Linux 6.12 (sandbox_limits.c) */

/* a -- r -- b; what a step is about stands below, a case for each kind of it. */
#define LESSON \
	"lesson 00-doctor\ntitle \"The doctor's\"\nidea \"What can this machine do?\"\nbegin \"-\"\nskeleton fails none\n" \
	"host a\nrouter r\nhost b\nlink a.eth0 192.168.1.10/24 -- r.lan 192.168.1.1/24\n" \
	"link r.wan 203.0.113.1/24 -- b.eth0 203.0.113.2/24\nroute a default via 192.168.1.1\n"
#define PROGRAM "program p given p.c\n"
#define CASE(name) \
	"case " name " 1 points\n    title \"-\"\n    trace traces/any.trace\n    watch a.eth0\n    run a p\n"

enum { HOST_A }; /* its number in that lesson */

/* ---- the lab ---- */

static enum doctor_mark mark_of(int failed)
{
	return failed ? DOCTOR_NO : DOCTOR_OK;
}

/* The lab of case WHICH. The process ends soon, and all that is left open here with it. */
static int build_case(const struct lesson *lesson, size_t which, struct lab *lab, struct error *error)
{
	struct params *params = mem_alloc(sizeof *params);
	struct lab_order order = {lesson, which, params, "."};

	lesson_params(lesson, NULL, params);
	return lab_build(lab, &order, error) == LAB_BUILT ? 0 : -1;
}

/* Every case of a lesson, one after the other; the last one's lab stays. */
static int build_all(const char *text, struct lab *lab, struct error *error)
{
	struct lesson *lesson = mem_alloc(sizeof *lesson);

	if (lesson_parse(lesson, "doctor", text, strlen(text), error) || lab_enter(error))
		return -1;
	for (size_t i = 0; i < lesson->case_count; i++) {
		if (i)
			lab_close(lab);
		if (build_case(lesson, i, lab, error))
			return -1;
	}
	return 0;
}

static enum doctor_mark try_lab(const char *text, struct doctor_finding *finding)
{
	struct lab lab;

	return mark_of(build_all(text, &lab, &finding->error));
}

enum doctor_mark doctor_user(struct doctor_finding *finding)
{
	if (!unshare(CLONE_NEWUSER))
		return DOCTOR_OK;
	return mark_of(wall_met(DOOR_NAMESPACE, "make a user namespace", errno, &finding->error));
}

enum doctor_mark doctor_rights(struct doctor_finding *finding)
{
	return mark_of(lab_enter(&finding->error));
}

enum doctor_mark doctor_network(struct doctor_finding *finding)
{
	return try_lab(LESSON "switch s\nhost c\nhost d\nlink c.eth0 10.0.0.1/24 -- s\nlink d.eth0 10.0.0.2/24 -- s\n"
	               PROGRAM CASE("plain"), finding);
}

enum doctor_mark doctor_filters(struct doctor_finding *finding)
{
	return try_lab(LESSON PROGRAM
	               CASE("drop") "    filter r.wan accept tcp 80 from 203.0.113.2/32\n    filter r.wan drop\n"
	               CASE("refuse") "    filter r.wan refuse tcp 81 with reset\n    filter r.wan refuse with unreachable\n",
	               finding);
}

enum doctor_mark doctor_nat(struct doctor_finding *finding)
{
	return try_lab(LESSON PROGRAM
	               CASE("one-port") "    nat r.wan mapping endpoint-independent filtering endpoint-independent\n"
	               CASE("one-an-address") "    nat r.wan mapping address-dependent filtering address-dependent\n"
	               CASE("a-row") "    nat r.wan mapping address-and-port-dependent filtering "
	                             "address-and-port-dependent ports 40001\n"
	               CASE("forward") "    forward r.wan tcp 80 to 192.168.1.10:8080\n", finding);
}

enum doctor_mark doctor_memory(struct doctor_finding *finding)
{
	return try_lab(LESSON PROGRAM CASE("both") "    memory r tcp 2 s\n    memory r udp 2 s\n", finding);
}

enum doctor_mark doctor_rate(struct doctor_finding *finding)
{
	return try_lab(LESSON PROGRAM CASE("slow") "    rate r.wan 4 mbit\n", finding);
}

enum doctor_mark doctor_tunnel(struct doctor_finding *finding)
{
	return try_lab(LESSON "tunnel a.vpn0 10.8.0.2/24\n" PROGRAM CASE("tunnel"), finding);
}

/* ---- a packet ---- */

/* Reads what it says until DONE. -1: *error. */
static int await_sniffer(struct sniffer *sniffer, bool (*done)(const struct sniffer *), struct error *error)
{
	int64_t until = clock_us() / 1000 + READY_MS, left;

	while ((left = until - clock_us() / 1000) > 0) {
		struct pollfd pollers[] = {{.fd = sniffer->packets_fd, .events = POLLIN},
		                           {.fd = sniffer->messages_fd, .events = POLLIN}};

		if (sniffer_read(sniffer, error))
			return -1;
		if (done(sniffer))
			return 0;
		(void)poll(pollers, 2, (int)left); /* interrupted: looks again */
	}
	return error_set(error, NULL, 0, 0, "%s did not show a packet within %d s. It said: %.240s", sniffer->name,
	                 READY_MS / 1000, text_string(&sniffer->messages));
}

static bool listens(const struct sniffer *sniffer)
{
	return sniffer->ready;
}

static enum doctor_mark capture(enum sniffer_engine engine, struct error *error)
{
	struct lab lab;
	const struct sniffer_order order = {.lab = &lab, .host = HOST_A, .interface = "eth0", .engine = engine};
	struct sniffer sniffer;
	struct drain drain;
	int failed;

	if (build_all(LESSON PROGRAM CASE("plain"), &lab, error) ||
	    sniffer_start(&sniffer, &order, error))
		return DOCTOR_NO;
	failed = await_sniffer(&sniffer, listens, error) || drain_open(&drain, &lab, HOST_A, "eth0", error);
	sniffer_await(&sniffer, 1);
	if (!failed && drain_send(&drain, 1))
		failed = error_set(error, NULL, 0, 0, "cannot send a packet: %s", strerror(errno));
	failed = failed || await_sniffer(&sniffer, sniffer_is_drained, error);
	sniffer_kill(&sniffer);
	return mark_of(failed);
}

enum doctor_mark doctor_tcpdump(struct doctor_finding *finding)
{
	return capture(SNIFFER_TCPDUMP, &finding->error);
}

enum doctor_mark doctor_packet_socket(struct doctor_finding *finding)
{
	return capture(SNIFFER_PACKET_SOCKET, &finding->error);
}

/* ---- a program ---- */

enum doctor_mark doctor_processes(struct doctor_finding *finding)
{
	if (lab_enter(&finding->error))
		return DOCTOR_NO;
	if (!unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP))
		return DOCTOR_OK;
	return mark_of(wall_met(DOOR_NAMESPACE, "make namespaces for a program", errno, &finding->error));
}

/* Waits for its end. Its exit status, or -1: *error. */
static int await_end(struct sandbox *sandbox, struct error *error)
{
	struct pollfd poller = {.fd = sandbox->status_fd, .events = POLLIN};
	enum sandbox_end end;
	int value;

	(void)poll(&poller, 1, ENDS_MS); /* late: it still runs */
	end = sandbox_status(sandbox, &value);
	sandbox_kill(sandbox);
	sandbox_reap(sandbox);
	switch (end) {
	case SANDBOX_EXITED: return value;
	case SANDBOX_FULL: return wall_say(WALL_MEMORY, NULL, NULL, error);
	case SANDBOX_BROKEN: return sandbox_wall(sandbox, "a program", value, error);
	case SANDBOX_NOT_STARTED:
		return value == EACCES ? wall_say(WALL_NOEXEC, NULL, doctor_folder_above(), error) :
		       error_set(error, NULL, 0, 0, "the program cannot be started: %s", strerror(value));
	case SANDBOX_SIGNALLED:
		return error_set(error, NULL, 0, 0, "the program was ended by a signal: %s", strsignal(value));
	case SANDBOX_RUNNING: break;
	}
	return error_set(error, NULL, 0, 0, "the program did not end within %d s", ENDS_MS / 1000);
}

/* Runs a command in a sandbox on host a, or where LAB is NULL as a compiler would be. Its exit status, or -1. */
static int run_held(const struct lab *lab, char *const *arguments, size_t own_words, struct error *error)
{
	struct sandbox_command command = {.arguments = arguments, .own_words = own_words};
	struct sandbox sandbox;

	if (sandbox_prepare(&sandbox, lab, HOST_A, &command, error))
		return -1;
	if (sandbox_go(&sandbox, false) && errno != EPIPE) /* it is gone, and says why itself */
		return error_set(error, NULL, 0, 0, "cannot start a program: %s", strerror(errno));
	return await_end(&sandbox, error);
}

enum doctor_mark doctor_files(struct doctor_finding *finding)
{
	char shell[] = "/bin/sh", option[] = "-c", line[] = "test -e /proc/self/stat";
	char *arguments[] = {shell, option, line, NULL};
	int status = run_held(NULL, arguments, 1, &finding->error);

	if (status == 1) /* the mount was refused (sandbox_root.c): nothing of a lesson needs it */
		snprintf(finding->detail, sizeof finding->detail, "it has no /proc, which a container masks");
	return mark_of(status < 0);
}

/* Port 7 is one of those that only root may have, outside of a lab. */
static const char source[] =
	"#include <arpa/inet.h>\n#include <stdio.h>\n#include <sys/socket.h>\n"
	"int main(void)\n{\n\tstruct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(7)};\n"
	"\tint fd = socket(AF_INET, SOCK_DGRAM, 0);\n\n\tinet_pton(AF_INET, \"192.168.1.10\", &name.sin_addr);\n"
	"\tif (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof name)) {\n\t\tperror(\"bind\");\n\t\treturn 1;\n\t}\n"
	"\treturn 0;\n}\n";

enum doctor_mark doctor_compiler(struct doctor_finding *finding)
{
	_cleanup_free_ char *path = NULL;
	const char *folder = doctor_folder(&finding->error);
	struct build build = {.sandbox = SANDBOX_NONE};

	if (!folder)
		return DOCTOR_NO;
	path = file_path(folder, DOCTOR_PROGRAM, ".c");
	if (file_write(path, source, sizeof source - 1, &finding->error) ||
	    build_start(&build, path, folder, DOCTOR_PROGRAM, &finding->error) || build_finish(&build, &finding->error))
		return DOCTOR_NO;
	if (build.failed)
		error_set(&finding->error, NULL, 0, 0, "it does not compile ten lines of C. It said: %.300s",
		          text_string(&build.messages));
	return mark_of(build.failed);
}

enum doctor_mark doctor_program(struct doctor_finding *finding)
{
	struct error *error = &finding->error;
	const char *folder = doctor_folder(error);
	char *arguments[] = {NULL, NULL};
	struct lab lab;
	int status;

	if (!folder || build_all(LESSON PROGRAM CASE("plain"), &lab, error))
		return DOCTOR_NO;
	arguments[0] = file_path(folder, DOCTOR_PROGRAM, ""); /* the process ends soon */
	status = run_held(&lab, arguments, 0, error);
	if (status > 0)
		error_set(error, NULL, 0, 0, "a program on host a could not bind port 7: the lab's settings were not taken");
	return mark_of(status);
}

/* ---- what lessons can do without ---- */

static enum doctor_mark trace(struct sandbox *sandbox, struct error *error)
{
	struct calls_target target = {sandbox->keeper, sandbox->ready_fd};
	struct calls *calls = calls_start(&target, 1);
	bool held = calls && calls_hold(calls, 0);
	int lost;

	if (sandbox_go(sandbox, held) && errno != EPIPE)
		return mark_of(error_set(error, NULL, 0, 0, "cannot start a program: %s", strerror(errno)));
	if (await_end(sandbox, error) < 0)
		return DOCTOR_NO;
	lost = calls ? calls_finish(calls) : -1;
	if (held && !lost)
		return DOCTOR_OK;
	if (calls && calls_refused(calls))
		wall_met(DOOR_TRACE, "trace a program", calls_refused(calls), error);
	else
		error_set(error, NULL, 0, 0, "a program could not be traced, and nobody said why");
	return DOCTOR_WITHOUT;
}

enum doctor_mark doctor_calls(struct doctor_finding *finding)
{
	char name[] = "/bin/true";
	char *arguments[] = {name, NULL};
	struct sandbox_command command = {.arguments = arguments, .own_words = 1};
	struct error *error = &finding->error;
	struct sandbox sandbox;
	struct lab lab;

	if (build_all(LESSON PROGRAM CASE("plain"), &lab, error) ||
	    sandbox_prepare(&sandbox, &lab, HOST_A, &command, error))
		return DOCTOR_NO;
	return trace(&sandbox, error);
}

enum doctor_mark doctor_landlock(struct doctor_finding *finding)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (version >= SCOPES_SINCE)
		return DOCTOR_OK;
	error_set(&finding->error, NULL, 0, 0, "this kernel has %s, and the locks on signals and abstract sockets came with "
	          "Linux 6.12", version < 0 ? "no Landlock" : "an older Landlock");
	return DOCTOR_WITHOUT;
}
