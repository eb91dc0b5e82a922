/* calls_tracer.c - the process that holds the programs: waits, and lets them go on.
 *
 * One loop over waitpid(). Every stop is answered at once; which it is stands in the status
 * (ptrace(2), "Stopped states"). */
#include "calls_parts.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <fcntl.h>
#include <unistd.h>

#define OPTIONS                                                                                              \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |            \
	 PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD)
#define SYSCALL_STOP (SIGTRAP | 0x80)

struct tracer {
	struct calls_log *log;
	ino_t namespaces[TARGETS_MAX]; /* the pid namespace of each target */
	size_t target_count;
	struct task *tasks;
	size_t task_count, task_capacity;
	struct chain chains[CALLS_MAX]; /* beside the log's calls */
	size_t stops;
	bool loops; /* the newest call that was taken down told nothing new */
};

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- who is held ---- */

static ino_t pid_namespace(pid_t pid)
{
	struct stat status;
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)pid);
	return stat(path, &status) ? 0 : status.st_ino;
}

static size_t read_proc(pid_t pid, const char *name, char *buffer, size_t size)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, buffer, size - 1);
	if (fd >= 0)
		(void)close(fd); /* only read from */
	buffer[got > 0 ? got : 0] = '\0';
	return got > 0 ? (size_t)got : 0;
}

/* The last number of the line KEY: in the innermost namespace. */
static int last_number(const char *status, const char *key)
{
	const char *at = strstr(status, key);
	long number = 0;
	char *end;

	if (!at)
		return 0;
	for (at += strlen(key); *at && *at != '\n'; at = end) {
		long next = strtol(at, &end, 10);

		if (end == at)
			break;
		number = next;
	}
	return (int)number;
}

static struct task *find_task(struct tracer *tracer, pid_t tid)
{
	for (size_t i = 0; i < tracer->task_count; i++)
		if (tracer->tasks[i].tid == tid)
			return &tracer->tasks[i];
	return NULL;
}

static struct task *add_task(struct tracer *tracer, pid_t tid)
{
	struct task task = {.tid = tid, .target = -1};
	char status[4096];
	ino_t namespace = pid_namespace(tid);

	(void)read_proc(tid, "status", status, sizeof status); /* gone: zeros */
	task.tgid = last_number(status, "\nTgid:");
	task.inner_pid = last_number(status, "\nNStgid:");
	task.inner_tid = last_number(status, "\nNSpid:");
	for (size_t i = 0; i < tracer->target_count; i++)
		if (namespace && tracer->namespaces[i] == namespace)
			task.target = (int)i;
	for (size_t i = 0; i < tracer->task_count; i++)
		if (task.tgid && tracer->tasks[i].tgid == task.tgid)
			task.code = tracer->tasks[i].code; /* a thread */
	mem_room(tracer->tasks, tracer->task_count, tracer->task_capacity);
	tracer->tasks[tracer->task_count] = task;
	return &tracer->tasks[tracer->task_count++];
}

/* Whether the task is stopped by a signal: not by us, although /proc says so. */
static void note_stopped(struct tracer *tracer, struct task *task, bool stopped)
{
	if (task->stopped == stopped)
		return;
	task->stopped = stopped;
	if (task->target >= 0 && stopped)
		atomic_fetch_add(&tracer->log->stopped[task->target], 1);
	else if (task->target >= 0)
		atomic_fetch_sub(&tracer->log->stopped[task->target], 1);
}

static void drop_task(struct tracer *tracer, pid_t tid)
{
	struct task *task = find_task(tracer, tid);

	if (!task)
		return;
	note_stopped(tracer, task, false);
	*task = tracer->tasks[--tracer->task_count];
}

/* ---- their calls ---- */

static struct __ptrace_syscall_info ask(pid_t tid)
{
	struct __ptrace_syscall_info info = {0};

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, &info) < 0)
		info.op = PTRACE_SYSCALL_INFO_NONE;
	return info;
}

/* Whether it is taken down, so that its end is of interest too. */
static bool enter_call(struct tracer *tracer, struct task *task)
{
	struct calls_log *log = tracer->log;
	struct __ptrace_syscall_info info;
	struct call *call;

	if (task->target < 0)
		return false;
	if (log->cut || log->count == CALLS_MAX || tracer->stops++ == STOPS_MAX) {
		log->cut = true;
		log->left_out++;
		return false;
	}
	info = ask(task->tid);
	call = &log->calls[log->count];
	*call = (struct call){.program = (unsigned)task->target, .process = task->inner_pid, .thread = task->inner_tid};
	if (info.op != PTRACE_SYSCALL_INFO_SECCOMP || !decode_entry(task, &info, call))
		return false;
	lines_find(task, info.instruction_pointer, info.stack_pointer, &tracer->chains[log->count]);
	call->time_ns = now_ns();
	task->open = ++log->count;
	return true;
}

static bool is_waiting(const struct call *call)
{
	bool polls = call->kind == CALL_POLL || call->kind == CALL_SELECT || call->kind == CALL_EPOLL_WAIT;

	return call->error == EAGAIN || (polls && !call->result && !call->error);
}

/* Whether the newest call told nothing that the call before it had not told: a busy loop. */
static bool is_repeated(const struct tracer *tracer, size_t number)
{
	const struct call *call = &tracer->log->calls[number], *before = call - 1;

	return number && number + 1 == tracer->log->count && before->end_ns && is_waiting(call) &&
	       before->kind == call->kind && before->thread == call->thread && before->program == call->program &&
	       before->fd == call->fd && before->result == call->result && before->error == call->error &&
	       before->length == call->length &&
	       !memcmp(&tracer->chains[number], &tracer->chains[number - 1], sizeof tracer->chains[0]);
}

/* It becomes one with the call before it. */
static void fold(struct calls_log *log, size_t number)
{
	log->calls[number - 1].repeats++;
	log->calls[number - 1].end_ns = log->calls[number].end_ns;
	log->count--;
}

static void leave_call(struct tracer *tracer, struct task *task)
{
	struct __ptrace_syscall_info info;
	struct call *call;

	if (!task->open)
		return;
	call = &tracer->log->calls[task->open - 1];
	info = ask(task->tid);
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		call->end_ns = now_ns();
		decode_exit(task, info.exit.rval, call);
		tracer->loops = is_repeated(tracer, task->open - 1);
		if (tracer->loops)
			fold(tracer->log, task->open - 1);
	}
	task->open = 0;
}

/* ---- stops ---- */

/* A task that was killed meanwhile is no longer there to go on: its end comes next. */
static void go_on(pid_t tid, enum __ptrace_request how, int signal)
{
	(void)ptrace(how, tid, NULL, (void *)(intptr_t)signal);
}

static bool is_group_stop(int signal)
{
	return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

static void handle_event(struct tracer *tracer, struct task *task, int event, int signal)
{
	enum __ptrace_request how = PTRACE_CONT;

	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		if (enter_call(tracer, task))
			how = PTRACE_SYSCALL;
		break;
	case PTRACE_EVENT_STOP:
		if (is_group_stop(signal)) {
			note_stopped(tracer, task, true);
			how = PTRACE_LISTEN;
		}
		break;
	case PTRACE_EVENT_EXEC: /* of a thread: it has taken its leader's number */
		task->code = (struct code){0};
		task->open = 0;
		decode_forget(task);
		go_on(task->tid, PTRACE_CONT, 0);
		lines_learn(task);
		return;
	default: /* fork, vfork, clone: the new one's first stop tells the rest */
		break;
	}
	go_on(task->tid, how, 0);
}

static void handle_stop(struct tracer *tracer, pid_t tid, int status)
{
	struct task *task = find_task(tracer, tid);
	int signal = WSTOPSIG(status), event = status >> 16;

	if (!task)
		task = add_task(tracer, tid);
	note_stopped(tracer, task, false);
	if (!tracer->loops)
		atomic_fetch_add_explicit(&tracer->log->stops, 1, memory_order_relaxed);
	if (event) {
		handle_event(tracer, task, event, signal);
	} else if (signal == SYSCALL_STOP) {
		leave_call(tracer, task);
		go_on(tid, PTRACE_CONT, 0);
	} else {
		go_on(tid, PTRACE_CONT, signal); /* its own */
	}
}

/* Until the last program is gone. */
static void follow(struct tracer *tracer)
{
	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);

		if (tid < 0 && errno == EINTR)
			continue;
		if (tid < 0)
			return; /* ECHILD: nobody is left */
		if (WIFSTOPPED(status))
			handle_stop(tracer, tid, status);
		else
			drop_task(tracer, tid);
	}
}

/* ---- the beginning ---- */

/* The program below KEEPER: its only child, until it is let go. */
static pid_t find_program(const struct calls_target *target)
{
	char name[64], children[64], byte;
	ssize_t got;

	do
		got = read(target->ready_fd, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got != 1)
		return -1; /* it has failed, and says why itself */
	snprintf(name, sizeof name, "task/%d/children", (int)target->keeper);
	(void)read_proc(target->keeper, name, children, sizeof children);
	return (pid_t)strtol(children, NULL, 10);
}

/* Kernels and containers differ in what they allow; tests ask for a refusal. */
static bool is_allowed(void)
{
	uint32_t action = SECCOMP_RET_TRACE;

	if (getenv("WINDSOCK_NO_PTRACE")) {
		errno = EPERM;
		return false;
	}
	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

/* Takes hold of one. It goes on waiting at its door. 0 or errno. */
static int seize(struct tracer *tracer, const struct calls_target *target, size_t i)
{
	pid_t program = find_program(target);

	if (program <= 0)
		return 0;
	if (!is_allowed() || ptrace(PTRACE_SEIZE, program, NULL, (void *)OPTIONS))
		return errno == ESRCH ? 0 : errno;
	tracer->namespaces[i] = pid_namespace(program); /* the keeper does not let anybody look */
	tracer->target_count = i + 1;
	(void)add_task(tracer, program);
	tracer->log->held[i] = true;
	return 0;
}

void calls_trace(struct calls_log *log, const struct calls_target *targets, size_t count, int word_fd)
{
	struct tracer *tracer = mem_alloc(sizeof *tracer);

	tracer->log = log;
	for (size_t i = 0; i < count && !log->refused; i++)
		log->refused = seize(tracer, &targets[i], i);
	(void)!write(word_fd, "h", 1); /* its end says the same */
	(void)close(word_fd);
	follow(tracer);
	log->complete = true;
	lines_resolve(log, tracer->chains);
	_exit(0);
}
