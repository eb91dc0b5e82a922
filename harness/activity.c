/* activity.c - see activity.h for the theory of operation. */
#include "activity.h"

#include "cleanup.h"

#include <dirent.h>
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
	{SYS_recvmmsg, RULE_POINTER, 4},
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
	{SYS_rt_sigtimedwait, RULE_POINTER, 2},
#ifdef SYS_poll /* not on every architecture */
	{SYS_poll, RULE_NEGATIVE, 2},
	{SYS_select, RULE_POINTER, 4},
	{SYS_epoll_wait, RULE_NEGATIVE, 3},
	{SYS_pause, RULE_NEVER, 0},
#endif
};

static const long sleeps[] = {SYS_nanosleep, SYS_clock_nanosleep, SYS_restart_syscall};

/* Reads the file whole into BUFFER (NUL behind); -1 when it cannot. */
static ssize_t read_file(char *buffer, size_t size, const char *format, int pid, int tid)
{
	char path[64];
	ssize_t got;

	snprintf(path, sizeof path, format, pid, tid);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	got = read(fd, buffer, size - 1);
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
			return ACTIVITY_DOZING;
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

/* A handler for SIGALRM or SIGVTALRM: alarm() may wake the process at any time. */
static bool has_alarm(const char *status)
{
	unsigned long long caught = status_number(status, "\nSigCgt:", 16);

	return caught & (1ULL << (SIGALRM - 1) | 1ULL << (SIGVTALRM - 1));
}

/* A timer that shows as a descriptor (timerfd) or as a POSIX timer: it may end a wait
 * that has no timeout of its own. */
static bool has_timer(int pid)
{
	char path[64], target[64], timers[16];
	bool found = false;
	DIR *folder;

	if (read_file(timers, sizeof timers, "/proc/%d/timers", pid, 0) > 0)
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

/* From /proc/PID/task/TID/schedstat: time on a processor, time in a queue for one (ns), turns. */
static uint64_t computed_ns(int pid, int tid)
{
	char line[128];

	return read_file(line, sizeof line, "/proc/%d/task/%d/schedstat", pid, tid) > 0 ? strtoull(line, NULL, 10) : 0;
}

/* KEPT: a child of the keeper, which is about to reap it when it is dead. *held: the memory of its process. */
static enum activity look_thread(int pid, int tid, bool kept, uint64_t *held, struct activity_look *look)
{
	char status[4096], call[256];
	const char *state;
	enum activity activity;
	uint64_t memory;

	if (read_file(status, sizeof status, "/proc/%d/task/%d/status", pid, tid) <= 0)
		return ACTIVITY_PARKED; /* gone since */
	look->switches += status_number(status, "\nvoluntary_ctxt_switches:", 10) +
	                  status_number(status, "\nnonvoluntary_ctxt_switches:", 10);
	look->computed_ns += computed_ns(pid, tid);
	/* Threads share it; a leader that has ended alone shows none. */
	memory = 1024 * (status_number(status, "\nRssAnon:", 10) + status_number(status, "\nRssShmem:", 10));
	if (memory > *held)
		*held = memory;
	state = strstr(status, "\nState:\t");
	if (state && state[8] == 't') {
		look->traced++;
		return ACTIVITY_PARKED; /* or not: see activity_look() */
	}
	if (!state || (state[8] != 'S' && state[8] != 'Z' && state[8] != 'X' && state[8] != 'T'))
		return ACTIVITY_RUNNING;
	if (state[8] == 'T')
		return ACTIVITY_PARKED; /* stopped by a signal */
	if (state[8] != 'S') /* dead; a forgotten child stays so for ever */
		return kept ? ACTIVITY_RUNNING : ACTIVITY_PARKED;
	if (read_file(call, sizeof call, "/proc/%d/task/%d/syscall", pid, tid) <= 0)
		return ACTIVITY_RUNNING;
	activity = judge_call(pid, call);
	return activity == ACTIVITY_PARKED && (has_alarm(status) || has_timer(pid)) ? ACTIVITY_DOZING : activity;
}

static void look_process(int pid, unsigned limit, int depth, bool self, struct activity_look *look);

/* The threads of PID, and below each its children. */
static void look_task(int pid, int tid, unsigned limit, int depth, bool self, uint64_t *held, struct activity_look *look)
{
	char children[8192], *at = children, *end;

	if (self) {
		enum activity activity = look_thread(pid, tid, depth == 1, held, look);

		look->processes++;
		if (activity > look->activity)
			look->activity = activity;
	}
	if (read_file(children, sizeof children, "/proc/%d/task/%d/children", pid, tid) < 0) {
		look->activity = ACTIVITY_RUNNING;
		return;
	}
	for (long child; look->processes < limit && (child = strtol(at, &end, 10)) > 0; at = end)
		look_process((int)child, limit, depth + 1, true, look);
}

static void look_process(int pid, unsigned limit, int depth, bool self, struct activity_look *look)
{
	char path[64];
	uint64_t held = 0;
	DIR *folder;

	if (depth > DEPTH_MAX) {
		look->activity = ACTIVITY_RUNNING;
		return;
	}
	snprintf(path, sizeof path, "/proc/%d/task", pid);
	folder = opendir(path);
	if (!folder)
		return; /* gone since */
	for (struct dirent *entry; look->processes < limit && (entry = readdir(folder));)
		if (entry->d_name[0] != '.')
			look_task(pid, (int)strtol(entry->d_name, NULL, 10), limit, depth, self, &held, look);
	look->memory += held;
	(void)closedir(folder); /* only read from */
}

void activity_look(pid_t keeper, unsigned limit, unsigned stopped, struct activity_look *look)
{
	*look = (struct activity_look){.activity = ACTIVITY_PARKED};
	look_process(keeper, limit, 0, false, look);
	if (look->traced > stopped)
		look->activity = ACTIVITY_RUNNING;
}
