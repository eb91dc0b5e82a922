/* test_class_table.c - a class in a table, and how much of a record its student is told. */
#include "suite.h"

#include "../../src/class_table.h"
#include "../../src/result_explain.h"

#include <stdlib.h>
#include <string.h>

static const char *const students[] = {"ada", "=1+1", "bob"};
static const char *const lessons[] = {"01-udp-server", "06-tcp-server"};

static void make(struct result *result, const char *student, enum result_status status, int points, const char *diagnosis)
{
	*result = (struct result){.version = RESULT_VERSION, .student = mem_string(student), .lesson = mem_string(lessons[0]),
	                          .seed = mem_string("s33d"), .status = status, .points = points, .max_points = 4,
	                          .message = mem_string("a sentence")};
	result->case_count = 2;
	result->cases = mem_alloc(2 * sizeof *result->cases);
	for (size_t i = 0; i < 2; i++)
		result->cases[i] = (struct result_case){
			.name = mem_string("one"), .status = status, .diagnosis = mem_string(diagnosis),
			.seen = mem_string("SEEN"), .means = mem_string("MEANS\n\x1b[2J"), .next = mem_string("NEXT"),
			.where = mem_string("t:1"), .source = mem_string("server.c:3"), .picture_svg = mem_string("<svg/>"),
			.picture = mem_string("->"), .calls = mem_string("bind()"),
		};
	result_tidy(result);
}

static void add(struct class_table *table, size_t student, size_t lesson, enum result_status status, int points,
                const char *diagnosis)
{
	struct result result;

	make(&result, students[student], status, points, diagnosis);
	class_table_add(table, student, lesson, &result);
	result_free(&result);
}

static void fill(struct class_table *table)
{
	class_table_open(table, students, 3, lessons, 2);
	add(table, 1, 0, RESULT_FAIL, 1, "byte-order");
	add(table, 0, 0, RESULT_FAIL, 3, "byte-order");
	add(table, 0, 1, RESULT_FAIL, 4, "byte-order");
	add(table, 1, 1, RESULT_INCONCLUSIVE, 0, "");
	add(table, 2, 0, RESULT_ERROR, 0, "");
	add(table, 2, 1, RESULT_FAIL, 0, "an\x1bid");
}

static void makes_a_gradebook(void)
{
	struct class_table table;
	struct text out = {0};

	fill(&table);
	class_table_csv(&table, &out);
	ASSERT_STRING(text_string(&out), "student,01-udp-server,06-tcp-server,points,of\r\n"
	              "ada,3,4,7,8\r\n\"'=1+1\",1,inconclusive,1,4\r\nbob,0,0,0,8\r\n");
	text_free(&out);
	class_table_close(&table);
}

static void makes_a_table(void)
{
	struct class_table table;
	struct text out = {0};

	fill(&table);
	class_table_print(&table, 100, &out);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), "ada                          3     4     7     8\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), "=1+1                         1     ?     1     4\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), "bob                        err     0     0     8\n"));
	/* Two students with two cases and two lessons: two. */
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), "\n     2  forgot htons()  [byte-order]\n"
	                                                 "     1  an?id\n     1  handed in what cannot be graded  [not-gradable]\n"));
	CU_ASSERT_PTR_NULL(strchr(text_string(&out), '\x1b'));
	text_free(&out);
	class_table_close(&table);
}

static void caps_what_went_wrong(void)
{
	struct class_table table;
	struct text out = {0};

	class_table_open(&table, students, 3, lessons, 2);
	for (int i = 0; i < 17; i++) {
		char id[] = "fault-a";

		id[6] = (char)('a' + i);
		add(&table, 0, 0, RESULT_FAIL, 0, id);
	}
	class_table_print(&table, 100, &out);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), "     1  fault-o\n        and 2 more"));
	CU_ASSERT_PTR_NULL(strstr(text_string(&out), "fault-p"));
	text_free(&out);
	class_table_close(&table);
}

static void tells(enum result_explain level, const char *words, const char *silent)
{
	struct result result;
	struct text out = {0};
	char *copy, *state = NULL;

	make(&result, "ada", RESULT_FAIL, 1, "byte-order");
	result_explain_cap(&result, level);
	result_print(&result, &out);
	copy = mem_string(words);
	for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		if (!strstr(text_string(&out), word))
			ASSERT_STRING(word, "is told");
	free(copy);
	copy = mem_string(silent);
	for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		if (strstr(text_string(&out), word))
			ASSERT_STRING(word, "is not told");
	free(copy);
	text_free(&out);
	result_free(&result);
}

static void caps_explanations(void)
{
	tells(EXPLAIN_NONE, "\"points\"", "t:1 server.c:3 SEEN -> s33d sentence MEANS NEXT byte-order bind() <svg");
	tells(EXPLAIN_WHERE, "t:1 server.c:3", "SEEN -> s33d sentence MEANS NEXT byte-order bind() <svg");
	tells(EXPLAIN_WHAT, "t:1 server.c:3 SEEN -> s33d sentence", "MEANS NEXT byte-order bind() <svg");
	tells(EXPLAIN_WHY, "t:1 server.c:3 SEEN -> s33d sentence MEANS NEXT byte-order bind() <svg", "nothing-else");
	CU_ASSERT_EQUAL(result_explain_level("why"), EXPLAIN_WHY);
	CU_ASSERT_EQUAL(result_explain_level("all"), -1);
}

static const struct suite_test tests[] = {
	{"the gradebook", makes_a_gradebook},
	{"the table, and what went wrong in words", makes_a_table},
	{"so many lines of what went wrong", caps_what_went_wrong},
	{"a student is told so much and no more", caps_explanations},
};

SUITE_MAIN("class_table", tests)
