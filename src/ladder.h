/* ladder.h - the picture of a run: hosts as columns, what was said as arrows.
 *
 * Time runs down. The first wrong arrow is marked, what was expected stands as a
 * dotted arrow. Colour never says anything that a mark does not say too. */
#ifndef WINDSOCK_LADDER_H
#define WINDSOCK_LADDER_H

#include "match.h"
#include "scene.h"

struct ladder_style {
	int width;    /* columns of the terminal, from 60 */
	bool unicode; /* else plain ASCII */
	bool colour;  /* ANSI escapes */
};

/* Appends the picture of what VIEW saw. */
void ladder_draw(const struct scene *scene, const struct match *match, size_t view, const struct ladder_style *style,
                 struct text *out);

#endif
