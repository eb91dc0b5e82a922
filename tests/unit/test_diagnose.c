/* test_diagnose.c - the table of diagnoses against its page and against the wrong programs. */
#include "diagnose.h"
#include "suite.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What no wrong program of tests/lessons shows, and why. */
static const struct {
	const char *id, *reason;
} without_fixture[] = {
	{"prints-forever", "tests/e2e/bad-programs.sh runs it"},
	{"forks-forever", "tests/e2e/bad-programs.sh runs it"},
	{"takes-all-memory", "tests/e2e/bad-programs.sh runs it"},
	{"floods", "tests/e2e/bad-programs.sh runs it"},
	{"cpu-limit", "takes as long as the limit on processor time"},
	{"broken-pipe", "needs a played side that leaves first; those wait for the program's end"},
	{"same-pair-again", "whether the kernel takes the pair again within the minute depends on its clock's second"},
	{"gone-too-soon", "a race between the end of the one program and the answer of the other"},
	{"divergence", "what is left when nothing fits: a program that shows it asks for a diagnosis of its own"},
};

#define DIAGNOSES_MAX 256

static struct {
	const char *id;
	size_t documented, fixtures;
} known[DIAGNOSES_MAX];
static size_t known_count, strangers;

static size_t find_known(const char *id, size_t length)
{
	size_t i = 0;

	while (i < known_count && (strlen(known[i].id) != length || memcmp(known[i].id, id, length)))
		i++;
	return i;
}

static void fill_known(void)
{
	if (known_count)
		return;
	for (size_t i = 0; i < diagnose_count(); i++) {
		const char *id = diagnose_id(i);

		if (find_known(id, strlen(id)) == known_count && known_count < DIAGNOSES_MAX)
			known[known_count++].id = id;
	}
}

static const char *source_folder(void)
{
	const char *srcdir = getenv("srcdir"); /* automake's; else the tests run in the source tree */

	return srcdir ? srcdir : ".";
}

static FILE *open_file(const char *path)
{
	FILE *stream = fopen(path, "re");

	if (!stream)
		printf("# cannot read %s\n", path);
	return stream;
}

/* Rows of the page's tables begin with | `id` |. */
static void read_page(void)
{
	char path[512], line[2048];
	FILE *page;

	snprintf(path, sizeof path, "%s/docs/diagnoses.md", source_folder());
	page = open_file(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(page);
	while (fgets(line, sizeof line, page)) {
		size_t i;

		if (strncmp(line, "| `", 3) != 0)
			continue;
		i = find_known(line + 3, strcspn(line + 3, "`"));
		if (i == known_count) {
			strangers++;
			printf("# %s: not in the program: %s", path, line);
		} else {
			known[i].documented++;
		}
	}
	(void)fclose(page); /* only read from */
}

static void page_names_each_once(void)
{
	fill_known();
	read_page();
	CU_ASSERT_EQUAL(strangers, 0);
	for (size_t i = 0; i < known_count; i++) {
		if (known[i].documented != 1)
			printf("# %s: %zu times in docs/diagnoses.md\n", known[i].id, known[i].documented);
		CU_ASSERT_EQUAL(known[i].documented, 1);
	}
}

/* The number in a row's last cell names a lesson: there is a folder that begins with it. */
static bool is_lesson(const char *cell)
{
	char pattern[512];
	glob_t found;
	bool any;

	if (strspn(cell, "0123456789") != 2)
		return false;
	snprintf(pattern, sizeof pattern, "%s/lessons/%.2s-*", source_folder(), cell);
	any = glob(pattern, 0, NULL, &found) == 0;
	globfree(&found);
	return any;
}

/* | `id` | seen | means | next | lesson | */
static bool is_whole_row(char *line)
{
	size_t cells = 0;
	char *cell = line, *last = line;

	for (char *bar; (bar = strstr(cell, " |")); cell = bar + 2) {
		last = cell;
		cells += bar > cell;
	}
	last += strspn(last, "| ");
	/* What is left when nothing fits has no lesson. */
	return (cells == 5 && is_lesson(last)) || strstr(line, "`divergence`");
}

static void rows_are_whole(void)
{
	char path[512], line[2048];
	FILE *page;

	snprintf(path, sizeof path, "%s/docs/diagnoses.md", source_folder());
	page = open_file(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(page);
	while (fgets(line, sizeof line, page)) {
		bool whole = strncmp(line, "| `", 3) != 0 || is_whole_row(line);

		if (!whole)
			printf("# a cell is missing, or the lesson: %s", line);
		CU_ASSERT_TRUE(whole);
	}
	(void)fclose(page); /* only read from */
}

static void at_least_fifty(void)
{
	fill_known();
	CU_ASSERT_TRUE(known_count >= 50);
}

/* The first line of a wrong program ends in "-> id". */
static void count_fixture(const char *path)
{
	char line[256] = "";
	FILE *program = open_file(path);
	const char *id;
	size_t i;

	CU_ASSERT_PTR_NOT_NULL_FATAL(program);
	CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof line, program));
	(void)fclose(program); /* only read from */
	id = strstr(line, "-> ");
	i = id ? find_known(id + 3, strcspn(id + 3, " \n")) : known_count;
	if (i == known_count)
		printf("# %s: no diagnosis is called so: %s", path, line);
	else
		known[i].fixtures++;
	CU_ASSERT_TRUE(i < known_count);
}

static bool is_excused(const char *id)
{
	for (size_t i = 0; i < sizeof without_fixture / sizeof without_fixture[0]; i++)
		if (!strcmp(without_fixture[i].id, id))
			return true;
	return false;
}

static void each_has_a_wrong_program(void)
{
	char pattern[512];
	glob_t found;

	fill_known();
	snprintf(pattern, sizeof pattern, "%s/tests/lessons/*/wrong/*.{c,trace,nft}", source_folder());
	CU_ASSERT_EQUAL_FATAL(glob(pattern, GLOB_BRACE, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		count_fixture(found.gl_pathv[i]);
	CU_ASSERT_TRUE(found.gl_pathc >= 110);
	globfree(&found);
	for (size_t i = 0; i < known_count; i++) {
		if (!known[i].fixtures == !is_excused(known[i].id))
			printf("# %s: %zu wrong programs%s\n", known[i].id, known[i].fixtures,
			       is_excused(known[i].id) ? ", and yet excused" : "");
		CU_ASSERT_EQUAL(!known[i].fixtures, is_excused(known[i].id));
	}
}

static void excuses_have_reasons(void)
{
	fill_known();
	for (size_t i = 0; i < sizeof without_fixture / sizeof without_fixture[0]; i++) {
		CU_ASSERT_TRUE(find_known(without_fixture[i].id, strlen(without_fixture[i].id)) < known_count);
		CU_ASSERT_TRUE(strlen(without_fixture[i].reason) > 10);
	}
}

static void last_one_fits_always(void)
{
	ASSERT_STRING(diagnose_id(diagnose_count() - 1), "divergence");
}

static const struct suite_test tests[] = {
	{"docs/diagnoses.md names each diagnosis once, and no other", page_names_each_once},
	{"each row has its four texts, and a lesson that there is", rows_are_whole},
	{"there are fifty or more", at_least_fifty},
	{"each has a wrong program, or a reason", each_has_a_wrong_program},
	{"the reasons are for diagnoses that there are", excuses_have_reasons},
	{"the last one fits always", last_one_fits_always},
};

SUITE_MAIN("diagnose", tests)
