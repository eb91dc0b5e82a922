/* test_handed_in.c - the names and the bytes of what is handed in. */
#include "suite.h"

#include "../../src/handed_in.h"

#include <string.h>

static void reads_canvas(void)
{
	static const struct {
		const char *name, *student, *file;
		bool late;
	} names[] = {
		{"lovelaceada_4711_815_server.c", "lovelaceada_4711", "server.c", false},
		{"lovelaceada_LATE_4711_815_server-1.c", "lovelaceada_4711", "server-1.c", true},
		{"lovelaceada_late_4711_815_my_server.c", "lovelaceada_4711", "my_server.c", true},
	};
	static const char *const others[] = {"server.c", "ada_server.c", "ada_12_server.c", "_1_2_x.c", "ada_1_2_", "a_LATE_x_1_c", ""};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct text student = {0}, file = {0};
		bool late = false;

		CU_ASSERT(handed_in_canvas(names[i].name, &student, &file, &late));
		ASSERT_STRING(text_string(&student), names[i].student);
		ASSERT_STRING(text_string(&file), names[i].file);
		CU_ASSERT_EQUAL(late, names[i].late);
		text_free(&student);
		text_free(&file);
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		struct text student = {0}, file = {0};
		bool late;

		CU_ASSERT_FALSE(handed_in_canvas(others[i], &student, &file, &late));
		CU_ASSERT_EQUAL(student.length + file.length, 0);
	}
}

static void reads_moodle(void)
{
	static const char *const others[] = {"Ada", "Ada_assignsubmission_file_", "_12_assignsubmission_file_",
	                                     "12_assignsubmission_file_", ""};
	struct text student = {0};

	CU_ASSERT(handed_in_moodle("Ada Lovelace_4711_assignsubmission_file_", &student));
	ASSERT_STRING(text_string(&student), "Ada Lovelace_4711");
	text_free(&student);
	CU_ASSERT(handed_in_moodle("Ada_4711_assignsubmission_onlinetext_", &student));
	ASSERT_STRING(text_string(&student), "Ada_4711");
	text_free(&student);
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		CU_ASSERT_FALSE(handed_in_moodle(others[i], &student));
}

static void ranks_names(void)
{
	static const struct {
		const char *name;
		int rank;
	} names[] = {
		{"server.c", 0}, {"Server.c", 1}, {"SERVER.C", 1}, {"server-1.c", 2}, {"server (2).c", 2}, {"server(1).c", 2},
		{"Server_2.c", 2}, {"server.c.txt", 2}, {"server - Copy.c", 2}, {"server.h", -1}, {"server1.c", -1},
		{"myserver.c", -1}, {"server.cc", -1}, {"server-x.c", -1}, {"server-.c", -1}, {"", -1}, {".c", -1},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (handed_in_rank(names[i].name, "server.c") != names[i].rank)
			ASSERT_STRING(names[i].name, "ranked otherwise");
}

static void knows_folders(void)
{
	static const char *const right[] = {"01-udp-server", "01_UDP_Server", "1", "01", "Lesson 1", "lesson-01", "udp-server",
	                                    "exercise1", "Lesson 01 udp server"};
	static const char *const wrong[] = {"2", "10", "011-udp-server", "udp", "server", "", "lesson", "1a", "src", "-"};

	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		if (!handed_in_is_lesson(right[i], "01-udp-server"))
			ASSERT_STRING(right[i], "is not known");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (handed_in_is_lesson(wrong[i], "01-udp-server"))
			ASSERT_STRING(wrong[i], "is taken for it");
}

static void names_files(void)
{
	static const char *const pairs[][2] = {
		{"ada", "ada"}, {"Ada Lovelace_1", "Ada%20Lovelace_1"}, {"../x", "%2E.%2Fx"}, {".", "%2E"}, {"", "%"},
		{"a%20b", "a%2520b"}, {"\xc3\xa4", "%C3%A4"},
	};
	char longest[1000];
	struct text one = {0}, other = {0};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct text out = {0};

		handed_in_file_name(pairs[i][0], &out);
		ASSERT_STRING(text_string(&out), pairs[i][1]);
		text_free(&out);
	}
	memset(longest, 'x', sizeof longest);
	longest[999] = '\0';
	handed_in_file_name(longest, &one);
	longest[998] = 'y';
	handed_in_file_name(longest, &other);
	CU_ASSERT(one.length <= 180 && other.length == one.length);
	CU_ASSERT(strcmp(text_string(&one), text_string(&other)) != 0);
	text_free(&one);
	text_free(&other);
}

static void mends(const char *bytes, size_t length, const char *mended, const char *remark)
{
	struct text in = {0}, out = {0}, said = {0};

	text_add_bytes(&in, bytes, length);
	handed_in_mend(&in, &out, &said);
	ASSERT_STRING(text_string(&out), mended);
	ASSERT_STRING(text_string(&said), remark);
	text_free(&in);
	text_free(&out);
	text_free(&said);
}

static void mends_bytes(void)
{
	mends("", 0, "", "");
	mends("a\nb", 3, "a\nb", "");
	mends("a\r\nb\r\n", 6, "a\nb\n", "had CRLF line ends");
	mends("a\rb", 3, "a\nb", "had CRLF line ends");
	mends("a\r", 2, "a\n", "had CRLF line ends");
	mends("\xef\xbb\xbf" "a\r\n", 6, "a\n", "began with a byte order mark, had CRLF line ends");
	mends("/* \xe4 */", 7, "/* \xe4 */", "is not UTF-8 (Latin-1?)");
	mends("\xff\xfe" "a\0\xe4\0", 6, "a\xc3\xa4", "was UTF-16");
	mends("\xfe\xff\0a\xd8\x3d\xde\x00", 8, "a\xf0\x9f\x98\x80", "was UTF-16");
	mends("\xff\xfe" "a", 3, "", "was UTF-16");
}

static void cleans_bytes(void)
{
	struct text out = {0};

	handed_in_clean("a\x1b[2J\xff\xc3\xa4\n\xc2\x9b" "b\0c", 14, &out);
	ASSERT_STRING(text_string(&out), "a\\x1b[2J\\xff\xc3\xa4\n\\xc2b\\x00c");
	text_free(&out);
}

static void reads_metadata(void)
{
	static const char yaml[] =
		"---\nsubmission_1:\n  :submitters:\n  - :name: Ada Lovelace\n    :sid: '815'\n    :email: ada@x\n"
		"  :created_at: 2026-11-02 10:00:00.000 Z\n  :results:\n    tests:\n    - name: not a student\n"
		"submission_2:\r\n  :submitters:\r\n  - :name: Bob\r\n    :sid: \r\n    :email: bob@x\r\n  - :name: \"Cyd: C\"\r\n"
		"submission_3:\n  :score: 1\n";
	static const char *const expected[][2] = {{"submission_1", "815"}, {"submission_2", "bob@x+Cyd: C"},
	                                          {"submission_3", "submission_3"}};
	struct handed_in_metadata metadata;
	struct error error;

	CU_ASSERT_EQUAL_FATAL(handed_in_metadata(&metadata, "m.yml", yaml, &error), 0);
	CU_ASSERT_EQUAL_FATAL(metadata.count, 3);
	for (size_t i = 0; i < 3; i++) {
		ASSERT_STRING(metadata.submitters[i].folder, expected[i][0]);
		ASSERT_STRING(metadata.submitters[i].student, expected[i][1]);
	}
	handed_in_metadata_free(&metadata);
	CU_ASSERT_EQUAL(handed_in_metadata(&metadata, "m.yml", "\n# nothing\n- : -\n", &error), -1);
}

static const struct suite_test tests[] = {
	{"Canvas's names", reads_canvas},
	{"Moodle's names", reads_moodle},
	{"file names near the one that is wanted", ranks_names},
	{"folders named after a lesson", knows_folders},
	{"students' names as files' names", names_files},
	{"line ends, byte order marks, encodings", mends_bytes},
	{"bytes as UTF-8 without control characters", cleans_bytes},
	{"Gradescope's submission_metadata.yml", reads_metadata},
};

SUITE_MAIN("handed_in", tests)
