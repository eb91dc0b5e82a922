/* scratch.c - see scratch.h.
 *
 * Each folder holds a file "lock". Who works there has it locked (an open file description's lock, kernel 3.15, which
 * ends with the last process that has it), so that who comes later knows the folders of the dead. */
#include "scratch.h"

#include "cleanup.h"
#include "files.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#define PREFIX "windsock-scratch."
#define MEMORY "/dev/shm"
#define TRIES_MOST 100 /* a folder is swept in the first moments of its life, by somebody who begins at the same one */
#define ROOM_LEAST ((unsigned long long)256 << 20) /* bytes; the 64 MiB of a container would not do for many at a time */

static const char *temporary_folder(void)
{
	const char *chosen = getenv("TMPDIR");

	return chosen && *chosen ? chosen : "/tmp";
}

static int lock(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &whole);
}

/* Ours, and nobody works there. One without a lock is being made at this moment, or its maker was killed at this point:
 * it is empty, and to remove it costs a living maker another try. */
static void remove_left(int parent, const char *parent_path, const char *name)
{
	_cleanup_close_ int folder = openat(parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int fd = folder < 0 ? -1 : openat(folder, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_free_ char *path = file_path(parent_path, name, "");
	struct error ignored;
	struct stat status;

	if (folder < 0 || fstat(folder, &status) || status.st_uid != geteuid())
		return;
	if (fd < 0)
		(void)unlinkat(parent, name, AT_REMOVEDIR); /* not where something is in it */
	else if (!lock(fd))
		(void)folder_remove(path, &ignored); /* the next one tries again */
}

static void sweep(const char *parent)
{
	DIR *entries = opendir(parent);

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)))
			remove_left(dirfd(entries), parent, entry->d_name);
	if (entries)
		(void)closedir(entries); /* only read from */
}

const char *scratch_memory(void)
{
	struct statfs kind;
	struct statvfs room;

	return !statfs(MEMORY, &kind) && kind.f_type == TMPFS_MAGIC && !statvfs(MEMORY, &room) &&
	       !(room.f_flag & (ST_NOEXEC | ST_RDONLY)) &&
	       (unsigned long long)room.f_bavail * room.f_frsize >= ROOM_LEAST ? MEMORY : NULL;
}

/* Locks the folder's new file "lock". 0, or -1 with errno; ENOENT: who sweeps was there before. */
static int hold(struct scratch *scratch)
{
	_cleanup_free_ char *file = file_path(scratch->folder, "lock", "");
	struct stat status;

	scratch->lock_fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (scratch->lock_fd < 0)
		return -1;
	if (lock(scratch->lock_fd)) {
		if (errno == EAGAIN || errno == EACCES) /* fcntl(2): held by another */
			errno = ENOENT;
		return -1;
	}
	if (fstat(scratch->lock_fd, &status))
		return -1;
	errno = ENOENT;
	return status.st_nlink ? 0 : -1;
}

/* 0; 1: it was swept at once, *error says so; -1: *error. */
static int make(struct scratch *scratch, const char *below, struct error *error)
{
	_cleanup_free_ char *path = file_path(below, PREFIX "XXXXXX", "");
	bool swept;

	if (!mkdtemp(path))
		return error_set(error, below, 0, 0, "no folder can be made there to work in: %s", strerror(errno));
	scratch->folder = realpath(path, NULL);
	/* Students' programs are in it: nobody else's business. But root's run as nobody, who must come through. */
	if (scratch->folder && (geteuid() || !chmod(path, 0711)) && !hold(scratch))
		return 0;
	swept = errno == ENOENT;
	error_set(error, path, 0, 0, "cannot be locked to work in: %s", strerror(errno));
	scratch_close(scratch);
	return swept ? 1 : -1;
}

int scratch_open(struct scratch *scratch, const char *parent, struct error *error)
{
	const char *below = parent ? parent : temporary_folder();

	*scratch = (struct scratch){.lock_fd = -1};
	sweep(below);
	for (int tries = 0; tries < TRIES_MOST; tries++) {
		int made = make(scratch, below, error);

		if (made <= 0)
			return made;
	}
	return -1;
}

void scratch_close(struct scratch *scratch)
{
	struct error ignored;

	if (scratch->folder)
		(void)folder_remove(scratch->folder, &ignored); /* the next one sweeps */
	if (scratch->lock_fd >= 0)
		(void)close(scratch->lock_fd);
	free(scratch->folder);
	*scratch = (struct scratch){.lock_fd = -1};
}
