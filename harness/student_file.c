/* student_file.c - see student_file.h. */
#include "student_file.h"

#include "../src/rules_check.h"
#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int cannot_open(const char *name, struct error *error)
{
	if (errno == ENOENT)
		return error_set(error, name, 0, 0, "is not there: `windsock reset %s` brings it back as it came", name);
	if (errno == ELOOP) /* O_NOFOLLOW */
		return error_set(error, name, 0, 0, "is a symbolic link: put the file itself there");
	return error_set(error, name, 0, 0, "cannot be read: %s", strerror(errno));
}

int student_file_read(const char *folder, const char *name, size_t limit, struct text *out, struct error *error)
{
	_cleanup_free_ char *path = file_path(folder, name, "");
	/* O_NONBLOCK: a pipe would wait for somebody who writes. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	out->length = 0;
	if (fd < 0)
		return cannot_open(name, error);
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return error_set(error, name, 0, 0, "is not a file: put your text there");
	text_add(out, ""); /* so that an empty file is a text as well */
	return file_read_open(fd, name, limit, out, error);
}

int student_rules_read(const char *folder, const char *name, struct text *out, struct error *error)
{
	if (student_file_read(folder, name, RULES_MAX, out, error))
		return -1;
	return rules_check(name, text_string(out), out->length, error);
}
