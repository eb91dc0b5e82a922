/* sandbox_mounts.c - copies of mounts, as tight as the sandbox wants them.
 *
 * A detached copy (open_tree(2), Linux 5.2) is made read-only before it lies anywhere (mount_setattr(2), 5.12). An older
 * kernel gives that call ENOSYS: there the copy is tightened as soon as it has a place (mount(2), MS_REMOUNT), one
 * mount after the other, because MS_REMOUNT knows no MS_REC. Nothing of the student's runs in between. */
#include "sandbox_parts.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* What the attributes, and the flags of statvfs(3), are called in mount(2). */
static const struct {
	unsigned long long attribute;
	unsigned long seen, flag;
} names[] = {
	{MOUNT_ATTR_RDONLY, ST_RDONLY, MS_RDONLY},
	{MOUNT_ATTR_NOSUID, ST_NOSUID, MS_NOSUID},
	{MOUNT_ATTR_NODEV, ST_NODEV, MS_NODEV},
	{MOUNT_ATTR_NOEXEC, ST_NOEXEC, MS_NOEXEC},
};

int mounts_copy(const char *path, unsigned long long attributes, unsigned long long *late)
{
	struct mount_attr attr = {.attr_set = attributes};
	int fd = (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	*late = 0;
	if (fd < 0 || !syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr))
		return fd;
	if (errno != ENOSYS) {
		int why = errno;

		(void)close(fd); /* only held */
		errno = why;
		return -1;
	}
	*late = attributes;
	return fd;
}

/* One mount: what it has stays. A mount of another user namespace's may not lose it (mount_namespaces(7)). */
static int tighten(const char *place, unsigned long long attributes)
{
	unsigned long flags = MS_REMOUNT | MS_BIND;
	struct statvfs now;

	if (statvfs(place, &now))
		return -1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (now.f_flag & names[i].seen || attributes & names[i].attribute)
			flags |= names[i].flag;
	return (int)syscall(SYS_mount, NULL, place, NULL, flags, NULL);
}

/* The fifth word of a line of mountinfo (proc(5)), in which \040 stands for a blank, and so on. NULL: a short line. */
static char *mount_point(char *line)
{
	char *end, *at, *to;

	for (int word = 0; word < 4; word++) {
		line = strchr(line, ' ');
		if (!line++)
			return NULL;
	}
	end = strchr(line, ' ');
	if (!end)
		return NULL;
	*end = '\0';
	for (at = to = line; *at; to++)
		if (*at == '\\' && strspn(at + 1, "01234567") >= 3) {
			*to = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 4;
		} else {
			*to = *at++;
		}
	*to = '\0';
	return line;
}

static bool is_in(const char *path, const char *place)
{
	size_t length = strlen(place);

	return !strncmp(path, place, length) && (path[length] == '/' || !path[length]);
}

int mounts_tighten(const char *place, unsigned long long attributes)
{
	_cleanup_fclose_ FILE *file = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	int found = 0;

	if (!file)
		return -1;
	while (getline(&line, &size, file) > 0) {
		const char *path = mount_point(line);

		if (!path || !is_in(path, place))
			continue;
		if (tighten(path, attributes))
			return -1;
		found++;
	}
	if (!found) /* another machine's /proc, say: nothing would be read-only */
		errno = ENOENT;
	return found ? 0 : -1;
}

int mounts_tighten_root(void)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_RDONLY};

	if (!syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attr, sizeof attr))
		return 0;
	return errno == ENOSYS ? tighten("/", MOUNT_ATTR_RDONLY) : -1;
}
