/* sandbox_filter.c - the system calls that a program may not make, each with its reason.
 *
 * Namespaces come first: what they stop is not repeated here, unless the kernel's code behind a call is large and old in
 * bugs and no student of sockets needs it. A refused call fails with an error that a program can print, so that a student
 * sees which it was. Calls of another architecture than ours (32-bit and x32 numbers) would go past the list: they end
 * the program.
 *
 * The filter is made by libseccomp, once, before any program's process is there; these only install it. */
#include "sandbox_parts.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <linux/sched.h>
#include <linux/seccomp.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* By name: one that this libseccomp does not know is one that no kernel of its time has. */
static const struct {
	const char *call;
	int error;
	const char *why;
} refused[] = {
	{"clone3", ENOSYS, "its flags are behind a pointer; the C library then takes clone()"},
	{"unshare", EPERM, "new namespaces bring capabilities, and with them most of the kernel's code"},
	{"setns", EPERM, "likewise those of others"},
	{"io_uring_setup", ENOSYS, "makes sockets and opens files past this filter"},
	{"io_uring_enter", ENOSYS, "likewise"},
	{"io_uring_register", ENOSYS, "likewise"},
	{"memfd_create", EPERM, "memory that no limit counts once it is unmapped"},
	{"memfd_secret", EPERM, "likewise"},
	{"shmget", EPERM, "likewise; shm_open() has a place with a bound"},
	{"shmat", EPERM, "likewise"},
	{"msgget", EPERM, "likewise"},
	{"semget", EPERM, "likewise"},
	{"add_key", EPERM, "keyrings belong to the user, not to a namespace: a letter box between runs"},
	{"request_key", EPERM, "likewise"},
	{"keyctl", EPERM, "likewise"},
	{"flock", ENOLCK, "a lock on a file of /usr is seen by every other program of the machine"},
	{"fcntl", 0, "likewise; see add_arguments()"},
	{"inotify_init", EPERM, "likewise: tells who opens the files of /usr"},
	{"inotify_init1", EPERM, "likewise"},
	{"fanotify_init", EPERM, "likewise"},
	{"ptrace", EPERM, "the keeper, and what a tracer of windsock's holds"},
	{"process_vm_readv", EPERM, "likewise"},
	{"process_vm_writev", EPERM, "likewise"},
	{"pidfd_getfd", EPERM, "descriptors of another process"},
	{"kcmp", EPERM, "addresses of the kernel's, by comparison"},
	{"process_madvise", EPERM, "another process's memory"},
	{"bpf", EPERM, "code in the kernel"},
	{"perf_event_open", EPERM, "counts what others do"},
	{"userfaultfd", EPERM, "holds the kernel in the middle of a copy: the friend of many exploits"},
	{"name_to_handle_at", EPERM, "files past the mounts"},
	{"open_by_handle_at", EPERM, "likewise"},
	{"mount", EPERM, "needs a capability that is not there; much code behind it"},
	{"umount2", EPERM, "likewise"},
	{"pivot_root", EPERM, "likewise"},
	{"chroot", EPERM, "likewise"},
	{"fsopen", EPERM, "likewise"},
	{"fsconfig", EPERM, "likewise"},
	{"fsmount", EPERM, "likewise"},
	{"fspick", EPERM, "likewise"},
	{"open_tree", EPERM, "likewise"},
	{"move_mount", EPERM, "likewise"},
	{"mount_setattr", EPERM, "likewise"},
	{"swapon", EPERM, "the machine's, not a program's"},
	{"swapoff", EPERM, "likewise"},
	{"reboot", EPERM, "likewise"},
	{"kexec_load", EPERM, "likewise"},
	{"kexec_file_load", EPERM, "likewise"},
	{"init_module", EPERM, "likewise"},
	{"finit_module", EPERM, "likewise"},
	{"delete_module", EPERM, "likewise"},
	{"acct", EPERM, "likewise"},
	{"quotactl", EPERM, "likewise"},
	{"quotactl_fd", EPERM, "likewise"},
	{"settimeofday", EPERM, "likewise"},
	{"clock_settime", EPERM, "likewise"},
	{"clock_adjtime", EPERM, "likewise"},
	{"adjtimex", EPERM, "likewise"},
	{"syslog", EPERM, "the kernel's messages, with addresses and names of others"},
	{"lookup_dcookie", EPERM, "paths outside"},
	{"iopl", EPERM, "devices"},
	{"ioperm", EPERM, "likewise"},
	{"modify_ldt", EPERM, "code of sixteen bits"},
	{"personality", EPERM, "makes memory executable, addresses foreseeable"},
	{"vhangup", EPERM, "a terminal"},
	{"uselib", EPERM, "as old as unused"},
	{"nfsservctl", EPERM, "likewise"},
	{"_sysctl", EPERM, "likewise"},
};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

/* A list of protocols that would load a module, change what is on the wire, or go past it. */
static const int protocols[] = {33 /* DCCP */, 132 /* SCTP */, 136 /* UDP-Lite */, 262 /* MPTCP: Go takes TCP then */};

/* Where only equality counts, the bits that the kernel does not look at must not count (TIOCSTI | 1 << 32). */
#define LOW_HALF 0xffffffffULL

static int add(scmp_filter_ctx filter, int error, int call, unsigned count, struct scmp_arg_cmp first,
               struct scmp_arg_cmp second)
{
	struct scmp_arg_cmp arguments[2] = {first, second};
	int result = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((unsigned)error), call, count, arguments);

	/* -EDOM, -EINVAL for a call that this architecture does not have */
	return result == -EDOM || result == -EEXIST || result == -EACCES ? 0 : result;
}

static int add_family(scmp_filter_ctx filter, int family)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++)
		if (families[i] == family)
			return 0;
	return add(filter, EAFNOSUPPORT, SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_EQ, (uint32_t)family, 0),
	           (struct scmp_arg_cmp){0});
}

/* Only what a lesson could be about. The kernel looks at 32 bits of these arguments, the filter at 64: a family with
 * any of the others set is greater than all that are known. */
static int add_sockets(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp none = {0};
	int result = 0;

	for (int family = 0; family <= AF_NETLINK && !result; family++)
		result = add_family(filter, family);
	if (!result)
		result = add(filter, EAFNOSUPPORT, SCMP_SYS(socket), 1, SCMP_A0_32(SCMP_CMP_GT, AF_NETLINK, 0), none);
	if (!result) /* links and addresses may be read; netfilter, uevents, crypto may not */
		result = add(filter, EPROTONOSUPPORT, SCMP_SYS(socket), 2, SCMP_A0_32(SCMP_CMP_EQ, AF_NETLINK, 0),
		             SCMP_A2_32(SCMP_CMP_NE, 0, 0));
	for (size_t i = 0; i < sizeof protocols / sizeof *protocols && !result; i++)
		result = add(filter, EPROTONOSUPPORT, SCMP_SYS(socket), 1,
		             SCMP_A2_64(SCMP_CMP_MASKED_EQ, LOW_HALF, (uint64_t)protocols[i]), none);
	for (size_t i = 0; i < 2 && !result; i++) /* packets that the program would forge */
		result = add(filter, EPERM, SCMP_SYS(socket), 2,
		             SCMP_A0_32(SCMP_CMP_EQ, i ? (uint32_t)AF_INET6 : (uint32_t)AF_INET, 0),
		             SCMP_A1_32(SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW));
	return result;
}

static int add_arguments(scmp_filter_ctx filter)
{
	static const uint64_t flags[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	                                 CLONE_NEWUSER, CLONE_NEWPID,   CLONE_NEWNET};
	static const uint32_t locks[] = {F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_NOTIFY};
	static const uint32_t terminal[] = {TIOCSTI, TIOCLINUX};
	const struct scmp_arg_cmp none = {0};
	int result = add_sockets(filter);

	for (size_t i = 0; i < sizeof flags / sizeof *flags && !result; i++)
		result = add(filter, EPERM, SCMP_SYS(clone), 1, SCMP_A0_64(SCMP_CMP_MASKED_EQ, flags[i], flags[i]), none);
	for (size_t i = 0; i < sizeof locks / sizeof *locks && !result; i++)
		result = add(filter, ENOLCK, SCMP_SYS(fcntl), 1, SCMP_A1_64(SCMP_CMP_MASKED_EQ, LOW_HALF, locks[i]), none);
	for (size_t i = 0; i < 2 && !result; i++) /* types into the terminal of who reads the report */
		result = add(filter, EPERM, SCMP_SYS(ioctl), 1, SCMP_A1_64(SCMP_CMP_MASKED_EQ, LOW_HALF, terminal[i]), none);
	if (!result) /* the keeper's limits: the kernel allows it to the same uid */
		result = add(filter, EPERM, SCMP_SYS(prlimit64), 1, SCMP_A0_32(SCMP_CMP_NE, 0, 0), none);
	return result;
}

static int add_calls(scmp_filter_ctx filter)
{
	int result = add_arguments(filter);

	for (size_t i = 0; i < sizeof refused / sizeof *refused && !result; i++) {
		int call = seccomp_syscall_resolve_name(refused[i].call);

		if (call != __NR_SCMP_ERROR && refused[i].error)
			result = add(filter, refused[i].error, call, 0, (struct scmp_arg_cmp){0}, (struct scmp_arg_cmp){0});
	}
	return result;
}

/* As the bytes that prctl(2) takes. libseccomp writes them to a descriptor. */
static int export_filter(scmp_filter_ctx filter, struct sock_fprog *program)
{
	_cleanup_close_ int file = memfd_create("filter", MFD_CLOEXEC);
	struct stat status;
	int result = file < 0 ? -errno : seccomp_export_bpf(filter, file);

	if (result)
		return result;
	if (fstat(file, &status))
		return -errno;
	program->filter = mem_alloc((size_t)status.st_size + 1);
	program->len = (unsigned short)((size_t)status.st_size / sizeof *program->filter);
	return pread(file, program->filter, (size_t)status.st_size, 0) == status.st_size ? 0 : -EIO;
}

const struct sock_fprog *filter_make(void)
{
	static struct sock_fprog made; /* for ever: a process makes many sandboxes, all with this one */
	scmp_filter_ctx filter;
	int result;

	if (made.len)
		return &made;
	filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter) {
		errno = ENOMEM;
		return NULL;
	}
	/* Else each error of the system's is ECANCELED (libseccomp 2.5). */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (!result)
		(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a search tree; a list is as right */
	if (!result)
		result = add_calls(filter);
	if (!result)
		result = export_filter(filter, &made);
	seccomp_release(filter);
	errno = -result;
	return result ? NULL : &made;
}

int filter_install(const struct sock_fprog *filter)
{
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0);
}
