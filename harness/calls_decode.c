/* calls_decode.c - from a stop at a call to a struct call.
 *
 * What another thread of the program writes over the arguments meanwhile is not noticed: calls explain,
 * and decide nothing. */
#include "calls_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u

/* A socket's inode, and what it speaks: dup, fork and exec keep it. */
struct known_socket {
	unsigned long inode;
	enum call_transport transport;
};

#define SOCKETS_MAX 1024
static struct known_socket sockets[SOCKETS_MAX];
static size_t socket_count; /* in all; beyond the room the oldest are forgotten */

/* By pages, because a read that meets a hole gives whole pieces only (process_vm_readv(2)). */
size_t task_read(pid_t tid, uint64_t address, void *bytes, size_t size)
{
	struct iovec local = {bytes, size}, remote[8];
	unsigned long count = 0;
	ssize_t got;

	for (size_t done = 0; done < size && count < sizeof remote / sizeof remote[0]; count++) {
		size_t piece = PAGE - (size_t)((address + done) % PAGE);

		if (piece > size - done)
			piece = size - done;
		remote[count] = (struct iovec){(void *)(uintptr_t)(address + done), piece};
		done += piece;
	}
	got = process_vm_readv(tid, &local, 1, remote, count, 0);
	return got > 0 ? (size_t)got : 0;
}

/* ---- descriptors ---- */

/* The inode of the socket; 0: another file; -1: not open. */
static long socket_inode(pid_t tid, int fd)
{
	char path[64], target[64];
	ssize_t length;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	length = readlink(path, target, sizeof target - 1);
	if (length < 0)
		return -1;
	target[length] = '\0';
	return strncmp(target, "socket:[", 8) ? 0 : strtol(target + 8, NULL, 10);
}

static void know_socket(pid_t tid, int fd, enum call_transport transport)
{
	long inode = socket_inode(tid, fd);

	if (inode > 0)
		sockets[socket_count++ % SOCKETS_MAX] = (struct known_socket){(unsigned long)inode, transport};
}

static const struct known_socket *find_socket(long inode)
{
	size_t room = socket_count < SOCKETS_MAX ? socket_count : SOCKETS_MAX;

	for (size_t i = 0; inode > 0 && i < room; i++)
		if (sockets[i].inode == (unsigned long)inode)
			return &sockets[i];
	return NULL;
}

/* What the descriptors at hand are, because asking /proc costs as much as all else about a call. Nothing here
 * outlives what may give a number to another file: close, dup2, dup3, close_range and exec stop too; 0 to 2 pass the
 * filter, and are never here. */
#define RECENT_MAX 64
static struct recent {
	pid_t tgid; /* 0 = free */
	int fd;
	enum call_transport transport;
} recents[RECENT_MAX];

static struct recent *recent_of(const struct task *task, int fd)
{
	return &recents[((unsigned)task->tgid * 7 + (unsigned)fd) % RECENT_MAX];
}

static void forget_descriptor(const struct task *task, int fd)
{
	struct recent *recent = recent_of(task, fd);

	if (recent->tgid == task->tgid && recent->fd == fd)
		recent->tgid = 0;
}

void decode_forget(const struct task *task)
{
	for (size_t i = 0; i < RECENT_MAX; i++)
		if (recents[i].tgid == task->tgid)
			recents[i].tgid = 0;
}

/* Whether a call on FD is ours to tell: on a socket of IP; and, where only a socket will do
 * (STRICT), on what is none, since that is the mistake. */
static bool is_told(const struct task *task, struct call *call, bool strict)
{
	struct recent *recent = recent_of(task, call->fd);
	const struct known_socket *known;
	long inode;

	if (task->tgid && recent->tgid == task->tgid && recent->fd == call->fd) {
		call->transport = recent->transport;
		return true;
	}
	inode = socket_inode(task->tid, call->fd);
	known = find_socket(inode);
	call->transport = known ? known->transport : CALL_UNKNOWN;
	if (known && call->fd > 2)
		*recent = (struct recent){task->tgid, call->fd, known->transport};
	return known || (strict && inode <= 0);
}

/* ---- arguments ---- */

static void read_address(pid_t tid, uint64_t at, uint64_t length, struct call *call)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name = {0};
	size_t got;

	if (!at || !length)
		return;
	got = task_read(tid, at, &name, length < sizeof name ? (size_t)length : sizeof name);
	if (got >= sizeof name.v4 && name.any.sa_family == AF_INET) {
		call->address = address_ipv4(ntohl(name.v4.sin_addr.s_addr));
		call->port = ntohs(name.v4.sin_port);
	} else if (got >= sizeof name.v6 && name.any.sa_family == AF_INET6) {
		call->address.family = 6;
		memcpy(call->address.bytes, &name.v6.sin6_addr, sizeof call->address.bytes);
		call->port = ntohs(name.v6.sin6_port);
	}
}

/* The kernel says how long the name is, and not how much of it there was room for. */
#define NAME_SAID offsetof(struct sockaddr_in, sin_zero)

static void read_room(struct task *task, uint64_t length_at)
{
	task->room = 0;
	if (length_at && task_read(task->tid, length_at, &task->room, sizeof task->room) != sizeof task->room)
		task->room = 0;
}

static void read_result_address(const struct task *task, uint64_t at, uint64_t length_at, struct call *call)
{
	socklen_t length = 0;

	if (length_at && task->room >= NAME_SAID &&
	    task_read(task->tid, length_at, &length, sizeof length) == sizeof length)
		read_address(task->tid, at, length, call);
}

/* The program's own numbers, which may be any: what does not fit is as much as there is. */
static int64_t total_length(const struct iovec *vector, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++)
		if (vector[i].iov_len > INT64_MAX || __builtin_add_overflow(total, (int64_t)vector[i].iov_len, &total))
			return INT64_MAX;
	return total;
}

static void read_message(const struct task *task, bool with_name, struct call *call)
{
	struct msghdr message;
	struct iovec vector[8];
	size_t count;

	if (task_read(task->tid, task->arguments[1], &message, sizeof message) != sizeof message)
		return;
	if (with_name)
		read_address(task->tid, (uintptr_t)message.msg_name, message.msg_namelen, call);
	count = message.msg_iovlen < 8 ? message.msg_iovlen : 8;
	count = task_read(task->tid, (uintptr_t)message.msg_iov, vector, count * sizeof vector[0]) / sizeof vector[0];
	call->length = total_length(vector, count);
}

static void read_vector(const struct task *task, struct call *call)
{
	struct iovec vector[8];
	size_t count = task->arguments[2] < 8 ? (size_t)task->arguments[2] : 8;

	count = task_read(task->tid, task->arguments[1], vector, count * sizeof vector[0]) / sizeof vector[0];
	call->length = total_length(vector, count);
}

/* Of a struct timespec, or of a struct timeval, in milliseconds, rounded up; -1 = none given. */
static int64_t read_timeout(const struct task *task, uint64_t at, int64_t units_per_ms)
{
	int64_t parts[2];

	if (!at || task_read(task->tid, at, parts, sizeof parts) != sizeof parts || parts[0] < 0 || parts[0] > INT32_MAX ||
	    parts[1] < 0 || parts[1] > INT64_MAX / 2)
		return -1;
	return parts[0] * 1000 + (parts[1] + units_per_ms - 1) / units_per_ms;
}

static void read_option(const struct task *task, struct call *call)
{
	const char *name = call_option((int)task->arguments[1], (int)task->arguments[2]);
	int value = 0;

	if (name)
		snprintf(call->option, sizeof call->option, "%s", name);
	else
		snprintf(call->option, sizeof call->option, "%d/%d", (int)task->arguments[1], (int)task->arguments[2]);
	if (task_read(task->tid, task->arguments[3], &value, sizeof value) == sizeof value)
		call->value = value;
}

static enum call_transport transport_of(int type)
{
	return type == SOCK_STREAM ? CALL_TCP : type == SOCK_DGRAM ? CALL_UDP : CALL_RAW;
}

static bool enter_socket(const struct task *task, struct call *call)
{
	call->domain = (int)task->arguments[0];
	call->type = (int)task->arguments[1] & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
	call->fd = -1;
	call->transport = call->domain == AF_INET || call->domain == AF_INET6 ? transport_of(call->type) : CALL_UNKNOWN;
	return call->domain != AF_UNIX && call->domain != AF_NETLINK; /* the C library's own */
}

static bool enter_poll(struct call *call, enum call_kind kind, uint64_t descriptors, int64_t timeout_ms)
{
	call->kind = kind;
	call->length = (int64_t)descriptors;
	call->value = timeout_ms < 0 ? -1 : timeout_ms;
	if (kind != CALL_EPOLL_WAIT)
		call->fd = -1;
	return descriptors > 0;
}

static bool enter_on_socket(const struct task *task, struct call *call, enum call_kind kind)
{
	call->kind = kind;
	return is_told(task, call, true);
}

static bool enter_close(const struct task *task, struct call *call)
{
	bool told;

	call->kind = CALL_CLOSE;
	told = is_told(task, call, false);
	forget_descriptor(task, call->fd);
	return told;
}

static bool enter_on_file(const struct task *task, struct call *call, enum call_kind kind)
{
	call->kind = kind;
	return is_told(task, call, false);
}

bool decode_entry(struct task *task, const struct __ptrace_syscall_info *info, struct call *call)
{
	const uint64_t *arguments = task->arguments;

	for (size_t i = 0; i < 6; i++)
		task->arguments[i] = info->seccomp.args[i];
	call->fd = (int)arguments[0];
	switch (info->seccomp.nr) {
	case SYS_socket:
		call->kind = CALL_SOCKET;
		return enter_socket(task, call);
	case SYS_bind:
		read_address(task->tid, arguments[1], arguments[2], call);
		return enter_on_socket(task, call, CALL_BIND);
	case SYS_connect:
		read_address(task->tid, arguments[1], arguments[2], call);
		return enter_on_socket(task, call, CALL_CONNECT);
	case SYS_listen:
		call->length = (int)arguments[1];
		return enter_on_socket(task, call, CALL_LISTEN);
	case SYS_accept:
	case SYS_accept4:
		read_room(task, arguments[2]);
		return enter_on_socket(task, call, CALL_ACCEPT);
	case SYS_sendto:
		call->length = (int64_t)arguments[2];
		read_address(task->tid, arguments[4], arguments[5], call);
		return enter_on_socket(task, call, arguments[4] ? CALL_SENDTO : CALL_SEND);
	case SYS_sendmsg:
	case SYS_sendmmsg: /* its first message */
		read_message(task, true, call);
		return enter_on_socket(task, call, CALL_SENDMSG);
	case SYS_write:
		call->length = (int64_t)arguments[2];
		return enter_on_file(task, call, CALL_WRITE);
	case SYS_writev:
		read_vector(task, call);
		return enter_on_file(task, call, CALL_WRITE);
	case SYS_recvfrom:
		call->length = (int64_t)arguments[2];
		read_room(task, arguments[5]);
		return enter_on_socket(task, call, arguments[4] ? CALL_RECVFROM : CALL_RECV);
	case SYS_recvmsg:
	case SYS_recvmmsg:
		read_message(task, false, call);
		return enter_on_socket(task, call, CALL_RECVMSG);
	case SYS_read:
		call->length = (int64_t)arguments[2];
		return enter_on_file(task, call, CALL_READ);
	case SYS_readv:
		read_vector(task, call);
		return enter_on_file(task, call, CALL_READ);
	case SYS_shutdown:
		call->value = (int)arguments[1];
		return enter_on_socket(task, call, CALL_SHUTDOWN);
	case SYS_close:
		return enter_close(task, call);
#ifdef SYS_dup2
	case SYS_dup2:
#endif
	case SYS_dup3:
	case SYS_close_range:
		decode_forget(task);
		return false;
	case SYS_setsockopt:
		read_option(task, call);
		return enter_on_socket(task, call, CALL_SETSOCKOPT);
	case SYS_ppoll:
		return enter_poll(call, CALL_POLL, arguments[1], read_timeout(task, arguments[2], 1000000));
	case SYS_pselect6:
		return enter_poll(call, CALL_SELECT, arguments[0], read_timeout(task, arguments[4], 1000000));
	case SYS_epoll_pwait:
		return enter_poll(call, CALL_EPOLL_WAIT, arguments[2], (int)arguments[3]);
#ifdef SYS_epoll_pwait2
	case SYS_epoll_pwait2:
		return enter_poll(call, CALL_EPOLL_WAIT, arguments[2], read_timeout(task, arguments[3], 1000000));
#endif
#ifdef SYS_poll
	case SYS_poll:
		return enter_poll(call, CALL_POLL, arguments[1], (int)arguments[2]);
	case SYS_select:
		return enter_poll(call, CALL_SELECT, arguments[0], read_timeout(task, arguments[4], 1000));
	case SYS_epoll_wait:
		return enter_poll(call, CALL_EPOLL_WAIT, arguments[2], (int)arguments[3]);
#endif
	}
	return false;
}

/* ---- results ---- */

/* The kernel's own numbers for "a signal came": the call is made again, or fails with EINTR. */
static bool is_restart(int64_t result)
{
	return result == -512 || result == -513 || result == -514 || result == -516;
}

void decode_exit(const struct task *task, int64_t result, struct call *call)
{
	bool failed = result < 0 && result >= -4095;

	call->result = failed ? -1 : result;
	call->error = !failed ? 0 : is_restart(result) ? EINTR : (int)-result;
	if (failed)
		return;
	switch (call->kind) {
	case CALL_SOCKET:
		if (call->transport != CALL_UNKNOWN)
			know_socket(task->tid, (int)result, call->transport);
		break;
	case CALL_ACCEPT:
		know_socket(task->tid, (int)result, CALL_TCP);
		read_result_address(task, task->arguments[1], task->arguments[2], call);
		break;
	case CALL_RECVFROM:
		read_result_address(task, task->arguments[4], task->arguments[5], call);
		break;
	case CALL_RECVMSG:
		read_message(task, true, call);
		break;
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_CONNECT:
	case CALL_SEND:
	case CALL_SENDTO:
	case CALL_SENDMSG:
	case CALL_WRITE:
	case CALL_RECV:
	case CALL_READ:
	case CALL_SHUTDOWN:
	case CALL_CLOSE:
	case CALL_POLL:
	case CALL_SELECT:
	case CALL_EPOLL_WAIT:
	case CALL_SETSOCKOPT:
		break;
	}
}
