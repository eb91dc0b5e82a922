/* inject.c - makes one call of windsock's go wrong: a library for LD_PRELOAD, driven by faults.py.
 *
 * Theory of operation: every call of the functions below, by any process of windsock's, takes the
 * next number of a counter in a shared file ($INJECT). The call whose number is the target's is
 * where the fault comes: the process is killed there, or stopped, or the call fails with the error
 * that a machine in trouble would give. Programs that windsock executes get a clean environment, so
 * they are not counted; the processes that it forks are, wherever they live. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
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
#include <sys/wait.h>
#include <unistd.h>

enum action { ACTION_COUNT, ACTION_KILL, ACTION_STOP, ACTION_FAIL };

/* The file; faults.py knows its layout. */
struct plan {
	uint32_t calls;      /* so far */
	uint32_t target;     /* the number of the call, from 1 */
	uint32_t action;
	uint32_t pid;        /* whom it has hit, as he sees himself */
	char function[24];   /* in which call */
	char process[24];    /* what the kernel calls him (PR_GET_NAME) */
	uint32_t outer;      /* whether he was the first process */
	uint32_t depth;      /* so many places of the program itself led there, innermost first */
	uint64_t places[12]; /* their offsets in its file, for addr2line(1) */
};

static struct plan *plan;
static pid_t first;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("INJECT");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *memory = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0)
		(void)close(fd);
	first = getpid();
	(void)backtrace(&(void *){NULL}, 1); /* loads what it needs now: not within a call that is counted */
	if (memory != MAP_FAILED)
		plan = memory;
}

/* Only what lies in windsock itself says something. */
static void mark_places(void)
{
	void *places[40];
	int count = backtrace(places, sizeof places / sizeof places[0]);
	Dl_info self;

	plan->depth = 0;
	for (int i = 0; i < count && plan->depth < sizeof plan->places / sizeof plan->places[0]; i++)
		if (dladdr(places[i], &self) && self.dli_fname && strstr(self.dli_fname, "windsock"))
			plan->places[plan->depth++] = (uint64_t)((char *)places[i] - (char *)self.dli_fbase - 1);
}

static void mark(const char *function)
{
	mark_places();
	plan->pid = (uint32_t)getpid();
	plan->outer = getpid() == first;
	snprintf(plan->function, sizeof plan->function, "%s", function);
	(void)prctl(PR_GET_NAME, plan->process);
}

/* Whether this call is to fail. */
static int strikes(const char *function)
{
	uint32_t number;

	if (!plan)
		return 0;
	number = __atomic_add_fetch(&plan->calls, 1, __ATOMIC_SEQ_CST);
	if (number != plan->target)
		return 0;
	mark(function);
	if (plan->action == ACTION_KILL)
		(void)kill(getpid(), SIGKILL);
	if (plan->action == ACTION_STOP)
		(void)kill(getpid(), SIGSTOP);
	return plan->action == ACTION_FAIL;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* RESULT NAME PARAMETERS, which fails with ERROR, else calls on with ARGUMENTS. */
#define HOOK(result, name, parameters, arguments, error) \
	result name parameters \
	{ \
		if (strikes(#name)) { \
			errno = error; \
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
	errno = EMFILE;
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
