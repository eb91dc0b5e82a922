/* The store where two machines grade the same: the first record stands, another verdict is kept beside it, nobody
 * takes a new record for the old one. */
#include "../../harness/cleanup.h"
#include "../../harness/files.h"
#include "../../harness/store.h"
#include "../unit/suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/windsock-store.XXXXXX";
static struct store store;

static struct result record(enum result_status status, int points, const char *node)
{
	struct result result = {.version = RESULT_VERSION, .lesson = mem_string("01-udp-server"), .student = mem_string("ada"),
	                        .node = mem_string(node), .status = status, .points = points, .max_points = 11};

	result_tidy(&result);
	return result;
}

static void publish(enum result_status status, int points, const char *node)
{
	struct result result = record(status, points, node);
	struct error error;
	bool full;

	CU_ASSERT_EQUAL(store_publish(&store, &result, &full, &error), 0);
	CU_ASSERT_FALSE(full);
	result_free(&result);
}

/* The node whose record stands, or "". */
static const char *whose(void)
{
	static char node[64];
	struct result result = {0};
	struct error error;

	node[0] = '\0';
	if (store_read(&store, "01-udp-server", "ada", &result, &error) == STORE_FOUND) {
		snprintf(node, sizeof node, "%s", result.node);
		result_free(&result);
	}
	return node;
}

static void begin(void)
{
	char path[sizeof folder];
	struct error error;

	memcpy(path, folder, sizeof folder);
	if (!mkdtemp(path) || store_open(&store, path, true, &error))
		abort();
}

static void end(void)
{
	_cleanup_free_ char *path = mem_string(store.folder);
	struct error error;

	store_close(&store);
	CU_ASSERT_EQUAL(folder_remove(path, &error), 0);
}

static size_t disputes(void)
{
	return store_disputes(&store, "01-udp-server", "ada");
}

static void test_first(void)
{
	begin();
	publish(RESULT_PASS, 11, "n1");
	publish(RESULT_PASS, 11, "n2");
	ASSERT_STRING(whose(), "n1");
	CU_ASSERT_EQUAL(disputes(), 0);
	end();
}

static void test_dispute(void)
{
	begin();
	publish(RESULT_PASS, 11, "n1");
	publish(RESULT_FAIL, 4, "n2");
	publish(RESULT_PASS, 10, "n3");
	publish(RESULT_INCONCLUSIVE, 0, "n4"); /* says nothing about the submission */
	ASSERT_STRING(whose(), "n1");
	CU_ASSERT_EQUAL(disputes(), 2);
	end();
}

static void test_retire(void)
{
	struct error error;
	ino_t number;

	begin();
	CU_ASSERT_EQUAL(store_number(&store, "01-udp-server", "ada"), 0);
	publish(RESULT_INCONCLUSIVE, 0, "old");
	number = store_number(&store, "01-udp-server", "ada");
	CU_ASSERT_NOT_EQUAL(number, 0);
	CU_ASSERT_EQUAL(store_retire(&store, "01-udp-server", "ada", number, &error), 0);
	ASSERT_STRING(whose(), "");
	publish(RESULT_PASS, 11, "n1");
	/* A second machine that knew the old one comes late. */
	CU_ASSERT_EQUAL(store_retire(&store, "01-udp-server", "ada", number, &error), 0);
	ASSERT_STRING(whose(), "n1");
	publish(RESULT_FAIL, 0, "n2");
	ASSERT_STRING(whose(), "n1");
	CU_ASSERT_EQUAL(disputes(), 1);
	end();
}

static void test_sweep(void)
{
	_cleanup_free_ char *left = NULL, *kept = NULL, *key = NULL;
	struct error error;

	begin();
	publish(RESULT_PASS, 11, "n1");
	left = store_path(&store, "results/01-udp-server/.n2.4711.tmp");
	kept = store_record_path(&store, "results", "01-udp-server", "ada");
	key = store_path(&store, ".n2.4711.tmp");
	CU_ASSERT_EQUAL(file_write(left, "half", 4, &error), 0);
	CU_ASSERT_EQUAL(file_write(key, "half", 4, &error), 0);
	store_sweep(&store);
	CU_ASSERT_FALSE(is_file(left));
	CU_ASSERT_FALSE(is_file(key));
	CU_ASSERT_TRUE(is_file(kept));
	end();
}

/* A grader was killed between giving a record its name and taking away its temporary one; the next of its number, of
 * that machine or of a container of that name, leaves the record alone. */
static void test_second_name(void)
{
	struct result other = record(RESULT_FAIL, 3, "n2");
	_cleanup_free_ char *path = NULL;
	_cleanup_text_ struct text left = {0};
	char node[65] = "";
	struct error error;
	bool full;

	begin();
	publish(RESULT_PASS, 11, "n1");
	path = store_record_path(&store, "results", "01-udp-server", "ada");
	CU_ASSERT_EQUAL(gethostname(node, sizeof node - 1), 0);
	text_printf(&left, "%s/results/01-udp-server/.%s.%ld.tmp", store.folder, node, (long)getpid());
	CU_ASSERT_EQUAL(link(path, text_string(&left)), 0);
	free(other.student);
	other.student = mem_string("bob");
	CU_ASSERT_EQUAL(store_publish(&store, &other, &full, &error), 0);
	result_free(&other);
	ASSERT_STRING(whose(), "n1");
	end();
}

static int make_folder(const char *path)
{
	return mkdir(path, 0755);
}

static int make_fifo(const char *path)
{
	return mkfifo(path, 0644);
}

static int make_dangling(const char *path)
{
	return symlink("/nonexistent/record", path);
}

/* What stands in a record's place and is none is told, goes out of the way, and the next record stands. */
static void test_no_file(void)
{
	int (*const makers[])(const char *) = {make_folder, make_fifo, make_dangling};

	for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++) {
		struct result result = {0};
		struct error error;
		ino_t number;

		begin();
		_cleanup_free_ char *path = store_record_path(&store, "results", "01-udp-server", "ada");
		CU_ASSERT_EQUAL(path_make_folder(path, &error), 0);
		CU_ASSERT_EQUAL(makers[i](path), 0);
		CU_ASSERT_EQUAL(store_read(&store, "01-udp-server", "ada", &result, &error), STORE_DAMAGED);
		number = store_number(&store, "01-udp-server", "ada");
		CU_ASSERT_NOT_EQUAL(number, 0);
		CU_ASSERT_EQUAL(store_retire(&store, "01-udp-server", "ada", number, &error), 0);
		CU_ASSERT_EQUAL(store_number(&store, "01-udp-server", "ada"), 0);
		publish(RESULT_PASS, 11, "n1");
		CU_ASSERT_STRING_EQUAL(whose(), "n1");
		end();
	}
}

static void test_lock(void)
{
	struct store other;
	struct error error;

	begin();
	CU_ASSERT_EQUAL(store_open(&other, store.folder, true, &error), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "another windsock grade works here: process"));
	CU_ASSERT_EQUAL(store_open(&other, store.folder, false, &error), -1);
	end();
}

static const struct suite_test tests[] = {
	{"the first record stands", test_first},
	{"another verdict is kept beside it", test_dispute},
	{"nobody takes a new record for the old one", test_retire},
	{"temporary files of the dead are swept", test_sweep},
	{"what one of the same number left behind is no record's end", test_second_name},
	{"what is no file in a record's place is told and put aside", test_no_file},
	{"a second grader is told", test_lock},
};

SUITE_MAIN("store", tests)
