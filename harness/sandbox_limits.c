/* sandbox_limits.c - what bounds a program from within: limits, no privileges, Landlock. */
#include "sandbox_parts.h"

#include "cleanup.h"
#include "pace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

struct bound {
	int resource;
	rlim_t program, compiler;
};

/* RLIMIT_CORE 1 and not 0: a core pipe handler runs for 0 too (fs/coredump.c). RLIMIT_NPROC counts the processes of
 * the new user namespace only since 5.14, and nothing for root: the run counts as well, and the limit is above what
 * the run allows, so that it sees who wants more. RLIMIT_AS bounds one process; the run looks at all together. */
static const struct bound bounds[] = {
	{RLIMIT_AS, (rlim_t)2 << 30, (rlim_t)1 << 30}, /* #include "/dev/zero" */
	{RLIMIT_CPU, 20, 10},                          /* seconds, times the machine's pace; a lesson's compiles in a tenth */
	{RLIMIT_FSIZE, 16 << 20, 32 << 20},
	{RLIMIT_NOFILE, 256, 256},
	{RLIMIT_NPROC, SANDBOX_PROCESSES_MAX + 16, 32},
	{RLIMIT_MEMLOCK, 64 << 10, 64 << 10},
	{RLIMIT_SIGPENDING, 256, 256},
	{RLIMIT_CORE, 1, 1},
	{RLIMIT_MSGQUEUE, 0, 0},
	{RLIMIT_NICE, 0, 0},
	{RLIMIT_RTPRIO, 0, 0},
};

#define PROCESSES_OF_ALL 2048 /* of a user's, programs that are no part of this included */

/* Whether RLIMIT_NPROC counts all that the user has started anywhere, as before Linux 5.14: then a bound for one program
 * would be broken by his others. Nothing tells, but two calls are of 5.14 and 5.15 (one may be left out of a kernel). */
static bool counts_everywhere(void)
{
#if defined SYS_quotactl_fd && defined SYS_process_mrelease
	return syscall(SYS_quotactl_fd, -1, 0, 0, NULL) && errno == ENOSYS && syscall(SYS_process_mrelease, -1, 0) &&
	       errno == ENOSYS;
#else
	return true; /* the headers are as old */
#endif
}

int limits_set(bool compiles)
{
	for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
		rlim_t most = compiles ? bounds[i].compiler : bounds[i].program;
		struct rlimit limit, old;

		if (bounds[i].resource == RLIMIT_NPROC && counts_everywhere())
			most = PROCESSES_OF_ALL; /* the run's own looks are what bounds it (cast.c) */
		if (bounds[i].resource == RLIMIT_CPU)
			most *= pace_known();
		limit = (struct rlimit){most, most};
		/* A lower hard limit than ours stands: it cannot be raised. */
		if (!getrlimit((__rlimit_resource_t)bounds[i].resource, &old) && old.rlim_max < most)
			limit.rlim_cur = limit.rlim_max = old.rlim_max;
		if (setrlimit((__rlimit_resource_t)bounds[i].resource, &limit))
			return -1;
	}
	return 0;
}

int limits_drop_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return -1;
	for (int capability = 0; capability < 64; capability++)
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) && errno != EINVAL)
			return -1;
	return syscall(SYS_capset, &header, none) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -1 : 0;
}

int limits_keep_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	for (size_t i = 0; i < 2; i++)
		data[i].inheritable = data[i].permitted;
	if (syscall(SYS_capset, &header, data))
		return -1;
	for (int capability = 0; capability < 64; capability++)
		(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0); /* there are 41 */
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); /* the filter needs it */
}

void limits_forbid_namespaces(void)
{
	/* The limit is that of the namespace of who writes (user_namespaces(7)). */
	_cleanup_close_ int file = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);

	if (file >= 0)
		(void)!write(file, "0", 1); /* before 6.11 perhaps not */
}

/* Of newer headers than those of Debian 12. */
struct landlock_attributes {
	uint64_t handled_access_fs, handled_access_net, scoped;
};
#define SCOPE_ABSTRACT_SOCKET 1U
#define SCOPE_SIGNAL 2U
#define SCOPES_SINCE 6 /* of Landlock: Linux 6.12 */

/* Its scopes only: what it can say of files the mounts say better, for every kernel. */
void limits_landlock(void)
{
	struct landlock_attributes attributes = {.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL};
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	_cleanup_close_ int rules = -1;

	if (version < SCOPES_SINCE)
		return;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
	if (rules >= 0)
		(void)syscall(SYS_landlock_restrict_self, rules, 0); /* refused: the other layers stand */
}
