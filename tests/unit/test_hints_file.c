/* test_hints_file.c - a lesson's hints: what is read, what is refused and how it is said; and those that are shipped:
 * three steps at least, diagnoses that there are, and no line of the solution. */
#include "suite.h"

#include "../../src/diagnose.h"
#include "../../src/hints_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse(struct hints *hints, const char *source, struct error *error)
{
	*error = (struct error){0};
	return hints_parse(hints, "h", source, strlen(source), error);
}

/* ---- what is read ---- */

static void reads_steps_and_diagnoses(void)
{
	struct hints hints;
	struct error error;

	if (parse(&hints, "# Hints\n\nOne at a time.\n\n## 1\n\nLook.\r\n\nTwice.\n\n\n## If it says [byte-order]\nTurn.\n"
	          "## 2 \nCall.\n## If it says [nothing-bound] or [byte-order]\nBind.\n## If it says [byte-order]\nAgain.",
	          &error)) {
		ASSERT_STRING(error_string(&error), "hints that parse");
		return;
	}
	CU_ASSERT_FATAL(hints.count == 5);
	CU_ASSERT_EQUAL(hints_steps(&hints), 2);
	ASSERT_STRING(hints.hints[0].text, "Look.\n\nTwice.\n");
	ASSERT_STRING(hints.hints[0].label, "1");
	ASSERT_STRING(hints.hints[1].label, "byte-order");
	CU_ASSERT(hints.hints[1].number == 0 && hints.hints[1].line == 12);
	ASSERT_STRING(hints.hints[2].text, "Call.\n");
	ASSERT_STRING(hints.hints[3].label, "nothing-bound");
	CU_ASSERT(hint_is_about(&hints.hints[3], "byte-order"));
	CU_ASSERT(!hint_is_about(&hints.hints[3], "byte"));
	CU_ASSERT(!hint_is_about(&hints.hints[0], "byte-order"));
	ASSERT_STRING(hints.hints[4].label, "byte-order 2");
	ASSERT_STRING(hints.hints[4].text, "Again.\n");
	hints_free(&hints);
	CU_ASSERT(!hints.hints && !hints.count);
}

static void leaves_code_alone(void)
{
	struct hints hints;
	struct error error;

	CU_ASSERT_FATAL(!parse(&hints, "\xef\xbb\xbf## 1\n```\n## 2\n```\n### Smaller\n#define X\n", &error));
	CU_ASSERT_EQUAL(hints.count, 1);
	ASSERT_STRING(hints.hints[0].text, "```\n## 2\n```\n### Smaller\n#define X\n");
	hints_free(&hints);
}

/* ---- what is refused ---- */

static const struct {
	const char *source;
	int line;
	const char *says;
} refusals[] = {
	{"", 0, "has no hints"},
	{"# Hints\n\nNone.\n", 0, "has no hints"},
	{"## If it says [byte-order]\nTurn.\n", 0, "has no hints"},
	{"## 2\nx\n", 1, "the next one is \"## 1\""},
	{"## 1\nx\n## 1\ny\n", 3, "the next one is \"## 2\""},
	{"## 1a\nx\n", 1, "\"## 1a\": steps are numbered"},
	{"## 99999999999999999999\nx\n", 1, "the next one is \"## 1\""},
	{"## One\nx\n", 1, "\"## One\": a hint is headed by its number"},
	{"## \nx\n", 0, "has no hints"},
	{"## 1\n\n\n## 2\nx\n", 1, "no hint below this heading"},
	{"## 1\nx\n## 2\n", 3, "no hint below this heading"},
	{"## 1\nx\n## If it says byte-order\ny\n", 3, "Write its id in brackets"},
	{"## 1\nx\n## If it says [byte order]\ny\n", 3, "\"[byte order]\": between brackets"},
	{"## 1\nx\n## If it says []\ny\n", 3, "between brackets"},
	{"## 1\nx\n## If it says [byte-order\ny\n", 3, "between brackets"},
	{"## 1\nx\n## If it says [a] [b] [c] [d] [e] [f] [g] [h] [i]\ny\n", 3, "at most 8 diagnoses"},
	{"## 1\nx\n```\nint y;\n", 4, "has no second one"},
	{"## 1\nx\xff\n", 0, "is not UTF-8"},
	{"## 1\nx\n\x1b[31m\n", 3, "a control character (0x1b)"},
};

static void refuses_with_the_line(void)
{
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		struct hints hints;
		struct error error;

		if (!parse(&hints, refusals[i].source, &error)) {
			ASSERT_STRING("parsed", refusals[i].source);
			hints_free(&hints);
			continue;
		}
		CU_ASSERT(!hints.hints);
		CU_ASSERT_EQUAL(error.line, refusals[i].line);
		if (!strstr(error.text, refusals[i].says) || error.line != refusals[i].line)
			ASSERT_STRING(error_string(&error), refusals[i].says);
	}
}

static void refuses_too_much(void)
{
	struct text many = {0};
	struct hints hints;
	struct error error;

	for (int i = 1; i <= HINTS_MOST + 1; i++)
		text_printf(&many, "## %d\nx\n", i);
	CU_ASSERT(hints_parse(&hints, "h", many.data, many.length, &error));
	ASSERT_STRING(error.text, "more than 200 hints");
	CU_ASSERT_EQUAL(error.line, 2 * HINTS_MOST + 1);
	while (many.length <= HINTS_MAX)
		text_add(&many, "long\n");
	CU_ASSERT(hints_parse(&hints, "h", many.data, many.length, &error));
	ASSERT_STRING(error.text, "is longer than 65536 bytes");
	text_free(&many);
}

/* ---- what is shipped ---- */

static const char *folder_of(const char *variable, const char *else_below)
{
	static char path[2][512];
	static int turn;
	const char *given = getenv(variable), *srcdir = getenv("srcdir");

	turn = !turn;
	if (given)
		snprintf(path[turn], sizeof path[turn], "%s", given);
	else
		snprintf(path[turn], sizeof path[turn], "%s/%s", srcdir ? srcdir : ".", else_below);
	return path[turn];
}

static bool read_file(const char *path, struct text *out)
{
	FILE *stream = fopen(path, "re");
	char buffer[4096];
	size_t got;

	if (!stream)
		return false;
	while ((got = fread(buffer, 1, sizeof buffer, stream)) > 0)
		text_add_bytes(out, buffer, got);
	(void)fclose(stream); /* only read from */
	return true;
}

static bool is_known(const char *id)
{
	for (size_t i = 0; i < diagnose_count(); i++)
		if (!strcmp(diagnose_id(i), id))
			return true;
	return false;
}

/* The words of a line, one blank between them. */
static void squeeze(const char *line, size_t length, struct text *out)
{
	out->length = 0;
	text_add(out, "");
	for (size_t i = 0; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\n' && line[i] != '\r')
			text_add_bytes(out, &line[i], 1);
		else if (out->length && out->data[out->length - 1] != ' ')
			text_add(out, " ");
	while (out->length && out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
}

/* A line that is nobody's secret: short, or a part of what the student has. */
static bool is_secret(const char *line, const char *skeletons)
{
	return strlen(line) >= 14 && line[0] != '#' && line[0] != '*' && line[0] != '/' && !strstr(skeletons, line);
}

/* Lines of SOLUTION that HINTS have, both squeezed. */
static void hold_against(const char *lesson, const char *hints, const char *solution, const char *skeletons)
{
	struct text line = {0};

	for (const char *at = solution; *at;) {
		size_t length = strcspn(at, "\n");

		squeeze(at, length, &line);
		if (is_secret(text_string(&line), skeletons) && strstr(hints, text_string(&line))) {
			printf("# %s: a hint has this line of the solution: %s\n", lesson, text_string(&line));
			CU_ASSERT(false);
		}
		at += length + (at[length] == '\n');
	}
	text_free(&line);
}

/* All files of a folder whose names end in .c, .trace or .nft, one behind the other. */
static void read_sources(const char *folder, struct text *out)
{
	DIR *open = opendir(folder);

	for (struct dirent *entry; open && (entry = readdir(open));) {
		const char *dot = strrchr(entry->d_name, '.');
		char path[1024];

		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (dot && (!strcmp(dot, ".c") || !strcmp(dot, ".trace") || !strcmp(dot, ".nft")))
			CU_ASSERT(read_file(path, out));
	}
	if (open)
		(void)closedir(open); /* only read from */
}

static void check_secrets(const char *lesson, const struct text *hints)
{
	struct text solution = {0}, skeletons = {0}, squeezed[2] = {{0}, {0}};
	char path[1024];

	snprintf(path, sizeof path, "%s/lessons/%s/solution", folder_of("WINDSOCK_TESTS", "tests"), lesson);
	read_sources(path, &solution);
	CU_ASSERT(solution.length > 0);
	snprintf(path, sizeof path, "%s/%s", folder_of("WINDSOCK_LESSONS", "lessons"), lesson);
	read_sources(path, &skeletons);
	squeeze(text_string(hints), hints->length, &squeezed[0]);
	squeeze(text_string(&skeletons), skeletons.length, &squeezed[1]);
	hold_against(lesson, text_string(&squeezed[0]), text_string(&solution), text_string(&squeezed[1]));
	text_free(&solution);
	text_free(&skeletons);
	text_free(&squeezed[0]);
	text_free(&squeezed[1]);
}

static void check_lesson(const char *lesson)
{
	struct text source = {0};
	struct hints hints;
	struct error error;
	char path[1024];

	snprintf(path, sizeof path, "%s/%s/hints.md", folder_of("WINDSOCK_LESSONS", "lessons"), lesson);
	if (!read_file(path, &source)) {
		ASSERT_STRING(path, "a file with hints");
	} else if (hints_parse(&hints, path, source.data, source.length, &error)) {
		ASSERT_STRING(error_string(&error), "hints that parse");
	} else {
		if (hints_steps(&hints) < 3)
			ASSERT_STRING(lesson, "a lesson with three steps of hints or more");
		for (size_t i = 0; i < hints.count; i++)
			for (size_t j = 0; j < hints.hints[i].id_count; j++)
				if (!is_known(hints.hints[i].ids[j]))
					ASSERT_STRING(hints.hints[i].ids[j], "a diagnosis that there is");
		check_secrets(lesson, &source);
		hints_free(&hints);
	}
	text_free(&source);
}

static void ships_hints_for_every_lesson(void)
{
	DIR *lessons = opendir(folder_of("WINDSOCK_LESSONS", "lessons"));
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(lessons);
	for (struct dirent *entry; (entry = readdir(lessons));)
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
			check_lesson(entry->d_name);
			count++;
		}
	(void)closedir(lessons); /* only read from */
	CU_ASSERT(count >= 27);
}

static const struct suite_test tests[] = {
	{"steps and diagnoses are read", reads_steps_and_diagnoses},
	{"code and smaller headings belong to the hint", leaves_code_alone},
	{"what is no hint is refused, with its line", refuses_with_the_line},
	{"too many hints, too many bytes are refused", refuses_too_much},
	{"every lesson has three steps, diagnoses that there are, and keeps its solution", ships_hints_for_every_lesson},
};

SUITE_MAIN("hints file", tests)
