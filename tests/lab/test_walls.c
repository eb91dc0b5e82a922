/* test_walls.c - the walls that a test cannot build: what files of such a machine say is what they are told by. */
#include "../../harness/walls.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[] = "/tmp/windsock-walls.XXXXXX";
static char detail[WALL_DETAIL];

/* A machine without any of these files. */
static void begin(void)
{
	char command[sizeof root + 16];

	snprintf(root, sizeof root, "/tmp/windsock-walls.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(root));
	snprintf(command, sizeof command, "mkdir -p %s/run", root);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
	*detail = '\0';
}

static void end(void)
{
	char command[sizeof root + 16];

	snprintf(command, sizeof command, "rm -rf %s", root);
	CU_ASSERT_EQUAL(system(command), 0);
}

/* FILE below the root says TEXT. */
static void put(const char *file, const char *text)
{
	char command[512];

	snprintf(command, sizeof command, "mkdir -p \"$(dirname %s%s)\" && printf '%s' > %s%s", root, file, text, root, file);
	CU_ASSERT_EQUAL_FATAL(system(command), 0);
}

static enum wall find(enum wall_door door, int why)
{
	return wall_find(door, why, root, detail);
}

static void apparmor_is_told(void)
{
	begin();
	put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "0\\n");
	CU_ASSERT_NOT_EQUAL(find(DOOR_NAMESPACE, EPERM), WALL_APPARMOR);
	put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\\n");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, EPERM), WALL_APPARMOR);
	CU_ASSERT_PTR_NOT_NULL(strstr(detail, "profile windsock"));
	CU_ASSERT_PTR_NOT_NULL(strstr(detail, "test_walls")); /* with the program's own path */
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, EACCES), WALL_APPARMOR);
	end();
}

static void root_only_is_told(void)
{
	begin();
	put("/proc/sys/kernel/unprivileged_userns_clone", "0\\n");
	put("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\\n");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, EPERM), WALL_ROOT_ONLY);
	end();
}

static void limits_are_told(void)
{
	begin();
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOSPC), WALL_USED_UP);
	put("/proc/sys/user/max_user_namespaces", "15000\\n");
	put("/proc/sys/user/max_ipc_namespaces", "0\\n");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOSPC), WALL_OTHER_LIMIT);
	ASSERT_STRING(detail, "max_ipc_namespaces");
	put("/proc/sys/user/max_user_namespaces", "0\\n");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, EUSERS), WALL_USER_LIMIT);
	end();
}

static void containers_are_told(void)
{
	begin();
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, EPERM), WALL_CHROOT);
	put("/proc/self/status", "Name:\\tx\\nSeccomp:\\t2\\nSeccomp_filters:\\t1\\n");
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, EPERM), WALL_FILTER);
	put("/.dockerenv", "");
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, EPERM), WALL_DOCKER);
	put("/run/.containerenv", "");
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, EPERM), WALL_PODMAN);
	end();
}

static void kernels_are_told(void)
{
	begin();
	put("/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft\\n");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, EINVAL), WALL_WSL1);
	put("/proc/sys/kernel/osrelease", "5.4.0-26-generic\\n");
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, ENOSYS), WALL_OLD_KERNEL);
	ASSERT_STRING(detail, "5.4.0-26-generic");
	put("/proc/sys/kernel/osrelease", "5.9.0\\n");
	CU_ASSERT_NOT_EQUAL(find(DOOR_MOUNT, ENOSYS), WALL_OLD_KERNEL);
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOSYS), WALL_NO_NAMESPACES);
	CU_ASSERT_EQUAL(find(DOOR_RULES, EOPNOTSUPP), WALL_NO_RULES);
	put("/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\\n");
	CU_ASSERT_EQUAL(find(DOOR_RULES, EOPNOTSUPP), WALL_NO_RULES_WSL);
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOSYS), WALL_NO_NAMESPACES);
	end();
}

static void tracing_is_told(void)
{
	begin();
	CU_ASSERT_EQUAL(find(DOOR_TRACE, EPERM), WALL_PTRACE_REFUSED);
	put("/proc/sys/kernel/yama/ptrace_scope", "1\\n");
	CU_ASSERT_EQUAL(find(DOOR_TRACE, EPERM), WALL_PTRACE_REFUSED);
	put("/proc/sys/kernel/yama/ptrace_scope", "3\\n");
	CU_ASSERT_EQUAL(find(DOOR_TRACE, EPERM), WALL_PTRACE_SCOPE);
	end();
}

static void full_machines_are_told(void)
{
	begin();
	put("/proc/self/limits", "Limit   Soft Limit  Hard Limit  Units\\n"
	    "Max processes             64      128    processes\\n"
	    "Max open files            20                   20                   files\\n"
	    "Max file size             4096                 unlimited            bytes\\n");
	CU_ASSERT_EQUAL(find(DOOR_MOUNT, EAGAIN), WALL_PROCESSES);
	ASSERT_STRING(detail, "64");
	CU_ASSERT_EQUAL(find(DOOR_LINK, EMFILE), WALL_DESCRIPTORS);
	ASSERT_STRING(detail, "20");
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOMEM), WALL_MEMORY);
	CU_ASSERT_EQUAL(find(DOOR_FILTER, EFBIG), WALL_FILE_SIZE);
	ASSERT_STRING(detail, "4096");
	end();
}

static void proc_is_told(void)
{
	begin();
	CU_ASSERT_EQUAL(find(DOOR_SETTING, ENOENT), WALL_PROC_MISSING);
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOENT), WALL_PROC_MISSING);
	put("/proc/self/status", "");
	CU_ASSERT_EQUAL(find(DOOR_SETTING, ENOENT), WALL_PROC_MASKED);
	CU_ASSERT_EQUAL(find(DOOR_SETTING, EROFS), WALL_PROC_READ_ONLY);
	CU_ASSERT_EQUAL(find(DOOR_NAMESPACE, ENOENT), WALL_UNKNOWN);
	end();
}

static void sentences_are_whole(void)
{
	struct error error;
	char name[64];

	for (int wall = 0; wall < WALL_COUNT; wall++) {
		(void)wall_say((enum wall)wall, "cannot try", "THE-DETAIL", &error);
		snprintf(name, sizeof name, "wall %d", wall);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.text, WALL_REMEDY));
		CU_ASSERT_PTR_NULL(strstr(error.text, "%s"));
		CU_ASSERT(strlen(error.text) + 1 < sizeof error.text);
		if (!strstr(error.text, WALL_REMEDY) || strstr(error.text, "%s"))
			printf("# %s: %s\n", name, error.text);
	}
	(void)wall_say(WALL_USED_UP, NULL, NULL, &error);
	CU_ASSERT_FALSE(error.machine); /* worth another try */
	(void)wall_say(WALL_USER_LIMIT, NULL, NULL, &error);
	CU_ASSERT_TRUE(error.machine);
	(void)error_set(&error, NULL, 0, 0, "another");
	CU_ASSERT_FALSE(error.machine);
}

static const struct suite_test tests[] = {
	{"AppArmor's restriction is told, with the command for this program", apparmor_is_told},
	{"unprivileged_userns_clone is told first", root_only_is_told},
	{"limits are told by name", limits_are_told},
	{"Docker, Podman, a filter and a chroot are told apart", containers_are_told},
	{"WSL and old kernels are told", kernels_are_told},
	{"ptrace_scope 3 is told", tracing_is_told},
	{"what is full is told, with its limit", full_machines_are_told},
	{"a /proc that is missing, masked or read-only is told", proc_is_told},
	{"each wall has a sentence and a remedy that fit", sentences_are_whole},
};

SUITE_MAIN("walls", tests)
