/* files.c - see files.h. */
#include "files.h"

#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool is_folder(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISDIR(status.st_mode);
}

bool is_file(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode);
}

char *file_path(const char *folder, const char *name, const char *ending)
{
	struct text path = {0};

	text_printf(&path, "%s/%s%s", folder, name, ending);
	return path.data;
}

int file_read_open(int fd, const char *name, size_t limit, struct text *out, struct error *error)
{
	char buffer[16384];
	ssize_t got;

	while ((got = read(fd, buffer, sizeof buffer)) > 0) {
		text_add_bytes(out, buffer, (size_t)got);
		if (out->length > limit)
			return error_set(error, name, 0, 0, "is longer than %zu bytes, which no such file needs", limit);
	}
	return got < 0 ? error_set(error, name, 0, 0, "cannot be read: %s", strerror(errno)) : 0;
}

bool pipe_take(int fd, size_t most, struct text *out)
{
	char buffer[16384];
	ssize_t got = read(fd, buffer, sizeof buffer);

	if (got > 0 && out->length < most)
		text_add_bytes(out, buffer, (size_t)got);
	return got > 0 || (got < 0 && errno == EINTR);
}

static int put_all(int fd, const char *at, size_t length)
{
	while (length) {
		ssize_t put = write(fd, at, length);

		if (put < 0 && errno != EINTR)
			return -1;
		at += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

int pipe_put(int fd, const void *bytes, size_t length)
{
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	int result = put_all(fd, bytes, length), error = errno;

	(void)signal(SIGPIPE, before); /* what could be set can be set again */
	errno = error;
	return result;
}

int file_read(const char *path, size_t limit, struct text *out, struct error *error)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return error_set(error, path, 0, 0, "cannot be read: %s", strerror(errno));
	return file_read_open(fd, path, limit, out, error);
}

/* On a shared file system other machines have the same process numbers. */
static unsigned long node_hash(void)
{
	char node[65] = "";
	unsigned long hash = 5381;

	(void)gethostname(node, sizeof node - 1); /* unknown: the process number must do */
	for (const char *at = node; *at; at++)
		hash = hash * 33 ^ (unsigned char)*at;
	return hash & 0xffffff;
}

/* All of BYTES, and FD is closed: a file system of other machines may tell only then that there is no room. */
static int write_whole(int fd, const void *bytes, size_t length)
{
	ssize_t written;
	int why;

	errno = ENOSPC; /* what a short write means */
	written = write(fd, bytes, length);
	if (written == (ssize_t)length)
		return close(fd);
	why = errno;
	(void)close(fd); /* the write is what failed */
	errno = why;
	return -1;
}

bool disk_is_full(int number)
{
	return number == ENOSPC || number == EDQUOT;
}

int file_write(const char *path, const void *bytes, size_t length, struct error *error)
{
	_cleanup_text_ struct text temporary = {0};
	int fd;

	text_printf(&temporary, "%s.%ld.%lx.new", path, (long)getpid(), node_hash());
	fd = open(text_string(&temporary), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
	if (write_whole(fd, bytes, length) || rename(text_string(&temporary), path)) {
		error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
		(void)unlink(text_string(&temporary)); /* the first error is the one to tell */
		return -1;
	}
	return 0;
}

int folder_make(const char *path, struct error *error)
{
	_cleanup_free_ char *copy = mem_string(path);

	for (char *at = copy + 1;; at++) {
		char end = *at;

		if (end && end != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			return error_set(error, copy, 0, 0, "cannot be made: %s", strerror(errno));
		*at = end;
		if (!end)
			break;
	}
	return is_folder(path) ? 0 : error_set(error, path, 0, 0, "is not a folder; move it out of the way");
}

char *path_folder(const char *path)
{
	return mem_bytes(path, (size_t)(strrchr(path, '/') - path));
}

const char *path_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int path_make_folder(const char *path, struct error *error)
{
	_cleanup_free_ char *folder = path_folder(path);

	return folder_make(folder, error);
}

int folder_empty(const char *path, struct error *error)
{
	DIR *folder = opendir(path);
	int result = 0;

	if (!folder)
		return errno == ENOENT ? 0 : error_set(error, path, 0, 0, "cannot be read: %s", strerror(errno));
	for (struct dirent *entry; !result && (entry = readdir(folder));) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(dirfd(folder), entry->d_name, 0) && errno != ENOENT)
			result = error_set(error, path, 0, 0, "%s in it cannot be removed: %s", entry->d_name,
			                   strerror(errno));
	}
	(void)closedir(folder); /* only read from */
	return result;
}

static char *find_in(const char *folders, const char *name)
{
	_cleanup_free_ char *paths = mem_string(folders);
	char *state = NULL;

	for (char *folder = strtok_r(paths, ":", &state); folder; folder = strtok_r(NULL, ":", &state)) {
		_cleanup_text_ struct text path = {0};

		text_printf(&path, "%s/%s", folder, name);
		if (is_file(text_string(&path)) && !access(text_string(&path), X_OK))
			return mem_string(text_string(&path));
	}
	return NULL;
}

char *file_find_program(const char *name)
{
	char real[PATH_MAX];

	if (strchr(name, '/'))
		return realpath(name, real) && !access(real, X_OK) && is_file(real) ? mem_string(real) : NULL;
	return find_in(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin", name);
}

char *file_find_command(const char *name)
{
	char *path = find_in("/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", name);

	return path ? path : file_find_program(name);
}

static int ascending(const void *left, const void *right)
{
	return *(const int *)left - *(const int *)right;
}

int descriptors_keep(unsigned first, int *kept, size_t count)
{
	qsort(kept, count, sizeof kept[0], ascending);
	for (size_t i = 0; i < count; i++) {
		if (kept[i] < (int)first)
			continue;
		if (kept[i] > (int)first && syscall(SYS_close_range, first, (unsigned)kept[i] - 1, 0))
			return -1;
		first = (unsigned)kept[i] + 1;
	}
	return (int)syscall(SYS_close_range, first, ~0U, 0);
}
