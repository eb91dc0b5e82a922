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
#include <sys/random.h>
#include <sys/stat.h>

#define RECORD_MOST (64u << 20) /* bytes */

/* ---- the lock ---- */

/* Who holds it: says so in the file, unless it is held by several. */
static int refuse(const char *path, int fd, struct error *error)
{
	_cleanup_free_ char *folder = path_folder(path);
	char holder[128] = "";
	ssize_t got = pread(fd, holder, sizeof holder - 1, 0);

	holder[got > 0 ? got : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	return error_set(error, folder, 0, 0, "another windsock grade works here%s%s. Wait for its end, or name another "
	                 "folder by --out", *holder ? ": process " : "", holder);
}

/* A shared file system that was mounted without locks (Lustre without flock, NFS without lockd). The records are safe
 * without; only two whole graders at a time are not told of each other. */
static bool is_lockless(int number)
{
	return number == ENOSYS || number == ENOLCK || number == EOPNOTSUPP;
}

static int write_holder(int fd, bool alone)
{
	char text[128], node[65] = "";
	int length;

	(void)gethostname(node, sizeof node - 1); /* unknown: the process number must do */
	length = snprintf(text, sizeof text, "%ld on %s\n", (long)getpid(), node);
	return ftruncate(fd, 0) || (alone && pwrite(fd, text, (size_t)length, 0) != length) ? -1 : 0;
}

/* An open file description's lock (kernel 3.15) ends with the last process that has it, however that ends. */
int store_lock(const char *path, bool alone, struct error *error)
{
	struct flock whole = {.l_type = alone ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0)
		return error_set(error, path, 0, 0, "cannot be opened: %s", strerror(errno));
	if (fcntl(fd, F_OFD_SETLK, &whole) && !is_lockless(errno)) {
		if (errno == EAGAIN || errno == EACCES)
			refuse(path, fd, error);
		else
			error_set(error, path, 0, 0, "cannot be locked: %s", strerror(errno));
	} else if (write_holder(fd, alone)) {
		error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
	} else {
		return fd;
	}
	(void)close(fd); /* nothing was written */
	return -1;
}

int store_open(struct store *store, const char *folder, bool alone, struct error *error)
{
	_cleanup_free_ char *path = NULL;
	char real[PATH_MAX];

	*store = (struct store){.lock_fd = -1};
	if (folder_make(folder, error))
		return -1;
	if (!realpath(folder, real))
		return error_set(error, folder, 0, 0, "%s", strerror(errno));
	store->folder = mem_string(real);
	path = store_path(store, "lock");
	store->lock_fd = store_lock(path, alone, error);
	if (store->lock_fd >= 0)
		return 0;
	store_close(store);
	return -1;
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

/* Of whatever has that name, a link too. 0: nothing has it. */
static ino_t number_of(const char *path)
{
	struct stat status;

	return lstat(path, &status) ? 0 : status.st_ino;
}

enum store_found store_read(const struct store *store, const char *lesson, const char *student, struct result *result,
                            struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", lesson, student);
	_cleanup_text_ struct text source = {0};

	if (!number_of(path))
		return STORE_MISSING;
	if (!is_file(path)) { /* nor is it opened: a FIFO would wait for ever */
		error_set(error, path, 0, 0, "is not a file, so it is no record");
		return STORE_DAMAGED;
	}
	if (file_read(path, RECORD_MOST, &source, error) ||
	    result_parse(result, path, text_string(&source), source.length, error))
		return STORE_DAMAGED;
	return STORE_FOUND;
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
	_cleanup_free_ char *folder = path_folder(path);
	_cleanup_close_ int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : fsync(fd);
}

/* 1 published; 0 there already; -1 with errno. */
static int give_name(const char *temporary, const char *path, int fd)
{
	struct stat status;

	if (!link(temporary, path))
		return sync_folder_of(path) ? -1 : 1;
	if (errno != EEXIST)
		/* NFS: the answer may be lost and the link made. */
		return !fstat(fd, &status) && status.st_nlink == 2 ? 1 : -1;
	return !fstat(fd, &status) && status.st_nlink == 2; /* the same, and the call was sent again */
}

/* FOLDER/.NODE.PROCESS.NUMBER.tmp: other machines have the same process numbers. And a process may have the number of one
 * that was killed, a container those of another one of the same name; what such a one left may be a record's second name. */
static void name_temporary(const char *path, struct text *out)
{
	char node[65] = "";
	uint64_t number = 0;

	(void)gethostname(node, sizeof node - 1); /* unknown: the process number must do */
	(void)!getrandom(&number, sizeof number, GRND_NONBLOCK); /* not yet on a machine that has just begun: likewise */
	text_printf(out, "%.*s/.%s.%ld.%llx.tmp", (int)(strrchr(path, '/') - path), path, node, (long)getpid(),
	            (unsigned long long)number);
}

/* As give_name(). */
static int publish_once(const char *path, const struct text *text)
{
	_cleanup_text_ struct text temporary = {0};
	_cleanup_close_ int fd = -1;
	int result = -1, failed;

	name_temporary(path, &temporary);
	fd = open(text_string(&temporary), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && !write_synced(fd, text))
		result = give_name(text_string(&temporary), path, fd);
	failed = errno;
	if (fd >= 0)
		(void)unlink(text_string(&temporary)); /* what stays is swept by the next grade */
	errno = failed;
	return result;
}

/* A grader that was given up for dead, because its machine was not heard of, may find its temporary file swept. */
static int publish_text(const char *path, const struct text *text)
{
	int result = publish_once(path, text);

	for (int again = 0; result < 0 && errno == ENOENT && again < 3; again++)
		result = publish_once(path, text);
	return result;
}

int store_write_once(const char *path, const struct text *text)
{
	return publish_text(path, text);
}

/* ---- disputes ---- */

static bool is_verdict(const struct result *result)
{
	return result->status != RESULT_INCONCLUSIVE && result->status != RESULT_SKIP;
}

/* The record that was quicker says something else about the same. */
static bool is_disputed(const struct store *store, const struct result *result)
{
	struct result first = {0};
	struct error ignored;
	bool disputed;

	if (store_read(store, result->lesson, result->student, &first, &ignored) != STORE_FOUND)
		return false;
	disputed = is_verdict(&first) && is_verdict(result) &&
	           (first.status != result->status || first.points != result->points);
	result_free(&first);
	return disputed;
}

static char *dispute_path(const struct store *store, const char *lesson, const char *student, size_t number)
{
	_cleanup_free_ char *path = store_record_path(store, "disputes", lesson, student);
	struct text name = {0};

	text_printf(&name, "%.*s.%zu.json", (int)(strlen(path) - strlen(".json")), path, number);
	return name.data;
}

static int keep_dispute(const struct store *store, const struct result *result, const struct text *text)
{
	for (size_t number = 1;; number++) {
		_cleanup_free_ char *path = dispute_path(store, result->lesson, result->student, number);
		struct error ignored;
		int kept;

		if (path_make_folder(path, &ignored))
			return -1;
		kept = publish_text(path, text);
		if (kept)
			return kept;
	}
}

size_t store_disputes(const struct store *store, const char *lesson, const char *student)
{
	for (size_t number = 1;; number++) {
		_cleanup_free_ char *path = dispute_path(store, lesson, student, number);

		if (!is_file(path))
			return number - 1;
	}
}

/* ---- publishing ---- */

int store_publish(const struct store *store, const struct result *result, bool *full, struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", result->lesson, result->student);
	_cleanup_text_ struct text text = {0};
	int published;

	*full = false;
	if (path_make_folder(path, error)) {
		*full = disk_is_full(errno);
		return -1;
	}
	result_print(result, &text);
	published = publish_text(path, &text);
	if (!published && is_disputed(store, result))
		published = keep_dispute(store, result, &text);
	if (published >= 0)
		return 0;
	*full = disk_is_full(errno);
	return error_set(error, path, 0, 0, "cannot be written: %s", strerror(errno));
}

/* ---- retiring ---- */

ino_t store_number(const struct store *store, const char *lesson, const char *student)
{
	_cleanup_free_ char *path = store_record_path(store, "results", lesson, student);

	return number_of(path);
}

/* A new one of somebody who was quicker goes back where it was, unless a third one stands there. 0: what was taken is
 * the old one. */
static int give_back(const char *taken, const char *path, ino_t number)
{
	if (number_of(taken) == number)
		return 0;
	(void)link(taken, path); /* EEXIST: then the third one's stands */
	(void)unlink(taken);     /* swept by the next grade, where it stays */
	return 1;
}

/* -1: errno; EEXIST: the name is taken. */
static int keep_as(const char *taken, const char *name)
{
	if (!link(taken, name))
		return unlink(taken);
	if (errno != EPERM) /* a folder can have no second name */
		return -1;
	if (!number_of(name))
		return rename(taken, name);
	errno = EEXIST;
	return -1;
}

/* Among those that are there. */
static int number_old(const char *taken, const char *old)
{
	for (int count = 1;; count++) {
		_cleanup_text_ struct text name = {0};

		text_printf(&name, "%.*s.%d.json", (int)(strlen(old) - strlen(".json")), old, count);
		if (!keep_as(taken, text_string(&name)))
			return 0;
		if (errno != EEXIST)
			return -1;
	}
}

/* By rename(2) to a name of our own, which NFS can do; RENAME_NOREPLACE it cannot. */
int store_retire(const struct store *store, const char *lesson, const char *student, ino_t number,
                 struct error *error)
{
	_cleanup_free_ char *path = store_record_path(store, "results", lesson, student);
	_cleanup_free_ char *old = store_record_path(store, "old", lesson, student);
	_cleanup_text_ struct text taken = {0};

	if (number_of(path) != number)
		return 0;
	if (path_make_folder(old, error))
		return -1;
	name_temporary(old, &taken);
	if (rename(path, text_string(&taken)))
		return errno == ENOENT ? 0 : error_set(error, path, 0, 0, "cannot be moved to %s: %s", old, strerror(errno));
	if (!give_back(text_string(&taken), path, number) && number_old(text_string(&taken), old))
		return error_set(error, old, 0, 0, "cannot be kept: %s", strerror(errno));
	return 0;
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

static void sweep_part(const struct store *store, const char *part)
{
	_cleanup_free_ char *folder = store_path(store, part);
	DIR *lessons = opendir(folder);

	for (struct dirent *entry; lessons && (entry = readdir(lessons));) {
		_cleanup_free_ char *lesson = file_path(folder, entry->d_name, "");

		if (entry->d_name[0] != '.')
			sweep_lesson(lesson);
	}
	if (lessons)
		(void)closedir(lessons); /* only read from */
}

void store_sweep(const struct store *store)
{
	sweep_part(store, "results");
	sweep_part(store, "disputes");
	sweep_part(store, "old");
	sweep_lesson(store->folder); /* the key's */
}
