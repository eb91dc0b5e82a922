/* test_result.c - the record of a graded submission: what is printed is read back, whatever its text holds, and
 * nothing else is a record. */
#include "result.h"
#include "suite.h"
#include "utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct result result;
static struct error error;

/* ---- records with anything in them, the same on every machine ---- */

static uint64_t state;

static unsigned draw(unsigned below)
{
	state = state * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX generator */
	return (unsigned)(state >> 33) % below;
}

static char *draw_string(void)
{
	static const char *const pieces[] = {"a", " ", "\n", "\"", "\\", "\x1b[31m", "]]>", "<&>", "\xc3\xbc", "\xff", "\x80",
	                                     "\xed\xa0\x80", "\xf0\x9f\x90\xa7", "\x01", "\x7f", "=", ",", "\xef\xbf\xbe",
	                                     "::", "%0A", "tcp:", "\r", "\t", "\xc2\x9b"};
	struct text text = {0};
	unsigned length = draw(12);

	if (length == 11)
		return NULL;
	for (unsigned i = 0; i < length; i++)
		text_add(&text, pieces[draw(sizeof pieces / sizeof *pieces)]);
	return text.data ? text.data : mem_string("");
}

static void draw_case(struct result_case *one)
{
	char **const strings[] = {&one->name, &one->title, &one->diagnosis, &one->seen, &one->means, &one->next, &one->reason,
	                          &one->expected, &one->observed, &one->where, &one->source, &one->picture,
	                          &one->picture_ansi, &one->picture_svg, &one->calls, &one->output, &one->repeat};

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = draw_string();
	one->status = (enum result_status)draw(RESULT_INCONCLUSIVE + 1);
	one->max_points = (int)draw(100001);
	one->points = (int)draw((unsigned)one->max_points + 1);
	one->duration_us = (int64_t)draw(1u << 31) << draw(32);
	one->attempts = (int)draw(4);
}

static void draw_result(struct result *out, uint64_t seed)
{
	char **const strings[] = {&out->course, &out->lesson, &out->student, &out->seed, &out->message, &out->compiler,
	                          &out->windsock, &out->lesson_sha256, &out->compiler_version, &out->kernel, &out->machine,
	                          &out->node};

	state = seed;
	*out = (struct result){.version = RESULT_VERSION, .remark_count = draw(3), .file_count = draw(3),
	                       .case_count = draw(5), .started = draw(1u << 31)};
	out->remarks = mem_alloc(out->remark_count * sizeof *out->remarks);
	out->files = mem_alloc(out->file_count * sizeof *out->files);
	out->cases = mem_alloc(out->case_count * sizeof *out->cases);
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		*strings[i] = draw_string();
	for (size_t i = 0; i < out->remark_count; i++)
		out->remarks[i] = draw_string();
	for (size_t i = 0; i < out->file_count; i++)
		out->files[i] = (struct result_file){draw_string(), draw_string(), draw_string()};
	for (size_t i = 0; i < out->case_count; i++)
		draw_case(&out->cases[i]);
	result_sum(out);
}

static int parse(const char *json)
{
	return result_parse(&result, "ann.json", json, strlen(json), &error);
}

static void any_record_comes_back(void)
{
	for (uint64_t seed = 1; seed <= 300; seed++) {
		struct text first = {0}, second = {0}, tidied = {0}, line = {0};
		struct result drawn;

		draw_result(&drawn, seed);
		result_print(&drawn, &first);
		CU_ASSERT_TRUE(utf8_is_valid(first.data, first.length));
		CU_ASSERT_EQUAL_FATAL(parse(first.data), 0);
		result_print(&result, &second);
		ASSERT_STRING(second.data, first.data);
		CU_ASSERT_TRUE(result_same(&drawn, &result));
		result_tidy(&drawn);
		result_print(&drawn, &tidied);
		ASSERT_STRING(tidied.data, first.data);
		result_free(&result);
		result_print_line(&drawn, &line);
		CU_ASSERT_PTR_EQUAL(strchr(line.data, '\n'), line.data + line.length - 1);
		CU_ASSERT_EQUAL_FATAL(parse(line.data), 0);
		CU_ASSERT_TRUE(result_same(&drawn, &result));
		result_free(&result);
		result_free(&drawn);
		text_free(&first);
		text_free(&second);
		text_free(&tidied);
		text_free(&line);
	}
}

/* Each byte of it: refused, or what is read is what was written (a blank, a seal that is none any more). */
static void a_changed_byte_is_told(void)
{
	struct text first = {0};
	struct result drawn;
	size_t refused = 0;

	draw_result(&drawn, 7);
	result_print(&drawn, &first);
	for (size_t i = 0; i < first.length; i++) {
		first.data[i] ^= 1;
		if (parse(first.data)) {
			refused++;
		} else {
			CU_ASSERT_TRUE(result_same(&drawn, &result));
			result_free(&result);
		}
		first.data[i] ^= 1;
	}
	CU_ASSERT(refused >= first.length - sizeof "\"sha256\"");
	*strstr(first.data, "\"status\": \"") = ' '; /* no JSON any more */
	CU_ASSERT_EQUAL(parse(first.data), -1);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "grade this submission again"));
	result_free(&drawn);
	text_free(&first);
}

/* ---- each field ---- */

static const char small[] = "{\"windsock_result\": 1, \"lesson\": \"01\", \"student\": \"ann\", \"status\": \"fail\","
                            " \"points\": 1, \"max_points\": 3, \"cases\": [{\"name\": \"one\", \"status\": \"fail\","
                            " \"points\": 1, \"max_points\": 3, \"seen\": \"S.\"}], \"later\": {\"key\": 1}}";

static void little_is_needed(void)
{
	CU_ASSERT_EQUAL_FATAL(parse(small), 0);
	ASSERT_STRING(result.student, "ann");
	ASSERT_STRING(result.message, "");
	CU_ASSERT_EQUAL(result.status, RESULT_FAIL);
	CU_ASSERT(result.case_count == 1 && result.cases[0].points == 1 && result.cases[0].max_points == 3);
	ASSERT_STRING(result.cases[0].seen, "S.");
	ASSERT_STRING(result.cases[0].picture_svg, "");
	result_free(&result);
	CU_ASSERT(result.case_count == 0 && !result.cases && !result.lesson);
}

/* The member KEY of the record, or of its first case or file where LIST is that, set to VALUE or, NULL, taken out. */
static void refused(const char *list, const char *key, json_t *value, const char *why)
{
	json_t *root = json_loads(small, 0, NULL);
	json_t *object = list ? json_array_get(json_object_get(root, list), 0) : root;
	char *json;

	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	if (value)
		(void)json_object_set_new(object, key, value); /* the test fails below */
	else
		(void)json_object_del(object, key); /* as above */
	json = json_dumps(root, 0);
	CU_ASSERT_EQUAL_FATAL(parse(json), -1);
	ASSERT_STRING(error.file, "ann.json");
	if (!strstr(error.text, why) || !strstr(error.text, key) || !strstr(error.text, "grade this submission again"))
		ASSERT_STRING(error.text, why);
	CU_ASSERT(!result.cases && !result.files && !result.student);
	free(json);
	json_decref(root);
}

static void errors_say_what_and_where(void)
{
	static const char *const needed[] = {"windsock_result", "lesson", "student", "status", "points", "max_points", "cases"};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		refused(NULL, needed[i], NULL, "is missing");
	refused(NULL, "windsock_result", json_integer(2), "is 2; it should be from 1 to 1");
	refused(NULL, "lesson", json_integer(1), "should be a string");
	refused(NULL, "status", json_string("good"), "is \"good\"; it should be pass, fail, error, skip or inconclusive");
	refused(NULL, "status", json_null(), "is \"\"");
	refused(NULL, "points", json_real(1.5), "should be a whole number");
	refused(NULL, "points", json_integer(4), "is above \"max_points\"");
	refused(NULL, "started", json_integer(-1), "should be from 0");
	refused(NULL, "remarks", json_string("none"), "should be a list");
	refused(NULL, "cases", json_object(), "should be a list");
	refused("cases", "name", NULL, "of number 1 in \"cases\" is missing");
	refused("cases", "points", json_integer(4), "of number 1 in \"cases\" is above \"max_points\"");
	refused("cases", "max_points", json_integer(100001), "should be from 0 to 100000");
	refused("cases", "picture", json_true(), "of number 1 in \"cases\" should be a string");
	CU_ASSERT_EQUAL(parse("{\"windsock_result\": 1,\n\"lesson\": \"\\u0000\"}"), -1);
	CU_ASSERT_EQUAL(error.line, 2);
	CU_ASSERT_EQUAL(parse(""), -1);
	CU_ASSERT_EQUAL(parse("[]"), -1);
	CU_ASSERT_EQUAL(parse("{\"student\": \"a\", \"student\": \"b\"}"), -1);
}

/* ---- same ---- */

static void times_do_not_count_and_points_do(void)
{
	struct result other;

	CU_ASSERT_EQUAL_FATAL(parse(small), 0);
	other = result;
	CU_ASSERT_EQUAL_FATAL(parse(small), 0);
	other.started = 7;
	other.duration_us = 8;
	other.cases[0].attempts = 3;
	other.cases[0].duration_us = 9;
	free(other.node);
	other.node = mem_string("node7");
	CU_ASSERT_TRUE(result_same(&result, &other));
	other.cases[0].points = 2;
	CU_ASSERT_FALSE(result_same(&result, &other));
	result_free(&other);
	result_free(&result);
}

/* ---- the sum ---- */

static void sums_to(const char *statuses, enum result_status status, int points, int max_points, const char *message)
{
	static const char letters[] = "pfesi";
	struct result sum = {.case_count = strlen(statuses)};

	sum.cases = mem_alloc(sum.case_count * sizeof *sum.cases);
	for (size_t i = 0; i < sum.case_count; i++) {
		struct result_case *one = &sum.cases[i];
		struct text seen = {0};

		one->status = (enum result_status)(strchr(letters, statuses[i]) - letters);
		one->max_points = 2;
		one->points = one->status == RESULT_PASS ? 2 : 0;
		text_printf(&seen, "%c%zu", statuses[i], i);
		*(one->status == RESULT_FAIL ? &one->seen : &one->reason) = seen.data;
	}
	result_sum(&sum);
	result_sum(&sum); /* changes nothing */
	CU_ASSERT_EQUAL(sum.status, status);
	CU_ASSERT(sum.points == points && sum.max_points == max_points);
	ASSERT_STRING(sum.message, message);
	result_free(&sum);
}

static void sums(void)
{
	sums_to("pp", RESULT_PASS, 4, 4, "");
	sums_to("ps", RESULT_PASS, 2, 2, "");
	sums_to("ss", RESULT_SKIP, 0, 0, "s0");
	sums_to("pfsf", RESULT_FAIL, 2, 6, "f1");
	sums_to("pfi", RESULT_INCONCLUSIVE, 2, 6, "i2");
	sums_to("fie", RESULT_ERROR, 0, 6, "e2");
}

static void an_error_said_before_stays(void)
{
	struct result sum = {.status = RESULT_ERROR, .message = mem_string("server.c does not compile."), .max_points = 5};

	result_sum(&sum);
	CU_ASSERT(sum.status == RESULT_ERROR && sum.max_points == 5);
	ASSERT_STRING(sum.message, "server.c does not compile.");
	result_free(&sum);
}

/* ---- UTF-8 ---- */

static void utf8_is_that_of_rfc_3629(void)
{
	static const char *const wrong[] = {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
	                                    "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x90"};
	uint32_t code = 0;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CU_ASSERT_FALSE(utf8_is_valid(wrong[i], strlen(wrong[i])));
	CU_ASSERT(utf8_at("\xf4\x8f\xbf\xbf", 4, &code) == 4 && code == 0x10ffff);
	CU_ASSERT(utf8_at("\xed\x9f\xbf", 3, &code) == 3 && code == 0xd7ff);
	CU_ASSERT(utf8_at("\xe2\x82\xac", 2, &code) == 0);
	CU_ASSERT_EQUAL(utf8_cut("a\xe2\x82\xac", 4), 4);
	CU_ASSERT_EQUAL(utf8_cut("a\xe2\x82\xac", 3), 1);
	CU_ASSERT_EQUAL(utf8_cut("a\xe2\x82\xac", 2), 1);
	CU_ASSERT_EQUAL(utf8_cut("a\xe2\x82\xac", 1), 1);
	CU_ASSERT_EQUAL(utf8_cut("\xf0\x9f\x90\xa7", 3), 0);
	CU_ASSERT_EQUAL(utf8_cut("", 0), 0);
}

static const struct suite_test tests[] = {
	{"300 records of anything are read back, and are printed as the same bytes", any_record_comes_back},
	{"little is needed; keys of a later windsock are left out", little_is_needed},
	{"a record of which a byte is changed is refused, or read as it was", a_changed_byte_is_told},
	{"what is no record is refused with the key, the place and the remedy", errors_say_what_and_where},
	{"times do not make two records different, points do", times_do_not_count_and_points_do},
	{"points, status and message are added up", sums},
	{"an error that was said before stays", an_error_said_before_stays},
	{"UTF-8 is that of RFC 3629, and is cut between characters", utf8_is_that_of_rfc_3629},
};

SUITE_MAIN("result", tests)
