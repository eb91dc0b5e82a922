/* fuzz_result.c - any bytes as the record of a graded submission: parsed or refused with a sentence; what is parsed
 * prints, and prints the same once it is read back; every format makes something of it, in valid UTF-8. */
#include "formats.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_format(const struct format *format, const struct result *result)
{
	struct text out = {0};
	struct error error = {0};
	struct format_run run = {0};

	if (format->write) {
		if (format->write(result, 1, &out, &error))
			must(error.text[0] && !out.length);
	} else {
		format->begin(&run, &out);
		format->add(&run, result, &out);
		format->end(&run, &out);
	}
	must(utf8_is_valid(text_string(&out), out.length) && strlen(text_string(&out)) == out.length);
	text_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result read, again;
	struct error error = {0};
	struct text first = {0}, second = {0};

	if (result_parse(&read, "fuzz", (const char *)data, size, &error)) {
		must(error.text[0] && !read.cases && !read.files && !read.remarks && !read.student);
		return 0;
	}
	result_print(&read, &first);
	must(!result_parse(&again, "again", text_string(&first), first.length, &error));
	result_print(&again, &second);
	must(!strcmp(text_string(&first), text_string(&second)) && result_same(&read, &again));
	format_prepare(&read);
	for (size_t i = 0; format_number(i); i++)
		check_format(format_number(i), &read);
	result_free(&read);
	result_free(&again);
	text_free(&first);
	text_free(&second);
	return 0;
}
