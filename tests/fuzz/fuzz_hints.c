/* fuzz_hints.c - any bytes as a lesson's hints: steps with text, or a sentence about what is wrong. */
#include "../../src/hints_file.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = {0};
	struct hints hints;

	if (hints_parse(&hints, "fuzz", (const char *)data, size, &error)) {
		if (!error.text[0] || error.line < 0 || hints.hints)
			abort();
		return 0;
	}
	if (!hints_steps(&hints) || hints.count > HINTS_MOST)
		abort();
	for (size_t i = 0; i < hints.count; i++) {
		const struct hint *hint = &hints.hints[i];

		if (!hint->label[0] || !hint->text || strlen(hint->text) < 2 || (hint->number != 0) == (hint->id_count != 0))
			abort();
		for (size_t j = 0; j < i; j++)
			if (!strcmp(hint->label, hints.hints[j].label))
				abort();
	}
	hints_free(&hints);
	return 0;
}
