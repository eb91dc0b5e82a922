/* seal.c - see seal.h. */
#include "seal.h"

#include "sha256.h"

#include <string.h>

void seal_put(const struct seal *seal, struct text *text)
{
	char hex[SHA256_HEX];

	sha256_hex_of(text_string(text), text->length, hex);
	text_printf(text, "%s%s%s", seal->head, hex, seal->tail);
}

enum seal_state seal_test(const struct seal *seal, const char *bytes, size_t length, size_t *sealed)
{
	size_t head = strlen(seal->head), tail = strlen(seal->tail), digits = SHA256_HEX - 1;
	char hex[SHA256_HEX];
	const char *at;

	*sealed = length;
	if (length < head + digits + tail)
		return SEAL_NONE;
	at = bytes + length - head - digits - tail;
	if (memcmp(at, seal->head, head) != 0 || memcmp(at + head + digits, seal->tail, tail) != 0)
		return SEAL_NONE;
	*sealed = (size_t)(at - bytes);
	sha256_hex_of(bytes, *sealed, hex);
	return memcmp(at + head, hex, digits) ? SEAL_BROKEN : SEAL_WHOLE;
}

/* In place of the last brace. */
static const struct seal json_seal = {",\n \"sha256\": \"", "\"\n}\n"};

void seal_json(const char *dump, struct text *out)
{
	struct text sealed = {0};

	text_add_bytes(&sealed, dump, strlen(dump) - strlen("\n}"));
	seal_put(&json_seal, &sealed);
	text_add(out, text_string(&sealed));
	text_free(&sealed);
}

bool seal_json_is_whole(const json_t *root, const char *source, size_t length)
{
	size_t sealed;
	enum seal_state state = seal_test(&json_seal, source, length, &sealed);

	return state == SEAL_WHOLE || (state == SEAL_NONE && !json_object_get(root, "sha256"));
}
