/* test_params.c - parameters: drawn anew by seed, and put into templates. */
#include "suite.h"

#include "../../src/params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct params *params)
{
	*params = (struct params){0};
	params_set(params, "port", PARAM_PORT, "7777");
	params_set(params, "other", PARAM_PORT, "2000");
	params_set(params, "answer", PARAM_TEXT, "thanks");
	params_set(params, "question", PARAM_TEXT, "from B");
	params_set(params, "every", PARAM_FIXED, "100");
	params_set(params, "fixed-port", PARAM_FIXED, "5555");
}

static void sets_and_finds(void)
{
	struct params params, copy;

	fill(&params);
	CU_ASSERT_EQUAL(params.count, 6);
	params_set(&params, "port", PARAM_FIXED, "1");
	CU_ASSERT_EQUAL(params.count, 6);
	ASSERT_STRING(params_find(&params, "port")->value, "1");
	CU_ASSERT(params_find(&params, "port")->kind == PARAM_FIXED);
	CU_ASSERT(params_find(&params, "por") == NULL && params_find(&params, "") == NULL);
	params_copy(&params, &copy);
	params_set(&params, "port", PARAM_PORT, "2");
	ASSERT_STRING(params_find(&copy, "port")->value, "1");
	ASSERT_STRING(params_find(&copy, "answer")->value, "thanks");
	CU_ASSERT_EQUAL(copy.count, 6);
	params_free(&params);
	params_free(&copy);
	CU_ASSERT(!params.params && !params.count);
}

static void counts_lengths(void)
{
	struct params params, drawn;
	const struct param *size;
	char expected[24];

	fill(&params);
	CU_ASSERT_EQUAL(params_set_length(&params, "size", "answer question"), 0);
	ASSERT_STRING(params_find(&params, "size")->value, "12");
	CU_ASSERT_EQUAL(params_set_length(&params, "sum", "answer nobody"), -1);
	CU_ASSERT(!params_find(&params, "sum"));
	params_draw(&params, "seed", &drawn);
	size = params_find(&drawn, "size");
	snprintf(expected, sizeof expected, "%zu", strlen(params_find(&drawn, "answer")->value) +
	         strlen(params_find(&drawn, "question")->value));
	CU_ASSERT(size && size->kind == PARAM_LENGTH);
	if (size)
		ASSERT_STRING(size->value, expected);
	params_free(&params);
	params_free(&drawn);
}

static void reads_ports(void)
{
	static const struct { const char *value; int port; } cases[] = {
		{"1", 1}, {"65535", 65535}, {"7777", 7777}, {"0", -1}, {"65536", -1}, {"", -1}, {"-1", -1},
		{"7777x", -1}, {" 7777", -1}, {"99999999999999999999", -1},
	};
	struct params params = {0};

	CU_ASSERT_EQUAL(params_port(&params, "p"), -1);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		params_set(&params, "p", PARAM_FIXED, cases[i].value);
		CU_ASSERT_EQUAL(params_port(&params, "p"), cases[i].port);
	}
	params_free(&params);
}

/* What a port must never be: see the list in params.c. */
static bool is_decoded(int port)
{
	static const int decoded[] = {2049, 2103, 2104, 3456, 3503, 3784, 3785, 3799, 4342, 4500, 4567, 4784, 4789, 4790,
	                              5060, 5061, 5353, 5359, 6081, 6343, 6379, 6633, 6635, 6653, 6696, 6697, 6784, 7500,
	                              8080, 8231, 8472, 8500, 8554, 10288, 12222, 12223, 17754};

	for (size_t i = 0; i < sizeof decoded / sizeof *decoded; i++)
		if (decoded[i] == port)
			return true;
	return port >= 7000 && port <= 7009;
}

static bool is_text(const char *text)
{
	size_t length = strlen(text);

	return length && length <= 24 && strspn(text, "abcdefghijklmnopqrstuvwxyz ") == length && text[0] != ' ' &&
	       text[length - 1] != ' ';
}

static void draws_by_the_rules(void)
{
	struct params params;

	fill(&params);
	for (int i = 0; i < 20000; i++) {
		struct params drawn;
		char seed[32];
		int port, other;

		(void)snprintf(seed, sizeof seed, "seed %d", i);
		params_draw(&params, seed, &drawn);
		port = params_port(&drawn, "port");
		other = params_port(&drawn, "other");
		CU_ASSERT(port >= 2000 && port < 30000 && !is_decoded(port) && port != 7777 && port != 2000 && port != 5555);
		CU_ASSERT(other >= 2000 && other < 30000 && !is_decoded(other) && other != 7777 && other != port);
		CU_ASSERT(port / 256 != port % 256 && other / 256 != other % 256); /* else htons() would change nothing */
		CU_ASSERT(is_text(params_find(&drawn, "answer")->value) && is_text(params_find(&drawn, "question")->value));
		CU_ASSERT(strlen(params_find(&drawn, "answer")->value) != strlen("thanks"));
		CU_ASSERT(strcmp(params_find(&drawn, "answer")->value, params_find(&drawn, "question")->value) != 0);
		ASSERT_STRING(params_find(&drawn, "every")->value, "100");
		CU_ASSERT_EQUAL(drawn.count, params.count);
		params_free(&drawn);
	}
	params_free(&params);
}

/* Whatever its length, a drawn text has another. */
static void draws_another_length(void)
{
	char value[32] = "";

	for (size_t length = 0; length <= 25; length++) {
		struct params params = {0}, drawn;

		memset(value, 'x', length);
		params_set(&params, "t", PARAM_TEXT, value);
		for (int i = 0; i < 500; i++) {
			char seed[16];

			(void)snprintf(seed, sizeof seed, "%d", i);
			params_draw(&params, seed, &drawn);
			CU_ASSERT(strlen(drawn.params[0].value) != length && is_text(drawn.params[0].value));
			params_free(&drawn);
		}
		params_free(&params);
	}
}

/* Many ports, each another: a draw that hits a taken one is repeated. */
static void draws_many_ports(void)
{
	struct params params = {0}, drawn;
	char *seen = calloc(65536, 1), name[16];
	const int count = 2000;

	CU_ASSERT_FATAL(seen != NULL);
	for (int i = 0; i < count; i++) {
		(void)snprintf(name, sizeof name, "p%d", i);
		params_set(&params, name, PARAM_PORT, "7777");
	}
	params_draw(&params, "many", &drawn);
	for (int i = 0; i < count; i++) {
		int port = params_port(&drawn, drawn.params[i].name);

		CU_ASSERT(port > 0 && !seen[port]);
		seen[port] = 1;
	}
	free(seen);
	params_free(&params);
	params_free(&drawn);
}

static void draws_the_same_again(void)
{
	struct params params, one, two, other;
	bool differs = false;

	fill(&params);
	params_draw(&params, "a seed", &one);
	params_draw(&params, "a seed", &two);
	params_draw(&params, "a seee", &other);
	for (size_t i = 0; i < params.count; i++) {
		ASSERT_STRING(one.params[i].value, two.params[i].value);
		differs = differs || strcmp(one.params[i].value, other.params[i].value) != 0;
	}
	CU_ASSERT(differs);
	params_free(&one);
	params_free(&two);
	params_free(&other);
	params_free(&params);
}

/* Grades that were given must stay: these values may never change. */
static void draws_what_it_always_drew(void)
{
	struct params params, drawn;

	fill(&params);
	params_draw(&params, "windsock", &drawn);
	ASSERT_STRING(params_find(&drawn, "port")->value, "20739");
	ASSERT_STRING(params_find(&drawn, "answer")->value, "nanipubif savolirob");
	params_free(&drawn);
	params_draw(&params, "", &drawn);
	ASSERT_STRING(params_find(&drawn, "port")->value, "20388");
	params_free(&drawn);
	params_free(&params);
}

static void a_new_param_changes_no_other(void)
{
	struct params params, before, after;

	fill(&params);
	params_draw(&params, "s", &before);
	params_set(&params, "new", PARAM_TEXT, "x");
	params_draw(&params, "s", &after);
	for (size_t i = 0; i < before.count; i++)
		ASSERT_STRING(after.params[i].value, before.params[i].value);
	params_free(&params);
	params_free(&before);
	params_free(&after);
}

static void expands(void)
{
	static const struct { const char *template, *result; } cases[] = {
		{"", ""}, {"plain", "plain"}, {"{port}", "7777"}, {"{answer} {port}{port}!\n", "thanks 77777777!\n"},
		{"\\{port}", "{port}"}, {"\\\\{port}", "\\7777"}, {"\\\\\\{", "\\{"}, {"\\n}", "\\n}"}, {"x\\", "x\\"},
	};
	struct params params;

	fill(&params);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text text = {0};
		struct error error = {0};

		CU_ASSERT_EQUAL(params_expand(&params, cases[i].template, &text, &error), 0);
		ASSERT_STRING(text_string(&text), cases[i].result);
		text_free(&text);
	}
	params_free(&params);
}

static void expands_no_unknown_name(void)
{
	static const struct { const char *template, *says; } cases[] = {
		{"{prt}", "there is no parameter {prt}"}, {"{}", "there is no parameter {}"}, {"{port", "never closed"},
		{"{port01234567890123456789012345678901234567890123456789}", "there is no parameter"}, {"a{", "never closed"},
	};
	struct params params;

	fill(&params);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct text text = {0};
		struct error error = {0};

		CU_ASSERT_EQUAL(params_expand(&params, cases[i].template, &text, &error), -1);
		if (!strstr(error.text, cases[i].says))
			ASSERT_STRING(error.text, cases[i].says);
		text_free(&text);
	}
	params_free(&params);
}

static const struct suite_test tests[] = {
	{"a parameter is set once by name, found, and copied", sets_and_finds},
	{"a length counts other parameters, drawn ones too", counts_lengths},
	{"a port is a number of 1 to 65535", reads_ports},
	{"drawn ports are distinct, new and not decoded by tcpdump; texts are plain", draws_by_the_rules},
	{"a drawn text has another length than its default", draws_another_length},
	{"2000 ports of one run are 2000 different ports", draws_many_ports},
	{"the same seed draws the same, another one something else", draws_the_same_again},
	{"a seed draws what it drew in every version", draws_what_it_always_drew},
	{"a new parameter changes no other's value", a_new_param_changes_no_other},
	{"a template is filled in", expands},
	{"an unknown name or an open brace is an error", expands_no_unknown_name},
};

SUITE_MAIN("params", tests)
