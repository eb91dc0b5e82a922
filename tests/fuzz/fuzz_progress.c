/* fuzz_progress.c - any bytes as a student's notes: what is read is printed as it was, and what is printed is read
 * without a new complaint. */
#include "../../src/progress_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct text *a, const struct text *b)
{
	if (a->length != b->length || (a->length && memcmp(a->data, b->data, a->length)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct progress progress, again;
	struct text complaints = {0}, more = {0}, printed = {0}, twice = {0};

	progress_parse(&progress, "fuzz", (const char *)data, size, &complaints);
	progress_print(&progress, &printed);
	if (size && (memchr(data, '\0', size) || memchr(data, '\r', size)))
		printed.length = 0; /* they are left out */
	else if (printed.length < size || (size && memcmp(printed.data, data, size)))
		abort();
	progress_parse(&again, "fuzz", text_string(&printed), printed.length, &more);
	progress_print(&again, &twice);
	compare(&printed, &twice);
	progress_merge(&again, &progress);
	progress_free(&again);
	progress_free(&progress);
	text_free(&complaints);
	text_free(&more);
	text_free(&printed);
	text_free(&twice);
	return 0;
}
