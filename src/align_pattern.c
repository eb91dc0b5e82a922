/* align_pattern.c - what bytes a pattern takes; see align.h. */
#include "align.h"

#include <stdio.h>
#include <string.h>

/* The value of {name}, or NULL when it is a variable that has none yet. */
static const char *value_of(const struct align_input *input, const char *name, char *port)
{
	const struct param *param = params_find(input->params, name);

	if (param)
		return param->value;
	for (size_t i = 0; i < input->binding_count; i++)
		if (!strcmp(input->bindings[i].name, name)) {
			snprintf(port, 8, "%u", input->bindings[i].port);
			return port;
		}
	return NULL;
}

static int64_t take_text(const struct align_input *input, const struct pattern *pattern, const uint8_t *bytes,
                         size_t kept)
{
	size_t at = 0;

	for (size_t i = 0; i < pattern->part_count; i++) {
		const struct pattern_part *part = &pattern->parts[i];
		const char *literal = part->bytes;
		size_t length = part->length;
		char port[8];

		if (part->is_name) {
			literal = value_of(input, part->bytes, port);
			length = literal ? strlen(literal) : 0;
		}
		if (!literal) {
			size_t from = at;

			while (at < kept && bytes[at] >= '0' && bytes[at] <= '9')
				at++;
			if (at == from)
				return -1;
			continue;
		}
		if (length > kept - at || (length && memcmp(bytes + at, literal, length)))
			return -1;
		at += length;
	}
	return (int64_t)at;
}

int64_t align_pattern(const struct align_input *input, const struct pattern *pattern, const uint8_t *bytes,
                      size_t kept, size_t length, bool whole)
{
	int64_t taken;

	switch (pattern->kind) {
	case PATTERN_ANY:
		return (int64_t)length;
	case PATTERN_BYTES:
		if (pattern->count > length || (whole && pattern->count != length))
			return -1;
		return (int64_t)pattern->count;
	case PATTERN_PREFIX:
		return take_text(input, pattern, bytes, kept) < 0 ? -1 : (int64_t)length;
	case PATTERN_TEXT:
		taken = take_text(input, pattern, bytes, kept);
		return whole && taken >= 0 && (size_t)taken != length ? -1 : taken;
	}
	return -1;
}
