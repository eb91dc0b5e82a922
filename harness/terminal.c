/* terminal.c - see terminal.h. */
#include "terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WIDTH_LEAST 40
#define WIDTH_MOST 160 /* arrows that are longer are no easier to follow */

/* terminal_stand_for() */
static int real_width;
static bool real_colour;

void terminal_stand_for(int width, bool colour)
{
	real_width = width;
	real_colour = colour;
}

static int find_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int width = real_width ? real_width : columns ? atoi(columns) : 0;

	if (width <= 0 && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	if (width <= 0)
		width = 80;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
}

struct ladder_style terminal_style(bool ascii)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM"); /* https://no-color.org */
	bool dumb = term && !strcmp(term, "dumb");

	if (!setlocale(LC_CTYPE, ""))
		ascii = true; /* a locale that is not there: the plainest is safe */
	return (struct ladder_style){
		.width = find_width(),
		.unicode = !ascii && !strcmp(nl_langinfo(CODESET), "UTF-8"),
		.colour = (real_colour || isatty(STDOUT_FILENO)) && !(no_colour && *no_colour) && !dumb,
	};
}
