/* progress.c - see progress.h. */
#include "progress.h"

#include "cleanup.h"
#include "files.h"
#include "student_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#define NAME "progress"

static const char beginning[] =
	"# How far you are in this lesson. It is for you and for `windsock list` and `windsock hint`; no grade reads it.\n"
	"# Change or delete lines as you like.\n";

const char *progress_now(void)
{
	static char now[32];
	time_t seconds = time(NULL);
	struct tm local;

	if (!localtime_r(&seconds, &local) || !strftime(now, sizeof now, "%Y-%m-%d %H:%M", &local))
		return "?"; /* a clock that no calendar knows */
	return now;
}

static bool is_there(const char *path)
{
	return !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) || errno != ENOENT;
}

/* The file's name for messages: as short as it can be found by from here. */
static const char *shown_name(const char *path)
{
	char here[PATH_MAX];
	size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;

	return length && !strncmp(path, here, length) && path[length] == '/' ? path + length + 1 : path;
}

int progress_load(const struct workspace *workspace, struct progress *progress, struct text *complaints,
                  struct error *error)
{
	_cleanup_free_ char *path = file_path(workspace->state, NAME, "");
	_cleanup_text_ struct text bytes = {0};

	*progress = (struct progress){0};
	if (!is_there(path)) {
		progress_parse(progress, path, beginning, sizeof beginning - 1, complaints);
		return 0;
	}
	if (student_file_read(workspace->state, NAME, PROGRESS_MAX, &bytes, error))
		return -1;
	if (memchr(bytes.data, '\0', bytes.length))
		return error_set(error, path, 0, 0, "is not a text: move it away (it is not written over), and a new one is begun");
	progress_parse(progress, shown_name(path), bytes.data, bytes.length, complaints);
	return 0;
}

/* Held until it is closed. Where the file system has no locks (some that are mounted from elsewhere) we go on
 * without: then two checks at the very same moment may lose one another's line. */
static int lock(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd >= 0 && flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

int progress_record(const struct workspace *workspace, const char *lesson, const struct progress *facts,
                    struct text *complaints, struct error *error)
{
	_cleanup_close_ int fd = lock(workspace->state);
	_cleanup_free_ char *path = file_path(workspace->state, NAME, "");
	_cleanup_text_ struct text bytes = {0};
	struct progress progress;
	struct progress_line head = {.kind = PROGRESS_LESSON};
	int result;

	if (fd < 0)
		return error_set(error, workspace->state, 0, 0, "cannot be opened: %s", strerror(errno));
	if (progress_load(workspace, &progress, complaints, error))
		return -1;
	snprintf(head.name, sizeof head.name, "%s", lesson);
	progress_put(&progress, &head);
	progress_merge(&progress, facts);
	progress_print(&progress, &bytes);
	result = file_write(path, bytes.data, bytes.length, error);
	progress_free(&progress);
	return result;
}
