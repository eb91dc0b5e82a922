/* beneath.c - see beneath.h. */
#include "beneath.h"

#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define DEPTH_MOST 12
#define FILES_MOST 20000 /* of one walk */

static int trouble;

int beneath_trouble(void)
{
	int met = trouble;

	trouble = 0;
	return met;
}

/* Of a call that failed: whether that says something about the machine only. ENOSYS: no openat2(2). */
static void note_trouble(int number)
{
	static const int all[] = {EMFILE, ENFILE, ENOMEM, EIO, ESTALE, ETIMEDOUT, ENOSYS};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] == number)
			trouble = number;
}

int beneath_root(const char *folder)
{
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		trouble = errno; /* it was there */
	return fd;
}

/* What was seen there is not there any more: somebody changes the folder meanwhile. */
static void note_gone(int number)
{
	if (number == ENOENT || number == ENOTDIR)
		trouble = number;
}

int beneath_open(int root, const char *path, int flags)
{
	struct open_how how = {
		/* O_NONBLOCK: a pipe would wait for somebody who writes. openat2() refuses what means nothing to O_PATH. */
		.flags = (unsigned)(flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY)),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};

	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);

	if (fd < 0)
		note_trouble(errno);
	return fd;
}

static const char *open_trouble(void)
{
	switch (errno) {
	case ELOOP: return "is a symbolic link, and those are not followed";
	case EXDEV: return "leads out of the folder";
	case ENOSYS: return "cannot be opened safely: that takes a kernel from 5.6 on";
	default: return strerror(errno);
	}
}

int beneath_read(int root, const char *path, size_t limit, struct text *out, struct error *error)
{
	_cleanup_close_ int fd = beneath_open(root, path, O_RDONLY);
	struct stat status;

	out->length = 0;
	text_add(out, "");
	if (fd < 0) {
		note_gone(errno);
		return error_set(error, path, 0, 0, "%s", open_trouble());
	}
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return error_set(error, path, 0, 0, "is not a file");
	errno = 0;
	if (!file_read_open(fd, path, limit, out, error))
		return 0;
	note_trouble(errno); /* of read(2); 0: it is too long */
	return -1;
}

/* ---- walking ---- */

struct walk {
	int root;
	beneath_visit *visit;
	beneath_remark *remark;
	void *context;
	size_t files;
};

static bool is_kept_by_tools(const char *name)
{
	return name[0] == '.' || !strcmp(name, "__MACOSX") || !strcmp(name, "Thumbs.db") || !strcmp(name, "desktop.ini");
}

int beneath_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_taken(const struct dirent *entry)
{
	return !is_kept_by_tools(entry->d_name);
}

static bool walk_path(struct walk *walk, const char *path, int depth);

static bool walk_folder(struct walk *walk, int fd, const char *path, int depth)
{
	_cleanup_text_ struct text opened = {0};
	struct dirent **entries = NULL;
	bool goes_on = true;
	int count;

	text_printf(&opened, "/proc/self/fd/%d", fd); /* scandirat() has no way to take the descriptor itself */
	count = scandir(text_string(&opened), &entries, is_taken, beneath_by_name);
	if (count < 0)
		note_trouble(errno);
	if (count < 0)
		walk->remark(walk->context, path, strerror(errno));
	for (int i = 0; i < count; i++) {
		_cleanup_text_ struct text below = {0};

		text_printf(&below, "%s%s%s", strcmp(path, ".") ? path : "", strcmp(path, ".") ? "/" : "", entries[i]->d_name);
		goes_on = goes_on && walk_path(walk, text_string(&below), depth + 1);
		free(entries[i]);
	}
	free(entries);
	return goes_on;
}

/* False: the walk is over. */
static bool walk_path(struct walk *walk, const char *path, int depth)
{
	_cleanup_close_ int fd = beneath_open(walk->root, path, O_PATH | O_NOFOLLOW);
	_cleanup_close_ int folder = -1;
	struct stat status;

	if (fd < 0 || fstat(fd, &status)) {
		note_gone(errno);
		walk->remark(walk->context, path, open_trouble());
		return true;
	}
	if (S_ISREG(status.st_mode)) {
		if (walk->files++ < FILES_MOST)
			return walk->visit(walk->context, path);
		walk->remark(walk->context, path, "and what follows is left out: too many files");
		return false;
	}
	if (!S_ISDIR(status.st_mode)) {
		walk->remark(walk->context, path, S_ISLNK(status.st_mode) ?
		             "is a symbolic link, and those are not followed" : "is neither a file nor a folder");
		return true;
	}
	if (depth > DEPTH_MOST) {
		walk->remark(walk->context, path, "lies too deep");
		return true;
	}
	folder = beneath_open(walk->root, path, O_RDONLY | O_DIRECTORY);
	if (folder < 0) {
		note_gone(errno);
		walk->remark(walk->context, path, open_trouble());
		return true;
	}
	return walk_folder(walk, folder, path, depth);
}

int beneath_walk(int root, const char *path, beneath_visit *visit, beneath_remark *remark, void *context,
                 struct error *error)
{
	struct walk walk = {root, visit, remark, context, 0};
	_cleanup_close_ int fd = beneath_open(root, path, O_PATH);

	if (fd < 0) {
		note_gone(errno);
		return error_set(error, path, 0, 0, "%s", open_trouble());
	}
	(void)walk_path(&walk, path, 0); /* what ended it was remarked */
	return 0;
}
