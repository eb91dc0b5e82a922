/* calls_filter.c - which calls stop a program that is held.
 *
 * Written by hand rather than by libseccomp: it is a list of numbers, it is complete when
 * windsock is compiled, and installing it between fork and exec takes one call and no
 * memory. Of another architecture than ours (a 32-bit program) nothing is stopped. */
#include "calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const unsigned always[] = {
	SYS_socket, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_connect, SYS_sendto, SYS_sendmsg, SYS_sendmmsg,
	SYS_recvfrom, SYS_recvmsg, SYS_recvmmsg, SYS_shutdown, SYS_setsockopt, SYS_ppoll, SYS_pselect6, SYS_epoll_pwait,
	SYS_dup3, SYS_close_range, /* and dup2: they are not told, but descriptors become others */
#ifdef SYS_dup2
	SYS_dup2,
#endif
#ifdef SYS_epoll_pwait2
	SYS_epoll_pwait2,
#endif
#ifdef SYS_poll /* not on every architecture */
	SYS_poll, SYS_select, SYS_epoll_wait,
#endif
};

/* Files too: 0, 1 and 2 pass, so that a program that prints is not slowed down. */
static const unsigned of_files[] = {SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_close};

#ifdef ARCHITECTURE
static struct sock_filter load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* When the value loaded is (greater than) K: skips YES instructions, else NO. */
static struct sock_filter jump(uint16_t how, uint32_t k, size_t yes, size_t no)
{
	return (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | how | BPF_K), k, (uint8_t)yes, (uint8_t)no);
}

int calls_filter(void)
{
	/* arch, nr, the tables, then: allow; of_files: load fd, compare; allow; trace */
	struct sock_filter code[3 + COUNT(always) + COUNT(of_files) + 5];
	struct sock_fprog program = {.filter = code};
	size_t n = 0, allow = 3 + COUNT(always) + COUNT(of_files), trace = COUNT(code) - 1;

	code[n++] = load(offsetof(struct seccomp_data, arch));
	code[n] = jump(BPF_JEQ, ARCHITECTURE, 0, allow - n - 1), n++;
	code[n++] = load(offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNT(always); i++, n++)
		code[n] = jump(BPF_JEQ, always[i], trace - n - 1, 0);
	for (size_t i = 0; i < COUNT(of_files); i++, n++)
		code[n] = jump(BPF_JEQ, of_files[i], allow - n, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = load(offsetof(struct seccomp_data, args[0])); /* its low half: both are little-endian */
	code[n] = jump(BPF_JGT, 2, 1, 0), n++;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	program.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}
#else
int calls_filter(void)
{
	errno = ENOSYS;
	return -1;
}
#endif
