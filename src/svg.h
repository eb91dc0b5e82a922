/* svg.h - a picture as SVG: one file that needs no other, readable on light and dark
 * ground, its text selectable, its title and description for screen readers. */
#ifndef WINDSOCK_SVG_H
#define WINDSOCK_SVG_H

#include "picture.h"

/* Appends a whole document. TITLE says which run it is, SENTENCE (or "") what was found; both are
 * shown above the picture. Whatever they and the picture hold is escaped. */
void svg_draw(const struct picture *picture, const char *title, const char *sentence, struct text *out);
/* The style that each document has, from its tag to its end tag: the same for all. */
const char *svg_style(void);
/* Appends TEXT with what XML gives a meaning escaped, and without what it forbids. */
void svg_escape(const char *text, struct text *out);

#endif
