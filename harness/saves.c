/* saves.c - see saves.h for the theory of operation. */
#include "saves.h"

#include "../src/fnv.h"
#include "cleanup.h"
#include "files.h"
#include "student_file.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define FILE_MOST (1 << 20)
#define LOOK_MS 1000
#define FINGERPRINT_EMPTY FNV1A_BASIS

/* statfs(2): file systems whose changes may come from another machine. */
static const long deaf_ones[] = {
	0x01021997, /* 9p: WSL 2's Windows disks, shared folders of QEMU */
	0x65735546, /* FUSE: virtiofs, Docker Desktop, sshfs */
	0x6969,     /* NFS */
	0x517b, (long)0xff534d42, (long)0xfe534d42, /* SMB, CIFS, SMB 2 */
	0x786f4256, /* VirtualBox's shared folders */
};

static bool is_deaf(const char *folder)
{
	struct statfs status;

	if (statfs(folder, &status))
		return true; /* unknown: the careful way */
	for (size_t i = 0; i < sizeof deaf_ones / sizeof deaf_ones[0]; i++)
		if ((unsigned long)status.f_type == (unsigned long)deaf_ones[i])
			return true;
	return false;
}

/* One file into *value. False: it is not there. */
static bool add_file(const struct saves *saves, const char *name, uint64_t *value)
{
	_cleanup_free_ char *path = file_path(saves->folder, name, "");
	_cleanup_text_ struct text bytes = {0};
	struct stat status;
	struct error ignored;

	if (lstat(path, &status))
		return false;
	*value = fnv1a(*value, &status.st_ino, sizeof status.st_ino);
	*value = fnv1a(*value, &status.st_mtim, sizeof status.st_mtim);
	/* One that cannot be read is told of by the check. */
	if (!student_file_read(saves->folder, name, FILE_MOST, &bytes, &ignored))
		*value = fnv1a(*value, bytes.data, bytes.length);
	return true;
}

/* *value: what the files are now. False: one is not there. */
static bool look(const struct saves *saves, uint64_t *value)
{
	bool all = true;

	*value = FINGERPRINT_EMPTY;
	for (size_t i = 0; i < saves->count; i++)
		all &= add_file(saves, saves->names[i], value);
	return all;
}

int saves_open(struct saves *saves, const char *folder, const char *const *names, size_t count, struct error *error)
{
	*saves = (struct saves){.folder = mem_string(folder), .count = count, .deaf = is_deaf(folder)};
	saves->names = mem_alloc((count + 1) * sizeof *saves->names);
	for (size_t i = 0; i < count; i++)
		saves->names[i] = mem_string(names[i]);
	saves->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (saves->fd < 0 || inotify_add_watch(saves->fd, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF |
	                                       IN_MOVE_SELF | IN_ONLYDIR) < 0) {
		error_set(error, folder, 0, 0, "cannot be watched: %s%s", strerror(errno), errno == ENOSPC || errno == EMFILE ?
		          "; close some editors, or let an administrator raise fs.inotify.max_user_watches and "
		          "fs.inotify.max_user_instances" : "");
		saves_close(saves);
		return -1;
	}
	saves_take(saves);
	return 0;
}

/* What happened does not matter (many events may be lost in an overflow), but for the folder's own end. */
static void take_events(struct saves *saves)
{
	char buffer[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	while ((got = read(saves->fd, buffer, sizeof buffer)) > 0)
		for (char *at = buffer; at < buffer + got;) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			saves->gone |= (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) != 0;
			at += sizeof *event + event->len;
		}
}

bool saves_look(struct saves *saves)
{
	uint64_t now;

	if (saves->fd < 0)
		return false;
	take_events(saves);
	return look(saves, &now) && now != saves->taken;
}

void saves_take(struct saves *saves)
{
	(void)look(saves, &saves->taken); /* one that is missing: its return will be a change */
}

int saves_patience(const struct saves *saves)
{
	return saves->fd >= 0 && saves->deaf ? LOOK_MS : -1;
}

void saves_close(struct saves *saves)
{
	if (saves->fd >= 0)
		(void)close(saves->fd);
	for (size_t i = 0; i < saves->count; i++)
		free(saves->names[i]);
	free(saves->names);
	free(saves->folder);
	*saves = SAVES_NONE;
}
