/* test_text.c - growing text, quoted bytes, and errors as one line. */
#include "suite.h"

#include "../../src/error.h"
#include "../../src/text.h"

#include <stdlib.h>
#include <string.h>

static void grows(void)
{
	struct text text = {0};

	ASSERT_STRING(text_string(&text), "");
	text_add(&text, "");
	ASSERT_STRING(text_string(&text), "");
	for (int i = 0; i < 1000; i++)
		text_printf(&text, "%d,", i);
	CU_ASSERT_EQUAL(text.length, 10 * 2 + 90 * 3 + 900 * 4);
	CU_ASSERT_EQUAL(strlen(text_string(&text)), text.length);
	CU_ASSERT(!strncmp(text_string(&text), "0,1,2,", 6) && !strcmp(text.data + text.length - 4, "999,"));
	text_add_bytes(&text, "\0x", 2);
	CU_ASSERT(!memcmp(text.data + text.length - 3, ",\0x", 4));
	text_free(&text);
	CU_ASSERT(!text.data && !text.length && !text.capacity);
}

static void prints_nothing_and_much(void)
{
	char much[5000];
	struct text text = {0};

	memset(much, 'm', sizeof much - 1);
	much[sizeof much - 1] = '\0';
	text_printf(&text, "%s", "");
	ASSERT_STRING(text_string(&text), "");
	text_printf(&text, "<%s>", much);
	CU_ASSERT_EQUAL(text.length, sizeof much + 1);
	CU_ASSERT(text.data[0] == '<' && text.data[text.length - 1] == '>');
	text_free(&text);
}

static void quotes_bytes(void)
{
	static const char bytes[] = "from B\n\r\t\\\"{}\x00\x1f\x7f\x80\xff~ ";
	struct text text = {0};

	text_add_quoted(&text, bytes, sizeof bytes - 1);
	ASSERT_STRING(text_string(&text), "\"from B\\n\\r\\t\\\\\\\"\\{}\\x00\\x1f\\x7f\\x80\\xff~ \"");
	text_add_quoted(&text, NULL, 0);
	CU_ASSERT(!strcmp(text.data + text.length - 3, "\"\"\"")); /* the end of the first, and an empty one */
	text_free(&text);
}

static void copies_memory(void)
{
	char *bytes = mem_bytes("a\0b", 3), *string = mem_string("abc"), *nothing = mem_bytes(NULL, 0);
	unsigned char *zeroed = mem_alloc(100);
	int *array = NULL, sum = 0;
	size_t count = 0, capacity = 0;

	CU_ASSERT(!memcmp(bytes, "a\0b", 4));
	ASSERT_STRING(string, "abc");
	ASSERT_STRING(nothing, "");
	for (size_t i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(zeroed[i], 0);
	for (int i = 0; i < 100; i++) {
		mem_room(array, count, capacity);
		array[count++] = i;
	}
	for (size_t i = 0; i < count; i++)
		sum += array[i];
	CU_ASSERT(sum == 4950 && capacity >= 100);
	free(bytes);
	free(string);
	free(nothing);
	free(zeroed);
	free(array);
}

static void says_where(void)
{
	struct error error;

	CU_ASSERT_EQUAL(error_set(&error, "a.trace", 3, 9, "found \"%s\"", "x"), -1);
	ASSERT_STRING(error_string(&error), "a.trace:3:9: found \"x\"");
	(void)error_set(&error, "a.trace", 3, 0, "found"); /* returns -1, as above */
	ASSERT_STRING(error_string(&error), "a.trace:3: found");
	(void)error_set(&error, "a.trace", 0, 0, "found");
	ASSERT_STRING(error_string(&error), "a.trace: found");
	(void)error_set(&error, NULL, 0, 0, "found");
	ASSERT_STRING(error_string(&error), "found");
}

static void cuts_what_is_too_long(void)
{
	struct error error;
	char much[5000];

	memset(much, 'm', sizeof much - 1);
	much[sizeof much - 1] = '\0';
	(void)error_set(&error, much, 1, 1, "%s", much); /* returns -1, as above */
	CU_ASSERT_EQUAL(strlen(error.file), sizeof error.file - 1);
	CU_ASSERT_EQUAL(strlen(error.text), sizeof error.text - 1);
	CU_ASSERT(strlen(error_string(&error)) > sizeof error.text);
}

static void adds_numbers(void)
{
	struct text text = {0};

	text_add_number(&text, 0);
	text_add(&text, " ");
	text_add_number(&text, 1090);
	text_add(&text, " ");
	text_add_number(&text, UINT64_MAX);
	ASSERT_STRING(text_string(&text), "0 1090 18446744073709551615");
	text_free(&text);
}

static const struct suite_test tests[] = {
	{"text grows, and always ends in NUL", grows},
	{"nothing and much can be printed", prints_nothing_and_much},
	{"numbers are added in decimal", adds_numbers},
	{"bytes are quoted so that they can be read back", quotes_bytes},
	{"copies, zeroed memory and growing arrays", copies_memory},
	{"an error says file, line and column as far as known", says_where},
	{"an error that is too long is cut", cuts_what_is_too_long},
};

SUITE_MAIN("text", tests)
