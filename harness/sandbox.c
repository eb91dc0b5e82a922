/* sandbox.c - see sandbox.h for the theory of operation. */
#include "sandbox.h"

#include "calls.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the keeper writes, once, to the status pipe. */
struct end_message {
	int end; /* enum sandbox_end */
	int value;
};

struct pipes {
	int input[2], output[2], errors[2], status[2];
	int mapped[2]; /* a byte comes when the ids are mapped */
	int ready[2];  /* a byte comes when the program waits for that */
	int go[2];     /* a byte comes when the program may start */
};

#define SANDBOX_DESCRIPTORS_MAX LAB_DESCRIPTORS_MAX

/* What the program finds open behind the standard three. */
struct sandbox_descriptors {
	int fd[SANDBOX_DESCRIPTORS_MAX];
	size_t count;
};

#define PROGRAM_ID 1000 /* uid and gid inside */

/* Limits that every program gets. RLIMIT_CORE 1 and not 0: a core pipe handler
 * runs for 0 too (fs/coredump.c). RLIMIT_NPROC counts the processes of the new
 * user namespace only since 5.14, and nothing for root: the run counts as well, and
 * the limit is above what the run allows, so that it sees who wants more. */
static const struct {
	int resource;
	rlim_t limit;
} limits[] = {
	{RLIMIT_AS, (rlim_t)2 << 30},  {RLIMIT_CPU, 20},     {RLIMIT_FSIZE, 16 << 20}, {RLIMIT_NOFILE, 256},
	{RLIMIT_NPROC, SANDBOX_PROCESSES_MAX + 16}, {RLIMIT_CORE, 1}, {RLIMIT_MSGQUEUE, 0},
};

static int write_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

/* From outside, by whoever has the power over the lab: the program's ids are the lab's guest. */
static int map_ids(pid_t keeper)
{
	static const char *const files[] = {"uid_map", "gid_map"};
	char path[64], map[64];

	snprintf(map, sizeof map, "%d %d 1", PROGRAM_ID, lab_guest());
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)keeper, files[i]);
		if (write_file(path, map))
			return -1;
	}
	return 0;
}

/* Becomes the guest, once the map is there. Where that is another uid than ours, our
 * groups go too; where it is the same they cannot (setgroups is denied) and need not. */
static int take_ids(int mapped_fd)
{
	char byte;

	if (read(mapped_fd, &byte, 1) != 1)
		return -1;
	if (lab_guest() != PROGRAM_ID && setgroups(0, NULL))
		return -1;
	return setresgid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID) || setresuid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID);
}

static void tell(int fd, enum sandbox_end end, int value)
{
	struct end_message message = {(int)end, value};

	(void)!write(fd, &message, sizeof message); /* nobody listens any more: nothing to tell */
}

static int set_limits(void)
{
	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		struct rlimit limit = {limits[i].limit, limits[i].limit};
		struct rlimit old;

		/* A lower hard limit than ours stands: it cannot be raised. */
		if (!getrlimit((__rlimit_resource_t)limits[i].resource, &old) && old.rlim_max < limit.rlim_max)
			limit.rlim_cur = limit.rlim_max = old.rlim_max;
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit))
			return -1;
	}
	return 0;
}

/* No capability now, none by exec, none by a set-uid file. */
static int drop_privileges(void)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -1;
	for (int capability = 0; capability < 64; capability++)
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EINVAL)
			return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int take_descriptors(const struct pipes *pipes)
{
	int null = pipes->input[0] >= 0 ? pipes->input[0] : open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(pipes->output[1], 1) < 0 || dup2(pipes->errors[1], 2) < 0)
		return -1;
	return 0;
}

/* Out of the way of the numbers that the program gets. -1 stays -1. */
static int raise_descriptor(int *descriptor)
{
	if (*descriptor >= 0)
		*descriptor = fcntl(*descriptor, F_DUPFD_CLOEXEC, 3 + SANDBOX_DESCRIPTORS_MAX);
	return *descriptor;
}

/* Where the program is found when its path leads through a folder that only we may enter. */
struct door {
	int program_fd; /* of the program, or -1 when it is not there yet */
	int folder_fd;  /* of its folder, or -1 */
	const char *name;
};

/* The descriptors of the host's tunnels become 3, 4, ...; dup2() leaves them open through exec. */
static int take_tunnels(const struct sandbox_descriptors *tunnels, struct pipes *pipes, struct door *door)
{
	int raised[SANDBOX_DESCRIPTORS_MAX];
	int *ours[] = {&pipes->status[1], &pipes->ready[1], &pipes->go[0], &door->program_fd, &door->folder_fd};

	for (size_t i = 0; i < sizeof ours / sizeof ours[0] && tunnels->count; i++)
		if (*ours[i] >= 0 && raise_descriptor(ours[i]) < 0)
			return -1;
	for (size_t i = 0; i < tunnels->count; i++) {
		raised[i] = tunnels->fd[i];
		if (raise_descriptor(&raised[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < tunnels->count; i++)
		if (dup2(raised[i], 3 + (int)i) < 0)
			return -1;
	return 0;
}

/* To be called while we are still who started windsock. */
static struct door open_door(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct door door = {-1, -1, slash ? slash + 1 : path};
	char folder[PATH_MAX];

	door.program_fd = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
	door.folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return door;
}

/* A script's interpreter opens it again by the descriptor: that must stay open. */
static void enter_door(const struct door *door, char *const *arguments, char *const *environment)
{
	if (door->program_fd >= 0 && !fcntl(door->program_fd, F_SETFD, 0))
		(void)syscall(SYS_execveat, door->program_fd, "", arguments, environment, AT_EMPTY_PATH);
	if (door->folder_fd >= 0 && !fcntl(door->folder_fd, F_SETFD, 0))
		(void)syscall(SYS_execveat, door->folder_fd, door->name, arguments, environment, 0);
}

/* The bytes that let a program go. */
#define GO_FREE 'g'
#define GO_HELD 'h' /* a tracer holds it: its socket calls shall stop */

/* Waits at the door. *held: by a tracer. False: the harness has given up. */
static bool may_go(const struct pipes *pipes, bool *held)
{
	char byte;

	/* The change of ids forbade it to be traced, also by us: its memory still counts as that of windsock
	 * (__ptrace_may_access). Nothing of the student's runs here yet. */
	(void)prctl(PR_SET_DUMPABLE, 1);
	(void)!write(pipes->ready[1], "r", 1); /* nobody listens: then it is not held */
	if (read(pipes->go[0], &byte, 1) != 1)
		return false;
	*held = byte == GO_HELD;
	return true;
}

/* The program itself. The status pipe stays open until exec closes it. */
static _Noreturn void become_program(const struct sandbox_command *command, const struct sandbox_descriptors *tunnels,
                                     struct pipes *pipes, struct door *door)
{
	static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8",
	                                    "HOME=/nonexistent", NULL};
	sigset_t none;
	bool held;

	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL); /* fails for KILL and STOP alone */
	if (sigprocmask(SIG_SETMASK, &none, NULL) || setsid() < 0 || take_descriptors(pipes) ||
	    take_tunnels(tunnels, pipes, door) || set_limits() || drop_privileges() ||
	    syscall(SYS_close_range, 3 + (unsigned)tunnels->count, ~0U, CLOSE_RANGE_CLOEXEC)) {
		tell(pipes->status[1], SANDBOX_NOT_STARTED, errno);
		_exit(127);
	}
	if (!may_go(pipes, &held))
		_exit(127);
	if (held)
		(void)calls_filter(); /* not installed: no calls are seen, and all else is as ever */
	execvpe(command->arguments[0], command->arguments, environment);
	if (errno == EACCES) {
		enter_door(door, command->arguments, environment);
		errno = EACCES;
	}
	tell(pipes->status[1], SANDBOX_NOT_STARTED, errno);
	_exit(127);
}

/* Reaps until the program itself has ended. */
static void await(pid_t program, int status_fd)
{
	for (;;) {
		int status;
		pid_t pid = wait4(-1, &status, 0, NULL);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid >= 0 && pid != program)
			continue;
		if (pid < 0)
			tell(status_fd, SANDBOX_NOT_STARTED, errno);
		else if (WIFSIGNALED(status))
			tell(status_fd, SANDBOX_SIGNALLED, WTERMSIG(status));
		else
			tell(status_fd, SANDBOX_EXITED, WEXITSTATUS(status));
		return;
	}
}

/* Whether the harness died before the death signal was armed. */
static bool is_deserted(int status_fd)
{
	struct pollfd poller = {.fd = status_fd, .events = 0};

	return poll(&poller, 1, 0) > 0 && poller.revents & POLLERR;
}

/* The first process of the pid namespace. Not dumpable, so that the program, of
 * the same uid, can neither trace it nor read its memory. */
static _Noreturn void keep(const struct sandbox_command *command, const struct sandbox_descriptors *tunnels,
                           struct pipes *pipes)
{
	/* Both while we are still who started windsock: the guest may be kept out of the folders. */
	struct door door = open_door(command->arguments[0]);
	bool misplaced = command->folder && chdir(command->folder);
	pid_t program;

	(void)close(pipes->status[0]);
	(void)close(pipes->mapped[1]); /* so that the harness's death is seen while we wait */
	(void)close(pipes->go[1]);
	if (misplaced || setsid() < 0 || take_ids(pipes->mapped[0])) {
		tell(pipes->status[1], SANDBOX_NOT_STARTED, errno);
		_exit(127);
	}
	/* After the ids: a change of them clears the death signal (prctl(2)). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || is_deserted(pipes->status[1]))
		_exit(127);
	program = fork();
	if (!program)
		become_program(command, tunnels, pipes, &door);
	if (program < 0) {
		tell(pipes->status[1], SANDBOX_NOT_STARTED, errno);
		_exit(127);
	}
	(void)prctl(PR_SET_DUMPABLE, 0); /* hardening: the program's view alone depends on it */
	/* What the harness holds open is not the keeper's: a pipe's end would come late. */
	if (dup2(pipes->status[1], 3) < 0 || syscall(SYS_close_range, 4, ~0U, 0))
		_exit(127);
	await(program, 3);
	_exit(0);
}

static int open_pipes(struct pipes *pipes, bool has_input)
{
	*pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	if (has_input && pipe2(pipes->input, O_CLOEXEC))
		return -1;
	if (pipe2(pipes->output, O_CLOEXEC) || pipe2(pipes->errors, O_CLOEXEC) || pipe2(pipes->status, O_CLOEXEC) ||
	    pipe2(pipes->mapped, O_CLOEXEC) || pipe2(pipes->ready, O_CLOEXEC) || pipe2(pipes->go, O_CLOEXEC))
		return -1;
	return fcntl(pipes->output[0], F_SETFL, O_NONBLOCK) || fcntl(pipes->errors[0], F_SETFL, O_NONBLOCK) ||
	       fcntl(pipes->status[0], F_SETFL, O_NONBLOCK);
}

static void close_pipe(int *ends)
{
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			(void)close(ends[i]);
		ends[i] = -1;
	}
}

static void close_pipes(struct pipes *pipes)
{
	close_pipe(pipes->input);
	close_pipe(pipes->output);
	close_pipe(pipes->errors);
	close_pipe(pipes->status);
	close_pipe(pipes->mapped);
	close_pipe(pipes->ready);
	close_pipe(pipes->go);
}

static int take(int *end)
{
	int fd = *end;

	*end = -1;
	return fd;
}

int sandbox_prepare(struct sandbox *sandbox, const struct lab *lab, size_t host,
                    const struct sandbox_command *command, struct error *error)
{
	struct sandbox_descriptors tunnels = {0};
	struct pipes pipes;
	int pidfd = -1;
	long pid;

	tunnels.count = lab_descriptors(lab, host, tunnels.fd);

	*sandbox = (struct sandbox){-1, -1, -1, -1, -1, -1, {-1, -1}};
	if (open_pipes(&pipes, command->has_input) || lab_visit(lab, host)) {
		error_set(error, NULL, 0, 0, "cannot start %s: %s", command->arguments[0], strerror(errno));
		close_pipes(&pipes);
		return -1;
	}
	/* fork() in all but the namespaces; the child only calls what is safe after fork. */
	pid = syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_PIDFD | SIGCHLD,
	              NULL, &pidfd, NULL, NULL);
	if (!pid)
		keep(command, &tunnels, &pipes);
	if (pid < 0)
		error_set(error, NULL, 0, 0,
		          "cannot start %s in namespaces of its own: %s. End some processes, or let an administrator "
		          "raise user.max_pid_namespaces and its neighbours (sysctl user)",
		          command->arguments[0], strerror(errno));
	if (pid > 0 && (map_ids((pid_t)pid) || write(pipes.mapped[1], "m", 1) != 1)) {
		error_set(error, NULL, 0, 0, "cannot map the ids of %s: %s", command->arguments[0], strerror(errno));
		(void)kill((pid_t)pid, SIGKILL); /* ours, and not yet reaped */
		pid = -1;
	}
	if (lab_leave(lab) && pid >= 0) {
		error_set(error, NULL, 0, 0, "cannot come back from a host's namespace: %s", strerror(errno));
		(void)kill((pid_t)pid, SIGKILL); /* ours, and not yet reaped */
		pid = -1;
	}
	if (pid >= 0)
		*sandbox = (struct sandbox){(pid_t)pid, pidfd, take(&pipes.status[0]), take(&pipes.ready[0]), take(&pipes.go[1]),
		                            take(&pipes.input[1]), {take(&pipes.output[0]), take(&pipes.errors[0])}};
	close_pipes(&pipes);
	return pid < 0 ? -1 : 0;
}

int sandbox_go(struct sandbox *sandbox, bool holds)
{
	char word = holds ? GO_HELD : GO_FREE;
	int sent = write(sandbox->go_fd, &word, 1) == 1 ? 0 : -1;

	(void)close(sandbox->go_fd);
	sandbox->go_fd = -1;
	return sent;
}

enum sandbox_end sandbox_status(struct sandbox *sandbox, int *value)
{
	struct end_message message;
	ssize_t got = read(sandbox->status_fd, &message, sizeof message);

	*value = 0;
	if (got == (ssize_t)sizeof message) {
		*value = message.value;
		return (enum sandbox_end)message.end;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return SANDBOX_RUNNING;
	*value = SIGKILL; /* the pipe closed without a word: the keeper was killed */
	return SANDBOX_SIGNALLED;
}

void sandbox_kill(const struct sandbox *sandbox)
{
	if (sandbox->keeper_fd >= 0)
		(void)syscall(SYS_pidfd_send_signal, sandbox->keeper_fd, SIGKILL, NULL, 0); /* gone is as good */
}

void sandbox_reap(struct sandbox *sandbox)
{
	int status;

	while (sandbox->keeper > 0 && waitpid(sandbox->keeper, &status, 0) < 0 && errno == EINTR)
		;
	sandbox->keeper = -1;
}

void sandbox_close(struct sandbox *sandbox)
{
	int *fds[] = {&sandbox->keeper_fd, &sandbox->status_fd, &sandbox->ready_fd,     &sandbox->go_fd,
	              &sandbox->input_fd,  &sandbox->output_fd[0], &sandbox->output_fd[1]};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
}
