/* format_parts.h - what the formats share. Only format*.c include this. */
#ifndef WINDSOCK_FORMAT_PARTS_H
#define WINDSOCK_FORMAT_PARTS_H

#include "formats.h"
#include "jsonout.h"

/* ---- text of students ---- */

/* Adds STRING with what a terminal or a log would obey, and what turns the direction of text, shown as "?"; only
 * newlines and tabs stay. Valid UTF-8, and without a character that XML 1.0 forbids. */
void format_plain(struct text *out, const char *string);
/* The same in one line. */
void format_line(struct text *out, const char *string);
/* The same as format_plain(), but colours (ESC [ digits m) stay: for our own pictures. */
void format_colours(struct text *out, const char *string);
/* Shortens TEXT to at most MOST characters as JavaScript and Java count them (UTF-16), with REMARK, which counts too,
 * at its end where something was cut. */
void format_cut(struct text *text, size_t most, const char *remark);
void format_base64(struct text *out, const void *bytes, size_t length);

/* ---- sentences ---- */

/* The first that is not empty. */
const char *format_either(const char *one, const char *other);
/* Whether the record or one of its cases says nothing about the student. */
bool format_is_undecided(const struct result *result);
/* Whether a case says something about the student: it was neither skipped nor inconclusive. */
bool format_is_judged(const struct result_case *one);
/* The name of a case; with the lesson before it where the document has several records. */
void format_name(struct text *out, const struct result *result, const struct result_case *one, size_t records);
/* In one or some lines: why a case is as it is. */
void format_message(struct text *out, const struct result *result, const struct result_case *one);
/* Expected, seen, picture, calls, output, the command that repeats it. */
void format_detail(struct text *out, const struct result_case *one, bool colours);
/* What is told about the submission as a whole. */
void format_whole(struct text *out, const struct result *result);

/* ---- JSON ---- */

/* Takes the text. */
json_t *format_string(struct text *text);
/* Takes the value. */
void format_dump(json_t *value, size_t flags, struct text *out);

/* The biggest form of a document that is not longer than MOST bytes. BUILD is asked for forms whose texts are at most
 * LONGEST characters long, the whole first (SIZE_MAX); 0: what can be left out is. */
typedef json_t *format_build(const struct result *results, size_t count, size_t longest);
void format_fit(format_build *build, const struct result *results, size_t count, size_t most, struct text *out);

/* ---- the formats, see formats.c ---- */

extern const struct format format_autolab, format_check50, format_csv, format_exercism, format_github_classroom,
	format_gradescope, format_jsonl, format_junit, format_page, format_prairielearn, format_tap;

#endif
