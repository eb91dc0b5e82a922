/* fuzz_trace.c - any bytes as a trace: parsed or refused with a sentence; what is parsed prints into an
 * equal trace. */
#include "../../src/trace.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text first = {0}, second = {0};
	struct trace read, again;
	struct error error = {0};

	if (trace_parse(&read, "fuzz", (const char *)data, size, &error)) {
		if (!error.text[0] || error.line < 0 || error.column < 0 || read.entries || read.file)
			abort();
		return 0;
	}
	trace_print(&read, &first);
	/* Printed with 4 spaces a level, a large file may grow over the limit. */
	if (first.length <= 1024 * 1024) {
		if (trace_parse(&again, "again", text_string(&first), first.length, &error) || !trace_equal(&read, &again))
			abort();
		trace_print(&again, &second);
		if (strcmp(text_string(&first), text_string(&second)) != 0)
			abort();
		trace_free(&again);
	}
	text_free(&first);
	text_free(&second);
	trace_free(&read);
	return 0;
}
