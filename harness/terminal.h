/* terminal.h - what standard output can show. */
#ifndef WINDSOCK_TERMINAL_H
#define WINDSOCK_TERMINAL_H

#include "../src/ladder.h"

/* Width, Unicode and colour of standard output: $COLUMNS or the terminal's own width (80 without
 * one); Unicode where the locale is UTF-8; colour on a terminal unless NO_COLOR is set. ASCII: as if
 * the locale were C. */
struct ladder_style terminal_style(bool ascii);
/* From here on standard output is a pipe to one who shows it on a terminal of WIDTH columns, with COLOUR or without. */
void terminal_stand_for(int width, bool colour);

#endif
