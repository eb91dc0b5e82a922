/* doctor.c - see doctor.h. The order of the steps, and a process for each. */
#include "doctor.h"

#include "clock.h"
#include "doctor_steps.h"
#include "pace.h"
#include "walls.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEP_MS 20000 /* the slowest waits 10 s for tcpdump: a loaded machine's worst; times the machine's pace */

static unsigned step_ms(void)
{
	static unsigned pace;

	if (!pace)
		pace = pace_measure();
	return STEP_MS * pace;
}

#define BIT(step) (1u << (step))
#define LAB (BIT(DOCTOR_USER) | BIT(DOCTOR_RIGHTS) | BIT(DOCTOR_NETWORK))
#define BOX (BIT(DOCTOR_USER) | BIT(DOCTOR_RIGHTS) | BIT(DOCTOR_PROCESSES) | BIT(DOCTOR_FILES))

const struct doctor_test doctor_tests[DOCTOR_STEPS] = {
	[DOCTOR_USER] = {"user namespace", "a place where you may do what else only root may", NULL, 0, doctor_user},
	[DOCTOR_RIGHTS] = {"network namespace", "networks are made without root", NULL, BIT(DOCTOR_USER), doctor_rights},
	[DOCTOR_NETWORK] = {"a network", "two hosts, a router, cables, addresses", NULL,
	                    BIT(DOCTOR_USER) | BIT(DOCTOR_RIGHTS), doctor_network},
	[DOCTOR_TCPDUMP] = {"tcpdump", "a packet was sent both ways, and seen", NULL, LAB, doctor_tcpdump},
	[DOCTOR_PACKET_SOCKET] = {"packet socket", "the same without tcpdump: --capture packet-socket",
	                          "windsock watch, windsock grade and --capture packet-socket", LAB, doctor_packet_socket},
	[DOCTOR_PROCESSES] = {"process namespaces", "your program ends with all that it started", NULL,
	                      BIT(DOCTOR_USER) | BIT(DOCTOR_RIGHTS), doctor_processes},
	[DOCTOR_FILES] = {"a sandbox", "a program that sees few files and makes few system calls", NULL,
	                  BIT(DOCTOR_USER) | BIT(DOCTOR_RIGHTS) | BIT(DOCTOR_PROCESSES), doctor_files},
	[DOCTOR_COMPILER] = {"the compiler", "a program in C was compiled in the sandbox", NULL, BOX, doctor_compiler},
	[DOCTOR_PROGRAM] = {"your program", "what was compiled in this folder ran on a host", NULL,
	                    LAB | BOX | BIT(DOCTOR_COMPILER), doctor_program},
	[DOCTOR_FILTERS] = {"firewalls", "packets are refused and dropped by rules", "the lessons with a firewall", LAB,
	                    doctor_filters},
	[DOCTOR_NAT] = {"NAT", "addresses and ports are translated", "the lessons with a NAT", LAB, doctor_nat},
	[DOCTOR_MEMORY] = {"memory of NATs", "a quiet flow is forgotten after seconds", "the lessons on memory", LAB,
	                   doctor_memory},
	[DOCTOR_RATE] = {"slow links", "a link is as slow as a lesson wants", "the lessons with a slow link", LAB,
	                 doctor_rate},
	[DOCTOR_TUNNEL] = {"tunnels", "an interface whose other end is your program", "the lesson on VPNs", LAB,
	                   doctor_tunnel},
	[DOCTOR_CALLS] = {"socket calls", "pictures name the call that sent a packet",
	                  "calls in pictures; verdicts are the same", LAB | BOX, doctor_calls},
	[DOCTOR_LANDLOCK] = {"Landlock", "programs on one host cannot signal each other",
	                     "one more lock; lessons do not need it", BIT(DOCTOR_USER), doctor_landlock},
};

/* ---- a process for each ---- */

static _Noreturn void become(doctor_body *body, void *context, int fd)
{
	struct doctor_finding finding = {0};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		_exit(1);
	body(&finding, context);
	_exit(write(fd, &finding, sizeof finding) == (ssize_t)sizeof finding ? 0 : 1); /* less than a pipe's page */
}
static_assert(sizeof(struct doctor_finding) < 4096, "PIPE_BUF: written whole or not at all");

/* What a child could not say itself. */
static void explain_end(int status, bool late, struct doctor_finding *finding)
{
	finding->mark = DOCTOR_NO;
	if (late)
		error_set(&finding->error, NULL, 0, 0, "it did not end within %u s, and was stopped", step_ms() / 1000);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		wall_say(WALL_FILTER, "its process was killed for a system call", NULL, &finding->error);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		wall_say(WALL_MEMORY, "its process was killed from outside", NULL, &finding->error);
	else
		error_set(&finding->error, NULL, 0, 0, "its process ended without a word (%s)",
		          WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "an exit status of its own");
}

static bool receive(int fd, struct doctor_finding *finding, bool *late)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	int64_t until = clock_us() / 1000 + step_ms(), left;

	*late = false;
	while ((left = until - clock_us() / 1000) > 0)
		if (poll(&poller, 1, (int)left) > 0)
			return read(fd, finding, sizeof *finding) == (ssize_t)sizeof *finding;
	*late = true;
	return false;
}

void doctor_fork(doctor_body *body, void *context, struct doctor_finding *finding)
{
	int ends[2], status = 0;
	bool told, late;
	pid_t pid;

	*finding = (struct doctor_finding){.mark = DOCTOR_NO};
	(void)fflush(stdout); /* or the child would print it again; main() tells when it fails */
	if (pipe2(ends, O_CLOEXEC)) {
		wall_met(DOOR_NAMESPACE, "open a pipe", errno, &finding->error);
		return;
	}
	pid = fork();
	if (!pid)
		become(body, context, ends[1]);
	(void)close(ends[1]); /* so that the child's is the only one */
	if (pid < 0) {
		wall_met(DOOR_NAMESPACE, "start a process", errno, &finding->error);
		(void)close(ends[0]);
		return;
	}
	told = receive(ends[0], finding, &late);
	(void)close(ends[0]); /* only read from */
	if (!told)
		(void)kill(pid, SIGKILL); /* ours, and not yet reaped */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!told)
		explain_end(status, late, finding);
	/* What no wall explains may be our own fault. */
	if (finding->mark == DOCTOR_NO && !strstr(finding->error.text, WALL_REMEDY))
		finding->mark = DOCTOR_BROKEN;
}

/* ---- the steps ---- */

static void probe(struct doctor_finding *finding, void *context)
{
	doctor_probe *const *of = context;

	finding->mark = (*of)(finding);
}

void doctor_try(enum doctor_step which, struct doctor_finding findings[DOCTOR_STEPS])
{
	doctor_probe *of = doctor_tests[which].probe;

	findings[which] = (struct doctor_finding){.mark = DOCTOR_NOT_TRIED};
	for (size_t i = 0; i < (size_t)which; i++)
		if ((doctor_tests[which].needs & BIT(i)) && findings[i].mark != DOCTOR_OK)
			return;
	doctor_fork(probe, &of, &findings[which]);
}

bool doctor_can_run(const struct doctor_finding findings[DOCTOR_STEPS])
{
	for (size_t i = 0; i < DOCTOR_STEPS; i++)
		if (!doctor_tests[i].without && findings[i].mark != DOCTOR_OK)
			return false;
	return true;
}

enum doctor_step doctor_first_wall(const struct doctor_finding findings[DOCTOR_STEPS])
{
	size_t i = 0;

	while (i < DOCTOR_STEPS && findings[i].mark != DOCTOR_NO && findings[i].mark != DOCTOR_BROKEN)
		i++;
	return (enum doctor_step)i;
}
