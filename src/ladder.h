/* ladder.h - a picture as text.
 *
 * Hosts are columns, packets arrows with their ports, calls stand at their host's
 * line, time runs down. The first wrong arrow is marked, what was expected stands as
 * a dotted arrow. Colour never says anything that a mark does not say too. */
#ifndef WINDSOCK_LADDER_H
#define WINDSOCK_LADDER_H

#include "picture.h"

struct ladder_style {
	int width;    /* columns of the terminal, from 40 */
	bool unicode; /* else plain ASCII */
	bool colour;  /* ANSI escapes */
};

/* Appends the picture; nothing when it has no rows. No line is wider than the style's width. */
void ladder_draw(const struct picture *picture, const struct ladder_style *style, struct text *out);

#endif
