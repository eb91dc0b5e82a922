/* Folders to work in: those of the dead are removed by who comes next, at whatever point their makers died; those of
 * the living never are. */
#include "../../harness/cleanup.h"
#include "../../harness/files.h"
#include "../../harness/scratch.h"
#include "../unit/suite.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char parent[] = "/tmp/windsock-test-scratch.XXXXXX";

static size_t count_folders(void)
{
	DIR *entries = opendir(parent);
	size_t count = 0;

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		count += entry->d_name[0] != '.';
	if (entries)
		(void)closedir(entries);
	return count;
}

static void open_and_close(void)
{
	struct scratch scratch;
	struct error error;

	CU_ASSERT_EQUAL_FATAL(scratch_open(&scratch, parent, &error), 0);
	scratch_close(&scratch);
}

/* Opens one in a child, which is killed when it has put a file in it. */
static void leave_one(void)
{
	pid_t child = fork();

	if (!child) {
		struct scratch scratch;
		struct error error;

		if (scratch_open(&scratch, parent, &error))
			_exit(1);
		_cleanup_free_ char *file = file_path(scratch.folder, "program", "");

		(void)!symlink("/nowhere", file);
		(void)kill(getpid(), SIGKILL);
	}
	CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
}

static void test_own(void)
{
	struct scratch scratch;
	struct error error;
	struct stat status;

	CU_ASSERT_EQUAL_FATAL(scratch_open(&scratch, parent, &error), 0);
	CU_ASSERT_EQUAL(stat(scratch.folder, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 0066, 0);
	CU_ASSERT_EQUAL(count_folders(), 1);
	scratch_close(&scratch);
	CU_ASSERT_EQUAL(count_folders(), 0);
}

static void test_killed(void)
{
	leave_one();
	CU_ASSERT_EQUAL(count_folders(), 1);
	open_and_close();
	CU_ASSERT_EQUAL(count_folders(), 0);
}

static void test_killed_early(void)
{
	_cleanup_free_ char *empty = file_path(parent, "windsock-scratch.abcdef", "");

	CU_ASSERT_EQUAL_FATAL(mkdir(empty, 0700), 0);
	open_and_close();
	CU_ASSERT_EQUAL(count_folders(), 0);
}

static void test_living(void)
{
	struct scratch first, second;
	struct error error;

	CU_ASSERT_EQUAL_FATAL(scratch_open(&first, parent, &error), 0);
	CU_ASSERT_EQUAL_FATAL(scratch_open(&second, parent, &error), 0);
	CU_ASSERT_EQUAL(count_folders(), 2);
	scratch_close(&second);
	CU_ASSERT_EQUAL(access(first.folder, F_OK), 0);
	scratch_close(&first);
}

static void test_foreign(void)
{
	_cleanup_free_ char *other = file_path(parent, "windsock-scratch.other", ""), *file = file_path(other, "mine", "");

	CU_ASSERT_EQUAL_FATAL(mkdir(other, 0700), 0);
	CU_ASSERT_EQUAL(symlink("/nowhere", file), 0);
	open_and_close();
	CU_ASSERT_EQUAL(count_folders(), 1); /* without a lock, and not empty: whose it is nobody knows */
	CU_ASSERT_EQUAL(unlink(file), 0);
	CU_ASSERT_EQUAL(rmdir(other), 0);
}

/* Each sweeps what the others have just made and not locked yet. */
static void test_many(void)
{
	enum { MAKERS = 8, ROUNDS = 200 };
	pid_t makers[MAKERS];

	for (size_t i = 0; i < MAKERS; i++) {
		makers[i] = fork();
		for (int round = 0; !makers[i] && round < ROUNDS; round++) {
			struct scratch scratch;
			struct error error;

			if (scratch_open(&scratch, parent, &error) || access(scratch.folder, F_OK))
				_exit(1);
			scratch_close(&scratch);
		}
		if (!makers[i])
			_exit(0);
	}
	for (size_t i = 0; i < MAKERS; i++) {
		int status;

		CU_ASSERT_EQUAL(waitpid(makers[i], &status, 0), makers[i]);
		CU_ASSERT_EQUAL(status, 0);
	}
	CU_ASSERT_EQUAL(count_folders(), 0);
}

static void test_nowhere(void)
{
	struct scratch scratch;
	struct error error;

	CU_ASSERT_EQUAL(scratch_open(&scratch, "/nowhere/at/all", &error), -1);
	CU_ASSERT_STRING_EQUAL(error.file, "/nowhere/at/all");
}

static const struct suite_test tests[] = {
	{"a folder of one's own, which goes with its owner", test_own},
	{"the folder of one who was killed is removed by the next", test_killed},
	{"also of one who was killed before it had its lock", test_killed_early},
	{"those who live keep theirs", test_living},
	{"what is not empty and has no lock is left alone", test_foreign},
	{"eight who make and sweep at once are in nobody's way", test_many},
	{"a place that is not there", test_nowhere},
};

int main(void)
{
	int status;

	if (!mkdtemp(parent))
		return 99;
	status = suite_run("scratch", tests, sizeof tests / sizeof tests[0]);
	(void)rmdir(parent); /* what is left there is of tests that failed */
	return status;
}
