/* frame.h - one screen of text: a heading, as much of a longer text as there is room for, the keys at the bottom.
 *
 * The text may be anybody's: of its escapes only those that set colours are passed on, and every other control
 * character is shown as `?`. The escapes written are those that every terminal has which is not `dumb` (ECMA-48). */
#ifndef WINDSOCK_FRAME_H
#define WINDSOCK_FRAME_H

#include "text.h"

#include <stdbool.h>

struct frame_style {
	int rows, columns;
	bool unicode; /* else plain ASCII */
	bool colour;
};

struct frame_key {
	const char *key, *word; /* "h", "hint" */
};

struct frame {
	const char *title;        /* at the top, cut where there is no room */
	const char *state;        /* behind it, at the right; the last to be cut */
	const char *body;
	size_t top;               /* the first line of the body that is shown; frame_draw() keeps it within what there is */
	const struct frame_key *keys;
	size_t key_count;
};

/* BODY in lines of at most COLUMNS columns: longer ones are broken at blanks, and go on as far to the right as they
 * began. Each ends with a newline. */
void frame_fold(const char *body, int columns, bool unicode, struct text *out);
/* How many lines of a body the frame has room for; at least 1. */
size_t frame_room(const struct frame *frame, const struct frame_style *style);
/* The first line of BODY, folded, that begins with MARK (colours are passed over); SIZE_MAX: none does. */
size_t frame_find(const struct frame *frame, const struct frame_style *style, const char *mark);
/* The whole screen, from its upper left corner on; every line up to its right edge. No newline behind the last. */
void frame_draw(struct frame *frame, const struct frame_style *style, struct text *out);

#endif
