/* class_page.h - the class page (src/page.c) into a file, record by record.
 *
 * By a temporary file and rename(2): a reader sees the old page or the new one. */
#ifndef WINDSOCK_CLASS_PAGE_H
#define WINDSOCK_CLASS_PAGE_H

#include "../src/formats.h"

#include <stdio.h>

struct class_page {
	FILE *file;
	char *path, *temporary; /* owned */
	struct format_run run;
};

/* All of them: -1: *error. Whatever they return, class_page_drop() is called at the end. */
int class_page_open(struct class_page *page, const char *path, struct error *error);
/* RESULT is as result_parse() made it. */
int class_page_add(struct class_page *page, const struct result *result, struct error *error);
int class_page_close(struct class_page *page, struct error *error);
/* Removes what was not closed. */
void class_page_drop(struct class_page *page);

#endif
