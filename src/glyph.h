/* glyph.h - the characters of a text that may hold anything. */
#ifndef WINDSOCK_GLYPH_H
#define WINDSOCK_GLYPH_H

#include <stddef.h>
#include <stdint.h>

struct glyph {
	uint32_t code;  /* of the character; '?' for what must not be shown: controls, bytes that are no UTF-8 */
	size_t length;  /* bytes in the text */
	int cells;      /* columns of a terminal: 0 (stands on the one before), 1, 2 */
};

/* The character at TEXT, which is not its end. */
struct glyph glyph_at(const char *text);
/* Columns of the whole text. */
int glyph_width(const char *text);
/* Its bytes, as UTF-8, into OUT, with a NUL behind. */
void glyph_print(uint32_t code, char out[5]);

#endif
