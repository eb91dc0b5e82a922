/* activity.c - see activity.h for the theory of operation. */
#include "activity.h"

#include "../src/schedstat.h"
#include "cleanup.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>

#define ARGUMENTS 6
#define DEPTH_MAX 64

/* How a blocked call says that it has a timeout. */
enum timeout_rule {
	RULE_NEVER,    /* it has none */
	RULE_ANY,      /* something else may end it, and nobody can tell */
	RULE_RECEIVE,  /* the socket's SO_RCVTIMEO */
	RULE_SEND,     /* the socket's SO_SNDTIMEO */
	RULE_NEGATIVE, /* an int of milliseconds; negative = none */
	RULE_POINTER,  /* a pointer to a struct; NULL = none */
};

static const struct {
	long number;
	enum timeout_rule rule;
	int argument; /* which argument tells: the descriptor, the milliseconds, the pointer */
} waits[] = {
	{SYS_read, RULE_RECEIVE, 0},
	{SYS_readv, RULE_RECEIVE, 0},
	{SYS_recvfrom, RULE_RECEIVE, 0},
	{SYS_recvmsg, RULE_RECEIVE, 0},
	{SYS_recvmmsg, RULE_RECEIVE, 0}, /* its own timeout is looked at behind a datagram only (recvmmsg(2), BUGS) */
	{SYS_accept, RULE_RECEIVE, 0},
	{SYS_accept4, RULE_RECEIVE, 0},
	{SYS_connect, RULE_SEND, 0},
	{SYS_write, RULE_SEND, 0},
	{SYS_writev, RULE_SEND, 0},
	{SYS_sendto, RULE_SEND, 0},
	{SYS_sendmsg, RULE_SEND, 0},
	{SYS_ppoll, RULE_POINTER, 2},
	{SYS_pselect6, RULE_POINTER, 4},
	{SYS_epoll_pwait, RULE_NEGATIVE, 3},
#ifdef SYS_epoll_pwait2
	{SYS_epoll_pwait2, RULE_POINTER, 3},
#endif
	{SYS_futex, RULE_POINTER, 3},
	{SYS_wait4, RULE_NEVER, 0},
	{SYS_waitid, RULE_NEVER, 0},
	{SYS_rt_sigsuspend, RULE_NEVER, 0},
	{SYS_rt_sigtimedwait, RULE_ANY, 0}, /* for SIGALRM, perhaps: what it waits for is shown nowhere */
#ifdef SYS_poll /* not on every architecture */
	{SYS_poll, RULE_NEGATIVE, 2},
	{SYS_select, RULE_POINTER, 4},
	{SYS_epoll_wait, RULE_NEGATIVE, 3},
	{SYS_pause, RULE_NEVER, 0},
#endif
};

/* Who waits for a child of his own waits uninterruptibly too, and not for the machine. */
static const long births[] = {
	SYS_clone,
#ifdef SYS_clone3
	SYS_clone3,
#endif
#ifdef SYS_vfork /* not on every architecture */
	SYS_vfork,
#endif
};

static const long sleeps[] = {SYS_nanosleep, SYS_clock_nanosleep, SYS_restart_syscall};

/* Files of /proc/PID/task/TID. */
enum file { FILE_STATUS, FILE_CALL, FILE_TIME, FILE_CHILDREN };

static const char *const files[] = {[FILE_STATUS] = "status", [FILE_CALL] = "syscall", [FILE_TIME] = "schedstat",
                                    [FILE_CHILDREN] = "children"};
static_assert(sizeof files / sizeof files[0] == sizeof((struct activity_task *)0)->fd / sizeof(int), "a place for every file");

static void forget_task(struct activity_task *task)
{
	for (size_t i = 0; task->pid && i < sizeof files / sizeof files[0]; i++)
		if (task->fd[i] >= 0)
			(void)close(task->fd[i]); /* only read from */
	*task = (struct activity_task){.fd = {-1, -1, -1, -1}};
}

static void name_task(struct activity_task *task, int pid, int tid)
{
	forget_task(task);
	task->pid = pid;
	task->tid = tid;
}

static struct activity_task *find_task(struct activity_watch *watch, int pid, int tid)
{
	struct activity_task *task;

	for (size_t i = 0; i < ACTIVITY_TASKS_KEPT; i++)
		if (watch->tasks[i].pid == pid && watch->tasks[i].tid == tid)
			return &watch->tasks[i];
	task = &watch->tasks[watch->next++ % ACTIVITY_TASKS_KEPT];
	name_task(task, pid, tid);
	return task;
}

static ssize_t open_and_read(struct activity_task *task, enum file file, char *buffer, size_t size)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/task/%d/%s", task->pid, task->tid, files[file]);
	task->fd[file] = open(path, O_RDONLY | O_CLOEXEC);
	return task->fd[file] < 0 ? -1 : pread(task->fd[file], buffer, size - 1, 0);
}

/* Reads the file whole into BUFFER (NUL behind); -1 when it cannot. */
static ssize_t read_task(struct activity_task *task, enum file file, char *buffer, size_t size)
{
	ssize_t got = task->fd[file] < 0 ? -1 : pread(task->fd[file], buffer, size - 1, 0);

	if (got < 0 && task->fd[file] >= 0 && errno == ESRCH)
		name_task(task, task->pid, task->tid); /* who had the files open is gone: the number may be another's by now */
	/* Else EPERM: on its way to exec, and not to be asked yet. */
	if (task->fd[file] < 0)
		got = open_and_read(task, file, buffer, size);
	buffer[got > 0 ? got : 0] = '\0';
	return got;
}

/* Whether the process's socket FD has a receive (send) timeout. A descriptor that
 * is no socket has none. True also when nobody can tell. */
static bool has_socket_timeout(int pid, int fd, int option)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	_cleanup_close_ int copy = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	struct timeval timeout = {0};
	socklen_t size = sizeof timeout;

	if (copy < 0)
		return true;
	return !getsockopt(copy, SOL_SOCKET, option, &timeout, &size) && (timeout.tv_sec || timeout.tv_usec);
}

static enum activity judge_wait(int pid, enum timeout_rule rule, unsigned long long argument)
{
	bool timed = false;

	switch (rule) {
	case RULE_NEVER: break;
	case RULE_ANY: timed = true; break;
	case RULE_RECEIVE: timed = has_socket_timeout(pid, (int)argument, SO_RCVTIMEO); break;
	case RULE_SEND: timed = has_socket_timeout(pid, (int)argument, SO_SNDTIMEO); break;
	case RULE_NEGATIVE: timed = (int)argument >= 0; break;
	case RULE_POINTER: timed = argument != 0; break;
	}
	return timed ? ACTIVITY_DOZING : ACTIVITY_PARKED;
}

/* From /proc/PID/task/TID/syscall: "45 0x3 0x7ff... SP PC", "running", or "-1 SP PC". */
static enum activity judge_call(int pid, const char *line)
{
	unsigned long long argument[ARGUMENTS];
	long number;

	if (sscanf(line, "%ld %llx %llx %llx %llx %llx %llx", &number, &argument[0], &argument[1], &argument[2],
	           &argument[3], &argument[4], &argument[5]) != ARGUMENTS + 1)
		return ACTIVITY_RUNNING;
	for (size_t i = 0; i < sizeof sleeps / sizeof sleeps[0]; i++)
		if (sleeps[i] == number)
			return ACTIVITY_ASLEEP;
	for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
		if (waits[i].number == number)
			return judge_wait(pid, waits[i].rule, argument[waits[i].argument]);
	return ACTIVITY_RUNNING;
}

static unsigned long long status_number(const char *status, const char *key, int base)
{
	const char *at = strstr(status, key);

	return at ? strtoull(at + strlen(key), NULL, base) : 0;
}

/* A handler for SIGALRM or SIGVTALRM, or one that is kept for a signalfd: alarm() may wake the process at any time. */
static bool has_alarm(const char *status)
{
	unsigned long long awaited = status_number(status, "\nSigCgt:", 16) | status_number(status, "\nSigBlk:", 16);

	return awaited & (1ULL << (SIGALRM - 1) | 1ULL << (SIGVTALRM - 1));
}

/* A timer that shows as a descriptor (timerfd) or as a POSIX timer: it may end a wait
 * that has no timeout of its own. */
static bool has_timer(int pid)
{
	char path[64], target[64], timers[16];
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%d/timers", pid);
	_cleanup_close_ int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file >= 0 && read(file, timers, sizeof timers) > 0)
		return true;
	snprintf(path, sizeof path, "/proc/%d/fd", pid);
	folder = opendir(path);
	if (!folder)
		return true; /* nobody can tell */
	for (struct dirent *entry; !found && (entry = readdir(folder));) {
		ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);

		target[length > 0 ? length : 0] = '\0';
		found = !strcmp(target, "anon_inode:[timerfd]");
	}
	(void)closedir(folder); /* only read from */
	return found;
}

static uint64_t count_switches(const char *status)
{
	return status_number(status, "\nvoluntary_ctxt_switches:", 10) +
	       status_number(status, "\nnonvoluntary_ctxt_switches:", 10);
}

/* A process of one thread that has not run since has no other timers than then. */
static bool may_be_woken(struct activity_task *task, const char *status)
{
	uint64_t switches = count_switches(status);
	bool alone = status_number(status, "\nThreads:", 10) == 1;

	if (has_alarm(status))
		return true;
	if (!task->knows_timers || task->switches != switches || !alone) {
		task->has_timers = has_timer(task->pid);
		task->knows_timers = true;
		task->switches = switches;
	}
	return task->has_timers;
}

static bool is_running(const char *call)
{
	return !strncmp(call, "running", strlen("running"));
}

/* Who computes waits for the others between any two turns, a little. A turn that is waited for so long says that there
 * were far too many. */
#define LONG_TURN_NS UINT64_C(50000000)

/* What it waited in the turns that it had since it was looked at before. */
static void note_turns(struct activity_task *task, const struct schedstat *times, struct activity_look *look)
{
	uint64_t since_ns = times->waited_ns - task->waited_ns, had = times->turns - task->turns;

	if (task->turns && since_ns > look->waited_ns)
		look->waited_ns = since_ns;
	if (task->turns && had && since_ns / had >= LONG_TURN_NS && since_ns > look->starved_ns)
		look->starved_ns = since_ns;
	task->waited_ns = times->waited_ns;
	task->turns = times->turns;
}

static void note_time(struct activity_task *task, struct activity_look *look)
{
	struct schedstat times;
	char line[128];

	if (read_task(task, FILE_TIME, line, sizeof line) <= 0 || !schedstat_parse(line, &times))
		return;
	look->computed_ns += times.computed_ns;
	note_turns(task, &times, look);
}

/* Threads share it; a leader that has ended alone shows none. */
static void note_memory(const char *status, uint64_t *held)
{
	uint64_t memory = 1024 * (status_number(status, "\nRssAnon:", 10) + status_number(status, "\nRssShmem:", 10));

	if (memory > *held)
		*held = memory;
}

/* One of a process's threads, and what is known of the process so far. */
struct process {
	bool kept;     /* a child of the keeper, which is about to reap it when it is dead */
	uint64_t held; /* the memory of its process */
	bool alone;    /* it has no other thread */
};

/* Of one in state D, by its file syscall: "0 0x3 ...", or "-1 SP PC" where it waits for a page of a file. */
static bool is_stalled(struct activity_task *task)
{
	char call[256], *end;
	long number;

	if (read_task(task, FILE_CALL, call, sizeof call) <= 0)
		return false;
	number = strtol(call, &end, 10);
	for (size_t i = 0; i < sizeof births / sizeof births[0]; i++)
		if (births[i] == number)
			return false;
	return end != call; /* "running": it waits no more */
}

static enum activity judge_state(struct activity_task *task, const struct process *process, const char *status,
                                 struct activity_look *look)
{
	const char *state = strstr(status, "\nState:\t");
	enum activity activity;
	char call[256];

	if (state && state[8] == 't') {
		look->traced++;
		return ACTIVITY_PARKED; /* or not: see activity_look() */
	}
	if (state && state[8] == 'D' && is_stalled(task))
		look->stalled = true;
	if (!state || (state[8] != 'S' && state[8] != 'Z' && state[8] != 'X' && state[8] != 'T'))
		return ACTIVITY_RUNNING;
	if (state[8] == 'T')
		return ACTIVITY_PARKED; /* stopped by a signal */
	/* Dead. A forgotten child stays so for ever, and so does the first thread (pthread_exit()) as long as others live. */
	if (state[8] != 'S')
		return process->kept && process->alone ? ACTIVITY_RUNNING : ACTIVITY_PARKED;
	/* Behind the status: if it moved in between, its count of switches will tell. */
	if (read_task(task, FILE_CALL, call, sizeof call) <= 0)
		return ACTIVITY_RUNNING;
	activity = judge_call(task->pid, call);
	return activity == ACTIVITY_PARKED && may_be_woken(task, status) ? ACTIVITY_DOZING : activity;
}

static bool is_on_its_way(struct activity_task *task)
{
	char call[256];

	return read_task(task, FILE_CALL, call, sizeof call) > 0 && is_running(call);
}

static enum activity count_thread(struct activity_task *task, struct process *process, struct activity_look *look)
{
	char status[4096];

	note_time(task, look);
	if (read_task(task, FILE_STATUS, status, sizeof status) <= 0)
		return ACTIVITY_PARKED; /* gone since */
	look->switches += count_switches(status);
	process->alone = status_number(status, "\nThreads:", 10) == 1;
	note_memory(status, &process->held);
	return judge_state(task, process, status, look);
}

/* The cheapest question first: in half of all looks it is the answer. */
static enum activity look_thread(struct activity_task *task, struct process *process, struct activity_look *look)
{
	if (!is_on_its_way(task))
		return count_thread(task, process, look);
	note_time(task, look);
	return ACTIVITY_RUNNING;
}

/* A way through all threads below the keeper. */
struct eye {
	struct activity_watch *watch;
	unsigned limit;
	struct activity_look *look; /* so far found */
	enum activity (*judge)(struct activity_task *task, struct process *process, struct activity_look *look);
};

static void look_process(const struct eye *eye, int pid, int depth);

static void look_children(const struct eye *eye, struct activity_task *task, int depth)
{
	char children[8192], *at = children, *end;

	if (read_task(task, FILE_CHILDREN, children, sizeof children) < 0) {
		eye->look->activity = ACTIVITY_RUNNING;
		return;
	}
	for (long child; eye->look->processes < eye->limit && (child = strtol(at, &end, 10)) > 0; at = end)
		look_process(eye, (int)child, depth + 1);
}

static void look_task(const struct eye *eye, int pid, int tid, int depth, struct process *process)
{
	struct activity_task *task = find_task(eye->watch, pid, tid);
	enum activity activity = eye->judge(task, process, eye->look);

	eye->look->processes++;
	if (activity > eye->look->activity)
		eye->look->activity = activity;
	look_children(eye, task, depth);
}

static void look_other_threads(const struct eye *eye, int pid, int depth, struct process *process)
{
	char path[64];
	DIR *folder;

	snprintf(path, sizeof path, "/proc/%d/task", pid);
	folder = opendir(path);
	if (!folder)
		return; /* gone since */
	for (struct dirent *entry; eye->look->processes < eye->limit && (entry = readdir(folder));) {
		int tid = (int)strtol(entry->d_name, NULL, 10);

		if (tid > 0 && tid != pid)
			look_task(eye, pid, tid, depth, process);
	}
	(void)closedir(folder); /* only read from */
}

static void look_process(const struct eye *eye, int pid, int depth)
{
	struct process process = {.kept = depth == 1};

	if (depth > DEPTH_MAX) {
		eye->look->activity = ACTIVITY_RUNNING;
		return;
	}
	look_task(eye, pid, pid, depth, &process);
	if (!process.alone)
		look_other_threads(eye, pid, depth, &process);
	eye->look->memory += process.held;
}

static void look_below(const struct eye *eye)
{
	*eye->look = (struct activity_look){.activity = ACTIVITY_PARKED};
	if (!eye->watch->self.pid)
		name_task(&eye->watch->self, eye->watch->keeper, eye->watch->keeper);
	look_children(eye, &eye->watch->self, 0);
}

void activity_look(struct activity_watch *watch, unsigned limit, unsigned stopped, struct activity_look *look)
{
	look_below(&(struct eye){.watch = watch, .limit = limit, .look = look, .judge = look_thread});
	if (look->traced > stopped)
		look->activity = ACTIVITY_RUNNING;
}

void activity_count(struct activity_watch *watch, unsigned limit, struct activity_look *look)
{
	look_below(&(struct eye){.watch = watch, .limit = limit, .look = look, .judge = count_thread});
}

/* The call first: where it is told the thread waits by now, and its switches until then have been counted. */
static enum activity look_briefly(struct activity_task *task, struct process *process, struct activity_look *look)
{
	char status[4096];
	const char *state;

	if (is_on_its_way(task))
		return ACTIVITY_RUNNING;
	if (read_task(task, FILE_STATUS, status, sizeof status) <= 0)
		return ACTIVITY_RUNNING; /* gone since */
	look->switches += count_switches(status);
	process->alone = status_number(status, "\nThreads:", 10) == 1;
	state = strstr(status, "\nState:\t");
	if (state && state[8] == 't')
		look->traced++;
	return !state || state[8] == 'R' || state[8] == 'D' ? ACTIVITY_RUNNING : ACTIVITY_PARKED;
}

bool activity_has_moved(struct activity_watch *watch, unsigned limit, const struct activity_look *look)
{
	struct activity_look again;

	look_below(&(struct eye){.watch = watch, .limit = limit, .look = &again, .judge = look_briefly});
	return again.activity == ACTIVITY_RUNNING || again.switches != look->switches ||
	       again.processes != look->processes || again.traced != look->traced;
}

void activity_close(struct activity_watch *watch)
{
	forget_task(&watch->self);
	for (size_t i = 0; i < ACTIVITY_TASKS_KEPT; i++)
		forget_task(&watch->tasks[i]);
}
