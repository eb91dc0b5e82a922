/* sandbox.c - see sandbox.h for the theory of operation. */
#include "sandbox_parts.h"

#include "calls.h"
#include "cgroup.h"
#include "cleanup.h"
#include "files.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the keeper writes, once, to the status pipe. */
struct end_message {
	int end; /* enum sandbox_end */
	int value;
	char trouble[sizeof((struct sandbox *)0)->trouble];
};

struct pipes {
	int input[2], output[2], errors[2], status[2], result[2];
	int source[2]; /* its length, then its bytes, when they are given after the rest */
	int mapped[2]; /* a byte comes when the ids are mapped */
	int ready[2];  /* a byte comes when the program waits for that */
	int go[2];     /* a byte comes when the program may start */
};

#define NOBODY 65534 /* of root's compiler */
#define LOST_MS 50 /* from a process giving back its memory to its end: two steps of the kernel's */
#define SANDBOX_DESCRIPTORS_MAX LAB_DESCRIPTORS_MAX

/* What the program finds open behind the standard three. */
struct sandbox_descriptors {
	int fd[SANDBOX_DESCRIPTORS_MAX];
	size_t count;
};

unsigned sandbox_without; /* nothing */
const char *sandbox_shows;

static int write_file(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

/* Who the program is outside. For a compiler there is no lab: what windsock itself may be, or nobody for root's. */
static int guest_of(const struct lab *lab)
{
	if (lab)
		return lab_guest();
	return geteuid() ? (int)geteuid() : NOBODY;
}

static int write_maps(pid_t keeper, int uid, int gid)
{
	static const char *const files[] = {"uid_map", "gid_map"};
	char path[64], map[64];

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)keeper, files[i]);
		snprintf(map, sizeof map, "%d %d 1", PROGRAM_ID, i ? gid : uid);
		if (write_file(path, map))
			return -1;
	}
	return 0;
}

#define MAPPED_SAME 'm'
#define MAPPED_OTHER 'o' /* than who started windsock: his groups must go */

/* From outside, by whoever has the power over the lab: the program's ids are the lab's guest. */
static int map_ids(pid_t keeper, const struct lab *lab, int mapped_fd)
{
	int guest = guest_of(lab);
	bool other = lab ? guest != PROGRAM_ID : !geteuid();
	char path[64], word = other ? MAPPED_OTHER : MAPPED_SAME;

	if ((lab || other) && !write_maps(keeper, guest, guest))
		return write(mapped_fd, &word, 1) == 1 ? 0 : -1;
	if (lab)
		return -1;
	/* Who has no capability outside (a container's root neither) maps himself, and only when setgroups(2) is
	 * denied (user_namespaces(7)). */
	word = MAPPED_SAME;
	snprintf(path, sizeof path, "/proc/%d/setgroups", (int)keeper);
	if (write_file(path, "deny") || write_maps(keeper, (int)geteuid(), (int)getegid()))
		return -1;
	return write(mapped_fd, &word, 1) == 1 ? 0 : -1;
}

/* Becomes the guest, once the map is there. Where that is another uid than ours, our
 * groups go too; where it is the same they cannot (setgroups is denied) and need not. */
static int take_ids(int mapped_fd)
{
	char word;

	if (read(mapped_fd, &word, 1) != 1)
		return -1;
	if (word == MAPPED_OTHER && setgroups(0, NULL))
		return -1;
	return setresgid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID) || setresuid(PROGRAM_ID, PROGRAM_ID, PROGRAM_ID);
}

static void tell(int fd, enum sandbox_end end, int value, const char *trouble)
{
	struct end_message message = {.end = (int)end, .value = value};

	snprintf(message.trouble, sizeof message.trouble, "%s", trouble ? trouble : "");
	(void)!write(fd, &message, sizeof message); /* nobody listens any more: nothing to tell */
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

/* The descriptors of the host's tunnels become 3, 4, ...; dup2() leaves them open through exec. */
static int take_tunnels(const struct sandbox_descriptors *tunnels, struct pipes *pipes, struct root *root)
{
	int raised[SANDBOX_DESCRIPTORS_MAX];
	int *ours[] = {&pipes->status[1], &pipes->ready[1], &pipes->go[0], &root->program_folder};

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

/* The bytes that let a program go. */
#define GO_FREE 'g'
#define GO_HELD 'h' /* a tracer holds it: its socket calls shall stop */

/* Waits at the door. *held: by a tracer. False: the harness has given up. */
static bool may_go(const struct pipes *pipes, bool *held)
{
	char byte;

	/* The change of ids forbade it to be traced, also by us: its memory, and the keeper's, which is the same, still
	 * counts as that of windsock (__ptrace_may_access). Nothing of the student's runs here yet. */
	(void)prctl(PR_SET_DUMPABLE, 1);
	/* Where nobody listens it is not held; who listens must not wait in vain. */
	if ((write(pipes->ready[1], "r", 1) != 1 && errno != EPIPE) || read(pipes->go[0], &byte, 1) != 1)
		return false;
	*held = byte == GO_HELD;
	/* From here on nobody else; exec gives the program a memory of its own, and leaves the keeper's as it is. */
	(void)prctl(PR_SET_DUMPABLE, !sandbox_has(LAYER_KEEPER)); /* cannot fail */
	return true;
}

/* What the keeper and the program need to know. */
struct box {
	const struct sandbox_command *command;
	char **arguments;
	const char *name; /* of the host */
	const struct sock_fprog *filter;
	struct sandbox_descriptors tunnels;
	struct pipes pipes;
	struct root root;
	volatile bool *goes; /* told to the keeper, by the program's process: what comes from here on is the program's own */
};

static _Noreturn void give_up(const struct box *box, const char *doing)
{
	tell(box->pipes.status[1], SANDBOX_BROKEN, errno, doing);
	_exit(127);
}

static int begin_afresh(void)
{
	sigset_t none;

	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL); /* fails for KILL and STOP alone */
	(void)umask(022);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What is kept is closed by exec. (CLOSE_RANGE_CLOEXEC would do for all of them from Linux 5.11 on.) */
static int close_others(const struct box *box)
{
	int kept[] = {box->pipes.status[1], box->pipes.ready[1], box->pipes.go[0], box->root.program_folder};

	if (!sandbox_has(LAYER_DESCRIPTORS))
		return 0;
	return descriptors_keep(3 + (unsigned)box->tunnels.count, kept, sizeof kept / sizeof kept[0]);
}

static void bind_program(struct box *box)
{
	if (begin_afresh() || (sandbox_has(LAYER_SESSION) && setsid() < 0) || take_descriptors(&box->pipes) ||
	    take_tunnels(&box->tunnels, &box->pipes, &box->root) || close_others(box))
		give_up(box, "give it its descriptors");
	if (sandbox_has(LAYER_LIMITS) && limits_set(box->command->compiles))
		give_up(box, "set its limits");
	if (sandbox_has(LAYER_PRIVILEGES) ? limits_drop_privileges() : limits_keep_privileges())
		give_up(box, "take its privileges");
	if (sandbox_has(LAYER_LANDLOCK))
		limits_landlock();
}

/* The program itself. The status pipe stays open until exec closes it. */
static _Noreturn void become_program(struct box *box)
{
	static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8",
	                                    "LC_ALL=C.UTF-8", "HOME=" WORKING_FOLDER, "TMPDIR=/tmp", NULL};
	bool held;

	bind_program(box);
	/* Before the door: the kernel takes its time to compile it. What is still to be done here it allows. */
	if (sandbox_has(LAYER_FILTER) && filter_install(box->filter))
		give_up(box, "install the filter of its system calls");
	if (!may_go(&box->pipes, &held))
		_exit(127);
	if (held)
		(void)calls_filter(); /* not installed: no calls are seen, and all else is as ever */
	*box->goes = true;
	root_execute(&box->root, box->arguments, sandbox_has(LAYER_ENVIRONMENT) ? environment : environ);
	tell(box->pipes.status[1], SANDBOX_NOT_STARTED, errno, NULL);
	_exit(127);
}

static int begin_program(void *box)
{
	struct box own = *(const struct box *)box; /* it renumbers descriptors: the keeper's have other numbers */

	become_program(&own);
}

/* Its process. Until exec it has the keeper's memory and a stack of its own: a copy would be thrown away, and costs
 * as much as the rest of the sandbox. All else (descriptors, limits, ids) is its own from the start. */
static pid_t start_program(struct box *box)
{
	static _Alignas(16) char stack[64 << 10];

	return clone(begin_program, stack + sizeof stack, CLONE_VM | SIGCHLD, box);
}

/* Reaps until the program itself has ended. */
static int await(pid_t program)
{
	for (;;) {
		int status;
		pid_t pid = wait4(-1, &status, 0, NULL);

		if (pid == program && !WIFSTOPPED(status))
			return status;
		if (pid < 0 && errno != EINTR)
			return W_EXITCODE(127, 0); /* it cannot be: the program is our child */
	}
}

/* What it has left running is ended before anybody looks at what it has left lying. */
static void take_result(const struct box *box, int status_fd, int result_fd)
{
	int status;

	(void)kill(-1, SIGKILL); /* nobody there is as good */
	while (wait4(-1, &status, 0, NULL) > 0 || errno == EINTR)
		;
	if (!root_take_result(box->command, result_fd))
		tell(status_fd, SANDBOX_EXITED, 0, NULL);
	else
		tell(status_fd, SANDBOX_BROKEN, errno, "take out what the compiler has made");
}

static void tell_end(const struct box *box, int status, int status_fd, int result_fd)
{
	if (WIFSIGNALED(status) && !*box->goes)
		tell(status_fd, SANDBOX_BROKEN, ECANCELED, "start it: its process was killed from outside");
	else if (WIFSIGNALED(status))
		tell(status_fd, SANDBOX_SIGNALLED, WTERMSIG(status), NULL);
	else if (!WEXITSTATUS(status) && box->command->result_name)
		take_result(box, status_fd, result_fd);
	else
		tell(status_fd, SANDBOX_EXITED, WEXITSTATUS(status), NULL);
}

/* Whether the harness died before the death signal was armed. */
static bool is_deserted(int status_fd)
{
	struct pollfd poller = {.fd = status_fd, .events = 0};

	return poll(&poller, 1, 0) > 0 && poller.revents & POLLERR;
}

static int read_all(int fd, void *bytes, size_t length)
{
	for (char *at = bytes; length;) {
		ssize_t got = read(fd, at, length);

		if (got <= 0)
			return -1;
		at += got;
		length -= (size_t)got;
	}
	return 0;
}

/* What was given with the rest, or comes now. The harness may die as we wait: its death signal ends us. */
static int take_source(struct box *box)
{
	_cleanup_text_ struct text source = {0};
	char *bytes;
	size_t length;

	if (box->command->source)
		return root_put_source(&box->root, box->command, box->command->source);
	box->root.doing = "read its source";
	if (read_all(box->pipes.source[0], &length, sizeof length))
		return -1;
	bytes = source.data = mem_alloc(length + 1);
	source.length = length;
	return read_all(box->pipes.source[0], bytes, length) || root_put_source(&box->root, box->command, &source) ? -1 : 0;
}

/* The namespaces, and who we are in them. */
static void settle(struct box *box)
{
	(void)umask(022);
	if (box->command->folder && chdir(box->command->folder))
		give_up(box, "go to where its files are");
	if (root_open(&box->root, box->command, box->arguments))
		give_up(box, box->root.doing);
	if (sandbox_has(LAYER_USER))
		limits_forbid_namespaces();
	if ((sandbox_has(LAYER_SESSION) && setsid() < 0) || take_ids(box->pipes.mapped[0]))
		give_up(box, "become nobody in particular");
	/* After the ids: a change of them clears the death signal (prctl(2)). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || is_deserted(box->pipes.status[1]))
		_exit(127);
	if (sethostname(box->name, strlen(box->name)))
		errno = 0; /* a name is of no weight; with _FORTIFY_SOURCE a cast does not say so */
	if (root_enter(&box->root, box->command) || (box->command->source_name && take_source(box)))
		give_up(box, box->root.doing);
}

/* What the harness holds open is not the keeper's: a pipe's end would come late. */
static int keep_descriptors(struct pipes *pipes)
{
	int status = fcntl(pipes->status[1], F_DUPFD_CLOEXEC, 5);
	int result = pipes->result[1] < 0 ? 0 : fcntl(pipes->result[1], F_DUPFD_CLOEXEC, 5);

	if (status < 0 || result < 0 || dup2(status, 3) < 0 || (result && dup2(result, 4) < 0))
		return -1;
	return (int)syscall(SYS_close_range, result ? 5 : 4, ~0U, 0);
}

/* The first process of the pid namespace. Not dumpable, and it keeps its capabilities over the
 * sandbox, so that the program, of the same uid and without, can neither trace it nor read its memory. */
static _Noreturn void keep(struct box *box)
{
	volatile bool goes = false;
	pid_t program;

	box->goes = &goes;
	(void)close(box->pipes.status[0]);
	(void)close(box->pipes.mapped[1]); /* so that the harness's death is seen while we wait */
	(void)close(box->pipes.go[1]);
	settle(box);
	program = start_program(box);
	if (program < 0)
		give_up(box, "start its process");
	if (!sandbox_has(LAYER_KEEPER))
		(void)limits_drop_privileges();
	if (keep_descriptors(&box->pipes))
		give_up(box, "keep its pipes");
	tell_end(box, await(program), 3, 4);
	_exit(0);
}

static int open_pipes(struct pipes *pipes, const struct sandbox_command *command)
{
	*pipes = (struct pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	if ((command->has_input && pipe2(pipes->input, O_CLOEXEC)) ||
	    (command->source_name && !command->source && pipe2(pipes->source, O_CLOEXEC)) ||
	    (command->result_name && (pipe2(pipes->result, O_CLOEXEC) || fcntl(pipes->result[0], F_SETFL, O_NONBLOCK))))
		return -1;
	if (pipe2(pipes->output, O_CLOEXEC) || pipe2(pipes->errors, O_CLOEXEC) || pipe2(pipes->status, O_CLOEXEC) ||
	    pipe2(pipes->mapped, O_CLOEXEC) || pipe2(pipes->ready, O_CLOEXEC) || pipe2(pipes->go, O_CLOEXEC))
		return -1;
	/* The input too: the program may open its end for writing (/proc/self/fd/0) and fill it, and nobody waits for it. */
	return (command->has_input && fcntl(pipes->input[1], F_SETFL, O_NONBLOCK)) ||
	       fcntl(pipes->output[0], F_SETFL, O_NONBLOCK) || fcntl(pipes->errors[0], F_SETFL, O_NONBLOCK) ||
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
	close_pipe(pipes->result);
	close_pipe(pipes->source);
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

static char **copy_arguments(char *const *arguments)
{
	size_t count = 0;
	char **copy;

	while (arguments[count])
		count++;
	copy = mem_alloc((count + 1) * sizeof *copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = mem_string(arguments[i]);
	return copy;
}

static void free_arguments(char **arguments)
{
	for (char **argument = arguments; *argument; argument++)
		free(*argument);
	free(arguments);
}

#define NAMESPACES \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

/* The kernel takes no ids (EACCES, as where they are forbidden) for a keeper that has given up by then, or was killed:
 * what it said, or its end, tells that. */
static void explain_refusal(const struct box *box, const char *whose, int pidfd, int why, struct error *error)
{
	struct sandbox lost = {.status_fd = box->pipes.status[0]};
	struct pollfd end = {.fd = pidfd, .events = POLLIN};
	bool ended = poll(&end, 1, LOST_MS) > 0;
	char what[64];
	int value;

	snprintf(what, sizeof what, "give %s a user of its own", whose);
	if (sandbox_status(&lost, &value) == SANDBOX_BROKEN)
		(void)sandbox_wall(&lost, whose, value, error);
	else if (ended)
		error_set(error, NULL, 0, 0, "cannot %s: its first process was ended from outside", what);
	else
		(void)wall_met(DOOR_NAMESPACE, what, why, error);
}

/* One that nobody shall have: nothing of it stays. */
static void give_up_keeper(pid_t pid, int pidfd)
{
	(void)kill(pid, SIGKILL); /* ours, and not yet reaped */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	cgroup_leave(pid);
	(void)close(pidfd);
}

/* Starts the keeper. Its pid, or -1: *error, or of a compiler that has no namespace: *error and errno. */
static pid_t start_keeper(struct box *box, const struct lab *lab, int *pidfd, struct error *error)
{
	unsigned long flags = NAMESPACES | CLONE_PIDFD | SIGCHLD;
	pid_t pid;

	if (!lab && sandbox_has(LAYER_NETWORK))
		flags |= CLONE_NEWNET;
	/* fork() in all but the namespaces; nothing of ours has threads. */
	pid = (pid_t)syscall(SYS_clone, flags, NULL, pidfd, NULL, NULL);
	if (!pid)
		keep(box);
	if (pid < 0)
		return wall_met(DOOR_NAMESPACE, lab ? "make namespaces for a program" : "make namespaces for the compiler", errno,
		                error);
	cgroup_enter(pid, !lab); /* it waits for its ids */
	if (!map_ids(pid, lab, box->pipes.mapped[1]))
		return pid;
	explain_refusal(box, lab ? "a program" : "the compiler", *pidfd, errno, error);
	give_up_keeper(pid, *pidfd);
	return -1;
}

int sandbox_prepare(struct sandbox *sandbox, const struct lab *lab, size_t host,
                    const struct sandbox_command *command, struct error *error)
{
	struct box box = {.command = command, .name = lab ? lab->lesson->hosts[host].name : "compiler",
	                  .filter = filter_make()};
	struct pipes *pipes = &box.pipes;
	int pidfd = -1;
	pid_t pid;

	*sandbox = SANDBOX_NONE;
	if (lab)
		box.tunnels.count = lab_descriptors(lab, host, box.tunnels.fd);
	if (!box.filter)
		return wall_met(DOOR_FILTER, "make the filter of system calls", errno, error);
	if (open_pipes(pipes, command) || (lab && lab_visit(lab, host))) {
		wall_met(DOOR_NAMESPACE, "start a program", errno, error);
		close_pipes(pipes);
		return -1;
	}
	box.arguments = copy_arguments(command->arguments);
	pid = start_keeper(&box, lab, &pidfd, error);
	free_arguments(box.arguments);
	if (lab && lab_leave(lab) && pid >= 0) {
		error_set(error, NULL, 0, 0, "cannot come back from a host's namespace: %s", strerror(errno));
		give_up_keeper(pid, pidfd);
		pid = -1;
	}
	if (pid >= 0)
		*sandbox = (struct sandbox){pid, pidfd, take(&pipes->status[0]), take(&pipes->ready[0]), take(&pipes->go[1]),
		                            take(&pipes->input[1]), take(&pipes->source[1]), {take(&pipes->output[0]), take(&pipes->errors[0])},
		                            take(&pipes->result[0]), "", 0};
	close_pipes(pipes);
	return pid < 0 ? -1 : 0;
}

int sandbox_feed(struct sandbox *sandbox, const struct text *source)
{
	int fed = pipe_put(sandbox->source_fd, &source->length, sizeof source->length) ||
	          pipe_put(sandbox->source_fd, text_string(source), source->length) ? -1 : 0;

	(void)close(sandbox->source_fd); /* all of it is written, or nobody is there */
	sandbox->source_fd = -1;
	return fed;
}

int sandbox_go(struct sandbox *sandbox, bool holds)
{
	char word = holds ? GO_HELD : GO_FREE;
	int sent = pipe_put(sandbox->go_fd, &word, 1), error = errno;

	(void)close(sandbox->go_fd);
	sandbox->go_fd = -1;
	errno = error;
	return sent;
}

/* The other end of the pipe is closed by exec. */
int sandbox_await_start(const struct sandbox *sandbox, int limit_ms)
{
	struct pollfd poller = {.fd = sandbox->ready_fd, .events = 0};
	int got;

	do
		got = poll(&poller, 1, limit_ms);
	while (got < 0 && errno == EINTR);
	return got;
}

enum sandbox_end sandbox_status(struct sandbox *sandbox, int *value)
{
	struct end_message message;
	ssize_t got = read(sandbox->status_fd, &message, sizeof message);

	*value = 0;
	if (got == (ssize_t)sizeof message) {
		*value = message.value;
		snprintf(sandbox->trouble, sizeof sandbox->trouble, "%s", message.trouble);
		return (enum sandbox_end)message.end;
	}
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return SANDBOX_RUNNING;
	if (cgroup_was_full(sandbox->keeper))
		return SANDBOX_FULL;
	/* Closed without a word: nobody in the sandbox can do that. */
	*value = got < 0 ? errno : EPIPE;
	snprintf(sandbox->trouble, sizeof sandbox->trouble, "learn how it ended");
	return SANDBOX_BROKEN;
}

int sandbox_wall(const struct sandbox *sandbox, const char *whose, int why, struct error *error)
{
	enum wall_door door = strstr(sandbox->trouble, "filter") ? DOOR_FILTER : DOOR_MOUNT;
	char what[192], detail[WALL_DETAIL];

	if (wall_find(door, why, "", detail) == WALL_UNKNOWN)
		return error_set(error, NULL, 0, 0, "the sandbox of %s failed: cannot %s: %s", whose, sandbox->trouble,
		                 strerror(why));
	snprintf(what, sizeof what, "make the sandbox of %s, or %s", whose, sandbox->trouble);
	return wall_met(door, what, why, error);
}

void sandbox_kill(const struct sandbox *sandbox)
{
	if (sandbox->keeper_fd >= 0)
		(void)syscall(SYS_pidfd_send_signal, sandbox->keeper_fd, SIGKILL, NULL, 0); /* gone is as good */
}

void sandbox_reap(struct sandbox *sandbox)
{
	struct rusage used = {0};
	int status;

	while (sandbox->keeper > 0 && wait4(sandbox->keeper, &status, 0, &used) < 0 && errno == EINTR)
		;
	sandbox->computed_us = (int64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec +
	                       used.ru_stime.tv_usec;
	if (sandbox->keeper > 0)
		cgroup_leave(sandbox->keeper);
	sandbox->keeper = -1;
}

void sandbox_close(struct sandbox *sandbox)
{
	int *fds[] = {&sandbox->keeper_fd, &sandbox->status_fd, &sandbox->ready_fd,     &sandbox->go_fd,
	              &sandbox->input_fd,  &sandbox->source_fd, &sandbox->output_fd[0], &sandbox->output_fd[1],
	              &sandbox->result_fd};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
}
