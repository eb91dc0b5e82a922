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

#define PREFIX "windsock-chunk."
#define MEMORY "/dev/shm"
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

/* Ours, and nobody works there. One without a lock is being made at this moment. */
static bool is_left(int parent, const char *name)
{
	_cleanup_close_ int folder = openat(parent, name, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int fd = folder < 0 ? -1 : openat(folder, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;

	return fd >= 0 && !fstat(folder, &status) && status.st_uid == geteuid() && !lock(fd);
}

static void sweep(const char *parent)
{
	DIR *entries = opendir(parent);

	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		_cleanup_free_ char *path = file_path(parent, entry->d_name, "");
		struct error ignored;

		if (!strncmp(entry->d_name, PREFIX, strlen(PREFIX)) && is_left(dirfd(entries), entry->d_name))
			(void)folder_remove(path, &ignored); /* the next one tries again */
	}
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

int scratch_open(struct scratch *scratch, const char *parent, struct error *error)
{
	const char *below = parent ? parent : temporary_folder();
	_cleanup_free_ char *path = file_path(below, PREFIX "XXXXXX", ""), *file = NULL;
	char real[PATH_MAX];

	*scratch = (struct scratch){.lock_fd = -1};
	sweep(below);
	/* Students' programs are in it: nobody else's business. But root's run as nobody, who must come through. */
	if (!mkdtemp(path) || !realpath(path, real) || (!geteuid() && chmod(path, 0711)))
		return error_set(error, below, 0, 0, "no folder can be made there to work in: %s", strerror(errno));
	scratch->folder = mem_string(real);
	file = file_path(real, "lock", "");
	scratch->lock_fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (scratch->lock_fd < 0 || lock(scratch->lock_fd)) {
		error_set(error, file, 0, 0, "cannot be locked: %s", strerror(errno));
		scratch_close(scratch);
		return -1;
	}
	return 0;
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
