/* inject.c - makes one call of windsock's go wrong: a library for LD_PRELOAD, driven by faults.py and scenarios.py.
 *
 * Theory of operation: every call of the functions below, by any process of windsock's, takes the
 * next number of a counter in a shared file ($INJECT). The call whose number is the target's is
 * where the fault comes: the process is killed there, or stopped, or waits until somebody outside has
 * done what he wanted to do, or the call fails with the error that a machine in trouble would give.
 * Which calls are counted may be narrowed down: to one function's, and to those that are made beneath
 * certain functions of windsock's (a stage), which are told by return addresses on the stack.
 * Programs that windsock executes are not counted; the processes that it forks are, wherever they live. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum action { ACTION_COUNT, ACTION_KILL, ACTION_STOP, ACTION_FAIL, ACTION_HOLD };

#define PLACES 32      /* of a stack, innermost first */
#define STACKS 8192    /* a power of two */
#define ADDRESSES 4096
#define SETS 4
#define HELD_MS 30000  /* then whoever waits goes on by himself */

/* A stack that led to a call. */
struct stack {
	uint64_t key; /* a hash of its places; 0: unused */
	uint32_t depth, unused;
	uint64_t places[PLACES];
};

/* The file; injector.py knows its layout. */
struct plan {
	uint32_t calls;      /* so far */
	uint32_t target;     /* the number of the call, from 1 */
	uint32_t action;
	uint32_t pid;        /* whom it has hit, as he sees himself */
	char function[24];   /* in which call */
	char process[24];    /* what the kernel calls him (PR_GET_NAME) */
	uint32_t outer;      /* whether he was the first process */
	uint32_t depth;      /* so many places of the program itself led there, innermost first */
	uint64_t places[PLACES]; /* their offsets in its file, for addr2line(1) */
	char only[24];       /* calls of this function alone are counted; or "" */
	uint32_t later;      /* every call from the target's on fails */
	uint32_t error;      /* with this, or 0: what is usual */
	uint32_t released;   /* who was held may go on */
	uint32_t keeps;      /* stacks are kept */
	int64_t clock_s;     /* what is added to the clock of the day once the fault has come */
	uint32_t set_count;  /* a call counts only if of each of these sets a place is on its stack */
	uint32_t ends[SETS]; /* where each ends among the addresses; sorted within */
	uint32_t unused;
	uint64_t addresses[ADDRESSES];
	struct stack stacks[STACKS];
};

static struct plan *plan;
static pid_t first;
static uintptr_t base, code, code_end; /* where windsock's own code is */

static int find_program(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_LOAD && info->dlpi_phdr[i].p_flags & PF_X) {
			code = base + info->dlpi_phdr[i].p_vaddr;
			code_end = code + info->dlpi_phdr[i].p_memsz;
		}
	return 1; /* the first one is the program */
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = strcmp(program_invocation_short_name, "windsock") ? NULL : getenv("INJECT");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		(void)close(fd);
	first = getpid();
	(void)backtrace(&(void *){NULL}, 1); /* loads what it needs now: not within a call that is counted */
	(void)dl_iterate_phdr(find_program, NULL);
	if (memory != MAP_FAILED)
		plan = memory;
}

/* Only what lies in windsock itself says something. */
static uint32_t take_stack(uint64_t places[PLACES])
{
	void *all[64];
	int count = backtrace(all, sizeof all / sizeof all[0]);
	uint32_t depth = 0;

	for (int i = 0; i < count && depth < PLACES; i++)
		if ((uintptr_t)all[i] > code && (uintptr_t)all[i] <= code_end)
			places[depth++] = (uint64_t)((uintptr_t)all[i] - base - 1);
	return depth;
}

static int is_member(uint64_t place, uint32_t low, uint32_t high)
{
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (plan->addresses[middle] == place)
			return 1;
		if (plan->addresses[middle] < place)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

static int has_member(const uint64_t *places, uint32_t depth, uint32_t low, uint32_t high)
{
	for (uint32_t i = 0; i < depth; i++)
		if (is_member(places[i], low, high))
			return 1;
	return 0;
}

/* Whether the call is made at the stage that is asked for. */
static int is_there(const uint64_t *places, uint32_t depth)
{
	for (uint32_t i = 0; i < plan->set_count; i++)
		if (!has_member(places, depth, i ? plan->ends[i - 1] : 0, plan->ends[i]))
			return 0;
	return 1;
}

/* Two processes that race for a slot lose one stack, which comes again. */
static void keep_stack(const uint64_t *places, uint32_t depth)
{
	uint64_t key = 0xcbf29ce484222325u;

	for (uint32_t i = 0; i < depth; i++)
		key = (key ^ places[i]) * 0x100000001b3u;
	for (uint64_t at = key, tries = 0; tries < STACKS; at++, tries++) {
		struct stack *stack = &plan->stacks[at % STACKS];

		if (stack->key == key)
			return;
		if (stack->key)
			continue;
		memcpy(stack->places, places, depth * sizeof *places);
		stack->depth = depth;
		stack->key = key;
		return;
	}
}

static void mark(const char *function, const uint64_t *places, uint32_t depth)
{
	memcpy(plan->places, places, depth * sizeof *places);
	plan->depth = depth;
	plan->pid = (uint32_t)getpid();
	plan->outer = getpid() == first;
	(void)prctl(PR_GET_NAME, plan->process);
	snprintf(plan->function, sizeof plan->function, "%s", function); /* last: it tells that the fault has come */
}

static void wait_for_word(void)
{
	for (int i = 0; i < HELD_MS && !__atomic_load_n(&plan->released, __ATOMIC_SEQ_CST); i++)
		(void)syscall(SYS_nanosleep, &(struct timespec){.tv_nsec = 1000000}, NULL);
}

static int suffers(const char *function, const uint64_t *places, uint32_t depth, uint32_t number)
{
	if (number != plan->target)
		return plan->later && plan->target && number > plan->target;
	mark(function, places, depth);
	if (plan->action == ACTION_KILL)
		(void)kill(getpid(), SIGKILL);
	if (plan->action == ACTION_STOP)
		(void)kill(getpid(), SIGSTOP);
	if (plan->action == ACTION_HOLD)
		wait_for_word();
	return plan->action == ACTION_FAIL;
}

/* Whether this call is to fail. */
static int strikes(const char *function)
{
	uint64_t places[PLACES];
	uint32_t depth = 0, number;

	if (!plan || (plan->only[0] && strcmp(plan->only, function)))
		return 0;
	if (plan->set_count || plan->keeps)
		depth = take_stack(places);
	if (plan->keeps)
		keep_stack(places, depth);
	if (!is_there(places, depth))
		return 0;
	number = __atomic_add_fetch(&plan->calls, 1, __ATOMIC_SEQ_CST);
	if (number == plan->target && !depth)
		depth = take_stack(places);
	return suffers(function, places, depth, number);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* RESULT NAME PARAMETERS, which fails with the error that is USUAL, else calls on with ARGUMENTS. */
#define HOOK(result, name, parameters, arguments, usual) \
	result name parameters \
	{ \
		if (strikes(#name)) { \
			errno = plan->error ? (int)plan->error : usual; \
			return (result)-1; \
		} \
		return REAL(name) arguments; \
	}

HOOK(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size), EIO)
HOOK(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size), ENOSPC)
HOOK(int, pipe2, (int fds[2], int flags), (fds, flags), EMFILE)
HOOK(pid_t, fork, (void), (), EAGAIN)
HOOK(int, unshare, (int flags), (flags), ENOSPC)
HOOK(int, setns, (int fd, int kind), (fd, kind), EPERM)
HOOK(int, socket, (int family, int kind, int protocol), (family, kind, protocol), EMFILE)
HOOK(int, bind, (int fd, const struct sockaddr *name, socklen_t size), (fd, name, size), ENOMEM)
HOOK(int, listen, (int fd, int backlog), (fd, backlog), ENOMEM)
HOOK(int, connect, (int fd, const struct sockaddr *name, socklen_t size), (fd, name, size), ENOMEM)
HOOK(int, accept4, (int fd, struct sockaddr *name, socklen_t *size, int flags), (fd, name, size, flags), EMFILE)
HOOK(ssize_t, send, (int fd, const void *bytes, size_t size, int flags), (fd, bytes, size, flags), ENOBUFS)
HOOK(ssize_t, sendto, (int fd, const void *bytes, size_t size, int flags, const struct sockaddr *to, socklen_t length),
     (fd, bytes, size, flags, to, length), ENOBUFS)
HOOK(ssize_t, recv, (int fd, void *bytes, size_t size, int flags), (fd, bytes, size, flags), ENOMEM)
HOOK(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags), (fd, message, flags), ENOMEM)
HOOK(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags), ENOBUFS)
HOOK(int, poll, (struct pollfd *fds, nfds_t count, int timeout), (fds, count, timeout), ENOMEM)
HOOK(int, ppoll, (struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask),
     (fds, count, timeout, mask), ENOMEM)
HOOK(int, mount, (const char *from, const char *to, const char *kind, unsigned long flags, const void *data),
     (from, to, kind, flags, data), ENOMEM)
HOOK(int, mkdir, (const char *path, mode_t mode), (path, mode), ENOSPC)
HOOK(int, rename, (const char *from, const char *to), (from, to), EIO)
HOOK(int, link, (const char *from, const char *to), (from, to), ENOSPC)
HOOK(ssize_t, pwrite, (int fd, const void *bytes, size_t size, off_t at), (fd, bytes, size, at), ENOSPC)
HOOK(int, memfd_create, (const char *name, unsigned flags), (name, flags), ENOMEM)
HOOK(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size), (fd, level, name, value, size),
     ENOMEM)
HOOK(int, fsync, (int fd), (fd), EIO)
HOOK(int, ftruncate, (int fd, off_t size), (fd, size), ENOSPC)
HOOK(int, fchmod, (int fd, mode_t mode), (fd, mode), EROFS)
HOOK(int, execve, (const char *path, char *const arguments[], char *const environment[]), (path, arguments, environment),
     ENOMEM)

static int may_open(const char *function)
{
	if (!strikes(function))
		return 1;
	errno = plan->error ? (int)plan->error : EMFILE;
	return 0;
}

static mode_t mode_of(int flags, va_list rest)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	return may_open("open") ? REAL(open)(path, flags, mode) : -1;
}

int openat(int folder, const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = mode_of(flags, rest);
	va_end(rest);
	return may_open("openat") ? REAL(openat)(folder, path, flags, mode) : -1;
}

/* ---- the clock of the day, which somebody may set ---- */

static int64_t step_s(void)
{
	return plan && plan->function[0] ? plan->clock_s : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int got = (int)syscall(SYS_clock_gettime, clock, now);

	if (!got && clock == CLOCK_REALTIME)
		now->tv_sec += step_s();
	return got;
}

int gettimeofday(struct timeval *now, void *zone)
{
	int got = (int)syscall(SYS_gettimeofday, now, zone);

	if (!got)
		now->tv_sec += step_s();
	return got;
}

time_t time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
