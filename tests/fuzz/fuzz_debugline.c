/* fuzz_debugline.c - any bytes as a program file with a line table. */
#include "debugline.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct debugline places[64];
	uint8_t *bytes = malloc(size ? size : 1); /* exact, for the sanitizer */

	if (!bytes)
		abort();
	memcpy(bytes, data, size);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		places[i].address = 0x1000 + 5 * i;
	debugline_find(bytes, size, places, sizeof places / sizeof places[0]);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (!memchr(places[i].line, 0, sizeof places[i].line))
			abort();
	free(bytes);
	return 0;
}
