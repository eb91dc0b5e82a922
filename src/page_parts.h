/* page_parts.h - what the rooms of the class page share. Only page*.c and its test include this. */
#ifndef WINDSOCK_PAGE_PARTS_H
#define WINDSOCK_PAGE_PARTS_H

#include "format_parts.h"
#include "page_words.h"

/* page_files.c, made by make from page/: the page around the records. */
extern const char page_html[], page_css[], page_js[];

/* page_record.c: two lines of JSON that may stand inside <script>: what every view needs of a record, and what is read
 * only when somebody looks at it. */
void page_head(const struct result *result, struct text *out);
void page_detail(const struct result *result, struct text *out);
/* JSON as it may stand inside an HTML element: < > & are escaped. Takes the value. */
void page_json(json_t *value, struct text *out);

#endif
