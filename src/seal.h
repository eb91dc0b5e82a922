/* seal.h - bytes that tell whether they are as they were written.
 *
 * Behind them stand HEAD, the SHA-256 of all before it in hexadecimal digits, and TAIL: two strings that make a file
 * with a seal a file of its kind. It finds damage, not forgery: who can write the file can seal it anew. */
#ifndef WINDSOCK_SEAL_H
#define WINDSOCK_SEAL_H

#include "text.h"

#include <jansson.h>
#include <stdbool.h>

struct seal {
	const char *head, *tail;
};

#define SEAL_MAX 256 /* bytes that any seal takes */

enum seal_state { SEAL_NONE, SEAL_WHOLE, SEAL_BROKEN };

void seal_put(const struct seal *seal, struct text *text);
/* *SEALED: how many bytes stand before the seal; all of them without one. */
enum seal_state seal_test(const struct seal *seal, const char *bytes, size_t length, size_t *sealed);

/* Adds DUMP, an object as json_dumps() prints it with JSON_INDENT(1), with a last member "sha256" that seals it. */
void seal_json(const char *dump, struct text *out);
/* Of ROOT, which was read from these bytes. One without that member, as hands write it, is as good. */
bool seal_json_is_whole(const json_t *root, const char *source, size_t length);

#endif
