/* store.c - see store.h. */
#include "store.h"

#include "../src/handed_in.h"
#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define RECORD_MOST (64u << 20) /* bytes */

/* ---- the lock ---- */

/* Who holds it: says so in the file. */
static int refuse(const char *folder, int fd, struct error *error)
{
	char holder[64] = "";
	ssize_t got = pread(fd, holder, sizeof holder - 1, 0);

	holder[got > 0 ? got : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return error_set(error, folder, 0, 0, "another windsock grade works here%s%s. Wait for its end, or name another "
	                 "folder by --out", *holder ? ": process " : "", holder);
}

/* An open file description's lock (kernel 3.15) ends with the last process that has it, however that ends. */
static int lock(struct store *store, bool alone, struct error *error)
{
	_cleanup_free_ char *path = store_path(store, "lock");
	struct flock whole = {.l_type = alone ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
	char text[64];
	int length;

	store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (store->lock_fd < 0)
		return error_set(error, path, 0, 0, "cannot be opened: %s", strerror(errno));
	if (fcntl(store->lock_fd, F_OFD_SETLK, &whole))
		return errno == EAGAIN || errno == EACCES ? refuse(store->folder, store->lock_fd, error) :
		       error_set(error, path, 0, 0, "cannot be locked: %s", strerror(errno));
	length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (alone && (ftruncate(store->lock_fd, 0) || pwrite(store->lock_fd, text, (size_t)length, 0) != length))
		return error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
	return 0;
}

int store_open(struct store *store, const char *folder, bool alone, struct error *error)
{
	char real[PATH_MAX];

	*store = (struct store){.lock_fd = -1};
	if (folder_make(folder, error))
		return -1;
	if (!realpath(folder, real))
		return error_set(error, folder, 0, 0, "%s", strerror(errno));
	store->folder = mem_string(real);
	if (lock(store, alone, error)) {
		store_close(store);
		return -1;
	}
	return 0;
}

void store_close(struct store *store)
{
	if (store->lock_fd >= 0)
		(void)close(store->lock_fd); /* which lets the lock go */
	free(store->folder);
	*store = (struct store){.lock_fd = -1};
}

/* ---- records ---- */

char *store_path(const struct store *store, const char *part)
{
	return file_path(store->folder, part, "");
}

char *store_record_path(const struct store *store, const char *part, const char *lesson, const char *student)
{
	struct text path = {0};

	text_printf(&path, "%s/%s/%s/", store->folder, part, lesson);
	handed_in_file_name(student, &path);
	text_add(&path, ".json");
	return path.data;
}

enum store_found store_read(const struct store *store, const char *lesson, const char *student, struct result *result,
                            struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", lesson, student);
	_cleanup_text_ struct text source = {0};

	if (!is_file(path))
		return STORE_MISSING;
	if (file_read(path, RECORD_MOST, &source, error) ||
	    result_parse(result, path, text_string(&source), source.length, error))
		return STORE_DAMAGED;
	return STORE_FOUND;
}

static int make_folder_of(const char *path, struct error *error)
{
	_cleanup_free_ char *folder = mem_bytes(path, (size_t)(strrchr(path, '/') - path));

	return folder_make(folder, error);
}

static int write_synced(int fd, const struct text *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t written = write(fd, text->data + done, text->length - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		done += (size_t)written;
	}
	return fsync(fd);
}

/* The name itself must outlive a power cut as well. */
static int sync_folder_of(const char *path)
{
	_cleanup_free_ char *folder = mem_bytes(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

/* 0 published, or there already; -1 with errno. */
static int give_name(const char *temporary, const char *path, int fd)
{
	struct stat status;

	if (!link(temporary, path))
		return sync_folder_of(path);
	if (errno == EEXIST)
		return 0;
	/* NFS: the answer may be lost and the link made. */
	return !fstat(fd, &status) && status.st_nlink == 2 ? 0 : -1;
}

int store_publish(const struct store *store, const struct result *result, bool *full, struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", result->lesson, result->student);
	_cleanup_text_ struct text text = {0}, temporary = {0};
	_cleanup_close_ int fd = -1;
	char node[65] = "";
	int failed = 0;

	*full = false;
	if (make_folder_of(path, error)) {
		*full = errno == ENOSPC || errno == EDQUOT;
		return -1;
	}
	result_print(result, &text);
	(void)gethostname(node, sizeof node - 1); /* other machines have the same process numbers */
	text_printf(&temporary, "%.*s/.%s.%ld.tmp", (int)(strrchr(path, '/') - path), path, node, (long)getpid());
	fd = open(text_string(&temporary), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 || write_synced(fd, &text) || give_name(text_string(&temporary), path, fd))
		failed = errno;
	if (fd >= 0)
		(void)unlink(text_string(&temporary)); /* what stays is swept by the next grade */
	*full = failed == ENOSPC || failed == EDQUOT;
	return failed ? error_set(error, path, 0, 0, "cannot be written: %s", strerror(failed)) : 0;
}

int store_retire(const struct store *store, const char *lesson, const char *student, struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", lesson, student);
	_cleanup_free_ char *old = store_record_path(store, "old", lesson, student);

	if (make_folder_of(old, error))
		return -1;
	for (int number = 1;; number++) {
		_cleanup_text_ struct text name = {0};

		text_printf(&name, "%.*s.%d.json", (int)(strlen(old) - strlen(".json")), old, number);
		if (!renameat2(AT_FDCWD, path, AT_FDCWD, text_string(&name), RENAME_NOREPLACE))
			return 0;
		if (errno != EEXIST)
			return error_set(error, path, 0, 0, "cannot be moved to %s: %s", text_string(&name), strerror(errno));
	}
}

/* ---- sweeping ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status;
	(void)where;
	return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

int folder_remove(const char *path, struct error *error)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return error_set(error, path, 0, 0, "cannot be removed: %s", strerror(errno));
	return 0;
}

static void sweep_lesson(const char *folder)
{
	DIR *entries = opendir(folder);

	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		size_t length = strlen(entry->d_name);

		if (entry->d_name[0] == '.' && length > 4 && !strcmp(entry->d_name + length - 4, ".tmp"))
			(void)unlinkat(dirfd(entries), entry->d_name, 0); /* it is in nobody's way */
	}
	if (entries)
		(void)closedir(entries);
}

int store_sweep(const struct store *store, struct error *error)
{
	_cleanup_free_ char *work = store_path(store, "work"), *results = store_path(store, "results");
	DIR *lessons = opendir(results);

	for (struct dirent *entry; lessons && (entry = readdir(lessons));) {
		_cleanup_free_ char *lesson = file_path(results, entry->d_name, "");

		if (entry->d_name[0] != '.')
			sweep_lesson(lesson);
	}
	if (lessons)
		(void)closedir(lessons); /* only read from */
	return folder_remove(work, error);
}
