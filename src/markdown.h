/* markdown.h - the pages of docs/ as text for a terminal.
 *
 * What those pages are written in, and no more: headings, paragraphs, lists, tables, fenced and indented blocks,
 * `code`, **bold**, *stress*, [links](to/a.page). Nothing here fails: what is not understood is text. */
#ifndef WINDSOCK_MARKDOWN_H
#define WINDSOCK_MARKDOWN_H

#include "text.h"

#include <stdbool.h>

struct markdown_style {
	int width;    /* columns, at least 40 */
	bool colour;  /* headings, code and stress by ANSI escapes; else code keeps its `marks` */
};

/* A stretch of a page: borrowed from it. */
struct markdown_part {
	const char *text;
	size_t length;
};

void markdown_print(struct markdown_part part, const struct markdown_style *style, struct text *out);
/* A cell, or another piece of a line, without its marks. */
void markdown_plain(struct markdown_part part, struct text *out);

/* The section of PAGE under the heading TITLE, with the heading and all that is deeper; no text if there is none. */
struct markdown_part markdown_section(const char *page, const char *title);
/* Takes the first line of *rest, without its newline, and leaves the others in *rest; no text when nothing is left. */
struct markdown_part markdown_line(struct markdown_part *rest);
/* A line's heading: its depth, 1 to 6, and what stands behind the marks; 0 if it is none. */
int markdown_heading(struct markdown_part line, struct markdown_part *title);
/* The cells of a row `| a | b |`, at most MOST; 0 for what is no row, and for the rule below a head. */
size_t markdown_cells(struct markdown_part line, struct markdown_part *cells, size_t most);

#endif
