/* fuzz_evidence.c - any bytes as the record of a run: parsed or refused with a sentence; what is parsed
 * prints, and prints the same once it is read back. */
#include "evidence.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence read, again;
	struct error error = {0};
	struct text first = {0}, second = {0};

	if (evidence_parse(&read, "fuzz", (const char *)data, size, &error)) {
		must(error.text[0] && !read.programs && !read.captures && !read.sockets && !read.calls &&
		     !read.params.count);
		return 0;
	}
	evidence_print(&read, &first);
	must(!evidence_parse(&again, "again", text_string(&first), first.length, &error));
	evidence_print(&again, &second);
	must(!strcmp(text_string(&first), text_string(&second)));
	evidence_free(&read);
	evidence_free(&again);
	text_free(&first);
	text_free(&second);
	return 0;
}
