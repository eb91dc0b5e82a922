/* fuzz_rules.c - any bytes as a student's rules: passed on to nft or refused with a sentence. What is passed on
 * holds no `include` but in a comment. */
#include "../../src/rules_check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Without quotation marks a comment is from # to the end of the line, and nothing else. */
static int includes(const char *text, size_t length)
{
	const char *at = text, *end = text + length;

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at)), *stop = line ? line : end;
		const char *comment = memchr(at, '#', (size_t)(stop - at));

		if (memmem(at, (size_t)((comment ? comment : stop) - at), " include ", 9))
			return 1;
		at = stop + 1;
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct error error = {0};

	if (!size)
		return 0;
	if (rules_check("fuzz", text, size, &error)) {
		if (!error.text[0] || error.line < 0 || error.column < 0)
			abort();
	} else if (size > RULES_MAX || memchr(text, '\0', size) ||
	           (!memchr(text, '"', size) && includes(text, size))) {
		abort();
	}
	return 0;
}
