/* cgroup.c - see cgroup.h. */
#include "cgroup.h"

#include "cleanup.h"
#include "files.h"
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define TOP "/sys/fs/cgroup"
#define PREFIX "windsock-"
#define OWN PREFIX "itself"
#define MEMORY_MAX (2 * SANDBOX_MEMORY_MAX)          /* bytes; the run ends a program at half of it */
#define COMPILER_MEMORY_MAX ((uint64_t)2 << 30)      /* one process of it has 1 GiB */
#define PROCESSES_MAX (SANDBOX_PROCESSES_MAX + 32)   /* RLIMIT_NPROC is lower */

static int base = -1; /* the group that ours are made in */

static int put(int folder, const char *name, const char *value)
{
	_cleanup_close_ int file = openat(folder, name, O_WRONLY | O_CLOEXEC);
	ssize_t length = (ssize_t)strlen(value);

	return file >= 0 && write(file, value, (size_t)length) == length ? 0 : -1;
}

static int put_number(int folder, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	return put(folder, name, text);
}

static bool get(int folder, const char *name, struct text *out)
{
	_cleanup_close_ int file = openat(folder, name, O_RDONLY | O_CLOEXEC);
	struct error ignored; /* then it is not there */

	return file >= 0 && !file_read_open(file, name, 65536, out, &ignored);
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = list; (at = strstr(at, word)) != NULL; at += length)
		if ((at == list || at[-1] == ' ') && strchr(" \n", at[length]))
			return true;
	return false;
}

/* Whether groups below it have memory and processes counted. */
static bool counts_below(int folder)
{
	_cleanup_text_ struct text list = {0};

	return get(folder, "cgroup.subtree_control", &list) && has_word(text_string(&list), "memory") &&
	       has_word(text_string(&list), "pids");
}

/* The only process in it is this one: others must not be moved. */
static bool is_alone(int folder)
{
	_cleanup_text_ struct text list = {0};
	char self[24];

	snprintf(self, sizeof self, "%ld\n", (long)getpid());
	return get(folder, "cgroup.procs", &list) && !strcmp(text_string(&list), self);
}

/* Moves into a group below, so that others may be made beside it. */
static bool make_room(int folder)
{
	_cleanup_close_ int own = -1;

	if (!is_alone(folder) || (mkdirat(folder, OWN, 0755) && errno != EEXIST))
		return false;
	own = openat(folder, OWN, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return own >= 0 && !put(own, "cgroup.procs", "0") && !put(folder, "cgroup.subtree_control", "+memory +pids");
}

/* "/user.slice/...", from the line "0::PATH" of /proc/self/cgroup. Owned; NULL: there is none. */
static char *own_path(void)
{
	_cleanup_text_ struct text list = {0};
	const char *line;

	if (!get(AT_FDCWD, "/proc/self/cgroup", &list))
		return NULL;
	line = strncmp(text_string(&list), "0::", 3) ? strstr(text_string(&list), "\n0::") : text_string(&list) - 1;
	return line ? mem_bytes(line + 4, strcspn(line + 4, "\n")) : NULL;
}

/* Whether it is of a keeper that lives, and may be about to enter it. */
static bool is_kept(const char *name)
{
	long keeper = strtol(name + strlen(PREFIX), NULL, 10);

	return keeper <= 0 || !kill((pid_t)keeper, 0) || errno != ESRCH;
}

/* What was left by a grader that was killed. One that is in use cannot be removed. */
static void sweep(int folder)
{
	DIR *entries = fdopendir(fcntl(folder, F_DUPFD_CLOEXEC, 0));

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)) && !is_kept(entry->d_name))
			(void)unlinkat(folder, entry->d_name, AT_REMOVEDIR);
	if (entries)
		(void)closedir(entries); /* only read from */
}

static int open_group(const char *path)
{
	_cleanup_text_ struct text full = {0};

	text_printf(&full, TOP "%s", path);
	return open(text_string(&full), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

bool cgroup_open(void)
{
	_cleanup_free_ char *own = own_path();
	struct statfs kind;

	/* Elsewhere version 1 has the controllers, or the machine has none. */
	if (base >= 0 || !own || statfs(TOP, &kind) || kind.f_type != CGROUP2_SUPER_MAGIC)
		return base >= 0;
	base = geteuid() ? -1 : open_group("/");
	if (base >= 0 && !counts_below(base)) {
		(void)close(base); /* only looked into */
		base = -1;
	}
	if (base < 0)
		base = open_group(own);
	if (base >= 0 && !counts_below(base) && !make_room(base)) {
		(void)close(base);
		base = -1;
	}
	if (base >= 0)
		sweep(base);
	return base >= 0;
}

static void name_group(pid_t keeper, char name[static 32])
{
	snprintf(name, 32, PREFIX "%ld", (long)keeper);
}

void cgroup_enter(pid_t keeper, bool compiles)
{
	_cleanup_close_ int group = -1;
	char name[32];

	name_group(keeper, name);
	if (base < 0 || (mkdirat(base, name, 0755) && errno != EEXIST))
		return;
	group = openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	/* What cannot be set is not there (no swap, an older kernel): the other limits stand. */
	(void)put_number(group, "memory.max", compiles ? COMPILER_MEMORY_MAX : MEMORY_MAX);
	(void)put(group, "memory.swap.max", "0");
	(void)put(group, "memory.oom.group", "1");
	(void)put_number(group, "pids.max", PROCESSES_MAX);
	if (group < 0 || put_number(group, "cgroup.procs", (uint64_t)keeper))
		cgroup_leave(keeper);
}

bool cgroup_was_full(pid_t keeper)
{
	_cleanup_text_ struct text events = {0};
	char name[32], path[64];
	const char *line;

	name_group(keeper, name);
	snprintf(path, sizeof path, "%s/memory.events", name);
	if (base < 0 || keeper <= 0 || !get(base, path, &events))
		return false;
	line = strstr(text_string(&events), "\noom_kill ");
	return line && strtol(line + strlen("\noom_kill "), NULL, 10) > 0;
}

void cgroup_leave(pid_t keeper)
{
	char name[32];

	name_group(keeper, name);
	if (base >= 0)
		(void)unlinkat(base, name, AT_REMOVEDIR); /* the next grader sweeps */
}
