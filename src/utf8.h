/* utf8.h - whether bytes are UTF-8 (RFC 3629), character by character. */
#ifndef WINDSOCK_UTF8_H
#define WINDSOCK_UTF8_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at BYTES, of which LEFT (at least 1) are there: its length in bytes and, in *code, its number.
 * 0: no character is encoded so; one byte is to be left out. */
size_t utf8_at(const char *bytes, size_t left, uint32_t *code);
bool utf8_is_valid(const char *bytes, size_t length);
/* Adds BYTES; each byte of them that is no UTF-8 becomes U+FFFD. */
void utf8_add(struct text *text, const char *bytes, size_t length);
/* The longest length, at most LENGTH, at which the UTF-8 in BYTES may be cut without breaking a character. */
size_t utf8_cut(const char *bytes, size_t length);

#endif
