/* Files on a disk in trouble, and files that somebody changes meanwhile: what was not written is told, and what was there
 * a moment ago is not held against anybody. */
#include "../../harness/beneath.h"
#include "../../harness/cleanup.h"
#include "../../harness/files.h"
#include "../unit/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[] = "/tmp/windsock-test-files.XXXXXX";

/* In the place of the C library's. A file system of other machines (NFS) writes when a file is closed, and tells then
 * that there is no room. */
static int close_error;

int close(int fd)
{
	int result = (int)syscall(SYS_close, fd);

	if (!close_error)
		return result;
	errno = close_error;
	return -1;
}

static void write_one(const char *path, const char *words)
{
	struct error error;

	CU_ASSERT_EQUAL_FATAL(file_write(path, words, strlen(words), &error), 0);
}

static void test_close(void)
{
	_cleanup_free_ char *path = file_path(folder, "progress", "");
	_cleanup_text_ struct text bytes = {0};
	struct error error;
	int result;

	write_one(path, "old");
	close_error = EDQUOT;
	result = file_write(path, "new", 3, &error);
	close_error = 0;
	CU_ASSERT_EQUAL(result, -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, strerror(EDQUOT)));
	CU_ASSERT_EQUAL(file_read(path, 100, &bytes, &error), 0);
	ASSERT_STRING(text_string(&bytes), "old");
	CU_ASSERT_EQUAL(unlink(path), 0);
	CU_ASSERT_EQUAL(rmdir(folder), 0); /* no temporary file is left */
	CU_ASSERT_EQUAL(mkdir(folder, 0700), 0);
}

struct visit {
	const char *gone; /* what is removed at the first file */
	size_t files, remarks;
};

static bool count_file(void *context, const char *path)
{
	struct visit *visit = context;

	(void)path;
	visit->files++;
	if (visit->gone) {
		_cleanup_free_ char *gone = file_path(folder, visit->gone, "");

		CU_ASSERT_EQUAL(remove(gone), 0);
		visit->gone = NULL;
	}
	return true;
}

static void count_remark(void *context, const char *path, const char *why)
{
	(void)path;
	(void)why;
	((struct visit *)context)->remarks++;
}

/* A student's "server.c was not handed in" would be a mistake of whoever copies submissions at that moment. */
static void test_vanished(void)
{
	static const char *const names[] = {"a.c", "b.c"};
	_cleanup_close_ int root = -1;
	struct visit visit = {.gone = "b.c"};
	struct error error;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		_cleanup_free_ char *path = file_path(folder, names[i], "");

		write_one(path, "x");
	}
	root = beneath_root(folder);
	(void)beneath_trouble();
	CU_ASSERT_EQUAL(beneath_walk(root, ".", count_file, count_remark, &visit, &error), 0);
	CU_ASSERT_EQUAL(visit.files, 1);
	CU_ASSERT_EQUAL(beneath_trouble(), ENOENT);
	CU_ASSERT_EQUAL(beneath_trouble(), 0);
	/* What is odd and stays there is the student's. */
	_cleanup_free_ char *link_path = file_path(folder, "c.c", "");
	CU_ASSERT_EQUAL(symlink("/nowhere", link_path), 0);
	visit = (struct visit){0};
	CU_ASSERT_EQUAL(beneath_walk(root, ".", count_file, count_remark, &visit, &error), 0);
	CU_ASSERT_EQUAL(visit.files, 1);
	CU_ASSERT_EQUAL(visit.remarks, 1);
	CU_ASSERT_EQUAL(beneath_trouble(), 0);
	CU_ASSERT_EQUAL(unlink(link_path), 0);
}

static const struct suite_test tests[] = {
	{"what closing a file tells is told, and the old one stays", test_close},
	{"a file that vanishes as its folder is walked is trouble, a link is not", test_vanished},
};

int main(void)
{
	_cleanup_text_ struct text left = {0};
	int status;

	if (!mkdtemp(folder))
		return 99;
	status = suite_run("files", tests, sizeof tests / sizeof tests[0]);
	text_printf(&left, "%s/a.c", folder);
	(void)unlink(text_string(&left));
	(void)rmdir(folder); /* what is left there is of tests that failed */
	return status;
}
